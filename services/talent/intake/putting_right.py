"""How talent's records are put right: what each kind rests on, and which are put right in a way of their own."""

from typing import Any

from shared.contracts.talent import bookkeeping
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.talent.careers import (
    CapabilityRated,
    CareerAspirationRecorded,
    CareerPlanAgreed,
    CareerPlanReviewed,
    CareerStageAssessed,
    EctInductionChanged,
    EctInductionCompleted,
    EctInductionPaused,
    EctInductionResumed,
    EctInductionStarted,
    EctProgressReviewed,
)
from shared.contracts.talent.deployments import (
    DeploymentEnded,
    DeploymentProposed,
    DeploymentTermsSet,
    LeaderDeployed,
)
from shared.contracts.talent.leaders import (
    ExperienceGained,
    LeaderEndorsed,
    LeaderIdentified,
    LeaderInformed,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    ProjectLeadershipCompleted,
    ProjectLeadershipGiven,
    ReadinessAssessed,
)
from shared.contracts.talent.personal_data import (
    ErasureDecided,
    ErasureRefused,
    LegalHoldLifted,
    LegalHoldPlaced,
    SubjectAccessFulfilled,
)
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    PostFilled,
    PostVacancyWithdrawn,
    PostVacated,
    SkillsGapForecast,
    SuccessorNominated,
    SuccessorRemoved,
)
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementMoved,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
    LineManagerAssigned,
    PersonDetailsCorrected,
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
    SchoolJoinedTrust,
    SchoolLeftTrust,
    SchoolTrajectoryAssessed,
    SchoolUrnSucceeded,
    StaffReferenceAssigned,
    TermDatesSet,
    TrustInductionPlanned,
    TrustRegistered,
)
from shared.contracts.talent.roles import (
    NationalSupportSchoolEnded,
    NationalSupportSchoolRecognised,
    RoleCountDeclared,
    RoleDesignated,
    RoleDesignationWithdrawn,
)
from shared.intake.voiding import On, PuttingRight, on

_on_nothing: tuple[type[Any], ...] = (
    *(TrustRegistered, TermDatesSet, SchoolTrajectoryAssessed, PersonRegistered, StaffReferenceAssigned),
    *(TrustInductionPlanned, ExperienceGained, ReadinessAssessed, CareerStageAssessed, CareerAspirationRecorded),
    *(CareerPlanAgreed, CapabilityRated, EctInductionStarted, CriticalPostRegistered, SkillsGapForecast),
    *(RoleCountDeclared, DeploymentTermsSet, DeploymentProposed, ProjectLeadershipGiven),
    *(LegalHoldPlaced, ErasureDecided, ErasureRefused, SubjectAccessFulfilled),
    *bookkeeping.events,
)
_register: dict[type[Any], tuple[On, ...]] = {
    SchoolJoinedTrust: (on(SchoolLeftTrust),),
    SchoolLeftTrust: (on(SchoolJoinedTrust),),
    SchoolUrnSucceeded: (on(SchoolJoinedTrust),),
    EngagementStarted: (on(PersonRegistered), on(EngagementMoved, by="engagement_id")),
    EngagementChanged: (on(EngagementStarted, by="engagement_id"),),
    EngagementPaused: (on(EngagementStarted, EngagementResumed, by="engagement_id"),),
    EngagementResumed: (on(EngagementPaused, by="engagement_id"),),
    EngagementEnded: (on(EngagementStarted, by="engagement_id"),),
    EngagementMoved: (on(EngagementStarted, by="engagement_id"),),
    LineManagerAssigned: (on(PersonRegistered),),
    PersonDetailsCorrected: (on(PersonRegistered),),
    PersonsMerged: (on(PersonRegistered),),
    PersonsSplit: (on(PersonsMerged),),
    LegalHoldLifted: (on(LegalHoldPlaced, by="hold_id"),),
}
_leaders: dict[type[Any], tuple[On, ...]] = {
    LeaderIdentified: (on(LeaderNominationDeclined, LeaderRecordClosed),),
    LeaderEndorsed: (on(LeaderIdentified, LeaderRecordReopened),),
    LeaderInformed: (on(LeaderIdentified, LeaderRecordReopened),),
    LeaderNominationDeclined: (on(LeaderIdentified, LeaderRecordReopened),),
    LeaderRecordClosed: (on(LeaderIdentified, LeaderRecordReopened),),
    LeaderRecordReopened: (on(LeaderNominationDeclined, LeaderRecordClosed),),
    ProjectLeadershipCompleted: (on(ProjectLeadershipGiven),),
    CareerPlanReviewed: (on(CareerPlanAgreed, by="plan_id"),),
}
_inductions: dict[type[Any], tuple[On, ...]] = {
    EctInductionChanged: (on(EctInductionStarted),),
    EctInductionPaused: (on(EctInductionStarted, EctInductionResumed),),
    EctInductionResumed: (on(EctInductionPaused),),
    EctProgressReviewed: (on(EctInductionStarted, EctInductionResumed),),
    EctInductionCompleted: (on(EctInductionStarted, EctInductionResumed),),
}
# Whoever takes a post, or is deployed, or designated again, may have found the room that another record made.
_posts: dict[type[Any], tuple[On, ...]] = {
    PostVacated: (on(CriticalPostRegistered), on(PostFilled, by="person_id")),
    PostVacancyWithdrawn: (on(PostVacated),),
    PostFilled: (on(CriticalPostRegistered, PostVacated, PostFilled),),
    SuccessorNominated: (
        on(CriticalPostRegistered),
        on(SuccessorRemoved, by="leader_id"),
        on(PostVacated, by="person_id", named="leader_id"),
    ),
    SuccessorRemoved: (on(SuccessorNominated, by="leader_id"),),
    RoleDesignated: (on(RoleDesignationWithdrawn, by="scheme"),),
    RoleDesignationWithdrawn: (on(RoleDesignated, by="designation_id"),),
    NationalSupportSchoolRecognised: (on(RoleDesignated, by="designation_id"),),
    NationalSupportSchoolEnded: (on(RoleDesignated, by="designation_id"),),
    LeaderDeployed: (on(DeploymentProposed, by="deployment_id"), on(DeploymentEnded)),
    DeploymentEnded: (on(DeploymentProposed, LeaderDeployed, by="deployment_id"),),
}

putting_right = PuttingRight(
    voided=RecordVoided,
    rests=dict.fromkeys(_on_nothing, ()) | _register | _leaders | _inductions | _posts,
    otherwise={
        LegalHoldPlaced: "Lift the hold.",
        LegalHoldLifted: "Place another hold.",
        ErasureDecided: "What was erased cannot be brought back.",
        ErasureRefused: "Ask for the erasure again, under another id.",
        PersonsMerged: "Split the two entries.",
        PersonsSplit: "Merge the two entries again.",
        EngagementMoved: "It came with a split: merge the two entries again.",
        LeaderRecordClosed: "Reopen the record.",
        SuccessorRemoved: "Name the leader for the post again.",
    },
    follow=(NationalSupportSchoolRecognised, NationalSupportSchoolEnded),
)
