"""A career: which stage of which pathway somebody is at, as others assess it, and what they themselves want next.

Everybody who works in a school has one, support staff and late career included. What is said of a day stands for that
day: said again it changes nothing, said otherwise it is put right. It may be recorded later than what came after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.talent.domain.academic_year import began_in, begins_in
from services.talent.domain.facts import check_happened
from shared.contracts.talent.careers import (
    CareerAspirationRecorded,
    CareerStageAssessed,
    Direction,
    Pathway,
    Stage,
)
from shared.contracts.vocabulary import AcademicYear, Code, Day, Id, PersonId, Text
from shared.decider import Decider, Rejected

NEED_A_ROLE: frozenset[Direction] = frozenset({"up", "specialist"})


def career_stream(person_id: Id) -> str:
    return f"career-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessCareerStage:
    person_id: PersonId
    stage: Stage
    pathway: Pathway
    assessor_id: PersonId
    evidence: Text | None = None
    assessed_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAspiration:
    person_id: PersonId
    direction: Direction
    target_role: Code | None = None
    target_year: AcademicYear | None = None
    recorded_on: Day
    today: Day


CareerCommand = AssessCareerStage | RecordAspiration
CareerEvent = CareerStageAssessed | CareerAspirationRecorded
Aspiration = tuple[Direction, Code | None, AcademicYear | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    stages: Mapping[tuple[Day, PersonId], tuple[Stage, Pathway]] = field(default_factory=dict)  # by day and assessor
    aspirations: Mapping[Day, Aspiration] = field(default_factory=dict)


def decide(command: CareerCommand, state: Career) -> list[CareerEvent]:
    match command:
        case AssessCareerStage():
            return _assess(command, state)
        case RecordAspiration():
            return _record(command, state)
        case _:
            assert_never(command)


def _assess(c: AssessCareerStage, state: Career) -> list[CareerEvent]:
    """Others assess a stage, since the trust plans with it; how people see themselves is a rating of their own."""
    if state.stages.get((c.assessed_on, c.assessor_id)) == (c.stage, c.pathway):
        return []
    if c.assessor_id == c.person_id:
        raise Rejected(
            "assesses_self",
            "Name another person: a stage is assessed by somebody else, who may hear the person's own view first.",
            field="/assessor_id",
        )
    check_happened(c.assessed_on, c.today, field="/assessed_on")
    return [
        CareerStageAssessed(
            person_id=c.person_id,
            stage=c.stage,
            pathway=c.pathway,
            assessor_id=c.assessor_id,
            evidence=c.evidence,
            assessed_on=c.assessed_on,
        )
    ]


def _record(c: RecordAspiration, state: Career) -> list[CareerEvent]:
    if state.aspirations.get(c.recorded_on) == (c.direction, c.target_role, c.target_year):
        return []
    if c.direction in NEED_A_ROLE and c.target_role is None:
        raise Rejected(
            "target_role_missing",
            "Name the role that they want: going up or specialising leads to one.",
            field="/target_role",
        )
    check_happened(c.recorded_on, c.today, field="/recorded_on")
    _check_target_year(c)
    return [
        CareerAspirationRecorded(
            person_id=c.person_id,
            direction=c.direction,
            target_role=c.target_role,
            target_year=c.target_year,
            recorded_on=c.recorded_on,
        )
    ]


def _check_target_year(c: RecordAspiration) -> None:
    """As seen on the day it was said: an aspiration of years ago may have aimed at a year that is over."""
    if c.target_year is None:
        return
    if begins_in(c.target_year, field="/target_year") < began_in(c.recorded_on):
        raise Rejected(
            "target_year_in_the_past",
            "Give the academic year in which it was said, or a later one.",
            field="/target_year",
        )


def evolve(state: Career, event: CareerEvent) -> Career:
    match event:
        case CareerStageAssessed():
            assessed = (event.assessed_on, event.assessor_id)
            return replace(state, stages={**state.stages, assessed: (event.stage, event.pathway)})
        case CareerAspirationRecorded():
            wanted = (event.direction, event.target_role, event.target_year)
            return replace(state, aspirations={**state.aspirations, event.recorded_on: wanted})
        case _:
            assert_never(event)


career: Decider[CareerCommand, Career, CareerEvent] = Decider(Career(), decide, evolve)
