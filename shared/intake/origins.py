"""Origins: which trust a school's claims are taken for, as this service has heard it from the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from shared.clock import today
from shared.consumer import Arrival
from shared.contracts.talent.register import SchoolJoinedTrust, SchoolLeftTrust


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep which schools joined and left, as a batch of events leaves it: each school's last word, in one statement."""
    memberships: dict[tuple[str, str], Arrival] = {}
    leavings: dict[tuple[str, str], SchoolLeftTrust] = {}
    for arrival in arrivals:
        match event := arrival.event:
            case SchoolJoinedTrust():
                memberships[event.trustuid, event.urn] = arrival
                leavings.pop((event.trustuid, event.urn), None)
            case SchoolLeftTrust():
                leavings[event.trustuid, event.urn] = event
            case _:
                pass
    if memberships:
        await _joined(connection, list(memberships.values()))
    if leavings:
        await _left(connection, list(leavings.values()))


async def trust_of(pool: asyncpg.Pool, urn: str, now: datetime) -> str | None:
    """The trust that a school belongs to, as far as was heard.

    Where several trusts say so, it is the one that said it first, until it lets the school go: nobody takes a school
    over by claiming it.
    """
    found: str | None = await pool.fetchval(
        """select trustuid from school where urn = $1 and (left_on is null or left_on > $2)
           order by recorded_at, trustuid limit 1""",
        urn,
        today(now),
    )
    return found


async def _joined(connection: asyncpg.Connection, joined: Sequence[Arrival]) -> None:
    await connection.execute(
        """insert into school (trustuid, urn, joined_on, recorded_at)
           select * from unnest($1::text[], $2::text[], $3::date[], $4::timestamptz[])
           on conflict (trustuid, urn) do update
           set joined_on = excluded.joined_on, recorded_at = excluded.recorded_at, left_on = null""",
        [a.event.trustuid for a in joined],
        [a.event.urn for a in joined],
        [a.event.joined_on for a in joined],
        [a.delivered.envelope.time for a in joined if a.delivered],
    )


async def _left(connection: asyncpg.Connection, left: Sequence[SchoolLeftTrust]) -> None:
    await connection.execute(
        """update school s set left_on = l.left_on
           from unnest($1::text[], $2::text[], $3::date[]) l(trustuid, urn, left_on)
           where (s.trustuid, s.urn) = (l.trustuid, l.urn)""",
        [e.trustuid for e in left],
        [e.urn for e in left],
        [e.left_on for e in left],
    )
