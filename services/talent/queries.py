"""What is asked of the register: who belongs to a trust now, and whom a staff reference means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.clock import Clock, today
from shared.contracts.codec import type_names_of
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.talent.register import PersonsMerged, PersonsSplit, StaffReferenceAssigned
from shared.contracts.vocabulary import Id
from shared.eventstore import EventStore
from shared.intake.people import Asked, LookUp, Somebody, StaffReference


class Register:
    """The register, read from this service's view of its own events."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def members(self, trustuid: str | None) -> dict[str, list[str]]:
        """The URNs of a trust's current members by its UID; of every trust that has any, when none is named."""
        rows = await self._store.pool.fetch(
            """select trustuid, array_agg(urn order by urn) as urns from school
               where ($1::text is null or trustuid = $1) and (left_on is null or left_on > $2)
               group by trustuid order by trustuid""",
            trustuid,
            today(self._clock.now()),
        )
        found = {row["trustuid"]: list(row["urns"]) for row in rows}
        return found if trustuid is None else {trustuid: found.get(trustuid, [])}


def registered(store: EventStore) -> LookUp:
    """Finds people by their staff references in the register's own streams, so at once when they are registered.

    Ids are not looked up: a decision reads the person's stream itself.
    """

    async def look_up(references: Sequence[StaffReference], _: Sequence[UUID]) -> Mapping[Asked, Somebody]:
        asked = {reference.stream: reference for reference in references}
        rows = await store.pool.fetch(
            _look_up,
            list(asked),
            type_names_of(StaffReferenceAssigned),
            type_names_of(PersonsMerged, PersonsSplit),
            type_names_of(RecordVoided),
        )
        return {asked[row["stream"]]: Somebody(row["person_id"], asked[row["stream"]].trustuid) for row in rows}

    return look_up


async def duplicates_of(store: EventStore, person_id: Id) -> Sequence[Id]:
    """The entries that were merged into a person's, also those merged into one of these before."""
    rows = await store.pool.fetch(_duplicates, str(person_id), type_names_of(PersonsMerged, PersonsSplit))
    return [row["person_id"] for row in rows]


# Of each entry the last that was said of it: merged, and into which, or split again, which names none.
_duplicates = """
with recursive merged as (
    select distinct on (stream) substr(stream, length('person-') + 1) as person_id,
        convert_from(record, 'utf8')::jsonb ->> 'into_person_id' as into_person_id
    from event where type = any($2) order by stream, version desc
), same as (
    select $1::text as person_id
    union
    select m.person_id from merged m join same s on m.into_person_id = s.person_id
)
select person_id::uuid from same where person_id <> $1 order by person_id
"""

# Each reference's entry, if that is not void, and from there along the mergers, a few in a row, to what stands.
_look_up = """
with recursive lead as (
    select e.stream, convert_from(e.record, 'utf8')::jsonb ->> 'person_id' as person_id, 0 as mergers
    from event e
    where e.stream = any($1) and e.type = any($2) and not exists (
        select from event v
        where v.stream = e.stream and v.type = any($4)
          and convert_from(v.record, 'utf8')::jsonb ->> 'event_id' = e.id::text
    )
    union all
    select l.stream, m.into_person_id, l.mergers + 1 from lead l join lateral (
        select convert_from(e.record, 'utf8')::jsonb ->> 'into_person_id' as into_person_id
        from event e where e.stream = 'person-' || l.person_id and e.type = any($3)
        order by e.version desc limit 1
    ) m on m.into_person_id is not null and l.mergers < 20
)
select distinct on (stream) stream, person_id::uuid from lead order by stream, mergers desc
"""
