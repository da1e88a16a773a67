"""A coach who is the line manager of who they coach: the pairing is questioned, and people say what comes then.

Who leads whom changes, and may be known before a pairing is made: so both facts are looked at, whichever is heard last.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.collaboration.domain.coach import coach, coach_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.pairings import QuestionPairing, Spell
from services.collaboration.line_managers import spells_of
from shared.clock import today
from shared.contracts.collaboration.coaching import CoachingPaired
from shared.contracts.talent.register import LineManagerAssigned
from shared.eventstore import Act, Context
from shared.reactions import Effect, Fact, Reaction


async def react(fact: Fact, pool: asyncpg.Pool) -> Sequence[Effect]:
    """Question the pairings that a coach has with whom they lead."""
    match fact.event:
        case LineManagerAssigned(manager_id=manager_id, person_id=person_id):
            return await _question(pool, manager_id, [person_id])
        case CoachingPaired(coach_id=coach_id, coachee_ids=coachee_ids):
            return await _question(pool, coach_id, coachee_ids)
        case _:
            return []


question_pairing = Reaction("question_pairing", (LineManagerAssigned, CoachingPaired), react)


async def _question(pool: asyncpg.Pool, coach_id: UUID, people: Sequence[UUID]) -> Sequence[Effect]:
    spells = tuple(
        Spell(coachee_id=row["person_id"], from_on=row["from_on"], until_on=row["until_on"])
        for row in await spells_of(pool, coach_id, people)
    )
    stream, command = coach_stream(coach_id), QuestionPairing(spells=spells)

    def question(context: Context) -> Act:
        return Act(
            context,
            {stream: coach},
            lambda states: {stream: coach.decide(Dated(command, today(states.at)), states[stream])},
        )

    return [Effect(stream, question)] if spells else []
