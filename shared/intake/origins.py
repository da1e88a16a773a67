"""Origins: which trust a school's claims are taken for, as this service has heard it from the register."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from shared.clock import today
from shared.consumer import Arrival
from shared.contracts.codec import type_names_of
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.talent.register import SchoolJoinedTrust, SchoolLeftTrust
from shared.intake.views import View


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep which schools joined and left, as a batch of events leaves it: each school's last word, in one statement."""
    memberships: dict[str, tuple[SchoolJoinedTrust, datetime]] = {}  # by the school's stream: joining, when recorded
    leavings: dict[str, SchoolLeftTrust] = {}
    for arrival in arrivals:
        if arrival.delivered is None:
            continue  # it could not be read, so there is nothing to keep of it
        recorded_at = arrival.delivered.envelope.time
        match event := arrival.event:
            case SchoolJoinedTrust():
                memberships[arrival.stream] = event, recorded_at
                leavings.pop(arrival.stream, None)
            case SchoolLeftTrust():
                leavings[arrival.stream] = event
            case RecordVoided() if event.event_type in _left_trust and arrival.stream in memberships:
                # Whoever took the school meanwhile has said so before: it is not taken back by voiding.
                memberships[arrival.stream] = memberships[arrival.stream][0], recorded_at
            case _:
                pass
    if memberships:
        await _joined(connection, list(memberships.values()))
    if leavings:
        await _left(connection, list(leavings.values()))


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these schools' memberships."""
    schools = {(a.event.trustuid, a.event.urn) for a in heard if isinstance(a.event, SchoolJoinedTrust)}
    await connection.execute(
        """delete from school s using unnest($1::text[], $2::text[]) f(trustuid, urn)
           where (s.trustuid, s.urn) = (f.trustuid, f.urn)""",
        [trustuid for trustuid, _ in schools],
        [urn for _, urn in schools],
    )


view = View(remember, forget)
_left_trust = type_names_of(SchoolLeftTrust)


async def trusts_of(pool: asyncpg.Pool, urns: Collection[str], now: datetime) -> dict[str, str]:
    """The trusts that schools belong to, as far as was heard; a school that none was heard of is left out.

    Where several trusts say so, it is the one that said it first, until it lets the school go: nobody takes a school
    over by claiming it.
    """
    rows = await pool.fetch(_placed, list(urns), today(now))
    return {row["urn"]: row["trustuid"] for row in rows}


async def schools_of(pool: asyncpg.Pool, trustuid: str, now: datetime) -> dict[str, datetime]:
    """The schools that belong to a trust, and since when this service knows that they joined it."""
    named = await pool.fetch("select urn from school where trustuid = $1 order by urn", trustuid)
    rows = await pool.fetch(_placed, [row["urn"] for row in named], today(now))
    return {row["urn"]: row["recorded_at"] for row in rows if row["trustuid"] == trustuid}


_placed = """
select distinct on (urn) urn, trustuid, recorded_at from school
where urn = any($1) and (left_on is null or left_on > $2) order by urn, recorded_at, trustuid
"""


async def _joined(connection: asyncpg.Connection, joined: Sequence[tuple[SchoolJoinedTrust, datetime]]) -> None:
    await connection.execute(
        """insert into school (trustuid, urn, joined_on, recorded_at)
           select * from unnest($1::text[], $2::text[], $3::date[], $4::timestamptz[])
           on conflict (trustuid, urn) do update
           set joined_on = excluded.joined_on, recorded_at = excluded.recorded_at, left_on = null""",
        [e.trustuid for e, _ in joined],
        [e.urn for e, _ in joined],
        [e.joined_on for e, _ in joined],
        [recorded_at for _, recorded_at in joined],
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
