"""What is overdue: recorded once each by the clock, where the view of what schools are asked says so."""

from __future__ import annotations

import asyncpg

from services.collaboration.domain.answer import RaiseOverdue, answer, answer_stream
from shared.clock import Clock
from shared.eventstore import Act, CommandKey, Context, EventStore, execute
from shared.vault import Vault

overdue_at_once = 500


async def record_overdue(store: EventStore, vault: Vault, clock: Clock) -> int:
    """Record, once each, that an item's due time passed without an answer; how many there were.

    What was due before a school joined the trust, or after it left, is not overdue.
    """
    now = clock.now()
    rows = await store.pool.fetch(
        """select a.item_id, a.urn, a.trustuid, a.due_by from asked a join school s using (trustuid, urn)
           where not a.settled and a.due_by < $1 and s.joined_on <= a.due_by::date
             and (s.left_on is null or s.left_on > a.due_by::date)
           order by a.due_by, a.item_id, a.urn limit $2""",
        now,
        overdue_at_once,
    )
    outcomes = await execute(store, vault, clock, [_overdue(row) for row in rows])
    return sum(outcome.status == "accepted" for outcome in outcomes)


def _overdue(row: asyncpg.Record) -> Act:
    stream = answer_stream(row["item_id"], row["urn"])
    context = Context(
        key=CommandKey("collaboration", "clock", f"overdue/{stream}"),
        trustuid=row["trustuid"],
        actor="clock",
        claim=b"",
        correlation_id=f"overdue/{stream}",
        happened_at=row["due_by"],
    )

    return Act(
        context,
        {stream: answer},
        lambda states: {
            stream: answer.decide(
                RaiseOverdue(item_id=row["item_id"], urn=row["urn"], due_by=row["due_by"], at=states.at), states[stream]
            )
        },
    )
