"""A participant, the courses and days that tests speak of, and everything that is decided about an enrolment."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.cpd.domain.days import Dated
from services.cpd.domain.milestones import DeclareMilestone, MilestoneCommand, VoidMilestone, milestones
from services.cpd.domain.qualification import (
    Enrol,
    Qualification,
    QualificationCommand,
    QualificationEvent,
    RecordOutcome,
    qualification,
)
from services.cpd.domain.training_status import Defer, Resume, TrainingStatusCommand, Withdraw, training_status
from shared.contracts.cpd.qualifications import (
    Course,
    CourseFunding,
    Milestone,
    Outcome,
    QualificationDeferred,
    QualificationEnrolled,
    QualificationMilestoneDeclared,
    QualificationMilestoneVoided,
    QualificationOutcomeRecorded,
    QualificationResumed,
    QualificationWithdrawn,
)
from shared.decider import Decider

ADA = UUID(int=1)
FIRST, SECOND = UUID(int=11), UUID(int=12)
TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)
ENROLLED_ON = date(2025, 9, 1)


def months(number: int) -> date:
    """A day so many months after the enrolment."""
    return ENROLLED_ON + timedelta(days=30 * number)


AnyCommand = QualificationCommand | MilestoneCommand | TrainingStatusCommand


def enrol(
    id_: UUID = FIRST,
    *,
    course: Course = "npq-headship",
    funding: CourseFunding = "scholarship",
    on: date = ENROLLED_ON,
) -> Enrol:
    return Enrol(
        enrolment_id=id_,
        person_id=ADA,
        course=course,
        provider="Harbour Institute",
        cohort="2025-autumn",
        funding=funding,
        enrolled_on=on,
    )


def enrolled(
    id_: UUID = FIRST,
    *,
    course: Course = "npq-headship",
    funding: CourseFunding = "scholarship",
    on: date = ENROLLED_ON,
) -> QualificationEnrolled:
    return QualificationEnrolled(
        enrolment_id=id_,
        person_id=ADA,
        course=course,
        provider="Harbour Institute",
        cohort="2025-autumn",
        funding=funding,
        enrolled_on=on,
    )


def declare(milestone: Milestone, on: date, id_: UUID = FIRST, *, course: Course = "npq-headship") -> DeclareMilestone:
    return DeclareMilestone(enrolment_id=id_, person_id=ADA, course=course, milestone=milestone, declared_on=on)


def declared(
    milestone: Milestone, on: date, id_: UUID = FIRST, *, course: Course = "npq-headship"
) -> QualificationMilestoneDeclared:
    return QualificationMilestoneDeclared(
        enrolment_id=id_, person_id=ADA, course=course, milestone=milestone, declared_on=on
    )


def void(milestone: Milestone, on: date = TODAY, id_: UUID = FIRST) -> VoidMilestone:
    return VoidMilestone(enrolment_id=id_, person_id=ADA, course="npq-headship", milestone=milestone, voided_on=on)


def voided(milestone: Milestone, on: date = TODAY, id_: UUID = FIRST) -> QualificationMilestoneVoided:
    return QualificationMilestoneVoided(
        enrolment_id=id_, person_id=ADA, course="npq-headship", milestone=milestone, voided_on=on
    )


def defer(on: date, id_: UUID = FIRST) -> Defer:
    return Defer(enrolment_id=id_, person_id=ADA, course="npq-headship", deferred_on=on)


def deferred(on: date, id_: UUID = FIRST) -> QualificationDeferred:
    return QualificationDeferred(enrolment_id=id_, person_id=ADA, course="npq-headship", deferred_on=on)


def resume(on: date, id_: UUID = FIRST) -> Resume:
    return Resume(enrolment_id=id_, person_id=ADA, course="npq-headship", resumed_on=on)


def resumed(on: date, id_: UUID = FIRST) -> QualificationResumed:
    return QualificationResumed(enrolment_id=id_, person_id=ADA, course="npq-headship", resumed_on=on)


def withdraw(on: date, id_: UUID = FIRST) -> Withdraw:
    return Withdraw(enrolment_id=id_, person_id=ADA, course="npq-headship", withdrawn_on=on)


def withdrawn(on: date, id_: UUID = FIRST) -> QualificationWithdrawn:
    return QualificationWithdrawn(enrolment_id=id_, person_id=ADA, course="npq-headship", withdrawn_on=on)


def record(outcome: Outcome, on: date = TODAY, id_: UUID = FIRST) -> RecordOutcome:
    return RecordOutcome(enrolment_id=id_, person_id=ADA, course="npq-headship", outcome=outcome, outcome_on=on)


def ended(outcome: Outcome, on: date = TODAY, id_: UUID = FIRST) -> QualificationOutcomeRecorded:
    return QualificationOutcomeRecorded(
        enrolment_id=id_, person_id=ADA, course="npq-headship", outcome=outcome, outcome_on=on
    )


STARTED = declared("started", months(1))
RETAINED = (STARTED, declared("retained-1", months(4)), declared("retained-2", months(8)))
COMPLETED = (*RETAINED, declared("completed", months(12)))


def today(command: AnyCommand) -> Dated[AnyCommand]:
    """A command that is decided today."""
    return Dated(command, TODAY)


def _decide(asked: Dated[AnyCommand], state: Qualification) -> list[QualificationEvent]:
    match asked.command:
        case DeclareMilestone() | VoidMilestone():
            return milestones.decide(Dated(asked.command, asked.today), state)
        case Defer() | Resume() | Withdraw():
            return training_status.decide(Dated(asked.command, asked.today), state)
        case _:
            return qualification.decide(Dated(asked.command, asked.today), state)


course: Decider[Dated[AnyCommand], Qualification, QualificationEvent] = Decider(
    qualification.initial, _decide, qualification.evolve
)
"""Everything that may be said about a person's course, whichever module decides it."""
