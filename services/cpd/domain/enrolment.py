"""One enrolment on a course: its milestones, its training status and its outcome, as its events leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from shared.contracts.cpd.qualifications import (
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
from shared.contracts.vocabulary import Day
from shared.decider import Rejected

TrainingStatus = Literal["active", "deferred", "withdrawn"]
EnrolmentEvent = (
    QualificationMilestoneDeclared
    | QualificationMilestoneVoided
    | QualificationDeferred
    | QualificationResumed
    | QualificationWithdrawn
    | QualificationOutcomeRecorded
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    enrolled: QualificationEnrolled
    status: TrainingStatus = "active"
    since: Day | None = None  # the day of the last change of status; None: there was none
    milestones: Mapping[Milestone, Day] = field(default_factory=dict)  # those that stand, and when they were reached
    voided: frozenset[Milestone] = frozenset()
    outcome: tuple[Outcome, Day] | None = None  # the latest

    @property
    def in_progress(self) -> bool:
        """Whoever pauses is still in the course."""
        return self.status != "withdrawn" and "completed" not in self.milestones

    @property
    def uses_scholarship(self) -> bool:
        return self.enrolled.funding == "scholarship" and (self.status != "withdrawn" or bool(self.milestones))

    @property
    def ended(self) -> bool:
        """There is an outcome that counts."""
        return self.outcome is not None and self.outcome[0] != "voided"


def check_order(earlier: Day, later: Day, message: str, field: str) -> None:
    """What follows on something is not dated before it."""
    if later < earlier:
        raise Rejected("days_out_of_order", message, field=field)


def outcome_recorded(enrolment: Enrolment, outcome: Outcome, on: Day) -> QualificationOutcomeRecorded:
    return QualificationOutcomeRecorded(
        enrolment_id=enrolment.enrolled.enrolment_id,
        person_id=enrolment.enrolled.person_id,
        course=enrolment.enrolled.course,
        outcome=outcome,
        outcome_on=on,
    )


def evolve(state: Enrolment, event: EnrolmentEvent) -> Enrolment:
    match event:
        case QualificationMilestoneDeclared():
            return replace(state, milestones={**state.milestones, event.milestone: event.declared_on})
        case QualificationMilestoneVoided():
            left = {milestone: day for milestone, day in state.milestones.items() if milestone != event.milestone}
            return replace(state, milestones=left, voided=state.voided | {event.milestone})
        case QualificationDeferred():
            return replace(state, status="deferred", since=event.deferred_on)
        case QualificationResumed():
            return replace(state, status="active", since=event.resumed_on)
        case QualificationWithdrawn():
            return replace(state, status="withdrawn", since=event.withdrawn_on)
        case QualificationOutcomeRecorded():
            return replace(state, outcome=(event.outcome, event.outcome_on))
        case _:
            assert_never(event)
