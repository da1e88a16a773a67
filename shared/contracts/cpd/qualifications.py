"""Qualifications: held, wherever and whenever they were gained, and in progress with a provider.

Courses and milestones are named as the Department for Education's service for national professional qualifications
names them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from shared.contracts.vocabulary import Day, Id, Name, Personal, PersonId, Reference, Text, event

Course = Literal[
    "npq-headship",
    "npq-senior-leadership",
    "npq-executive-leadership",
    "npq-early-years-leadership",
    "npq-senco",
    "npq-leading-teaching",
    "npq-leading-teaching-development",
    "npq-leading-behaviour-culture",
    "npq-leading-literacy",
    "npq-leading-primary-mathematics",
    "npq-early-headship-coaching-offer",
    "npq-additional-support-offer",
    "npqml",
    "masters",
    "mba",
]
CourseFunding = Literal["scholarship", "self", "school", "trust"]
Milestone = Literal["started", "retained-1", "retained-2", "completed"]
Outcome = Literal["passed", "failed", "voided"]


@event
class QualificationHeld:
    """Somebody holds a qualification, gained anywhere at any time: it needs no enrolment."""

    person_id: PersonId
    course: Course
    awarded_on: Day
    awarded_by: Name | None = None
    evidence: Annotated[Text, Personal(subject="person_id")] | None = None


@event
class QualificationEnrolled:
    """Somebody began a course with a provider, in a cohort, paid for in one of these ways."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    provider: Name
    cohort: Reference
    funding: CourseFunding
    enrolled_on: Day


@event
class QualificationMilestoneDeclared:
    """The provider declares that a participant reached a milestone."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    milestone: Milestone
    declared_on: Day


@event
class QualificationMilestoneVoided:
    """A declaration was wrong and does not count."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    milestone: Milestone
    voided_on: Day


@event
class QualificationDeferred:
    """A participant pauses. The reason is nobody's business here."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    deferred_on: Day


@event
class QualificationResumed:
    """A participant who had paused, or had left, is back."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    resumed_on: Day


@event
class QualificationWithdrawn:
    """A participant left the course."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    withdrawn_on: Day


@event
class QualificationOutcomeRecorded:
    """How a course ended for a participant; the latest recorded counts."""

    enrolment_id: Id
    person_id: PersonId
    course: Course
    outcome: Outcome
    outcome_on: Day


events = (
    QualificationHeld,
    QualificationEnrolled,
    QualificationMilestoneDeclared,
    QualificationMilestoneVoided,
    QualificationDeferred,
    QualificationResumed,
    QualificationWithdrawn,
    QualificationOutcomeRecorded,
)
