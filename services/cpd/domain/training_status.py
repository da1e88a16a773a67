"""Whether a participant is in training, has paused, or has left the course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from services.cpd.domain.days import Dated, check_happened
from services.cpd.domain.enrolment import Enrolment, TrainingStatus, check_order
from services.cpd.domain.qualification import (
    Qualification,
    QualificationEvent,
    check_alone,
    check_scholarship,
    evolve,
    known_enrolment,
)
from shared.contracts.cpd.qualifications import (
    Course,
    QualificationDeferred,
    QualificationResumed,
    QualificationWithdrawn,
)
from shared.contracts.vocabulary import Day, Id, PersonId
from shared.decider import Decider, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Defer:
    enrolment_id: Id
    person_id: PersonId
    course: Course
    deferred_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Whoever paused comes back, and so may whoever left."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    resumed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    enrolment_id: Id
    person_id: PersonId
    course: Course
    withdrawn_on: Day


TrainingStatusCommand = Defer | Resume | Withdraw


def decide(asked: Dated[TrainingStatusCommand], state: Qualification) -> list[QualificationEvent]:
    match asked.command:
        case Defer():
            return _defer(asked.command, asked.today, state)
        case Resume():
            return _resume(asked.command, asked.today, state)
        case Withdraw():
            return _withdraw(asked.command, asked.today, state)
        case _:
            assert_never(asked.command)


def _defer(c: Defer, today: Day, state: Qualification) -> list[QualificationEvent]:
    enrolment = known_enrolment(c.enrolment_id, state)
    if _is(enrolment, "deferred", c.deferred_on):
        return []
    if enrolment.status == "deferred":
        raise Rejected(
            "already_deferred",
            "This participant has paused since another day: let them resume first.",
            field="/enrolment_id",
        )
    if enrolment.status == "withdrawn":
        raise Rejected(
            "participant_withdrawn",
            "This participant has left the course: let them resume before they pause.",
            field="/enrolment_id",
        )
    _check_not_completed(enrolment)
    _check_day(c.deferred_on, today, enrolment, "/deferred_on")
    return [
        QualificationDeferred(
            enrolment_id=c.enrolment_id,
            person_id=c.person_id,
            course=enrolment.enrolled.course,
            deferred_on=c.deferred_on,
        )
    ]


def _resume(c: Resume, today: Day, state: Qualification) -> list[QualificationEvent]:
    enrolment = known_enrolment(c.enrolment_id, state)
    if _is(enrolment, "active", c.resumed_on):
        return []
    if enrolment.status == "active":
        raise Rejected(
            "participant_active", "This participant is in training: there is nothing to resume.", field="/enrolment_id"
        )
    _check_day(c.resumed_on, today, enrolment, "/resumed_on")
    check_alone(c.enrolment_id, state)
    if enrolment.enrolled.funding == "scholarship":
        check_scholarship(c.enrolment_id, state, "/enrolment_id")
    return [
        QualificationResumed(
            enrolment_id=c.enrolment_id,
            person_id=c.person_id,
            course=enrolment.enrolled.course,
            resumed_on=c.resumed_on,
        )
    ]


def _withdraw(c: Withdraw, today: Day, state: Qualification) -> list[QualificationEvent]:
    enrolment = known_enrolment(c.enrolment_id, state)
    if _is(enrolment, "withdrawn", c.withdrawn_on):
        return []
    if enrolment.status == "withdrawn":
        raise Rejected(
            "already_withdrawn",
            "This participant left the course on another day: let them resume first.",
            field="/enrolment_id",
        )
    _check_not_completed(enrolment)
    _check_day(c.withdrawn_on, today, enrolment, "/withdrawn_on")
    return [
        QualificationWithdrawn(
            enrolment_id=c.enrolment_id,
            person_id=c.person_id,
            course=enrolment.enrolled.course,
            withdrawn_on=c.withdrawn_on,
        )
    ]


def _is(enrolment: Enrolment, status: TrainingStatus, since: Day) -> bool:
    return (enrolment.status, enrolment.since) == (status, since)


def _check_not_completed(enrolment: Enrolment) -> None:
    if "completed" in enrolment.milestones:
        raise Rejected(
            "course_completed",
            "This participant has completed the course: void that milestone first if it is wrong.",
            field="/enrolment_id",
        )


def _check_day(day: Day, today: Day, enrolment: Enrolment, field: str) -> None:
    check_happened(day, today, field)
    known = (enrolment.enrolled.enrolled_on, enrolment.since or day.min, *enrolment.milestones.values())
    check_order(max(known), day, "Give a day on or after all that is recorded of this enrolment.", field)


training_status: Decider[Dated[TrainingStatusCommand], Qualification, QualificationEvent] = Decider(
    Qualification(), decide, evolve
)
