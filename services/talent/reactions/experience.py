"""The growing bank: what leaders did elsewhere counts as experience in their record, once for each of them and it.

Who has no active record gets none: it is seen as a refused reaction, so that somebody may identify them as a leader.
"""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.talent.domain.experience import experience_stream
from services.talent.intake.leadership import Gain, record_experience
from shared.contracts.collaboration.coaching import CoachingEnded
from shared.contracts.collaboration.reviews import ReviewCompleted
from shared.contracts.cpd.qualifications import QualificationOutcomeRecorded
from shared.reactions import Effect, Fact, Reaction


async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """What a fact adds to whose record."""
    return [_effect(gain) for gain in _gains(fact)]


bank_experience = Reaction("bank_experience", (ReviewCompleted, CoachingEnded, QualificationOutcomeRecorded), react)


def _gains(fact: Fact) -> Sequence[Gain]:
    match fact.event:
        case ReviewCompleted() as review:
            return [
                Gain(leader_id=reviewer, experience="review", basis=review.review_id, gained_on=review.completed_on)
                for reviewer in review.reviewer_ids
            ]
        case CoachingEnded(sessions=sessions) as pairing if sessions:
            return [
                Gain(
                    leader_id=pairing.coach_id,
                    experience="coaching",
                    basis=pairing.pairing_id,
                    gained_on=pairing.ended_on,
                )
            ]
        case QualificationOutcomeRecorded(outcome="passed") as passed:
            return [
                Gain(
                    leader_id=passed.person_id,
                    experience="qualification",
                    basis=passed.enrolment_id,
                    gained_on=passed.outcome_on,
                )
            ]
        case _:
            return []


def _effect(gain: Gain) -> Effect:
    return Effect(experience_stream(gain.leader_id, gain.basis), lambda context: record_experience(gain, context))
