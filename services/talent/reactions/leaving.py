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
from shared.intake import View
from shared.vault import Vault

closed_at_once = 500
_ONE_DAY = timedelta(days=1)


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep each engagement's last day and whether each leader's record is open, as a batch of events leaves them."""
    engagements: dict[tuple[UUID, UUID], Day | None] = {}
    moved: set[tuple[UUID, UUID]] = set()
    records: dict[UUID, tuple[str, bool]] = {}
    for arrival in arrivals:
        if arrival.delivered is None:
            continue  # it could not be read, so there is nothing to keep of it
        trustuid = arrival.delivered.envelope.trustuid
        match event := arrival.event:
            case EngagementStarted():
                engagements[event.person_id, event.engagement_id] = None
            case EngagementEnded():
                engagements[event.person_id, event.engagement_id] = event.ended_on
            case EngagementMoved():
                engagements.pop((event.person_id, event.engagement_id), None)
                moved.add((event.person_id, event.engagement_id))
            case LeaderIdentified() | LeaderRecordReopened():
                records[event.leader_id] = (trustuid, True)
            case LeaderNominationDeclined() | LeaderRecordClosed():
                records[event.leader_id] = (trustuid, False)
            case _:
                pass
    if moved:
        await _forget_engagements(connection, moved)
    if engagements:
        await _keep_engagements(connection, engagements)
    if records:
        await _keep_records(connection, records)


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these people's engagements and these leaders' records."""
    people = list({a.event.person_id for a in heard if isinstance(a.event, EngagementStarted)})
    leaders = list({a.event.leader_id for a in heard if isinstance(a.event, LeaderIdentified)})
    await connection.execute("delete from engagement where person_id = any($1::uuid[])", people)
    await connection.execute("delete from leader_record where leader_id = any($1::uuid[])", leaders)


view = View(remember, forget)


async def close_records(store: EventStore, vault: Vault, clock: Clock) -> int:
    """Close the open records of those whose last engagement's last day has passed; how many there were."""
    rows = await store.pool.fetch(
        """select l.*, (select array_agg(h.version order by h.stream) from stream_head h
                        where h.consumer = 'views' and h.service = 'talent'
                          and h.stream in ('leader-' || l.leader_id, 'person-' || l.leader_id)) as heard
           from (select r.leader_id, r.trustuid, max(e.ended_on) as last_day
                 from leader_record r join engagement e on e.person_id = r.leader_id
                 where r.is_open
                 group by r.leader_id having bool_and(coalesce(e.ended_on < $1, false))
                 order by r.leader_id limit $2) l
           order by l.leader_id""",
        today(clock.now()),
        closed_at_once,
    )
    outcomes = await execute(store, vault, clock, [_closing(row) for row in rows])
    return sum(outcome.status == "accepted" and bool(outcome.streams) for outcome in outcomes)


def _closing(row: asyncpg.Record) -> Act:
    """Its key names how far the two streams were heard, so that it is decided anew when more was."""
    leader_id, closed_on = row["leader_id"], row["last_day"] + _ONE_DAY
    record, entry = leader_stream(leader_id), person_stream(leader_id)
    key = f"left/{leader_id}/{row['heard']}"
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


async def _keep_engagements(connection: asyncpg.Connection, engagements: dict[tuple[UUID, UUID], Day | None]) -> None:
    await connection.execute(
        """insert into engagement as known (person_id, engagement_id, ended_on)
           select * from unnest($1::uuid[], $2::uuid[], $3::date[])
           on conflict (person_id, engagement_id) do update
           set ended_on = coalesce(excluded.ended_on, known.ended_on)""",
        [person_id for person_id, _ in engagements],
        [engagement_id for _, engagement_id in engagements],
        list(engagements.values()),
    )


async def _forget_engagements(connection: asyncpg.Connection, moved: set[tuple[UUID, UUID]]) -> None:
    """They are another entry's."""
    await connection.execute(
        """delete from engagement e using unnest($1::uuid[], $2::uuid[]) m(person_id, engagement_id)
           where (e.person_id, e.engagement_id) = (m.person_id, m.engagement_id)""",
        [person_id for person_id, _ in moved],
        [engagement_id for _, engagement_id in moved],
    )


async def _keep_records(connection: asyncpg.Connection, records: dict[UUID, tuple[str, bool]]) -> None:
    await connection.execute(
        """insert into leader_record (leader_id, trustuid, is_open)
           select * from unnest($1::uuid[], $2::text[], $3::bool[])
           on conflict (leader_id) do update set trustuid = excluded.trustuid, is_open = excluded.is_open""",
        list(records),
        [trustuid for trustuid, _ in records.values()],
        [is_open for _, is_open in records.values()],
    )
