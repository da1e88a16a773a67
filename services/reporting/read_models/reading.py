"""What a page reads: its read models, live or as of a moment, in one snapshot that cannot be empty or mixed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from services.reporting import ledger
from services.reporting.known import Known, known_now
from services.reporting.read_models import as_of as moments
from services.reporting.read_models import live
from services.reporting.read_models.as_of import AsOf, Scratch, Then
from services.reporting.read_models.projection import Projection
from services.reporting.receipts import Figures
from services.reporting.seeing.policies import NOBODY, SCHOOL_READER, TRUST_READER
from services.reporting.seeing.scope import EVERYTHING, Scope, current, seen_by
from shared.clock import Clock, today
from shared.problems import Problem

_acquire_s = 5.0
_longest_ms = 20_000
_work_mem = "32MB"  # the sorts of a trust with many schools fit in; with the default of 4 they go to disk
_set = """
select set_config('search_path', $1, true), set_config('statement_timeout', $2, true),
    set_config('work_mem', $3, true), set_config('jit', 'off', true), set_config('plan_cache_mode', $4, true)
"""  # a report's statement takes longer to compile than to run
_see = """
select set_config('role', $1, true), set_config('search_path', $2 || ', ' || current_setting('search_path'), true),
    set_config('baton.trust', $3, true), set_config('baton.urns', $4, true), set_config('baton.people', $5, true)
"""
# Who works at these schools or will, and the entries of the register that were merged into theirs.
_people = """
with recursive staff as (
    select person_id from "{people}".engagement
    where trustuid = $1 and urn = any($2) and not coalesce(moved, false) and (ended_on is null or ended_on >= $3)
    union
    select p.person_id from staff s join "{people}".person p on p.merged_into = s.person_id
)
select string_agg(person_id::text, ',') from staff
"""
_plans = "force_custom_plan"  # asked often, Postgres would plan for any school, trust or cycle: far slower for some
_tries = 3
_take_on = "select set_config('role', $1, true)"


@dataclass(frozen=True, slots=True)
class View:
    """One snapshot.

    Attributes:
        conn: finds the tables of the read models that were asked for by their bare names, and the ledger; of both only
            what its scope shows.
        at: the moment that a report is judged at.
        position: of each service, the highest log index with none missing below.
        as_of, then: the moment that was asked for, and which events were known then; None for the present.
        lag: of each service of which Kafka has events that are not here, how old the oldest is, in seconds; None where
            that is not known.
        scope: whose rows these are.
    """

    conn: Any
    at: datetime
    position: dict[str, int]
    as_of: AsOf | None
    then: Known | None = None
    lag: Mapping[str, float] | None = field(default_factory=dict)
    scope: Scope = EVERYTHING

    async def known(self) -> Known:
        """Exactly which events are behind this: their numbers alone, and so of whoever's."""
        if self.then:
            return self.then
        reader = await self.conn.fetchval("select current_setting('role')")
        await self.conn.execute(_take_on, NOBODY)
        try:
            return await known_now(self.conn)
        finally:
            await self.conn.execute(_take_on, reader)

    async def figures(self, model: str, filters: Mapping[str, str]) -> Figures:
        """What a receipt of something that is read here is of."""
        as_of = str(self.as_of) if self.as_of else None
        return Figures(model, filters, as_of, await self.known(), self.at, self.scope)


class Reading:
    """The door to the read models.

    Args:
        lag: how far the consumer that fills them is behind, as views have it.
        unasked: what is shown where nobody has said whom it is for.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        clock: Clock,
        projections: Mapping[str, Projection],
        lag: Callable[[], Mapping[str, float] | None] = dict,
        unasked: Scope = EVERYTHING,
    ) -> None:
        self.pool = pool
        self.clock = clock
        self.projections = projections
        self.scratch = Scratch(pool, projections)
        self._lag = lag
        self.unasked = unasked

    @asynccontextmanager
    async def __call__(self, needs: tuple[str, ...], as_of: AsOf | str | None = None) -> AsyncIterator[View]:
        """A view of some read models, read only, open as long as the block, for whom it is asked (`scope.seen_by`).

        Raises:
            Problem: the moment is unreadable, or a read model is still being built.
        """
        scope = current(self.unasked)
        reads = needs if scope.urns is None else tuple(dict.fromkeys((*needs, "people")))
        moment = await self._moment(as_of, scope) if as_of else None
        for _ in range(_tries):
            then = await self.scratch.then(reads, moment) if moment else None
            async with self._snapshot() as conn:
                schemas = await self._there(conn, reads, then)
                if schemas is None:
                    continue
                position = dict(then.known.position) if then else await ledger.position(conn)
                path = ", ".join(f'"{schemas[name]}"' for name in needs)
                schemas_path = f"{path}, public" if path else "public"
                await conn.execute(_set, schemas_path, str(_longest_ms), _work_mem, _plans)
                at = moment.at if moment else self.clock.now()
                await _take(conn, scope, schemas.get("people"), at)
                with seen_by(scope):
                    yield View(
                        conn, at, position, moment, then.known if then else None, {} if then else self._lag(), scope
                    )
                return
        raise Problem(503, "being_built", "This is being built at the moment; try again in a minute.")

    async def position(self) -> dict[str, int]:
        """How far the live read models are."""
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            return await ledger.position(conn)

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[Any]:
        async with (
            self.pool.acquire(timeout=_acquire_s) as conn,
            conn.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield conn

    async def _moment(self, as_of: AsOf | str, scope: Scope) -> AsOf:
        """The moment that is named; an event or a receipt names one for who sees it."""
        if isinstance(as_of, AsOf):
            return as_of
        async with self._snapshot() as conn:
            people = None if scope.urns is None else (await live.schemas(conn, ("people",))).get("people")
            await _take(conn, scope, people, self.clock.now())
            return await moments.read(as_of, conn)

    async def _there(self, conn: Any, needs: tuple[str, ...], then: Then | None) -> dict[str, str] | None:
        """The schemas, as far as this snapshot still has them all."""
        if then is None:
            found = await live.schemas(conn, needs)
            return found if len(found) == len(set(needs)) else None
        rows = await conn.fetch("select schema from scratch where schema = any($1)", list(then.schemas.values()))
        return then.schemas if len(rows) == len(then.schemas) else None


async def _take(conn: Any, scope: Scope, people: str | None, at: datetime) -> None:
    """Take on the role of who may see this, to the end of the transaction. Those of a school know their people.

    Args:
        people: the schema of the read model of that name.
    """
    if scope.trustuid is None:
        return
    if scope.urns is None:
        await conn.execute(_see, *TRUST_READER, scope.trustuid, "", "")
        return
    urns = sorted(scope.urns)
    known = people and await conn.fetchval(_people.format(people=people), scope.trustuid, urns, today(at))
    await conn.execute(_see, *SCHOOL_READER, scope.trustuid, ",".join(urns), known or "")
