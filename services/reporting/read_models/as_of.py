"""What was known at some moment: read models filled from the events that were recorded up to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from services.reporting import ledger, receipts
from services.reporting.known import Known, known_at
from services.reporting.ledger import Stream
from services.reporting.london import london
from services.reporting.read_models.projecting import analysis, ddl, definition, project, types_of
from services.reporting.read_models.projection import Projection
from services.reporting.receipts import Receipt
from shared.contracts.envelope import timestamp
from shared.problems import Problem

log = structlog.get_logger()

forms = (
    "as_of is a date (2026-11-22: its end in Europe/London), an instant with its zone (2026-11-22T10:00:00Z),"
    " an event (event:talent:1200: what was known when it was recorded), or a receipt (receipt:7K3Q-9FTM)"
)
_day = re.compile(r"\d{4}-\d{2}-\d{2}")
_event = re.compile(r"event:([a-z]+):(\d{1,18})")
_receipt = re.compile(r"receipt:([0-9A-Za-z-]{1,20})")

Apply = Callable[[Any, str, Projection, Sequence[Any]], Awaitable[None]]
"""What projects rows of the ledger onto the tables of a schema."""

_most = 8  # moments, each with every read model
_unused_s = 10.0
_at_once = 2
_acquire_s = 5.0
_patience_s = 300.0
_step = 5_000
_many = 5_000


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment. With `event`, nothing of that service above that log index was known; with `receipt`, what it says."""

    at: datetime
    event: tuple[str, int] | None = None
    receipt: Receipt | None = None

    @classmethod
    def of(cls, receipt: Receipt) -> AsOf:
        """The moment at which a receipt's figures were judged, with exactly the events behind them."""
        return cls(receipt.figures.judged_at, receipt=receipt)

    def __str__(self) -> str:
        if self.receipt:
            return f"receipt:{self.receipt.code}"
        return f"event:{self.event[0]}:{self.event[1]}" if self.event else timestamp(self.at)


async def read(text: str, conn: Any) -> AsOf:
    """The moment that a text names.

    Raises:
        Problem: it names none (`as_of_unreadable`), or an event or a receipt that is not here (`as_of_unknown`).
    """
    if named := _receipt.fullmatch(text):
        receipt = await receipts.find(conn, named[1])
        if receipt is None:
            raise Problem(404, "as_of_unknown", "There is no receipt with this code.")
        return AsOf.of(receipt)
    if named := _event.fullmatch(text):
        service, logindex = named[1], int(named[2])
        when = await ledger.time_of(conn, service, logindex)
        if when is None:
            raise Problem(404, "as_of_unknown", "This event has not been received.")
        return AsOf(when, (service, logindex))
    return AsOf(instant(text))


def instant(text: str) -> datetime:
    """The instant of a date or of an instant with its zone.

    Raises:
        Problem: `as_of_unreadable`.
    """
    try:
        if _day.fullmatch(text):
            midnight = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), london)
            return midnight.astimezone(UTC) - timedelta(microseconds=1)
        when = datetime.fromisoformat(text.replace(" ", "+"))  # what a URL makes of a plus sign
        if when.tzinfo is not None and "T" in text:
            return when.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Problem(400, "as_of_unreadable", forms, errors=[("/as_of", "Not one of the four forms.")])


@dataclass(frozen=True, slots=True)
class Then:
    """Read models as they stood: their schemas, and which events were known."""

    schemas: dict[str, str]
    known: Known


class Scratch:
    """The read models that were filled for a moment: shared by all requests for it, dropped when they are old."""

    def __init__(self, pool: asyncpg.Pool, projections: Mapping[str, Projection]) -> None:
        self._pool = pool
        self._projections = projections
        self._filling: dict[tuple[str, str], asyncio.Task[str]] = {}
        self._few = asyncio.Semaphore(_at_once)
        self._known: dict[AsOf, tuple[Any, Known]] = {}
        self._holes: tuple[str, Mapping[Stream, int]] = ("", {})

    @property
    def _room(self) -> int:
        """So many schemas are kept."""
        return _most * len(self._projections)

    async def then(
        self, needs: tuple[str, ...], as_of: AsOf, told: Callable[[int, int], None] = lambda _done, _of: None
    ) -> Then:
        """The schemas that hold these read models as of a moment, filled now where they are not yet.

        Args:
            told: how many of how many are there.

        Raises:
            Problem: too many moments are asked for at once.
        """
        known = as_of.receipt.figures.known if as_of.receipt else await self._known_at(as_of)
        schemas = {}
        for number, name in enumerate(needs):
            told(number, len(needs))
            schemas[name] = await self._schema(name, known)
        return Then(schemas, known)

    async def _known_at(self, as_of: AsOf) -> Known:
        """What is here of a moment; counted again when the ledger moved."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            changes = await ledger.changes(conn)
            found = self._known.get(as_of)
            if found and found[0] == changes:
                return found[1]
            known = await known_at(conn, as_of.at, as_of.event, _patience_s)
        while len(self._known) >= self._room:
            self._known.pop(next(iter(self._known)))
        self._known[as_of] = (changes, known)
        return known

    async def _schema(self, name: str, known: Known) -> str:
        """The schema of one read model; whoever comes first fills it, everybody else waits for the same."""
        key = f"{definition(self._projections[name])}:{known.key}"
        used: str | None = await self._pool.fetchval(
            "update scratch set used_at = clock_timestamp() where projection = $1 and key = $2 returning schema",
            name,
            key,
        )
        if used:
            return used
        task = self._filling.get((name, key))
        if task is None:
            task = asyncio.create_task(self._fill(name, key, known))
            self._filling[name, key] = task
            task.add_done_callback(lambda _: self._filling.pop((name, key), None))
        return await asyncio.shield(task)

    async def _fill(self, name: str, key: str, known: Known) -> str:
        projection = self._projections[name]
        async with self._few:
            await self._make_room()
            async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction(isolation="repeatable_read"):
                schema = f"asof_{uuid4().hex}"
                await conn.execute(ddl(projection, schema))
                if self._holes[0] != known.key:
                    self._holes = known.key, await holes(conn, known)
                events = await fill(conn, schema, projection, known, self._holes[1])
                if events > _many:  # or reports would be planned as for small tables, until autovacuum comes by
                    await conn.execute(analysis(projection, schema))
                await conn.execute(
                    "insert into scratch (projection, key, schema) values ($1, $2, $3)", name, key, schema
                )
        log.info("filled", projection=name, schema=schema, events=events)
        return schema

    async def _make_room(self) -> None:
        """Drop what was not used for longest while there are too many."""
        async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await conn.execute("select pg_advisory_xact_lock(hashtext('scratch'))")
            rows = await conn.fetch(
                "select schema, used_at < clock_timestamp() - make_interval(secs => $1) as unused"
                " from scratch order by used_at desc offset $2",
                _unused_s,
                self._room - 1,
            )
            if any(not row["unused"] for row in rows):
                raise Problem(503, "as_of_busy", "Too many moments are asked for at once; try again in a minute.")
            await _forget(conn, [row["schema"] for row in rows])

    async def drop_unused(self, after: timedelta = timedelta(hours=1)) -> None:
        """Drop what nobody has asked for in a while."""
        async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await conn.execute("select pg_advisory_xact_lock(hashtext('scratch'))")
            rows = await conn.fetch(
                "select schema from scratch where used_at < clock_timestamp() - $1::interval", after
            )
            await _forget(conn, [row["schema"] for row in rows])

    async def stop(self) -> None:
        """Give up what is being filled."""
        tasks = list(self._filling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_of_service = """
select service, logindex, stream, streamversion, meta, record from ledger
where service = $2 and type = any($1) and not parked
    and logindex < upper($3::text::int8multirange) and logindex <@ $3::text::int8multirange
order by logindex
"""
# Two statements: nearly always the first finds nothing, and joined Postgres may compare each stream with each.
_holed = """
select stream from ledger
where service = $1 and not parked
    and logindex < upper($2::text::int8multirange) and logindex <@ $2::text::int8multirange
group by stream having count(*) <> max(streamversion)
"""
_behind = """
select stream, min(streamversion) as version from (
    select stream, streamversion, row_number() over (partition by stream order by streamversion) as nth from ledger
    where service = $1 and not parked and logindex <@ $2::text::int8multirange and stream = any($3)
) told where streamversion <> nth group by stream
"""


async def _forget(conn: Any, schemas: list[str]) -> None:
    await conn.execute("delete from scratch where schema = any($1)", schemas)
    for schema in schemas:
        await conn.execute(f'drop schema if exists "{schema}" cascade')


async def holes(conn: Any, known: Known) -> Mapping[Stream, int]:
    """The streams of which something known has a hole below, and the first such version."""
    found: dict[Stream, int] = {}
    for service, indexes in known.indexes.items():
        holed = [row["stream"] for row in await conn.fetch(_holed, service, indexes, timeout=_patience_s)]
        rows = await conn.fetch(_behind, service, indexes, holed, timeout=_patience_s) if holed else []
        found |= {(service, row["stream"]): row["version"] for row in rows}
    return found


async def fill(
    conn: Any,
    schema: str,
    projection: Projection,
    known: Known,
    holes: Mapping[Stream, int],
    *,
    apply: Apply = project,
) -> int:
    """Project what was known, from the `ledger` that is first in the search path; how many events that were.

    Of a stream only what has no hole below.
    """
    types, events = types_of(projection), 0
    for service, indexes in known.indexes.items():
        cursor = await conn.cursor(_of_service, types, service, indexes)
        while rows := await cursor.fetch(_step):
            whole = [row for row in rows if _is_whole(holes, service, row)] if holes else rows
            await apply(conn, schema, projection, whole)
            events += len(whole)
    return events


def _is_whole(holes: Mapping[Stream, int], service: str, row: Any) -> bool:
    first = holes.get((service, row["stream"]))
    return first is None or row["streamversion"] < first
