"""A coach who becomes the line manager of who they coach: the pairing is questioned, and people say what comes then."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.collaboration.domain.coach import coach, coach_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.pairings import QuestionPairing
from shared.clock import today
from shared.contracts.talent.register import LineManagerAssigned
from shared.eventstore import Act
from shared.reactions import Effect, Fact, Reaction


async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """Question the pairings that the new manager has with whom they lead now."""
    assigned: LineManagerAssigned = fact.event
    stream = coach_stream(assigned.manager_id)
    command = QuestionPairing(coachee_id=assigned.person_id, since_on=assigned.from_on)
    return [
        Effect(
            stream,
            lambda context: Act(
                context,
                {stream: coach},
                lambda states: {stream: coach.decide(Dated(command, today(states.at)), states[stream])},
            ),
        )
    ]


question_pairing = Reaction("question_pairing", (LineManagerAssigned,), react)
