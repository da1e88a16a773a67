"""How long reports take of a trust with very many schools: those that count people or add up years."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from services.reporting import ledger, receipts
from services.reporting.composition import all_projections
from services.reporting.read_models import live
from services.reporting.read_models.reading import Reading
from services.reporting.read_models.rebuild import prepare
from services.reporting.reports import answer, reports
from services.reporting.seeing import policies
from shared import consumer
from tests.bench.measuring import Figures, Run, Turns
from tests.bench.servers import APP, Servers
from tests.support.read_model import HandClock

SCHOOLS = 1_200
_TODAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
_REPORTS = (
    *("focus", "loop", "agenda", "priorities", "capacity", "matches", "network", "bench", "pipeline"),
    *("qualifications", "compliance", "impact", "reviews", "disadvantaged", "change"),
)


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Milliseconds of each report, all its rows."""
    async with read_models(servers, HandClock(_TODAY)) as (pool, reading):
        await fill(pool, SCHOOLS)
        return await turns({f"report {name}, {SCHOOLS:,} schools": _report(reading, name) for name in _REPORTS}, "ms")


@asynccontextmanager
async def read_models(servers: Servers, clock: HandClock) -> AsyncIterator[tuple[asyncpg.Pool, Reading]]:
    """Empty ones in a database of their own, and the door to them."""
    scripts = [ledger.schema(APP), consumer.schema(APP), receipts.schema(APP), policies.schema(APP)]
    async with (
        servers.database(scripts) as dsn,
        asyncpg.create_pool(dsn, min_size=2, max_size=10) as pool,
    ):
        await prepare(pool, all_projections)
        yield pool, Reading(pool, clock, {projection.name: projection for projection in all_projections})


async def fill(pool: asyncpg.Pool, schools: int) -> None:
    """Rows of a trust with so many schools, as three years of events would have left them."""
    text = Path(__file__).with_name("trust.sql").read_text(encoding="utf-8")
    async with pool.acquire() as conn, conn.transaction():
        schemas = await live.schemas(conn, [projection.name for projection in all_projections])
        path = ", ".join([*(f'"{schema}"' for schema in schemas.values()), "bench"])
        await conn.execute("select set_config('search_path', $1, true)", path)
        await conn.execute(text.replace("{schools}", str(schools)))
    await pool.execute("analyze")


def _report(reading: Reading, name: str) -> Run:
    async def measured() -> float:
        began = time.perf_counter()
        async with reading(reports[name].needs) as view:
            await answer(reports[name], view)
        return 1_000 * (time.perf_counter() - began)

    return measured
