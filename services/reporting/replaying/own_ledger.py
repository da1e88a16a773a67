"""The ledger of a replay: a table of its own, in a schema that is rolled back in the end, first in the search path.

So what fills read models from reporting's ledger fills them from any source, and asks this one also for what is voided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.reporting.known import Known, known_at
from services.reporting.read_models.as_of import AsOf
from shared.messaging import Delivered

patience_s = 600.0
Indexes = Mapping[str, str]
"""Of each service log indexes, as the text of an int8multirange."""

Spans = dict[str, list[tuple[int, int]]]
"""Of each service log indexes, as first and last of each run."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What came more than once.

    Attributes:
        repeats: how many arrivals were of events that were there already.
        contradicting: log indexes that two different events came under; the first of them was taken.
    """

    repeats: int
    contradicting: list[str]


async def create(conn: Any, schema: str) -> None:
    """Make it, empty, and let it be what is called `ledger` to the end of the caller's transaction."""
    await conn.execute(_create.format(schema=schema))


async def add(conn: Any, schema: str, events: Sequence[Delivered]) -> None:
    """Enter what arrived."""
    rows = [
        ((e := d.envelope).service, d.logindex, e.stream, e.version, e.type, e.time, d.meta, d.record) for d in events
    ]
    await conn.copy_records_to_table("ledger", schema_name=schema, records=rows, columns=_columns)


async def settle(conn: Any) -> Settled:
    """Keep each event once when all have arrived, and leave out what is parked in reporting's ledger, as it is live."""
    await conn.execute("analyze ledger", timeout=patience_s)
    row = await conn.fetchrow(_repeats, timeout=patience_s)
    await conn.execute(_index, timeout=patience_s)
    await conn.execute(_park, timeout=patience_s)
    return Settled(row["repeats"], row["contradicting"])


async def known(conn: Any, as_of: AsOf) -> Known:
    """What is known of a moment: by a receipt what stands in it, else what was recorded up to then."""
    if as_of.receipt:
        return as_of.receipt.figures.known
    return await known_at(conn, as_of.at, as_of.event, patience_s)


async def types(conn: Any, known: Known) -> Counter[str]:
    """How many events are known of each type."""
    found: Counter[str] = Counter()
    for service, indexes in known.indexes.items():
        found.update(
            {row["type"]: row["events"] for row in await conn.fetch(_types, service, indexes, timeout=patience_s)}
        )
    return found


async def missing(conn: Any, as_of: AsOf) -> Spans:
    """What has to be here of a moment and is not.

    That is everything below the highest log index that is known here, in reporting's ledger or by a checkpoint, but for
    what reporting knows to have been recorded later; by a receipt, what stands in it.
    """
    here = await _indexes(conn, "select service, range_agg(int8range(logindex, logindex, '[]')) from ledger group by 1")
    if as_of.receipt:
        return await spans(conn, as_of.receipt.figures.known.indexes, but=here)
    service, last = as_of.event or ("", 0)
    return await spans(conn, await _indexes(conn, _expected, as_of.at, service, last), but=here)


async def spans(conn: Any, indexes: Indexes, *, but: Indexes) -> Spans:
    """Some log indexes without others."""
    found: Spans = {}
    for row in await conn.fetch(_spans, _json(indexes), _json(but), timeout=patience_s):
        found.setdefault(row["service"], []).append((row["first"], row["last"]))
    return found


async def parked(conn: Any, as_of: AsOf) -> list[str]:
    """What was left out because reporting has parked it."""
    rows = await conn.fetch(_parked, as_of.at)
    return [row["event"] for row in rows]


async def sealed_with(conn: Any, keys: Collection[UUID], known: Known, types: Collection[str]) -> list[str]:
    """Which known events of these types have a text that is sealed with one of these keys."""
    return [
        f"{service}/{row['logindex']}"
        for service, indexes in sorted(known.indexes.items())
        for row in await conn.fetch(_sealed_with, service, indexes, list(types), list(keys), timeout=patience_s)
    ]


async def _indexes(conn: Any, statement: str, *arguments: Any) -> Indexes:
    rows = await conn.fetch(f"select service, indexes::text from ({statement}) as s(service, indexes)", *arguments)  # noqa: S608 - our own
    return {row["service"]: row["indexes"] for row in rows}


def _json(indexes: Indexes) -> str:
    return orjson.dumps(dict(indexes)).decode()


_columns = ("service", "logindex", "stream", "streamversion", "type", "time", "meta", "record")
_create = """
create schema "{schema}";
create unlogged table "{schema}".ledger (
    service text not null, logindex bigint not null, stream text not null, streamversion int not null,
    type text not null, time timestamptz not null, meta bytea not null, record bytea not null,
    parked boolean not null default false
);
set local search_path to "{schema}", public;
set local timezone to 'UTC'
"""
_repeats = """
with repeated as (
    delete from ledger a using ledger b
    where (a.service, a.logindex) = (b.service, b.logindex) and a.ctid > b.ctid
    returning a.service, a.logindex, a.meta <> b.meta or a.record <> b.record as contradicts
)
select count(*) as repeats, coalesce(
    array_agg(distinct service || '/' || logindex) filter (where contradicts), '{}') as contradicting
from repeated
"""
_index = """
alter table ledger add primary key (service, logindex);
create index on ledger using hash (stream);
analyze ledger
"""
_park = """
update ledger l set parked = true from public.ledger p
where p.parked and (p.service, p.logindex) = (l.service, l.logindex)
"""
_parked = (
    "select service || '/' || logindex as event from ledger where parked and time <= $1 order by service, logindex"
)
_expected = """
select service, int8multirange(int8range(0, case when service = $2 then least(size, $3::bigint + 1) else size end))
    - coalesce((select range_agg(int8range(l.logindex, l.logindex, '[]')) from public.ledger l
                where l.service = known.service and l.time > $1), '{}')
from (
    select service, max(size) as size from (
        select service, max(logindex) + 1 from ledger group by 1
        union all select service, max(logindex) + 1 from public.ledger group by 1
        union all select service, max(size) from public.checkpoint group by 1
    ) as told(service, size) group by 1
) known
"""
_spans = """
select a.service, lower(run) as first, upper(run) - 1 as last
from jsonb_each_text($1::jsonb) a(service, indexes) left join jsonb_each_text($2::jsonb) b(service, indexes)
using (service), unnest(a.indexes::int8multirange - coalesce(b.indexes, '{}')::int8multirange) run
order by 1, 2
"""
_types = """
select type, count(*) as events from ledger where service = $1 and not parked and logindex <@ $2::text::int8multirange
group by type
"""
_sealed_with = """
select distinct logindex from ledger, regexp_matches(encode(record, 'escape'), '"sealed:1:([0-9a-f]{32}):', 'g') found
where service = $1 and logindex <@ $2::text::int8multirange and type = any($3) and found[1]::uuid = any($4)
order by 1
"""
