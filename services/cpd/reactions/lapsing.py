"""What lapses while nobody does anything: this service's own view of which training counts until when, and the clock.

It hears its own facts through its own topic, as others do. The view only says when to ask: whether a training has
lapsed is decided on the person's stream, once for each completion whose last day is over. So it does not matter how
many processes ask, how often, or how far behind the view is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from services.cpd.domain.required_training import LapseTraining, required_training, training_stream
from services.cpd.domain.requirement import requirement, requirement_stream
from shared.clock import Clock, beginning_of, today
from shared.consumer import Arrival
from shared.contracts.cpd.compliance import StatutoryRequirementSet, StatutoryTrainingCompleted
from shared.decider import AnyDecider
from shared.eventstore import Act, CommandKey, Context, Decision, EventStore, States, execute
from shared.intake import View
from shared.vault import Vault

lapses_at_once = 500


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep until when the completions of a batch count. What nobody required yet is dated by the first requirement."""
    required = [a.event for a in arrivals if isinstance(a.event, StatutoryRequirementSet)]
    completed = [a for a in arrivals if isinstance(a.event, StatutoryTrainingCompleted)]
    if required:
        await _require(connection, required)
    if completed:
        await _complete(connection, completed)
    if required or completed:
        await _date(connection)


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these people's completions of these trainings; and these requirements, with the days that they gave."""
    completed = [a.event for a in heard if isinstance(a.event, StatutoryTrainingCompleted)]
    await connection.execute(
        """delete from expiry e using unnest($1::uuid[], $2::text[]) f(person_id, training)
           where (e.person_id, e.training) = (f.person_id, f.training)""",
        [e.person_id for e in completed],
        [e.training for e in completed],
    )
    required = [a.event for a in heard if isinstance(a.event, StatutoryRequirementSet)]
    for statement in (
        """delete from first_requirement r using unnest($1::text[], $2::text[]) f(trustuid, training)
           where (r.trustuid, r.training) = (f.trustuid, f.training)""",
        """update expiry e set expires_on = null, asked = false
           from unnest($1::text[], $2::text[]) f(trustuid, training)
           where (e.trustuid, e.training) = (f.trustuid, f.training) and e.undated""",
    ):
        await connection.execute(statement, [e.trustuid for e in required], [e.training for e in required])


view = View(remember, forget)


async def record_lapsed(store: EventStore, vault: Vault, clock: Clock) -> int:
    """Ask, once each, whether somebody's training lapsed with the last day of a completion; how many were asked."""
    rows = await store.pool.fetch(
        """select e.person_id, e.training, e.version, e.trustuid, e.expires_on,
                  (select h.version from stream_head h
                   where h.consumer = 'views' and h.service = 'cpd'
                     and h.stream = 'training-' || e.person_id || '-' || e.training) as heard
           from expiry e where not e.asked and e.expires_on < $1
           order by e.expires_on, e.person_id, e.training, e.version limit $2""",
        today(clock.now()),
        lapses_at_once,
    )
    outcomes = await execute(store, vault, clock, [_lapse(row) for row in rows])
    answered = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome.status != "conflict"]
    await store.pool.execute(
        """update expiry e set asked = true
           from unnest($1::uuid[], $2::text[], $3::int[]) a(person_id, training, version)
           where (e.person_id, e.training, e.version) = (a.person_id, a.training, a.version)""",
        [row["person_id"] for row in answered],
        [row["training"] for row in answered],
        [row["version"] for row in answered],
    )
    return sum(outcome.status == "accepted" for outcome in outcomes)


def _lapse(row: asyncpg.Record) -> Act:
    """Its key names what was heard, so that it is decided anew when something turned out to be void."""
    stream = training_stream(row["person_id"], row["training"])
    required = requirement_stream(row["trustuid"], row["training"])
    asked = f"lapse/{stream}/{row['version']}/{row['heard']}/{row['expires_on']}"
    context = Context(
        key=CommandKey("cpd", "clock", asked),
        trustuid=row["trustuid"],
        actor="clock",
        claim=b"",
        correlation_id=asked,
        happened_at=beginning_of(row["expires_on"] + timedelta(days=1)),
    )

    def decide(states: States) -> Decision:
        command = LapseTraining(
            person_id=row["person_id"],
            training=row["training"],
            requirement=states[required],
            today=today(states.at),
        )
        return {stream: required_training.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: required_training, required: requirement}
    return Act(context, reads, decide, writes=frozenset({stream}))


async def _require(connection: asyncpg.Connection, required: Sequence[StatutoryRequirementSet]) -> None:
    """The first of each training; those that follow it come later in its stream and change nothing about the past."""
    first = {(e.trustuid, e.training): e for e in reversed(required)}.values()
    await connection.execute(
        """insert into first_requirement (trustuid, training, effective_from, recurrence_months)
           select * from unnest($1::text[], $2::text[], $3::date[], $4::int[]) on conflict do nothing""",
        [e.trustuid for e in first],
        [e.training for e in first],
        [e.effective_from for e in first],
        [e.recurrence_months for e in first],
    )


async def _complete(connection: asyncpg.Connection, completed: Sequence[Arrival]) -> None:
    ending = [
        (a.event, a.version) for a in completed if a.event.expires_on is not None or a.event.dated_by == "nobody_yet"
    ]
    await connection.execute(
        """insert into expiry (person_id, training, version, trustuid, completed_on, expires_on, undated)
           select *, d is null
           from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::date[], $6::date[]) c(p, t, v, u, o, d)
           on conflict do nothing""",
        [e.person_id for e, _ in ending],
        [e.training for e, _ in ending],
        [version for _, version in ending],
        [e.trustuid for e, _ in ending],
        [e.completed_on for e, _ in ending],
        [e.expires_on for e, _ in ending],
    )


async def _date(connection: asyncpg.Connection) -> None:
    """Date what is undated and required by now, as `counts_until` does."""
    await connection.execute(
        """update expiry e
           set expires_on = greatest(
               (e.completed_on + make_interval(months => r.recurrence_months))::date, r.effective_from - 1)
           from first_requirement r
           where (r.trustuid, r.training) = (e.trustuid, e.training)
             and e.expires_on is null and r.recurrence_months is not null"""
    )
