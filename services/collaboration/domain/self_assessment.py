"""How a school, or the trust, sees itself, on the five-point scale: against the ten principles, or its capacity.

Each assessment is a record of its own; of each item the latest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.loop import Principle
from shared.contracts.collaboration.planning import SelfAssessmentAnswer, SelfAssessmentSubmitted
from shared.contracts.vocabulary import Day, Dimension, Id, TrustUid, Urn
from shared.decider import Decider, Rejected

Instrument = Literal["ten_principles", "capacity"]

items_of: Mapping[Instrument, frozenset[str]] = {
    "ten_principles": frozenset(get_args(Principle)),
    "capacity": frozenset(get_args(Dimension)),
}


def self_assessment_stream(assessment_id: Id) -> str:
    return f"self-assessment-{assessment_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitSelfAssessment:
    assessment_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    instrument: Instrument
    answers: Annotated[tuple[SelfAssessmentAnswer, ...], MinLen(1), MaxLen(10)]
    submitted_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAssessment:
    submitted: SelfAssessmentSubmitted | None = None


def decide(asked: Dated[SubmitSelfAssessment], state: SelfAssessment) -> list[SelfAssessmentSubmitted]:
    c = asked.command
    submitted = SelfAssessmentSubmitted(
        assessment_id=c.assessment_id,
        trustuid=c.trustuid,
        urn=c.urn,
        instrument=c.instrument,
        answers=c.answers,
        submitted_on=c.submitted_on,
    )
    if state.submitted == submitted:
        return []
    if state.submitted is not None:
        raise Rejected(
            "assessment_exists",
            "This assessment is in with other answers: submit a later one under a new id.",
            field="/assessment_id",
        )
    _check_answers(c)
    check_happened(c.submitted_on, asked.today, "/submitted_on")
    return [submitted]


def _check_answers(c: SubmitSelfAssessment) -> None:
    answered: set[str] = set()
    for number, answer in enumerate(c.answers):
        field = f"/answers/{number}/item"
        if answer.item not in items_of[c.instrument]:
            raise Rejected(
                "item_of_other_instrument",
                "Answer for the ten principles, or for the five dimensions of capacity, as the instrument says.",
                field=field,
            )
        if answer.item in answered:
            raise Rejected("item_answered_twice", "Give one answer for each item.", field=field)
        answered.add(answer.item)


def evolve(_state: SelfAssessment, event: SelfAssessmentSubmitted) -> SelfAssessment:
    return SelfAssessment(submitted=event)


self_assessment: Decider[Dated[SubmitSelfAssessment], SelfAssessment, SelfAssessmentSubmitted] = Decider(
    SelfAssessment(), decide, evolve
)
