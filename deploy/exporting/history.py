"""A service's history as lines: one JSON object an event, in the order of its log, as it is stored.

Personal texts stay sealed. `prev_hash` and `hash` are those of the event's stream, so that the lines can be checked
without us: see docs/adr/0002.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from deploy.exporting.concerning import concerns, envelope
from services.reporting.history.events import Arguments
from shared.contracts.envelope import timestamp

_STRETCH = 5_000
_SELECT = """
select l.logindex, e.meta, e.record, e.prev_hash, e.hash
from log l join event e using (position)
where {where}
order by l.logindex
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events are wanted; what is None does not matter.

    Attributes:
        start: a log index.
        school: a URN: the events that concern it (deploy/exporting/concerning.py).
        person: the ids of all entries of the register that are one person: the events that concern them.
        since: recorded then or later; `until`: recorded before.
    """

    start: int = 0
    id: UUID | None = None
    stream: str | None = None
    type: str | None = None
    trust: str | None = None
    school: str | None = None
    person: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


async def stretches(
    connection: asyncpg.Connection, wanted: Filter, start: int, end: int
) -> AsyncIterator[tuple[int, list[dict[str, Any]]]]:
    """The events of one service from a log index up to before another, in their order; memory stays flat.

    Yields:
        Up to before which log index, and the events since the last one: there may be none.
    """
    argument = Arguments()
    between = f"l.logindex >= {argument(0)} and l.logindex < {argument(0)}"
    select = _SELECT.format(where=" and ".join([between, *_conditions(wanted, argument)]))
    for first in range(start, end, _STRETCH):
        upto = min(first + _STRETCH, end)
        yield upto, [line(row) for row in await connection.fetch(select, first, upto, *argument[2:])]


async def events(connection: asyncpg.Connection, wanted: Filter) -> AsyncIterator[dict[str, Any]]:
    """The events of one service up to now, in the order of its log."""
    async for _, stretch in stretches(connection, wanted, wanted.start, await length(connection)):
        for event in stretch:
            yield event


def _conditions(wanted: Filter, argument: Arguments) -> Iterator[str]:
    if wanted.id is not None:
        yield f"e.id = {argument(wanted.id)}"
    if wanted.stream is not None:
        yield f"e.stream = {argument(wanted.stream)}"
    if wanted.type is not None:
        yield f"e.type = {argument(wanted.type)}"
    if wanted.trust is not None:
        yield f"{envelope('e')} ->> 'trustuid' = {argument(wanted.trust)}"
    if wanted.since is not None:
        yield f"{_recorded} >= {argument(timestamp(wanted.since))}"
    if wanted.until is not None:
        yield f"{_recorded} < {argument(timestamp(wanted.until))}"
    if wanted.school is not None:
        yield concerns([wanted.school], argument)
    if wanted.person is not None:
        yield concerns(wanted.person, argument)


_recorded = f"({envelope('e')} ->> 'time') collate \"C\""  # its texts sort as times do


async def length(connection: asyncpg.Connection) -> int:
    """How many events a service's log has: the log index that the next one gets."""
    found: int = await connection.fetchval("select coalesce(max(logindex) + 1, 0) from log")
    return found


async def one_event(connection: asyncpg.Connection, logindex: int) -> dict[str, Any] | None:
    """The event of a log index."""
    rows = await connection.fetch(_SELECT.format(where="l.logindex = $1"), logindex)
    return line(rows[0]) if rows else None


def line(row: asyncpg.Record) -> dict[str, Any]:
    """One stored event as JSON-ready content."""
    meta = orjson.loads(row["meta"])
    return {
        "service": meta["source"].removeprefix("/"),
        "logindex": row["logindex"],
        "stream": meta["subject"],
        "version": meta["streamversion"],
        "id": meta["id"],
        "type": meta["type"],
        "time": meta["time"],
        "happenedat": meta["happenedat"],
        "trustuid": meta["trustuid"],
        "urn": meta.get("urn"),
        "actor": meta["actor"],
        "correlationid": meta["correlationid"],
        "causationid": meta.get("causationid"),
        "chaindepth": meta.get("chaindepth"),
        "data": orjson.loads(row["record"]),
        "prev_hash": row["prev_hash"].hex(),
        "hash": row["hash"].hex(),
    }


def as_line(event: Mapping[str, Any]) -> bytes:
    """An event as a line: without spaces, so that the bytes of its record stand in it as they were hashed."""
    return orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)
