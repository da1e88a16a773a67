"""How long pages take: trusts of 12, 120 and 1,200 schools, each with a half-term of its loop; and one being told more.

A page is asked for as a browser would ask, but without a network: through the application, from its first byte to its
last. Each run is the median of several requests.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import httpx
from fastapi import FastAPI

from services.reporting import api
from services.reporting.feed import Feed
from services.reporting.read_models.live import Live
from services.reporting.reports import reports
from services.reporting.web.pages import Pages
from services.reporting.web.site import Site
from shared.messaging import Delivered
from tests.bench import answering
from tests.bench.measuring import Figures, Run, Turns
from tests.bench.servers import Servers
from tests.bench.workload import BEGINS, one_trust
from tests.support.read_model import HandClock, arrival

SCHOOLS = (12, 120, 1_200)
_TOLD_MEANWHILE = 120
_A_SECOND = 1_000
_AT_ONCE = 5_000
_REQUESTS = 5
_PAGES = {
    "first page": "/",
    "one school's answers": "/reports/focus?school=100000",
    "answers of a cycle as JSON": "/reports/focus.json?cycle=2026%2F27-5",
}


@dataclass(slots=True)
class _Trust:
    """A trust in a database of its own, and the application that shows it."""

    client: httpx.AsyncClient
    effects: Live
    pool: asyncpg.Pool
    moments: int = 0

    async def ask(self, address: str) -> float:
        """Milliseconds."""
        times = []
        for _ in range(_REQUESTS):
            began = time.perf_counter()
            (await self.client.get(address)).raise_for_status()
            times.append(1_000 * (time.perf_counter() - began))
        return statistics.median(times)

    async def ask_as_of_anew(self) -> float:
        """Milliseconds for a moment that nobody has asked for yet."""
        self.moments += 1
        when = BEGINS + timedelta(days=40, microseconds=self.moments)
        began = time.perf_counter()
        (await self.client.get(f"/?as_of={when.isoformat().replace('+00:00', 'Z')}")).raise_for_status()
        return 1_000 * (time.perf_counter() - began)

    async def tell(self, told: Sequence[Delivered]) -> None:
        async with self.pool.acquire() as conn, conn.transaction():
            await self.effects.apply(conn, [arrival(delivered) for delivered in told])

    @asynccontextmanager
    async def told_meanwhile(self, told: Sequence[Delivered]) -> AsyncIterator[None]:
        """While so many events a second are being projected, from the first of them on."""
        tenth = _A_SECOND // 10

        async def project() -> None:
            began = time.perf_counter()
            for number, at in enumerate(range(0, len(told), tenth), start=1):
                await self.tell(told[at : at + tenth])
                await asyncio.sleep(max(0.0, began + number / 10 - time.perf_counter()))

        projecting = asyncio.create_task(project())
        try:
            yield
        finally:
            projecting.cancel()
            with suppress(asyncio.CancelledError):
                await projecting


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Milliseconds of each page by size; of the one in the middle also while it is being told more; of reports."""
    figures: Figures = {}
    for schools in SCHOOLS:
        told = one_trust(schools)
        async with _trust(servers, told) as trust:
            contestants = {f"{name}, {schools:,} schools": _page(trust, path) for name, path in _PAGES.items()}
            contestants[f"first page as of a day, {schools:,} schools"] = trust.ask_as_of_anew
            contestants[f"the same again, {schools:,} schools"] = _page(trust, "/?as_of=2026-10-20")
            figures |= await turns(contestants, "ms")
    half = one_trust(_TOLD_MEANWHILE)
    before, after = half[: len(half) // 2], half[len(half) // 2 :]
    async with _trust(servers, before) as trust:
        figures |= await turns({f"first page, half of {_TOLD_MEANWHILE} schools' term": _page(trust, "/")}, "ms")
        async with trust.told_meanwhile(after):
            figures |= await turns({f"first page, while {_A_SECOND:,} events/s are told": _page(trust, "/")}, "ms")
    return figures | await answering.measure(servers, turns)


def _page(trust: _Trust, address: str) -> Run:
    return lambda: trust.ask(address)


@asynccontextmanager
async def _trust(servers: Servers, told: Sequence[Delivered]) -> AsyncIterator[_Trust]:
    clock = HandClock(told[-1].envelope.time)
    async with answering.read_models(servers, clock) as (pool, reading):
        app = FastAPI()
        app.include_router(api.router(reading, reports, Feed(pool)))
        app.include_router(Pages(Site(reading, clock), reports).router())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as client:
            trust = _Trust(client, Live(reading.projections, clock), pool)
            for at in range(0, len(told), _AT_ONCE):
                await trust.tell(told[at : at + _AT_ONCE])
            await pool.execute("analyze")
            yield trust
