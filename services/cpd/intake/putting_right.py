"""How CPD's records are put right: what each kind rests on, and which are put right in a way of their own."""

from typing import Any

from shared.contracts.cpd import bookkeeping
from shared.contracts.cpd.bookkeeping import RecordVoided
from shared.contracts.cpd.compliance import (
    StatutoryRequirementSet,
    StatutoryTrainingCompleted,
    StatutoryTrainingLapsed,
)
from shared.contracts.cpd.programmes import (
    AttendanceRecorded,
    BookingCancelled,
    CpdEvaluated,
    DevelopmentNeedMet,
    DevelopmentNeedRecorded,
    ImpactEvidenced,
    PioneerVisitArranged,
    PioneerVisitReported,
    PlaceBooked,
    PlaceWaitlisted,
    ProgrammePublished,
    ReflectionShared,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
)
from shared.contracts.cpd.qualifications import (
    QualificationDeferred,
    QualificationEnrolled,
    QualificationHeld,
    QualificationMilestoneDeclared,
    QualificationMilestoneVoided,
    QualificationOutcomeRecorded,
    QualificationResumed,
    QualificationWithdrawn,
)
from shared.intake.voiding import On, PuttingRight, on

_on_nothing: tuple[type[Any], ...] = (
    *(ProgrammePublished, SessionScheduled, AttendanceRecorded, ImpactEvidenced, PioneerVisitArranged),
    *(DevelopmentNeedRecorded, QualificationHeld, StatutoryRequirementSet, StatutoryTrainingCompleted),
    *bookkeeping.events,
)
_programmes: dict[type[Any], tuple[On, ...]] = {
    SessionRescheduled: (on(SessionScheduled),),
    SessionCancelled: (on(SessionScheduled),),
    PlaceBooked: (on(SessionScheduled),),
    PlaceWaitlisted: (on(SessionScheduled),),
    BookingCancelled: (on(PlaceBooked, PlaceWaitlisted, by="person_id"),),
    CpdEvaluated: (on(AttendanceRecorded),),
    ReflectionShared: (on(AttendanceRecorded),),
    PioneerVisitReported: (on(PioneerVisitArranged),),
    DevelopmentNeedMet: (on(DevelopmentNeedRecorded),),
}
# Whoever enrols or resumes may have been able to because they, or their scholarship, had left another enrolment.
_qualifications: dict[type[Any], tuple[On, ...]] = {
    QualificationEnrolled: (on(QualificationWithdrawn),),
    QualificationMilestoneDeclared: (on(QualificationEnrolled, QualificationResumed, by="enrolment_id"),),
    QualificationMilestoneVoided: (on(QualificationMilestoneDeclared, by="enrolment_id"),),
    QualificationDeferred: (on(QualificationEnrolled, QualificationResumed, by="enrolment_id"),),
    QualificationResumed: (on(QualificationDeferred, by="enrolment_id"), on(QualificationWithdrawn)),
    QualificationWithdrawn: (on(QualificationEnrolled, QualificationResumed, by="enrolment_id"),),
    QualificationOutcomeRecorded: (on(QualificationMilestoneDeclared, by="enrolment_id"),),
}

putting_right = PuttingRight(
    voided=RecordVoided,
    rests=dict.fromkeys(_on_nothing, ())
    | _programmes
    | _qualifications
    | {StatutoryTrainingLapsed: (on(StatutoryTrainingCompleted, by="completed_on"),)},
    otherwise={
        PlaceBooked: "Cancel the booking: whoever waits moves up.",
        PlaceWaitlisted: "Cancel the booking.",
        BookingCancelled: "Book the place again.",
        QualificationMilestoneDeclared: "Void the milestone by its own command.",
        QualificationMilestoneVoided: "Declare the milestone again.",
        QualificationOutcomeRecorded: "Record the right outcome, or the outcome `voided`: the latest counts.",
    },
    follow=(StatutoryTrainingLapsed,),
)
