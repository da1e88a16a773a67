"""The ledger: every event that reporting received, as bytes, and how far each service's log is here without a hole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from services.reporting.history.about import about
from shared.clock import Clock
from shared.consumer import Arrival
from shared.contracts import codec
from shared.messaging import Delivered

_columns = (
    *("service", "logindex", "stream", "streamversion", "id", "type", "time", "happened_at"),
    *("trustuid", "urn", "meta", "record", "visible_at", "parked", "correlation", "cause", "about"),
)
_enter = f"""
insert into ledger ({", ".join(_columns)})
select {", ".join(_columns[:-1])}, string_to_array(about, ',')
from unnest($1::text[], $2::bigint[], $3::text[], $4::int[], $5::uuid[], $6::text[], $7::timestamptz[],
            $8::timestamptz[], $9::text[], $10::text[], $11::bytea[], $12::bytea[], $13::timestamptz[],
            $14::boolean[], $15::text[], $16::text[], $17::text[]) sent ({", ".join(_columns)})
on conflict (service, logindex)
do update set parked = false, visible_at = excluded.visible_at, about = excluded.about
where ledger.parked and not excluded.parked and ledger.id = excluded.id
returning logindex
"""  # noqa: S608 - names of columns
# To the first hole, which is the first row that is not where its number says; without one, behind the last row.
_move = """
update position set changes = changes + 1, next = coalesce(
    (select $2 + n from (select logindex, row_number() over (order by logindex) - 1 as n
                         from ledger where service = $1 and logindex >= $2) numbered
     where logindex <> $2 + n limit 1),
    (select max(logindex) + 1 from ledger where service = $1 and logindex >= $2),
    next)
where service = $1
"""
bodies = "case when type = any($1) then meta end as meta, case when type = any($1) then record end as record"
"""Of the types in $1 what is needed to project them; of others nothing."""


def schema(app_role: str) -> str:
    """The ledger's tables, and what the application's role may do with them."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


_told = """
select l.service, l.logindex, l.meta, l.record
from ledger l join unnest($1::text[], $2::text[], $3::int[]) as s(service, stream, upto)
    on l.service = s.service and l.stream = s.stream and l.streamversion <= s.upto
where not l.parked
order by l.service, l.stream, l.streamversion
"""

_has = """
select not exists (
    select from unnest($2::text[], $3::int[]) as s(stream, version)
    where not exists (
        select from ledger l
        where l.service = $1 and l.stream = s.stream and l.streamversion >= s.version and not l.parked
    )
)
"""

Stream = tuple[str, str]
"""A service and the name of one of its streams."""


class ContradictsLedgerError(ValueError):
    """An event under a log index that another event has already."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the ledger, its personal texts still sealed."""

    delivered: Delivered
    event: Any

    @classmethod
    def of(cls, row: Any) -> Entry:
        """Of a row with service, logindex, meta and record."""
        delivered = Delivered(row["meta"], row["logindex"], row["record"])
        return cls(delivered, codec.decode(delivered.envelope.type, delivered.record))

    @property
    def service(self) -> str:
        return self.delivered.envelope.service

    @property
    def stream(self) -> str:
        return self.delivered.envelope.stream

    @property
    def version(self) -> int:
        return self.delivered.envelope.version


async def add(conn: Any, arrivals: Sequence[Arrival], clock: Clock, *, parked: bool) -> None:
    """Enter events. One that was parked and is entered again is parked no more.

    Raises:
        ContradictsLedgerError: a log index is given to another event already.
    """
    now = clock.now()
    rows = [
        (
            (e := d.envelope).service,
            d.logindex,
            e.stream,
            e.version,
            e.id,
            e.type,
            e.time,
            e.happened_at,
            e.trustuid,
            e.urn,
            d.meta,
            d.record,
            now,
            parked,
            e.correlation_id,
            e.causation_id,
            about(arrival.event),
        )
        for arrival in arrivals
        if (d := arrival.delivered)
    ]
    try:  # nearly always all of them are new, and COPY takes half the time
        async with conn.transaction():
            await conn.copy_records_to_table("ledger", records=rows, columns=_columns)
    except asyncpg.UniqueViolationError:
        flat = [(*row[:-1], ",".join(row[-1]) if row[-1] else None) for row in rows]
        entered = await conn.fetch(_enter, *map(list, zip(*flat, strict=True)))
        if not parked and len(entered) != len(rows):
            raise ContradictsLedgerError from None
    await _advance(conn, sorted({row[0] for row in rows}))


async def _advance(conn: Any, services: Collection[str]) -> None:
    """Move the positions over what is here now. The lock comes first, so that the next statement sees every commit."""
    rows = await conn.fetch(
        "select service, next from position where service = any($1) order by service for update", services
    )
    nexts = {row["service"]: row["next"] for row in rows}
    if missing := [service for service in services if service not in nexts]:
        await conn.execute(
            "insert into position (service) select s from unnest($1::text[]) s order by s on conflict do nothing",
            missing,
        )
        return await _advance(conn, services)
    for service, since in nexts.items():
        await conn.execute(_move, service, since)
    return None


async def told(conn: Any, upto: Mapping[Stream, int]) -> list[Entry]:
    """The events of some streams, each up to a version and in its order; what is parked is left out."""
    rows = await conn.fetch(_told, [s for s, _ in upto], [stream for _, stream in upto], list(upto.values()))
    return [Entry.of(row) for row in rows]


async def has(conn: Any, service: str, streams: Mapping[str, int]) -> bool:
    """Whether these streams of a service are here up to these versions, and shown."""
    return bool(await conn.fetchval(_has, service, list(streams), list(streams.values())))


async def position(conn: Any) -> dict[str, int]:
    """Of each service, the highest log index with none missing below."""
    rows = await conn.fetch("select service, next from position where next > 0 order by service")
    return {row["service"]: row["next"] - 1 for row in rows}


async def changes(conn: Any) -> tuple[tuple[str, int], ...]:
    """Something that differs whenever the ledger does."""
    rows = await conn.fetch("select service, changes from position order by service")
    return tuple((row["service"], row["changes"]) for row in rows)


async def time_of(conn: Any, service: str, logindex: int) -> datetime | None:
    """When an event was recorded; None when it is not here."""
    when: datetime | None = await conn.fetchval(
        "select time from ledger where service = $1 and logindex = $2", service, logindex
    )
    return when
