"""The milestones of an enrolment, as its provider declares them: in the course's order, and once unless voided."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import assert_never, get_args

from services.cpd.domain.days import Dated, check_happened
from services.cpd.domain.enrolment import Enrolment, check_order, outcome_recorded
from services.cpd.domain.qualification import (
    Qualification,
    QualificationEvent,
    check_alone,
    evolve,
    known_enrolment,
)
from shared.contracts.cpd.qualifications import (
    Course,
    Milestone,
    QualificationMilestoneDeclared,
    QualificationMilestoneVoided,
)
from shared.contracts.vocabulary import Day, Id, PersonId
from shared.decider import Decider, Rejected

# As in the Department for Education's schedules: only the specialist NPQs, which are shorter, lack `retained-2`. A
# university says when somebody starts and completes.
_ALL: tuple[Milestone, ...] = get_args(Milestone)
_SPECIALIST: tuple[Milestone, ...] = ("started", "retained-1", "completed")
_UNIVERSITY: tuple[Milestone, ...] = ("started", "completed")


def milestones_of(course: Course) -> tuple[Milestone, ...]:
    """The milestones of a course, in their order."""
    match course:
        case (
            "npq-headship"
            | "npq-senior-leadership"
            | "npq-executive-leadership"
            | "npq-early-years-leadership"
            | "npq-senco"
            | "npq-early-headship-coaching-offer"
            | "npq-additional-support-offer"
            | "npqml"
        ):
            return _ALL
        case (
            "npq-leading-teaching"
            | "npq-leading-teaching-development"
            | "npq-leading-behaviour-culture"
            | "npq-leading-literacy"
            | "npq-leading-primary-mathematics"
        ):
            return _SPECIALIST
        case "masters" | "mba":
            return _UNIVERSITY
        case _:
            assert_never(course)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareMilestone:
    """`declared_on` is the day on which it was reached."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    milestone: Milestone
    declared_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidMilestone:
    enrolment_id: Id
    person_id: PersonId
    course: Course
    milestone: Milestone
    voided_on: Day


MilestoneCommand = DeclareMilestone | VoidMilestone


def decide(asked: Dated[MilestoneCommand], state: Qualification) -> list[QualificationEvent]:
    match asked.command:
        case DeclareMilestone():
            return _declare(asked.command, asked.today, state)
        case VoidMilestone():
            return _void(asked.command, asked.today, state)
        case _:
            assert_never(asked.command)


def _declare(c: DeclareMilestone, today: Day, state: Qualification) -> list[QualificationEvent]:
    enrolment = known_enrolment(c.enrolment_id, state)
    if enrolment.milestones.get(c.milestone) == c.declared_on:
        return []
    if c.milestone in enrolment.milestones:
        raise Rejected(
            "milestone_declared",
            "This milestone is declared for another day: void that declaration first.",
            field="/milestone",
        )
    _check_in_training(enrolment)
    check_happened(c.declared_on, today, "/declared_on")
    _check_its_turn(c, enrolment)
    return [
        QualificationMilestoneDeclared(
            enrolment_id=c.enrolment_id,
            person_id=c.person_id,
            course=enrolment.enrolled.course,
            milestone=c.milestone,
            declared_on=c.declared_on,
        )
    ]


def _check_in_training(enrolment: Enrolment) -> None:
    if enrolment.status == "deferred":
        raise Rejected(
            "participant_deferred",
            "This participant has paused: let them resume before you declare a milestone.",
            field="/enrolment_id",
        )
    if enrolment.status == "withdrawn":
        raise Rejected(
            "participant_withdrawn",
            "This participant has left the course: let them resume before you declare a milestone.",
            field="/enrolment_id",
        )


def _check_its_turn(c: DeclareMilestone, enrolment: Enrolment) -> None:
    """Those before it stand, and its day is between theirs and those of what follows."""
    order = milestones_of(enrolment.enrolled.course)
    if c.milestone not in order:
        raise Rejected(
            "milestone_not_of_course", "This course has no such milestone: declare the next it has.", field="/milestone"
        )
    before = tuple(takewhile(lambda milestone: milestone != c.milestone, order))
    if not all(milestone in enrolment.milestones for milestone in before):
        raise Rejected("milestone_early", "Declare the milestones that come before this one first.", field="/milestone")
    check_order(
        enrolment.enrolled.enrolled_on, c.declared_on, "Give a day on or after the day of enrolment.", "/declared_on"
    )
    for milestone, day in enrolment.milestones.items():
        earlier, later = (day, c.declared_on) if milestone in before else (c.declared_on, day)
        check_order(earlier, later, "Give a day that keeps the milestones in their order.", "/declared_on")


def _void(c: VoidMilestone, today: Day, state: Qualification) -> list[QualificationEvent]:
    """A completion that was none has no outcome, and lets the enrolment go on."""
    enrolment = known_enrolment(c.enrolment_id, state)
    declared_on = enrolment.milestones.get(c.milestone)
    if declared_on is None and c.milestone in enrolment.voided:
        return []
    if declared_on is None:
        raise Rejected(
            "milestone_not_declared", "This milestone is not declared: there is nothing to void.", field="/milestone"
        )
    check_happened(c.voided_on, today, "/voided_on")
    check_order(declared_on, c.voided_on, "Give a day on or after the day of the milestone.", "/voided_on")
    voided = QualificationMilestoneVoided(
        enrolment_id=c.enrolment_id,
        person_id=c.person_id,
        course=enrolment.enrolled.course,
        milestone=c.milestone,
        voided_on=c.voided_on,
    )
    if c.milestone != "completed":
        return [voided]
    check_alone(c.enrolment_id, state)
    return [voided, outcome_recorded(enrolment, "voided", c.voided_on)] if enrolment.ended else [voided]


milestones: Decider[Dated[MilestoneCommand], Qualification, QualificationEvent] = Decider(
    Qualification(), decide, evolve
)
