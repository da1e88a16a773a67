"""The staff: who is who and who works where, as this service has heard it from the register.

What belongs together stands in one stream, so the order between streams does not matter: a reference keeps the entry
that it was given to, and mergers are followed when somebody asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from shared.consumer import Arrival
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementMoved,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
    StaffReferenceAssigned,
)
from shared.intake.people import Asked, LookUp, Somebody, StaffReference
from shared.intake.views import View


def heard_of(pool: asyncpg.Pool) -> LookUp:
    """Looks people up in what was heard."""

    async def look_up(references: Sequence[StaffReference], ids: Sequence[UUID]) -> Mapping[Asked, Somebody]:
        rows = await pool.fetch(
            _look_up,
            [r.trustuid for r in references],
            [r.source for r in references],
            [r.staff_ref for r in references],
            ids,
        )
        asked: Sequence[Asked] = (*references, *ids)
        return {
            asked[row["number"] - 1]: Somebody(row["person_id"], row["trustuid"], frozenset(row["urns"]))
            for row in rows
        }

    return look_up


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep what a batch of events says of people: one statement for each kind of event."""
    last: dict[str, dict[Any, Any]] = defaultdict(dict)  # by what it says, and of whom or what: the last word counts
    for arrival in arrivals:
        match event := arrival.event:
            case PersonRegistered():
                last["registered"][event.person_id] = event
            case StaffReferenceAssigned():
                last["assigned"][event.trustuid, event.source, event.staff_ref] = event
            case PersonsMerged() | PersonsSplit():
                last["merged"][event.person_id] = event
            case EngagementMoved():
                for said in _of_engagements:
                    last[said].pop((event.person_id, event.engagement_id), None)
                last["moved"][event.person_id, event.engagement_id] = event
            case EngagementStarted() | EngagementChanged() | EngagementEnded():
                last[type(event).__name__][event.person_id, event.engagement_id] = event
            case EngagementPaused() | EngagementResumed():
                last["paused"][event.person_id, event.engagement_id] = event
            case _:
                pass
    for said, write in _writes.items():
        if last[said]:
            await write(connection, list(last[said].values()))


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these people's entries and engagements, and whom these references mean."""
    people = list({a.event.person_id for a in heard if isinstance(a.event, _of_a_person)})
    await connection.execute("delete from engagement where person_id = any($1::uuid[])", people)
    await connection.execute("delete from person where person_id = any($1::uuid[])", people)
    references = [a.event for a in heard if isinstance(a.event, StaffReferenceAssigned)]
    await connection.execute(
        """delete from staff_reference r using unnest($1::text[], $2::text[], $3::text[]) f(trustuid, source, staff_ref)
           where (r.trustuid, r.source, r.staff_ref) = (f.trustuid, f.source, f.staff_ref)""",
        [e.trustuid for e in references],
        [e.source for e in references],
        [e.staff_ref for e in references],
    )


view = View(remember, forget)


async def _registered(connection: asyncpg.Connection, registered: Sequence[PersonRegistered]) -> None:
    await connection.execute(
        """insert into person (person_id, trustuid) select * from unnest($1::uuid[], $2::text[])
           on conflict do nothing""",
        [e.person_id for e in registered],
        [e.trustuid for e in registered],
    )


async def _assigned(connection: asyncpg.Connection, assigned: Sequence[StaffReferenceAssigned]) -> None:
    await connection.execute(
        """insert into staff_reference select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
           on conflict (trustuid, source, staff_ref) do update set person_id = excluded.person_id""",
        [e.trustuid for e in assigned],
        [e.source for e in assigned],
        [e.staff_ref for e in assigned],
        [e.person_id for e in assigned],
    )


async def _merged(connection: asyncpg.Connection, merged: Sequence[PersonsMerged | PersonsSplit]) -> None:
    await connection.execute(
        """update person p set merged_into = m.merged_into from unnest($1::uuid[], $2::uuid[]) m(person_id, merged_into)
           where p.person_id = m.person_id""",
        [e.person_id for e in merged],
        [e.into_person_id if isinstance(e, PersonsMerged) else None for e in merged],
    )


async def _moved(connection: asyncpg.Connection, moved: Sequence[EngagementMoved]) -> None:
    await connection.execute(
        """delete from engagement e using unnest($1::uuid[], $2::uuid[]) m(person_id, engagement_id)
           where (e.person_id, e.engagement_id) = (m.person_id, m.engagement_id)""",
        *_keys(moved),
    )


async def _started(connection: asyncpg.Connection, started: Sequence[EngagementStarted]) -> None:
    await connection.execute(
        """insert into engagement (person_id, engagement_id, urn, kind, role, fte_hundredths, acting, started_on)
           select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bool[],
                                $8::date[])
           on conflict do nothing""",
        *_keys(started),
        [e.urn for e in started],
        [e.kind for e in started],
        [e.role for e in started],
        [e.fte_hundredths for e in started],
        [e.acting for e in started],
        [e.started_on for e in started],
    )


async def _changed(connection: asyncpg.Connection, changed: Sequence[EngagementChanged]) -> None:
    await connection.execute(
        """update engagement e set role = c.role, fte_hundredths = c.fte_hundredths, acting = c.acting
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::bool[])
               c(person_id, engagement_id, role, fte_hundredths, acting)
           where (e.person_id, e.engagement_id) = (c.person_id, c.engagement_id)""",
        *_keys(changed),
        [e.role for e in changed],
        [e.fte_hundredths for e in changed],
        [e.acting for e in changed],
    )


async def _paused(connection: asyncpg.Connection, paused: Sequence[EngagementPaused | EngagementResumed]) -> None:
    await connection.execute(
        """update engagement e set paused_on = p.paused_on
           from unnest($1::uuid[], $2::uuid[], $3::date[]) p(person_id, engagement_id, paused_on)
           where (e.person_id, e.engagement_id) = (p.person_id, p.engagement_id)""",
        *_keys(paused),
        [e.from_on if isinstance(e, EngagementPaused) else None for e in paused],
    )


async def _ended(connection: asyncpg.Connection, ended: Sequence[EngagementEnded]) -> None:
    await connection.execute(
        """update engagement e set ended_on = n.ended_on
           from unnest($1::uuid[], $2::uuid[], $3::date[]) n(person_id, engagement_id, ended_on)
           where (e.person_id, e.engagement_id) = (n.person_id, n.engagement_id)""",
        *_keys(ended),
        [e.ended_on for e in ended],
    )


def _keys(events: Sequence[Any]) -> tuple[list[UUID], list[UUID]]:
    return [e.person_id for e in events], [e.engagement_id for e in events]


_Write = Callable[[asyncpg.Connection, Sequence[Any]], Awaitable[None]]
_of_a_person = (PersonRegistered, PersonsMerged, EngagementStarted)
"""What makes a row of a person's."""
_of_engagements = ("EngagementStarted", "EngagementChanged", "paused", "EngagementEnded")
_writes: Mapping[str, _Write] = {
    "registered": _registered,
    "assigned": _assigned,
    "merged": _merged,
    "moved": _moved,
    "EngagementStarted": _started,
    "EngagementChanged": _changed,
    "paused": _paused,
    "EngagementEnded": _ended,
}
"""In this order: an engagement that moved away and came back starts anew."""

# `union` without `all` ends also where entries were merged in a circle, which the register does not let happen.
_look_up = """
with recursive asked as (
    select r.number, s.person_id
    from unnest($1::text[], $2::text[], $3::text[]) with ordinality r(trustuid, source, staff_ref, number)
    join staff_reference s using (trustuid, source, staff_ref)
    union all
    select cardinality($1::text[]) + i.number, i.person_id from unnest($4::uuid[]) with ordinality i(person_id, number)
), lead as (
    select number, person_id from asked
    union
    select l.number, p.merged_into from lead l join person p using (person_id) where p.merged_into is not null
)
select l.number, p.person_id, p.trustuid,
       array(select distinct e.urn from engagement e where e.person_id = p.person_id) as urns
from lead l join person p using (person_id) where p.merged_into is null
"""
