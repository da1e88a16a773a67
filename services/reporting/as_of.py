"""What was known at some moment: read models filled from the events that were recorded up to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from services.reporting import ledger
from services.reporting.ledger import bodies
from services.reporting.projecting import ddl, definition, project, types_of
from services.reporting.projection import Projection
from shared.contracts.envelope import timestamp
from shared.problems import Problem

log = structlog.get_logger()

london = ZoneInfo("Europe/London")
forms = (
    "as_of is a date (2026-11-22: its end in Europe/London), an instant with its zone (2026-11-22T10:00:00Z),"
    " or an event (event:talent:1200: what was known when it was recorded)"
)
_day = re.compile(r"\d{4}-\d{2}-\d{2}")
_event = re.compile(r"event:([a-z]+):(\d{1,18})")

_most = 48
_unused_s = 10.0
_at_once = 2
_acquire_s = 5.0
_patience_s = 300.0
_step = 5_000


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment. With `event`, nothing of that service above that log index was known."""

    at: datetime
    event: tuple[str, int] | None = None

    def __str__(self) -> str:
        return f"event:{self.event[0]}:{self.event[1]}" if self.event else timestamp(self.at)


async def read(text: str, conn: Any) -> AsOf:
    """The moment that a text names.

    Raises:
        Problem: it names none (`as_of_unreadable`), or an event that is not here (`as_of_unknown`).
    """
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
    raise Problem(400, "as_of_unreadable", forms, errors=[("/as_of", "Not one of the three forms.")])


@dataclass(frozen=True, slots=True)
class Then:
    """Read models as they stood: their schemas, and of each service the last log index that was known."""

    schemas: dict[str, str]
    position: dict[str, int]


class Scratch:
    """The read models that were filled for a moment: shared by all requests for it, dropped when they are old."""

    def __init__(self, pool: asyncpg.Pool, projections: Mapping[str, Projection]) -> None:
        self._pool = pool
        self._projections = projections
        self._filling: dict[tuple[str, str], asyncio.Task[str]] = {}
        self._few = asyncio.Semaphore(_at_once)
        self._delivered: dict[AsOf, tuple[Any, list[tuple[str, int, int]]]] = {}

    async def then(self, needs: tuple[str, ...], as_of: AsOf) -> Then:
        """The schemas that hold these read models as of a moment, filled now where they are not yet.

        Raises:
            Problem: too many moments are asked for at once.
        """
        delivered = await self._what_of_it(as_of)
        key = sha256(repr((str(as_of), delivered)).encode()).hexdigest()
        schemas = {name: await self._schema(name, key, as_of) for name in needs}
        return Then(schemas, {service: last for service, _, last in delivered})

    async def _what_of_it(self, as_of: AsOf) -> list[tuple[str, int, int]]:
        """(service, events, last log index) of what is here of a moment; counted again when the ledger moved."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            changes = await ledger.changes(conn)
            known = self._delivered.get(as_of)
            if known and known[0] == changes:
                return known[1]
            rows = await conn.fetch(
                _delivered,
                *_bounds(as_of),
                timeout=_patience_s,
            )
        delivered = [(row["service"], row["events"], row["last"]) for row in rows]
        while len(self._delivered) >= _most:
            self._delivered.pop(next(iter(self._delivered)))
        self._delivered[as_of] = (changes, delivered)
        return delivered

    async def _schema(self, name: str, key: str, as_of: AsOf) -> str:
        """The schema of one read model; whoever comes first fills it, everybody else waits for the same."""
        key = f"{definition(self._projections[name])}:{key}"
        used: str | None = await self._pool.fetchval(
            "update scratch set used_at = clock_timestamp() where projection = $1 and key = $2 returning schema",
            name,
            key,
        )
        if used:
            return used
        task = self._filling.get((name, key))
        if task is None:
            task = asyncio.create_task(self._fill(name, key, as_of))
            self._filling[name, key] = task
            task.add_done_callback(lambda _: self._filling.pop((name, key), None))
        return await asyncio.shield(task)

    async def _fill(self, name: str, key: str, as_of: AsOf) -> str:
        projection = self._projections[name]
        async with self._few:
            await self._make_room()
            async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction(isolation="repeatable_read"):
                schema = f"asof_{uuid4().hex}"
                await conn.execute(ddl(projection, schema))
                events = await _fill_from_ledger(conn, schema, projection, as_of)
                await conn.execute(
                    "insert into scratch (projection, key, schema) values ($1, $2, $3)", name, key, schema
                )
        log.info("filled", projection=name, as_of=str(as_of), events=events)
        return schema

    async def _make_room(self) -> None:
        """Drop what was not used for longest while there are too many."""
        async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await conn.execute("select pg_advisory_xact_lock(hashtext('scratch'))")
            rows = await conn.fetch(
                "select schema, used_at < clock_timestamp() - make_interval(secs => $1) as unused"
                " from scratch order by used_at desc offset $2",
                _unused_s,
                _most - 1,
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


_delivered = """
select service, count(*) as events, max(logindex) as last from ledger
where not parked and time <= $1 and not (service = $2 and logindex > $3)
group by service order by service
"""
_known = f"""
select service, logindex, stream, streamversion, {bodies} from ledger
where not parked and time <= $2 and not (service = $3 and logindex > $4)
order by service, logindex
"""  # noqa: S608 - our own


def _bounds(as_of: AsOf) -> tuple[datetime, str, int]:
    service, last = as_of.event or ("", 0)
    return as_of.at, service, last


async def _forget(conn: Any, schemas: list[str]) -> None:
    await conn.execute("delete from scratch where schema = any($1)", schemas)
    for schema in schemas:
        await conn.execute(f'drop schema if exists "{schema}" cascade')


async def _fill_from_ledger(conn: Any, schema: str, projection: Projection, as_of: AsOf) -> int:
    """Project what was known. Of a stream only what has no hole below: a clock may have been turned back in between."""
    heads: dict[tuple[str, str], int] = {}
    events = 0
    cursor = await conn.cursor(_known, types_of(projection), *_bounds(as_of))
    while rows := await cursor.fetch(_step):
        known = []
        for row in rows:
            stream = (row["service"], row["stream"])
            if row["streamversion"] == heads.get(stream, 0) + 1:
                heads[stream] = row["streamversion"]
                known.append(row)
        await project(conn, schema, projection, known)
        events += len(known)
    return events
