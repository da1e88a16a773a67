"""Whoever leaves the trust has no open leader record there any more: the record is closed, once each time.

The view says whose records to look at; whether they have left is decided on their own streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from services.talent.domain.leader import LEFT_THE_TRUST, CloseLeaderRecord, is_open, leader, leader_stream
from services.talent.domain.person import person, person_stream
from services.talent.domain.service_record import last_day
from shared.clock import Clock, today
from shared.consumer import Arrival
from shared.contracts.talent.leaders import (
    LeaderIdentified,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
)
from shared.contracts.talent.register import EngagementEnded, EngagementMoved, EngagementStarted
from shared.contracts.vocabulary import Day
from shared.eventstore import Act, CommandKey, Context, Decision, EventStore, States, execute, on_day
from shared.vault import Vault

closed_at_once = 500
_ONE_DAY = timedelta(days=1)


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep each engagement's last day and whether each leader's record is open, as a batch of events leaves them."""
    engagements: dict[tuple[UUID, UUID], tuple[Day | None, int]] = {}
    moved: set[tuple[UUID, UUID]] = set()
    records: dict[UUID, tuple[str, bool, int]] = {}
    for arrival in arrivals:
        if arrival.delivered is None:
            continue  # it could not be read, so there is nothing to keep of it
        trustuid = arrival.delivered.envelope.trustuid
        match event := arrival.event:
            case EngagementStarted():
                engagements[event.person_id, event.engagement_id] = (None, arrival.version)
            case EngagementEnded():
                engagements[event.person_id, event.engagement_id] = (event.ended_on, arrival.version)
            case EngagementMoved():
                engagements.pop((event.person_id, event.engagement_id), None)
                moved.add((event.person_id, event.engagement_id))
            case LeaderIdentified() | LeaderRecordReopened():
                records[event.leader_id] = (trustuid, True, arrival.version)
            case LeaderNominationDeclined() | LeaderRecordClosed():
                records[event.leader_id] = (trustuid, False, arrival.version)
            case _:
                pass
    if moved:
        await _forget_engagements(connection, moved)
    if engagements:
        await _keep_engagements(connection, engagements)
    if records:
        await _keep_records(connection, records)


async def close_records(store: EventStore, vault: Vault, clock: Clock) -> int:
    """Close the open records of those whose last engagement's last day has passed; how many there were."""
    rows = await store.pool.fetch(
        """select r.leader_id, r.trustuid, r.heard as opened, max(e.heard) as heard, max(e.ended_on) as last_day
           from leader_record r join engagement e on e.person_id = r.leader_id
           where r.is_open
           group by r.leader_id having bool_and(coalesce(e.ended_on < $1, false))
           order by r.leader_id limit $2""",
        today(clock.now()),
        closed_at_once,
    )
    outcomes = await execute(store, vault, clock, [_closing(row) for row in rows])
    return sum(outcome.status == "accepted" and bool(outcome.streams) for outcome in outcomes)


def _closing(row: asyncpg.Record) -> Act:
    """Its key names what was heard, so that it is decided anew when more was."""
    leader_id, closed_on = row["leader_id"], row["last_day"] + _ONE_DAY
    record, entry = leader_stream(leader_id), person_stream(leader_id)
    key = f"left/{leader_id}/{row['opened']}/{row['heard']}"
    context = Context(
        key=CommandKey("talent", "clock", key),
        trustuid=row["trustuid"],
        actor="clock",
        claim=b"",
        correlation_id=key,
    )

    def decide(states: States) -> Decision:
        day = today(states.at)
        if not is_open(states[record]) or last_day(day, states[entry]) != row["last_day"]:
            return {}  # the view is behind
        command = CloseLeaderRecord(leader_id=leader_id, closed_on=closed_on, reason=LEFT_THE_TRUST, today=day)
        return {record: leader.decide(command, states[record])}

    return Act(on_day(closed_on, context), {record: leader, entry: person}, decide, writes=frozenset({record}))


async def _keep_engagements(
    connection: asyncpg.Connection, engagements: dict[tuple[UUID, UUID], tuple[Day | None, int]]
) -> None:
    await connection.execute(
        """insert into engagement as known (person_id, engagement_id, ended_on, heard)
           select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::int[])
           on conflict (person_id, engagement_id) do update
           set ended_on = coalesce(excluded.ended_on, known.ended_on), heard = greatest(excluded.heard, known.heard)""",
        [person_id for person_id, _ in engagements],
        [engagement_id for _, engagement_id in engagements],
        [ended_on for ended_on, _ in engagements.values()],
        [heard for _, heard in engagements.values()],
    )


async def _forget_engagements(connection: asyncpg.Connection, moved: set[tuple[UUID, UUID]]) -> None:
    """They are another entry's."""
    await connection.execute(
        """delete from engagement e using unnest($1::uuid[], $2::uuid[]) m(person_id, engagement_id)
           where (e.person_id, e.engagement_id) = (m.person_id, m.engagement_id)""",
        [person_id for person_id, _ in moved],
        [engagement_id for _, engagement_id in moved],
    )


async def _keep_records(connection: asyncpg.Connection, records: dict[UUID, tuple[str, bool, int]]) -> None:
    await connection.execute(
        """insert into leader_record (leader_id, trustuid, is_open, heard)
           select * from unnest($1::uuid[], $2::text[], $3::bool[], $4::int[])
           on conflict (leader_id) do update
           set trustuid = excluded.trustuid, is_open = excluded.is_open, heard = excluded.heard""",
        list(records),
        [trustuid for trustuid, _, _ in records.values()],
        [is_open for _, is_open, _ in records.values()],
        [heard for _, _, heard in records.values()],
    )
