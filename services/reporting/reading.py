"""What a page reads: its read models, live or as of a moment, in one snapshot that cannot be empty or mixed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from services.reporting import as_of as moments
from services.reporting import ledger, live
from services.reporting.as_of import AsOf, Scratch, Then
from services.reporting.known import Known, known_now
from services.reporting.projection import Projection
from services.reporting.receipts import Figures
from shared.clock import Clock
from shared.problems import Problem

_acquire_s = 5.0
_longest_ms = 20_000
_work_mem = "32MB"  # the sorts of a trust with many schools fit in; with the default of 4 they go to disk
_set = """
select set_config('search_path', $1, true), set_config('statement_timeout', $2, true),
    set_config('work_mem', $3, true), set_config('jit', 'off', true), set_config('plan_cache_mode', $4, true)
"""  # a report's statement takes longer to compile than to run
_plans = "force_custom_plan"  # asked often, Postgres would plan for any school, trust or cycle: far slower for some
_tries = 3


@dataclass(frozen=True, slots=True)
class View:
    """One snapshot.

    Attributes:
        conn: finds the tables of the read models that were asked for by their bare names, and the ledger.
        at: the moment that a report is judged at.
        position: of each service, the highest log index with none missing below.
        as_of, then: the moment that was asked for, and which events were known then; None for the present.
        lag: of each service of which Kafka has events that are not here, how old the oldest is, in seconds; None where
            that is not known.
    """

    conn: Any
    at: datetime
    position: dict[str, int]
    as_of: AsOf | None
    then: Known | None = None
    lag: Mapping[str, float] | None = field(default_factory=dict)

    async def known(self) -> Known:
        """Exactly which events are behind this."""
        return self.then or await known_now(self.conn)

    async def figures(self, model: str, filters: Mapping[str, str]) -> Figures:
        """What a receipt of something that is read here is of."""
        return Figures(model, filters, str(self.as_of) if self.as_of else None, await self.known(), self.at)


class Reading:
    """The door to the read models.

    Args:
        lag: how far the consumer that fills them is behind, as views have it.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        clock: Clock,
        projections: Mapping[str, Projection],
        lag: Callable[[], Mapping[str, float] | None] = dict,
    ) -> None:
        self.pool = pool
        self.clock = clock
        self.projections = projections
        self.scratch = Scratch(pool, projections)
        self._lag = lag

    @asynccontextmanager
    async def __call__(self, needs: tuple[str, ...], as_of: AsOf | str | None = None) -> AsyncIterator[View]:
        """A view of some read models, read only, open as long as the block.

        Raises:
            Problem: the moment is unreadable, or a read model is still being built.
        """
        moment = await self._moment(as_of) if as_of else None
        for _ in range(_tries):
            then = await self.scratch.then(needs, moment) if moment else None
            async with (
                self.pool.acquire(timeout=_acquire_s) as conn,
                conn.transaction(isolation="repeatable_read", readonly=True),
            ):
                schemas = await self._there(conn, needs, then)
                if schemas is None:
                    continue
                position = dict(then.known.position) if then else await ledger.position(conn)
                path = ", ".join(f'"{schemas[name]}"' for name in needs)
                schemas_path = f"{path}, public" if path else "public"
                await conn.execute(_set, schemas_path, str(_longest_ms), _work_mem, _plans)
                at = moment.at if moment else self.clock.now()
                yield View(conn, at, position, moment, then.known if then else None, {} if then else self._lag())
                return
        raise Problem(503, "being_built", "This is being built at the moment; try again in a minute.")

    async def position(self) -> dict[str, int]:
        """How far the live read models are."""
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            return await ledger.position(conn)

    async def _moment(self, as_of: AsOf | str) -> AsOf:
        if isinstance(as_of, AsOf):
            return as_of
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            return await moments.read(as_of, conn)

    async def _there(self, conn: Any, needs: tuple[str, ...], then: Then | None) -> dict[str, str] | None:
        """The schemas, as far as this snapshot still has them all."""
        if then is None:
            found = await live.schemas(conn, needs)
            return found if len(found) == len(set(needs)) else None
        rows = await conn.fetch("select schema from scratch where schema = any($1)", list(then.schemas.values()))
        return then.schemas if len(rows) == len(then.schemas) else None
