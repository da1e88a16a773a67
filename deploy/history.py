"""A service's history as lines: one JSON object an event, in the order of its log, as it is stored.

Personal texts stay sealed. `prev_hash` and `hash` are those of the event's stream, so that the lines can be checked
without us: see docs/adr/0002.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg

_PAGE = 2_000
_SELECT = """
select l.logindex, e.meta, e.record, e.prev_hash, e.hash
from log l join event e using (position)
where l.logindex >= $1 and l.logindex < $2 and ($3::text is null or e.stream = $3) and ($4::text is null or e.type = $4)
order by l.logindex limit $5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events are wanted; what is None does not matter. `start` is a log index."""

    start: int = 0
    stream: str | None = None
    type: str | None = None
    trust: str | None = None


async def events(connection: asyncpg.Connection, wanted: Filter) -> AsyncIterator[dict[str, Any]]:
    """The events of one service up to now, in log order, a page at a time; memory stays flat."""
    start, end = wanted.start, await length(connection)
    while rows := await connection.fetch(_SELECT, start, end, wanted.stream, wanted.type, _PAGE):
        for row in rows:
            event = line(row)
            if wanted.trust in (None, event["trustuid"]):
                yield event
        start = rows[-1]["logindex"] + 1


async def length(connection: asyncpg.Connection) -> int:
    """How many events a service's log has: the log index that the next one gets."""
    found: int = await connection.fetchval("select coalesce(max(logindex) + 1, 0) from log")
    return found


async def one_event(connection: asyncpg.Connection, logindex: int) -> dict[str, Any] | None:
    """The event of a log index."""
    rows = await connection.fetch(_SELECT, logindex, logindex + 1, None, None, 1)
    return line(rows[0]) if rows else None


def line(row: asyncpg.Record) -> dict[str, Any]:
    """One stored event as JSON-ready content."""
    meta = json.loads(row["meta"])
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
        "data": json.loads(row["record"]),
        "prev_hash": row["prev_hash"].hex(),
        "hash": row["hash"].hex(),
    }


def as_line(event: dict[str, Any]) -> bytes:
    """An event as a line: without spaces, so that the bytes of its record stand in it as they were hashed."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
