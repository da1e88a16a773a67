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
where l.logindex >= $1 and ($2::text is null or e.stream = $2) and ($3::text is null or e.type = $3)
order by l.logindex limit $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events are wanted; what is None does not matter. `start` is a log index."""

    start: int = 0
    stream: str | None = None
    type: str | None = None
    trust: str | None = None


async def events(connection: asyncpg.Connection, wanted: Filter) -> AsyncIterator[dict[str, Any]]:
    """The events of one service, in log order, a page at a time; memory stays flat."""
    start = wanted.start
    while rows := await connection.fetch(_SELECT, start, wanted.stream, wanted.type, _PAGE):
        for row in rows:
            event = line(row)
            if wanted.trust in (None, event["trustuid"]):
                yield event
        start = rows[-1]["logindex"] + 1


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
        "data": json.loads(row["record"]),
        "prev_hash": row["prev_hash"].hex(),
        "hash": row["hash"].hex(),
    }
