"""Help that a leadership team asks for becomes a drafted request for capacity, which waits for the trust to confirm it.

There is one draft for a school and an item, whatever is answered how often. It follows what was said last, so the order
in which answers are heard does not matter: a draft that nobody confirmed is withdrawn when no help is needed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from services.collaboration.domain.answer import ItemAnswer, answer, answer_stream
from services.collaboration.domain.capacity_request import FollowAnswer, capacity_request, capacity_request_stream
from services.collaboration.domain.days import Dated
from shared.clock import today
from shared.contracts.collaboration.loop import AgendaItemFeedbackGiven, FeedbackCorrected
from shared.contracts.vocabulary import Id, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, Recorded, States
from shared.reactions import Effect, Fact, Reaction

_drafts = uuid5(NAMESPACE_URL, "uk.mat/collaboration/drafts")


def drafted_request_id(item_id: Id, urn: Urn) -> UUID:
    """The id of the request that is drafted for a school's answer to an item."""
    return uuid5(_drafts, f"{item_id}\n{urn}")


async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """Draft a request where help is needed, or withdraw the draft. Before the first answer there is none."""
    said: AgendaItemFeedbackGiven | FeedbackCorrected = fact.event
    if not said.needs_help and fact.envelope.version == 1:
        return []
    request_id = drafted_request_id(said.item_id, said.urn)
    asked, given = capacity_request_stream(request_id), answer_stream(said.item_id, said.urn)

    def follow(context: Context) -> Act:
        def decide(states: States) -> Decision:
            latest: ItemAnswer = states[given]
            command = FollowAnswer(
                request_id=request_id,
                trustuid=context.trustuid,
                taker_urn=said.urn,
                dimension=latest.help_needed,
                basis=_said_last(states.history(given), fact.envelope.id),
            )
            return {asked: capacity_request.decide(Dated(command, today(states.at)), states[asked])}

        reads: dict[str, AnyDecider] = {asked: capacity_request, given: answer}
        return Act(context, reads, decide, writes=frozenset({asked}))

    return [Effect(asked, follow)]


draft_capacity_request = Reaction("draft_capacity_request", (AgendaItemFeedbackGiven, FeedbackCorrected), react)


def _said_last(history: Sequence[Recorded], fact_id: Id) -> Id:
    """The event that says what the answer is now."""
    said = (r.envelope.id for r in reversed(history) if isinstance(r.event(), draft_capacity_request.on))
    return next(said, fact_id)
