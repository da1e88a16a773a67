"""What was seen elsewhere becomes a development need, with the programmes that answer it as far as there are any yet.

Somebody is not ready for a post yet, or a review found something to develop in what they are responsible for. What a
readiness assessment says is the trust's to know, so its need names no school.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from services.cpd.domain.development_need import RecordNeed, development_need_stream
from services.cpd.intake.needs import record_need
from services.cpd.reactions.programmes_view import programmes_that_answer
from shared.contracts.collaboration.reviews import ReviewFindingRecorded
from shared.contracts.talent.leaders import ReadinessAssessed
from shared.contracts.vocabulary import Id
from shared.reactions import Effect, Fact, Reaction

_needs = uuid5(NAMESPACE_URL, "uk.mat/cpd/seen-needs")


def need_id_of(seen: Id) -> UUID:
    """The id of the need that was seen in an assessment or a finding."""
    return uuid5(_needs, str(seen))


async def react(fact: Fact, pool: asyncpg.Pool) -> Sequence[Effect]:
    """Record what was seen, if it is something to develop."""
    if (need := _need(fact)) is None:
        return []
    programmes = await programmes_that_answer(pool, fact.envelope.trustuid, need.capability)
    answered = replace(need, programme_ids=programmes)
    return [Effect(development_need_stream(need.need_id), lambda context: record_need(answered, context))]


record_development_need = Reaction("record_development_need", (ReadinessAssessed, ReviewFindingRecorded), react)


def _need(fact: Fact) -> RecordNeed | None:
    match fact.event:
        case ReadinessAssessed(readiness=readiness, provisional=False) as assessed if readiness != "ready_now":
            return RecordNeed(
                need_id=need_id_of(assessed.assessment_id),
                person_id=assessed.leader_id,
                capability=assessed.post_type,
                seen_in="readiness",
                recorded_on=assessed.assessed_on,
            )
        case ReviewFindingRecorded(kind="development", responsible_id=UUID() as person_id) as found:
            return RecordNeed(
                need_id=need_id_of(found.finding_id),
                person_id=person_id,
                urn=found.urn,
                capability=found.area,
                seen_in="review",
                recorded_on=found.found_on,
            )
        case _:
            return None
