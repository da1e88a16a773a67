"""Claims about qualifications: what a trust, a school or a provider says becomes a command on the person's course.

An enrolment is named by its id, and by its person and course, whose stream it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.cpd.domain.days import Dated
from services.cpd.domain.milestones import DeclareMilestone, MilestoneCommand, VoidMilestone, milestones
from services.cpd.domain.qualification import (
    Enrol,
    HoldQualification,
    QualificationCommand,
    RecordOutcome,
    qualification,
    qualification_stream,
)
from services.cpd.domain.training_status import Defer, Resume, TrainingStatusCommand, Withdraw, training_status
from shared.clock import today
from shared.contracts.cpd import qualifications as events
from shared.contracts.vocabulary import Day
from shared.decider import Decider
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def hold_qualification(c: HoldQualification, context: Context) -> Act:
    """Record a qualification that somebody holds, wherever they gained it."""
    return _on_course(qualification, c, c.awarded_on, context)


def enrol(c: Enrol, context: Context) -> Act:
    """Record that somebody began a course with a provider."""
    return _on_course(qualification, c, c.enrolled_on, context)


def declare_milestone(c: DeclareMilestone, context: Context) -> Act:
    """Declare that a participant reached a milestone."""
    return _on_course(milestones, c, c.declared_on, context)


def void_milestone(c: VoidMilestone, context: Context) -> Act:
    """Void a milestone that was declared wrongly."""
    return _on_course(milestones, c, c.voided_on, context)


def defer(c: Defer, context: Context) -> Act:
    """Record that a participant pauses."""
    return _on_course(training_status, c, c.deferred_on, context)


def resume(c: Resume, context: Context) -> Act:
    """Record that a participant is back, after a pause or after leaving."""
    return _on_course(training_status, c, c.resumed_on, context)


def withdraw(c: Withdraw, context: Context) -> Act:
    """Record that a participant left the course."""
    return _on_course(training_status, c, c.withdrawn_on, context)


def record_outcome(c: RecordOutcome, context: Context) -> Act:
    """Record how a course ended for a participant; the latest recorded counts."""
    return _on_course(qualification, c, c.outcome_on, context)


_enrolment = "/qualifications/enrolments/{enrolment_id}"
taken: Sequence[Taken] = (
    (events.QualificationHeld, "/qualifications", Admission(HoldQualification, hold_qualification)),
    (events.QualificationEnrolled, "/qualifications/enrolments", Admission(Enrol, enrol)),
    (
        events.QualificationMilestoneDeclared,
        f"{_enrolment}/milestones",
        Admission(DeclareMilestone, declare_milestone),
    ),
    (events.QualificationMilestoneVoided, f"{_enrolment}/milestones/void", Admission(VoidMilestone, void_milestone)),
    (events.QualificationDeferred, f"{_enrolment}/defer", Admission(Defer, defer)),
    (events.QualificationResumed, f"{_enrolment}/resume", Admission(Resume, resume)),
    (events.QualificationWithdrawn, f"{_enrolment}/withdraw", Admission(Withdraw, withdraw)),
    (events.QualificationOutcomeRecorded, f"{_enrolment}/outcome", Admission(RecordOutcome, record_outcome)),
)


def _on_course(
    decider: Decider[Dated[Any], Any, Any],
    c: QualificationCommand | MilestoneCommand | TrainingStatusCommand,
    day: Day,
    context: Context,
) -> Act:
    """A command on a person's course, which is decided on the day that it is."""
    stream = qualification_stream(c.person_id, c.course)

    def decide(states: States) -> Decision:
        return {stream: decider.decide(Dated(c, today(states.at)), states[stream])}

    return Act(on_day(day, context), {stream: decider}, decide)
