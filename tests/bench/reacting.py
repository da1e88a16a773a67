"""Reacting: from a fact's recording in one service to its effect's recording in another, in a whole stack."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import asyncpg
import httpx

from deploy.description import SERVICES
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from deploy.tokens import trust_token
from shared.contracts.envelope import Envelope
from tests.bench.measuring import Figure, Figures, Turns
from tests.bench.servers import running_stack

FACTS, EVERY_S = 200, 0.05
_TRUST = "99001"
_TALENT, _CPD = SERVICES[:2]


async def measure(turns: Turns) -> Figures:
    """How long it takes, in ms. A trust plans inductions one by one, and each becomes a session in the calendar."""
    async with AsyncExitStack() as opened:
        settings = await opened.enter_async_context(running_stack())
        secrets = ensure_secrets(settings)
        talent, cpd = [
            await opened.enter_async_context(
                asyncpg.create_pool(settings.dsn(of.app, of.database, secrets.passwords[of.app]), min_size=1)
            )
            for of in (_TALENT, _CPD)
        ]
        token = trust_token(settings, _TRUST, "bench", lasts=timedelta(hours=1))
        headers = {"authorization": f"Bearer {token}"}
        client = await opened.enter_async_context(httpx.AsyncClient(headers=headers, trust_env=False))
        runs = []
        for number in range(turns.runs + 1):
            turns.told(f"cause to effect · {f'run {number} of {turns.runs}' if number else 'warming up'}")
            await _plan(client, settings)
            delays = await _delays(talent, cpd, FACTS * (number + 1))
            if number:
                runs.append(delays[-FACTS:])
    return {
        "cause to effect, median": Figure("ms", tuple(statistics.median(delays) for delays in runs)),
        "cause to effect, p90": Figure("ms", tuple(statistics.quantiles(delays, n=10)[8] for delays in runs)),
    }


async def _plan(client: httpx.AsyncClient, settings: StackSettings) -> None:
    starts_at = datetime.now(UTC) + timedelta(days=30)
    said = {"trustuid": _TRUST, "title": "Welcome to the trust", "where": "The hall"}
    when = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=6)).isoformat()}
    for _ in range(FACTS):
        answer = await client.post(
            f"{settings.url(_TALENT)}/trust-inductions",
            json={"induction_id": str(uuid4()), **said, **when},
            headers={"idempotency-key": str(uuid4())},
        )
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        await asyncio.sleep(EVERY_S)


async def _delays(talent: asyncpg.Pool, cpd: asyncpg.Pool, facts: int) -> Sequence[float]:
    """In the order of the facts, when all of so many have had their effect."""
    effects = "select meta from event where type like '%.SessionScheduled.v1'"
    while len(rows := await cpd.fetch(effects)) < facts:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.05)
    effected = {of.causation_id: of.time for of in (Envelope.of_meta(row["meta"]) for row in rows)}
    causes = await talent.fetch("select meta from event where type like '%.TrustInductionPlanned.v1' order by position")
    recorded = [Envelope.of_meta(row["meta"]) for row in causes]
    return [(effected[str(of.id)] - of.time) / timedelta(milliseconds=1) for of in recorded]
