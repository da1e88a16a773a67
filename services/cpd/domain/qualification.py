"""A person's qualification in one course: held from elsewhere, or worked for in enrolments until the outcome.

One stream holds all of a person's enrolments on a course, so that two at once cannot both be taken. Its milestones and
its training status are decided in modules of their own, on the state below.

The rules are those of the Department for Education's service for national professional qualifications, where the
scholarship pays for a course once: a place is used from the enrolment on, and free again only for somebody who
withdrew before any milestone was declared. Who pays otherwise may repeat a course. Who passed holds the qualification,
as long as the latest outcome says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.cpd.domain import enrolment as enrolments
from services.cpd.domain.days import Dated, check_happened
from services.cpd.domain.enrolment import Enrolment, EnrolmentEvent, check_order, outcome_recorded
from shared.contracts.cpd.qualifications import (
    Course,
    CourseFunding,
    Outcome,
    QualificationEnrolled,
    QualificationHeld,
)
from shared.contracts.vocabulary import Day, Id, Name, PersonId, Reference, Text
from shared.decider import Decider, Rejected

_RENAMED: Mapping[Course, Course] = {"npq-additional-support-offer": "npq-early-headship-coaching-offer"}


def qualification_stream(person_id: Id, course: Course) -> str:
    """A course that was only renamed counts as the same one."""
    return f"qualification-{person_id}-{_RENAMED.get(course, course)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldQualification:
    """Gained anywhere at any time: it needs no enrolment."""

    person_id: PersonId
    course: Course
    awarded_on: Day
    awarded_by: Name | None = None
    evidence: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    enrolment_id: Id
    person_id: PersonId
    course: Course
    provider: Name
    cohort: Reference
    funding: CourseFunding
    enrolled_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutcome:
    """The latest recorded counts: a resit follows a failure, and `voided` takes back what was recorded."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    outcome: Outcome
    outcome_on: Day


QualificationCommand = HoldQualification | Enrol | RecordOutcome
QualificationEvent = QualificationHeld | QualificationEnrolled | EnrolmentEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    held_since: frozenset[Day] = frozenset()  # one day, but for who has two Masters
    enrolments: Mapping[Id, Enrolment] = field(default_factory=dict)


def known_enrolment(enrolment_id: Id, state: Qualification) -> Enrolment:
    """The enrolment that a command names."""
    if enrolment_id not in state.enrolments:
        raise Rejected(
            "enrolment_unknown",
            "This person has no such enrolment on this course: check the id and the course, or enrol them first.",
            field="/enrolment_id",
        )
    return state.enrolments[enrolment_id]


def check_alone(enrolment_id: Id, state: Qualification) -> None:
    """One enrolment a course is in progress at a time."""
    if any(other.in_progress for id_, other in state.enrolments.items() if id_ != enrolment_id):
        raise Rejected(
            "already_enrolled",
            "This person has another enrolment on this course in progress: complete it or withdraw them from it first.",
            field="/enrolment_id",
        )


def check_scholarship(enrolment_id: Id, state: Qualification, field: str) -> None:
    """A scholarship pays for a course once."""
    if any(other.uses_scholarship for id_, other in state.enrolments.items() if id_ != enrolment_id):
        raise Rejected(
            "scholarship_used",
            "A scholarship has paid for this course before: let somebody else pay for it this time.",
            field=field,
        )


def decide(asked: Dated[QualificationCommand], state: Qualification) -> list[QualificationEvent]:
    match asked.command:
        case HoldQualification():
            return _hold(asked.command, asked.today, state)
        case Enrol():
            return _enrol(asked.command, asked.today, state)
        case RecordOutcome():
            return _record_outcome(asked.command, asked.today, state)
        case _:
            assert_never(asked.command)


def _hold(c: HoldQualification, today: Day, state: Qualification) -> list[QualificationEvent]:
    if c.awarded_on in state.held_since:
        return []  # the same award, however another source writes who gave it
    check_happened(c.awarded_on, today, "/awarded_on")
    return [
        QualificationHeld(
            person_id=c.person_id,
            course=c.course,
            awarded_on=c.awarded_on,
            awarded_by=c.awarded_by,
            evidence=c.evidence,
        )
    ]


def _enrol(c: Enrol, today: Day, state: Qualification) -> list[QualificationEvent]:
    enrolled = QualificationEnrolled(
        enrolment_id=c.enrolment_id,
        person_id=c.person_id,
        course=c.course,
        provider=c.provider,
        cohort=c.cohort,
        funding=c.funding,
        enrolled_on=c.enrolled_on,
    )
    known = state.enrolments.get(c.enrolment_id)
    if known is not None and known.enrolled == enrolled:
        return []
    if known is not None:
        raise Rejected(
            "enrolment_exists",
            "This enrolment is recorded with other details: give a new one an id of its own.",
            field="/enrolment_id",
        )
    check_happened(c.enrolled_on, today, "/enrolled_on")
    check_alone(c.enrolment_id, state)
    if c.funding == "scholarship":
        check_scholarship(c.enrolment_id, state, "/funding")
    return [enrolled]


def _record_outcome(c: RecordOutcome, today: Day, state: Qualification) -> list[QualificationEvent]:
    enrolment = known_enrolment(c.enrolment_id, state)
    if enrolment.outcome == (c.outcome, c.outcome_on) or (c.outcome == "voided" and not enrolment.ended):
        return []
    check_happened(c.outcome_on, today, "/outcome_on")
    if c.outcome != "voided":
        _check_after_completion(c.outcome_on, enrolment)
    elif enrolment.outcome is not None:
        check_order(enrolment.outcome[1], c.outcome_on, "Give a day on or after the outcome's own.", "/outcome_on")
    return [outcome_recorded(enrolment, c.outcome, c.outcome_on)]


def _check_after_completion(outcome_on: Day, enrolment: Enrolment) -> None:
    completed_on = enrolment.milestones.get("completed")
    if completed_on is None:
        raise Rejected(
            "not_completed", "Declare the milestone `completed` before you record how it ended.", field="/enrolment_id"
        )
    check_order(completed_on, outcome_on, "Give a day on or after the day of completion.", "/outcome_on")


def evolve(state: Qualification, event: QualificationEvent) -> Qualification:
    match event:
        case QualificationHeld():
            return replace(state, held_since=state.held_since | {event.awarded_on})
        case QualificationEnrolled():
            return _with(state, event.enrolment_id, Enrolment(enrolled=event))
        case _:
            before = state.enrolments[event.enrolment_id]
            return _with(state, event.enrolment_id, enrolments.evolve(before, event))


def _with(state: Qualification, enrolment_id: Id, after: Enrolment) -> Qualification:
    return replace(state, enrolments={**state.enrolments, enrolment_id: after})


qualification: Decider[Dated[QualificationCommand], Qualification, QualificationEvent] = Decider(
    Qualification(), decide, evolve
)
