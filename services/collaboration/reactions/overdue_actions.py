"""Actions whose due day has passed: recorded once each by the clock.

The view says which to ask about; whether an action is overdue is decided on its own stream. So it does not matter how
many processes ask, how often, or how far behind the view is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from services.collaboration.domain.action import RaiseActionOverdue, action, action_stream
from shared.clock import Clock, today
from shared.consumer import Arrival
from shared.contracts.collaboration.loop import ActionAgreed, ActionClosed, ActionOverdue
from shared.eventstore import Act, CommandKey, Context, EventStore, execute, on_day
from shared.intake import View
from shared.vault import Vault

overdue_at_once = 500


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep when each action of a batch is due, and which of them are settled: closed, or known to be overdue."""
    agreed = [(a.delivered.envelope.trustuid, a.event) for a in arrivals if a.delivered and _is(a, ActionAgreed)]
    settled = [a.event.action_id for a in arrivals if _is(a, ActionClosed, ActionOverdue)]
    if agreed:
        await connection.execute(
            """insert into action_due (action_id, urn, trustuid, due_on)
               select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[]) on conflict do nothing""",
            [e.action_id for _, e in agreed],
            [e.urn for _, e in agreed],
            [trustuid for trustuid, _ in agreed],
            [e.due_on for _, e in agreed],
        )
    if settled:
        await connection.execute("update action_due set settled = true where action_id = any($1::uuid[])", settled)


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these actions."""
    action_ids = [a.event.action_id for a in heard if _is(a, ActionAgreed)]
    await connection.execute("delete from action_due where action_id = any($1::uuid[])", action_ids)


view = View(remember, forget)


async def record_overdue_actions(store: EventStore, vault: Vault, clock: Clock) -> int:
    """Record, once each, that an action's due day passed before it was closed; how many were asked about.

    What was due before a school joined the trust, or after it left, is not overdue.
    """
    rows = await store.pool.fetch(
        """select d.action_id, d.trustuid, d.due_on,
                  (select h.version from stream_head h
                   where h.consumer = 'views' and h.service = 'collaboration'
                     and h.stream = 'action-' || d.action_id) as heard
           from action_due d join school s using (trustuid, urn)
           where not d.settled and d.due_on < $1 and s.joined_on <= d.due_on
             and (s.left_on is null or s.left_on > d.due_on)
           order by d.due_on, d.action_id limit $2""",
        today(clock.now()),
        overdue_at_once,
    )
    outcomes = await execute(store, vault, clock, [_overdue(row) for row in rows])
    return sum(outcome.status == "accepted" for outcome in outcomes)


def _overdue(row: asyncpg.Record) -> Act:
    """Its key names what was heard, so that it is decided anew when something turned out to be void."""
    stream = action_stream(row["action_id"])
    asked = f"overdue/{stream}/{row['heard']}"
    context = Context(
        key=CommandKey("collaboration", "clock", asked),
        trustuid=row["trustuid"],
        actor="clock",
        claim=b"",
        correlation_id=asked,
    )
    return Act(
        on_day(row["due_on"] + timedelta(days=1), context),
        {stream: action},
        lambda states: {stream: action.decide(RaiseActionOverdue(today=today(states.at)), states[stream])},
    )


def _is(arrival: Arrival, *kinds: type[object]) -> bool:
    return isinstance(arrival.event, kinds)
