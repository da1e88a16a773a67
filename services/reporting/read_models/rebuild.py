"""A read model built afresh from the ledger beside the live one, compared with it, and put in its place.

The follower remembers which log indexes were missing or parked when it passed them, so it can follow a ledger that is
filled out of order: each step looks at one snapshot, first at what was left behind, then at what is new. Within a
stream the log indexes rise with the versions, so every stream is applied in its order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from services.reporting.ledger import bodies
from services.reporting.read_models import live
from services.reporting.read_models.projecting import ddl, definition, project, types_of
from services.reporting.read_models.projection import Projection

log = structlog.get_logger()

Progress = Callable[[int, int], None]
"""Told how many events are done, and of how many."""

_step = 5_000
_patience_s = 600.0
_acquire_s = 5.0
_retired_s = 600
_wait_for_other_s = 1.0
_building = 0x42_55_49_4C

_rows_of = f"select service, logindex, parked, {bodies} from ledger"  # noqa: S608 - our own

EventName = tuple[str, int]


class RebuildRefused(Exception):
    """An event cannot be applied that is applied live; `event` is its service and log index."""

    def __init__(self, event: EventName, reason: str) -> None:
        super().__init__(f"the event {event[0]}:{event[1]} cannot be applied ({reason})")
        self.event = event


class RebuildRunning(Exception):
    """The same read model is being rebuilt already."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows only one side has."""

    table: str
    only_live: int
    only_rebuilt: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it.

    Attributes:
        compared: whether there was a live one of the same definition; then `differences` holds what differs.
        left_out: the parked events, left out as they are live.
    """

    projection: str
    schema: str
    events: int
    compared: bool
    differences: tuple[Difference, ...]
    left_out: tuple[EventName, ...]
    switched: bool


async def rebuild(
    pool: asyncpg.Pool, projection: Projection, *, progress: Progress | None = None, switch: bool = True
) -> Rebuilt:
    """Build, compare, and switch unless told not to. Cancel the task to give up: nothing is left behind.

    Raises:
        RebuildRefused: the first event that failed. RebuildRunning: somebody is at it.
    """
    async with _alone(pool, projection.name):
        await drop_retired(pool)
        builder = _Builder(pool, projection, f"{projection.name}_{uuid4().hex[:12]}", progress)
        switched = False
        try:
            await builder.create()
            while await builder.step():
                pass
            compared, differences = await builder.compare()
            if switch:
                await builder.switch()
                switched = True
        finally:
            if not switched:
                await asyncio.shield(_drop(pool, builder.schema))
        for difference in differences:
            log.error("rebuilt_differs", projection=projection.name, table=difference.table)
        left_out = tuple(sorted(builder.parked))
        return Rebuilt(projection.name, builder.schema, builder.done, compared, differences, left_out, switched)


async def verify(pool: asyncpg.Pool, projection: Projection, *, progress: Progress | None = None) -> Rebuilt:
    """Rebuild and compare, and leave the live one where it is."""
    return await rebuild(pool, projection, progress=progress, switch=False)


async def prepare(pool: asyncpg.Pool, projections: Collection[Projection]) -> None:
    """Before anything is consumed: every read model is there, and its tables are those that this code writes."""
    for projection in projections:
        while await pool.fetchval("select definition from live where projection = $1", projection.name) != definition(
            projection
        ):
            try:
                await rebuild(pool, projection)
            except RebuildRunning:
                await asyncio.sleep(_wait_for_other_s)


async def drop_retired(pool: asyncpg.Pool) -> None:
    """Drop the schemas that were live so long ago that no page can be reading them."""
    rows = await pool.fetch(
        "select schema from retired where at < clock_timestamp() - make_interval(secs => $1)", _retired_s
    )
    for row in rows:
        await _drop(pool, row["schema"])


async def project_or_name(conn: Any, schema: str, projection: Projection, rows: Sequence[Any]) -> None:
    """Project these rows; if that fails, find the event that it fails by.

    Raises:
        RebuildRefused: naming it.
    """
    try:
        async with conn.transaction():
            await project(conn, schema, projection, rows)
    except (asyncpg.PostgresConnectionError, OSError):
        raise
    except Exception as fault:
        if conn.is_closed():
            raise
        if len(rows) > 1:
            middle = len(rows) // 2
            await project_or_name(conn, schema, projection, rows[:middle])
            await project_or_name(conn, schema, projection, rows[middle:])
            return
        raise RebuildRefused((rows[0]["service"], rows[0]["logindex"]), type(fault).__name__) from fault


async def _drop(pool: asyncpg.Pool, schema: str) -> None:
    async with pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
        await conn.execute(f'drop schema if exists "{schema}" cascade', timeout=_patience_s)
        await conn.execute("delete from retired where schema = $1", schema)


@asynccontextmanager
async def _alone(pool: asyncpg.Pool, name: str) -> AsyncIterator[None]:
    async with pool.acquire(timeout=_acquire_s) as conn:
        if not await conn.fetchval("select pg_try_advisory_lock($1, hashtext($2))", _building, name):
            raise RebuildRunning(name)
        try:
            yield
            await conn.execute("select pg_advisory_unlock($1, hashtext($2))", _building, name)
        except BaseException:
            conn.terminate()  # and the lock with it
            raise


@dataclass(slots=True)
class _Builder:
    """The follower of the ledger.

    Attributes:
        nexts: of each service, the log index to go on from.
        missing, parked: what was passed over below that.
    """

    pool: asyncpg.Pool
    projection: Projection
    schema: str
    progress: Progress | None
    nexts: dict[str, int] = field(default_factory=dict)
    missing: set[EventName] = field(default_factory=set)
    parked: set[EventName] = field(default_factory=set)
    done: int = 0

    async def create(self) -> None:
        async with self.pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await conn.execute(ddl(self.projection, self.schema))

    async def step(self) -> bool:
        """Apply up to a step's events of each service, as one snapshot shows them; whether there was a full one."""
        async with self.pool.acquire(timeout=_acquire_s) as conn, conn.transaction(isolation="repeatable_read"):
            before = self._state()
            try:
                full = await self._apply(conn, _step)
            except BaseException:
                self._restore(before)
                raise
            if self.progress:
                total = await conn.fetchval("select coalesce(sum(next), 0)::bigint from position")
                self.progress(self.done, max(int(total), self.done))
        return full

    async def compare(self) -> tuple[bool, tuple[Difference, ...]]:
        """Catch up and compare with the live tables, all in one snapshot."""
        async with self.pool.acquire(timeout=_acquire_s) as conn, conn.transaction(isolation="repeatable_read"):
            while await self._apply(conn, _step):
                pass
            row = await conn.fetchrow("select schema, definition from live where projection = $1", self.projection.name)
            if row is None or row["definition"] != definition(self.projection):
                return False, ()
            found = [await self._compared(conn, row["schema"], table.name) for table in self.projection.tables]
        return True, tuple(difference for difference in found if difference)

    async def _compared(self, conn: Any, old: str, table: str) -> Difference | None:
        was, is_ = f'"{old}"."{table}"', f'"{self.schema}"."{table}"'
        row = await conn.fetchrow(
            f"select (select count(*) from (table {was} except all table {is_}) a) as old,"  # noqa: S608 - our names
            f" (select count(*) from (table {is_} except all table {was}) b) as new",
            timeout=_patience_s,
        )
        return Difference(table, row["old"], row["new"]) if row["old"] or row["new"] else None

    async def switch(self) -> None:
        """Keep batches and redrives out, apply the rest, and let the pages read these tables from now on."""
        async with self.pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await live.stop_batches(conn)
            while await self._apply(conn, _step):
                pass
            await self._prove(conn)
            old = await conn.fetchval("select schema from live where projection = $1", self.projection.name)
            await conn.execute(
                "insert into live (projection, schema, definition) values ($1, $2, $3) on conflict (projection)"
                " do update set schema = excluded.schema, definition = excluded.definition, since = clock_timestamp()",
                self.projection.name,
                self.schema,
                definition(self.projection),
            )
            if old:
                await conn.execute("insert into retired (schema) values ($1)", old)
            await conn.execute("select pg_notify($1, '')", live.channel)
        log.info("switched", projection=self.projection.name, schema=self.schema, events=self.done)

    async def _prove(self, conn: Any) -> None:
        """Both are at the same position of the ledger: what is below ours is what we counted, and nothing is above."""
        rows = await conn.fetch("select service, next from position order by service")
        for row in rows:
            service, end = row["service"], row["next"]
            below = [index for of, index in self.missing if of == service]
            if min(below, default=self.nexts.get(service, 0)) != end:
                raise RebuildRefused((service, end), "the position is not the ledger's")

    async def _apply(self, conn: Any, most: int) -> bool:
        """What was left behind and is there now, then what is new, of each service."""
        full, types = False, types_of(self.projection)
        again = sorted(self.missing | self.parked)
        for at in range(0, len(again), most):
            names = again[at : at + most]
            rows = await conn.fetch(
                f"{_rows_of} join unnest($2::text[], $3::bigint[]) as n(service, logindex) using (service, logindex)"
                " order by service, logindex",
                types,
                [service for service, _ in names],
                [logindex for _, logindex in names],
            )
            await self._rows(conn, rows)
        for service in await conn.fetch("select service from position order by service"):
            name = service["service"]
            rows = await conn.fetch(
                f"{_rows_of} where service = $2 and logindex >= $3 order by logindex limit $4",
                types,
                name,
                self.nexts.get(name, 0),
                most,
            )
            if rows:
                there = {row["logindex"] for row in rows}
                end = rows[-1]["logindex"] + 1
                self.missing |= {(name, n) for n in range(self.nexts.get(name, 0), end) if n not in there}
                await self._rows(conn, rows)
                self.nexts[name] = end
            full = full or len(rows) == most
        return full

    async def _rows(self, conn: Any, rows: Sequence[Any]) -> None:
        fitting = [row for row in rows if not row["parked"]]
        self.parked |= {(row["service"], row["logindex"]) for row in rows if row["parked"]}
        names = {(row["service"], row["logindex"]) for row in fitting}
        self.parked -= names
        self.missing -= names | self.parked
        await project_or_name(conn, self.schema, self.projection, fitting)
        self.done += len(fitting)

    def _state(self) -> tuple[dict[str, int], set[EventName], set[EventName], int]:
        return dict(self.nexts), set(self.missing), set(self.parked), self.done

    def _restore(self, state: tuple[dict[str, int], set[EventName], set[EventName], int]) -> None:
        self.nexts, self.missing, self.parked, self.done = state
