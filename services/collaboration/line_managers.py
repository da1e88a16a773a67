"""Who leads whom: this service's view of the line managers that the register assigns, and who leads on a day.

The roles that lead a school, and those that chair its governors, have the names that schools use for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from shared.consumer import Arrival
from shared.contracts.talent.register import CHAIRS, HEADS, LineManagerAssigned
from shared.contracts.vocabulary import Code, Day
from shared.eventstore import EventStore
from shared.intake import View

_TRUST_EXECUTIVES = "^((deputy_)?chief_.+|(executive_)?director(_.+)?|.+_director|executive_(headteacher|principal))$"
"""Which of the roles in a trust itself lead it: a chief executive, a finance director, a director of education."""


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep each assignment of a batch."""
    assigned = [(a.event, a.version) for a in arrivals if isinstance(a.event, LineManagerAssigned)]
    if assigned:
        await connection.execute(
            """insert into line_manager (person_id, version, manager_id, from_on)
               select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::date[]) on conflict do nothing""",
            [e.person_id for e, _ in assigned],
            [version for _, version in assigned],
            [e.manager_id for e, _ in assigned],
            [e.from_on for e, _ in assigned],
        )


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget who leads these people."""
    people = list({a.event.person_id for a in heard if isinstance(a.event, LineManagerAssigned)})
    await connection.execute("delete from line_manager where person_id = any($1::uuid[])", people)


view = View(remember, forget)


async def managers_of(store: EventStore, people: Sequence[UUID], on: Day) -> Mapping[UUID, UUID]:
    """Who leads each of these people on a day; whoever has no line manager then is left out."""
    rows = await store.pool.fetch(
        """select distinct on (person_id) person_id, manager_id from line_manager
           where person_id = any($1::uuid[]) and from_on <= $2
           order by person_id, from_on desc, version desc""",
        list(people),
        on,
    )
    return {row["person_id"]: row["manager_id"] for row in rows}


async def spells_of(pool: asyncpg.Pool, manager_id: UUID, people: Sequence[UUID]) -> Sequence[asyncpg.Record]:
    """When somebody leads these people: `person_id`, `from_on`, and `until_on`, when the next assignment counts."""
    return await pool.fetch(
        """with counts as (
               select distinct on (person_id, from_on) person_id, from_on, manager_id from line_manager
               where person_id = any($1::uuid[]) order by person_id, from_on, version desc
           ), spell as (
               select *, lead(from_on) over (partition by person_id order by from_on) as until_on from counts
           )
           select person_id, from_on, until_on from spell where manager_id = $2 order by person_id, from_on""",
        list(people),
        manager_id,
    )


async def with_roles(store: EventStore, people: Sequence[UUID], roles: frozenset[Code], on: Day) -> frozenset[UUID]:
    """Those of these people who have one of these roles somewhere on a day."""
    rows = await store.pool.fetch(
        """select distinct person_id from engagement
           where person_id = any($1::uuid[]) and role = any($2::text[]) and started_on <= $3
             and (ended_on is null or $3 <= ended_on)""",
        list(people),
        list(roles),
        on,
    )
    return frozenset(row["person_id"] for row in rows)


async def leads(store: EventStore, manager_id: UUID, leader_id: UUID, on: Day) -> bool:
    """Whether somebody leads somebody on a day: the line manager; a head's also who leads the trust or chairs it."""
    if (await managers_of(store, [leader_id], on)).get(leader_id) == manager_id:
        return True
    found: bool = await store.pool.fetchval(
        """with stands as (
               select person_id, urn, role from engagement
               where person_id in ($1, $2) and started_on <= $3 and (ended_on is null or $3 <= ended_on)
           )
           select exists (
               select from stands h join stands m on m.person_id = $1
               where h.person_id = $2 and h.role = any($4::text[]) and h.urn is not null
                 and ((m.role = any($5::text[]) and (m.urn = h.urn or m.urn is null))
                      or (m.urn is null and m.role ~ $6))
           )""",
        manager_id,
        leader_id,
        on,
        list(HEADS),
        list(CHAIRS),
        _TRUST_EXECUTIVES,
    )
    return found
