"""Which schools are National Support Schools, kept true as leaders come and go.

A designation and its withdrawal say at once what they make of the leader's schools. What changes later is noted here,
with the day from which it holds: a headship that begins, ends or goes back with a split, a designation that runs out;
and, from the day on which it is said, that something of all this is void.
When that day has come the leader's schools are looked at again, once for each such change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.talent.domain.designation import FollowHeadships, designations, designations_stream
from services.talent.domain.person import person, person_stream
from services.talent.domain.service_record import day_after, headships
from shared.clock import Clock, today
from shared.consumer import Arrival
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.talent.register import EngagementChanged, EngagementEnded, EngagementMoved, EngagementStarted
from shared.contracts.talent.roles import RoleDesignated
from shared.contracts.vocabulary import Day
from shared.eventstore import Act, CommandKey, Context, Decision, EventStore, States, execute
from shared.intake import View
from shared.vault import Vault

at_once = 500


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep who leads, and what changes for whom on which day."""
    leaders = [a.event for a in arrivals if isinstance(a.event, RoleDesignated) and a.event.scheme == "nle"]
    if leaders:
        await connection.execute(
            """insert into national_leader (person_id, trustuid)
               select * from unnest($1::uuid[], $2::text[]) on conflict do nothing""",
            [e.person_id for e in leaders],
            [e.trustuid for e in leaders],
        )
    changes = [change for arrival in arrivals for change in _changes(arrival)]
    if changes:
        await connection.execute(
            """insert into headship_change (event_id, person_id, on_day)
               select * from unnest($1::uuid[], $2::uuid[], $3::date[]) on conflict do nothing""",
            [change.event_id for change in changes],
            [change.person_id for change in changes],
            [change.on_day for change in changes],
        )


async def forget(_: asyncpg.Connection, _heard: Sequence[Arrival]) -> None:
    """Nothing is forgotten: who led once is looked at again for every change, and one too many changes nothing."""


view = View(remember, forget)


async def follow_headships(store: EventStore, vault: Vault, clock: Clock) -> int:
    """Record which schools began or ceased to be National Support Schools; for how many leaders."""
    rows = await store.pool.fetch(
        """select c.event_id, c.person_id, l.trustuid from headship_change c join national_leader l using (person_id)
           where not c.seen and c.on_day <= $1 order by c.on_day, c.event_id limit $2""",
        today(clock.now()),
        at_once,
    )
    if not rows:
        return 0
    outcomes = await execute(store, vault, clock, [_follow(row) for row in rows])
    answered = [row["event_id"] for row, o in zip(rows, outcomes, strict=True) if o.status != "conflict"]
    await store.pool.execute("update headship_change set seen = true where event_id = any($1::uuid[])", answered)
    return sum(bool(outcome.streams) for outcome in outcomes)


@dataclass(frozen=True, slots=True)
class _Change:
    event_id: UUID
    person_id: UUID
    on_day: Day


def _changes(arrival: Arrival) -> Iterator[_Change]:
    match arrival.event:
        case EngagementStarted(started_on=day) as event:
            yield from _change(arrival, event.person_id, day)
        case EngagementChanged(from_on=day) as event:
            yield from _change(arrival, event.person_id, day)
        case EngagementEnded(ended_on=last) as event:
            yield from _change(arrival, event.person_id, day_after(last))
        case EngagementMoved() as event if arrival.delivered is not None:
            yield from _change(arrival, event.person_id, today(arrival.delivered.envelope.time))
        case RoleDesignated(scheme="nle", person_id=UUID() as person_id, to_on=last) if last is not None:
            yield from _change(arrival, person_id, day_after(last))
        case RecordVoided() if arrival.delivered is not None:
            yield from _change(arrival, _whose(arrival.stream), today(arrival.delivered.envelope.time))
        case _:
            return


def _whose(stream: str) -> UUID | None:
    """Whose engagements or designations stand in a stream."""
    for kind in ("person-", "designations-"):
        try:
            return UUID(stream.removeprefix(kind)) if stream.startswith(kind) else None
        except ValueError:
            continue  # a school's designations
    return None


def _change(arrival: Arrival, person_id: UUID | None, day: Day | None) -> Iterator[_Change]:
    if arrival.delivered is not None and person_id is not None and day is not None:
        yield _Change(arrival.delivered.envelope.id, person_id, day)


def _follow(row: asyncpg.Record) -> Act:
    """Look at a leader's schools again, because of one event."""
    held, of = designations_stream(row["trustuid"], row["person_id"], None), person_stream(row["person_id"])
    context = Context(
        key=CommandKey("talent", "clock", f"headships/{row['event_id']}"),
        trustuid=row["trustuid"],
        actor="clock",
        claim=b"",
        correlation_id=f"headships/{row['event_id']}",
        causation_id=str(row["event_id"]),
    )

    def decide(states: States) -> Decision:
        command = FollowHeadships(headships=headships(states[of]), today=today(states.at))
        return {held: designations.decide(command, states[held])}

    return Act(context, {held: designations, of: person}, decide, writes=frozenset({held}))
