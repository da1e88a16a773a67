"""Three groups of schools in one reporting service, and whoever asks there: for tests of who sees what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import httpx
from fastapi import FastAPI

from services.reporting.feed import Feed
from services.reporting.read_models import rebuild
from services.reporting.read_models.live import Live
from shared.identity import Principal, Role
from tests.support import read_model
from tests.support.neighbours import Group, neighbours
from tests.support.own_issuer import OwnIssuer
from tests.support.pages import Writers, app, browsing
from tests.support.read_model import ALL, HandClock

NOW = datetime(2027, 10, 1, 12, tzinfo=UTC)
"""After all that is told."""

Asked = tuple[str, str]
"""A method and an address."""


@dataclass(slots=True)
class Platform:
    """Three groups of schools in one reporting service.

    Attributes:
        codes: of a receipt of our own head's, of our trust's and of the other trust's.
    """

    client: httpx.AsyncClient
    pool: asyncpg.Pool
    made: FastAPI
    writers: Writers
    issuer: OwnIssuer
    ours: Group
    next_door: Group
    elsewhere: Group
    codes: dict[str, str] = field(default_factory=dict)

    def principal(self, role: Role, of: Group | None = None) -> Principal:
        group = of or self.ours
        urns = group.urns if role in ("school_leader", "school_system") else ()
        return Principal(f"{role}-{group.urns[0]}", frozenset({role}), group.trust, frozenset(urns))

    async def ask(
        self,
        who: Principal | None,
        asked: Asked,
        headers: Mapping[str, str] = {},
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        proof = {} if who is None else self.issuer.proof(who)
        return await self.client.request(*asked, headers={**headers, **proof}, data=form)


@asynccontextmanager
async def shared_platform(dsn: str, issuer: OwnIssuer) -> AsyncIterator[Platform]:
    """The three groups in a database that is migrated; whose tokens are of this issuer is who they say."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await rebuild.prepare(pool, ALL)
        groups = neighbours()
        async with pool.acquire() as conn, conn.transaction():
            told = [read_model.arrival(delivered) for group in groups for delivered in group.told]
            await Live({p.name: p for p in ALL}, HandClock(NOW)).apply(conn, told)
        feed, writers = Feed(pool), Writers()
        await feed.stop()  # so that its stream has an end
        made = app(pool, HandClock(NOW), verifier=issuer.verifier, feed=feed, writers=writers)
        async with browsing(made) as client:
            platform = Platform(client, pool, made, writers, issuer, *groups)
            for name, who in {
                "head": platform.principal("school_leader"),
                "trust": platform.principal("trust_leader"),
                "other": platform.principal("trust_leader", platform.elsewhere),
            }.items():
                answer = await platform.ask(who, ("GET", "/reports/focus.json"))
                platform.codes[name] = answer.json()["receipt"]
            yield platform
