"""What of a service's history is about a person: which streams, and by which numbers schools' systems know them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from shared.contracts import codec
from shared.intake.naming import Named

scan_seconds = 300.0
"""How long the whole history may take to be looked through: some seconds a million events."""


@dataclass(frozen=True, slots=True)
class About:
    """A person, as a service's history speaks of them.

    Attributes:
        own: the streams that are about them: whose first event has them where texts have their subject, and those that
            say why a text of theirs was shown.
        named_in: all streams that name them.
        references: (source, staff_ref) of each system that knows them.
    """

    person_id: str
    own: frozenset[str]
    named_in: frozenset[str]
    references: frozenset[tuple[str, str]]

    @property
    def subjects(self) -> set[str]:
        """Whose keys their texts are sealed with."""
        return subjects(self.person_id, self.own)

    def is_among(self, named: Named) -> bool:
        """Whether they are one of these; in what is no JSON their number at a system is enough."""
        numbers = (f'"{staff_ref}"'.encode() for _, staff_ref in self.references)
        return (
            UUID(self.person_id) in named.ids
            or not self.references.isdisjoint(named.references)
            or any(number in named.unread for number in numbers)
        )


def subjects(person_id: str, own: Collection[str]) -> set[str]:
    """A person's key, and those of the streams that are about them alone."""
    return {f"person:{person_id}", *(f"stream:{stream}" for stream in own)}


async def about(pool: asyncpg.Pool, person_id: str) -> About:
    """Look for a person in the history, and in what was heard of others' histories."""
    own = await own_streams(pool, [person_id])
    async with scanning(pool) as connection:
        rows = await connection.fetch(_named, person_id.encode(), timeout=scan_seconds)
    told = [orjson.loads(row["record"]) for row in rows]
    return About(
        person_id,
        frozenset(own.get(person_id, ())),
        frozenset(row["stream"] for row in rows if row["here"]),
        frozenset(
            (one["source"], one["staff_ref"])
            for one in told
            if one.get("person_id") == person_id and {"source", "staff_ref"} <= one.keys()
        ),
    )


async def own_streams(pool: asyncpg.Pool, people: Collection[str]) -> Mapping[str, Collection[str]]:
    """The streams that are about each of these people: they begin with one of them where texts have their subject."""
    async with scanning(pool) as connection:
        rows = await connection.fetch(_own, list(people), list(codec.subject_fields()), timeout=scan_seconds)
        shown = await connection.fetch(_shown, timeout=scan_seconds)
    own: dict[str, set[str]] = {person_id: set() for person_id in people}
    for row in rows:
        own[row["person_id"]] |= {*row["streams"]}
    for row in shown:
        keys = codec.subjects(codec.decode(row["type"], row["record"]), row["stream"]).values()
        for person_id, streams in own.items():
            if not subjects(person_id, streams).isdisjoint(keys):
                streams.add(row["reveals"])
    return own


@asynccontextmanager
async def scanning(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
    """A transaction in which a whole table may be read: what is looked for has no index."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = on")
        yield connection


_own = """
select person_id, array_agg(distinct stream) as streams from (
    select stream, unnest($2::text[]) as name, convert_from(record, 'UTF8')::json as said from event where version = 1
) as first, lateral (select said ->> name as person_id) as named where person_id = any($1) group by person_id
"""
# The oldest first: why somebody was shown a reason comes after that reason's own.
_shown = """
select s.name as reveals, e.stream, e.type, e.record
from stream s join event e on e.id = substr(s.name, length('reveals-') + 1)::uuid
where s.name like 'reveals-%' order by e.position
"""
_named = """
select stream, record, true as here from event where position($1::bytea in record) > 0
union all
select stream, record, false from heard_event where position($1::bytea in record) > 0
"""
