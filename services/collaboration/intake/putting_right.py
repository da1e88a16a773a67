"""How collaboration's records are put right: what each kind rests on, and which are put right in their own way."""

from typing import Any

from shared.contracts.collaboration import bookkeeping
from shared.contracts.collaboration.bookkeeping import RecordVoided
from shared.contracts.collaboration.capacity import (
    CapacityAllocated,
    CapacityDrawn,
    CapacityOffered,
    CapacityOfferWithdrawn,
    CapacityReleased,
    CapacityRequestConfirmed,
    CapacityRequested,
    CapacityRequestWithdrawn,
)
from shared.contracts.collaboration.change import (
    ChangeAdopted,
    ChangeDropped,
    ChangeProposed,
    ConsultationClosed,
    ConsultationStandardSet,
    DecisionCascaded,
    DecisionUnderstood,
)
from shared.contracts.collaboration.coaching import (
    CoachingEnded,
    CoachingPaired,
    CoachingQuestioned,
    CoachingRequestAnswered,
    CoachingRequested,
    CoachingRequestWithdrawn,
    CoachingSessionLogged,
    CoachPoolJoined,
    CoachPoolLeft,
)
from shared.contracts.collaboration.loop import (
    ActionAgreed,
    ActionClosed,
    ActionOverdue,
    AgendaItemFeedbackGiven,
    CycleOpened,
    EffectReviewed,
    FeedbackCorrected,
    FeedbackOverdue,
    FocusAreaClosed,
    FocusAreaSet,
    LeadershipTeamMeetingHeld,
    MeetingReportSubmitted,
    ReminderSent,
    ResponseRead,
    StandardAgendaItemIssued,
    TrustAcknowledged,
    TrustResponseGiven,
)
from shared.contracts.collaboration.one_to_ones import OneToOneHeld, OneToOneScheduled, OneToOneTemplateSet
from shared.contracts.collaboration.partnerships import (
    CollaborationAgreed,
    CollaborationClosed,
    FiveTestsAssessed,
    PracticeChangeCommitted,
)
from shared.contracts.collaboration.planning import (
    ImprovementPlanAgreed,
    ImprovementPlanAmended,
    ImprovementPlanClosed,
    PriorityAgreed,
    PriorityProposed,
    PriorityVoted,
    SelfAssessmentSubmitted,
)
from shared.contracts.collaboration.practice import (
    PracticeTemplateAdopted,
    PracticeTemplateShared,
    ResearchFindingShared,
    ResearchGroupFormed,
)
from shared.contracts.collaboration.reviews import (
    FollowUpActionAgreed,
    FollowUpActionClosed,
    FollowUpWaived,
    ModerationHeld,
    ModerationPlanned,
    PeerVisitHeld,
    ReviewCompleted,
    ReviewerAgreed,
    ReviewFindingRecorded,
    ReviewRequested,
)
from shared.contracts.collaboration.support import (
    ChallengeRaised,
    SuccessShared,
    SupportRequestAnswered,
    SupportRequestClosed,
    SupportRequested,
)
from shared.intake.voiding import On, PuttingRight, on

_on_nothing: tuple[type[Any], ...] = (
    *(CycleOpened, FocusAreaSet, StandardAgendaItemIssued, LeadershipTeamMeetingHeld, AgendaItemFeedbackGiven),
    *(FeedbackOverdue, ActionAgreed, ReminderSent, ImprovementPlanAgreed, PriorityProposed, SelfAssessmentSubmitted),
    *(SupportRequested, SuccessShared, ChallengeRaised, OneToOneTemplateSet, OneToOneScheduled, ReviewRequested),
    *(PeerVisitHeld, ModerationPlanned, CoachingRequested, CollaborationAgreed, CapacityOffered, CoachPoolJoined),
    *(PriorityVoted, PriorityAgreed, ResearchGroupFormed, ConsultationStandardSet, ChangeProposed, DecisionCascaded),
    *(DecisionUnderstood, *bookkeeping.events),
)
_loop: dict[type[Any], tuple[On, ...]] = {
    FocusAreaClosed: (on(FocusAreaSet),),
    MeetingReportSubmitted: (on(LeadershipTeamMeetingHeld),),
    FeedbackCorrected: (on(AgendaItemFeedbackGiven, by="meeting_id"),),
    TrustAcknowledged: (on(AgendaItemFeedbackGiven, by="meeting_id"),),
    TrustResponseGiven: (on(AgendaItemFeedbackGiven, by="meeting_id"),),
    ResponseRead: (on(TrustResponseGiven, by="meeting_id"),),
    ActionClosed: (on(ActionAgreed),),
    EffectReviewed: (on(ActionClosed),),
    ActionOverdue: (on(ActionAgreed),),
}
_planning: dict[type[Any], tuple[On, ...]] = {
    ImprovementPlanAmended: (on(ImprovementPlanAgreed),),
    ImprovementPlanClosed: (on(ImprovementPlanAgreed),),
    SupportRequestAnswered: (on(SupportRequested),),
    SupportRequestClosed: (on(SupportRequested),),
    OneToOneHeld: (on(OneToOneScheduled),),
}
_reviews: dict[type[Any], tuple[On, ...]] = {
    ReviewerAgreed: (on(ReviewRequested),),
    ReviewFindingRecorded: (on(ReviewRequested, ReviewerAgreed),),
    FollowUpActionAgreed: (on(ReviewFindingRecorded, by="finding_id"),),
    FollowUpWaived: (on(ReviewFindingRecorded, by="finding_id"),),
    ReviewCompleted: (
        on(ReviewRequested, ReviewerAgreed, ReviewFindingRecorded, FollowUpActionAgreed, FollowUpWaived),
    ),
    FollowUpActionClosed: (on(FollowUpActionAgreed, by="action_id"),),
    ModerationHeld: (on(ModerationPlanned),),
}
# Who is paired may have found the place that another had left.
_coaching: dict[type[Any], tuple[On, ...]] = {
    CoachPoolLeft: (on(CoachPoolJoined, by="membership_id"),),
    CoachingRequestWithdrawn: (on(CoachingRequested, by="request_id"),),
    CoachingRequestAnswered: (on(CoachingRequested, by="request_id"),),
    CoachingPaired: (on(CoachPoolJoined, CoachingEnded),),
    CoachingSessionLogged: (on(CoachingPaired, by="pairing_id"),),
    CoachingQuestioned: (on(CoachingPaired, by="pairing_id"),),
    CoachingEnded: (on(CoachingPaired, CoachingSessionLogged, by="pairing_id"),),
}
_capacity: dict[type[Any], tuple[On, ...]] = {
    CapacityRequested: (on(CapacityRequestWithdrawn),),
    CapacityAllocated: (on(CapacityOffered),),
    CapacityDrawn: (on(CapacityAllocated, by="allocation_id"),),
    CapacityReleased: (on(CapacityAllocated, by="allocation_id"),),
    CapacityOfferWithdrawn: (on(CapacityOffered),),
    CapacityRequestConfirmed: (on(CapacityRequested),),
    CapacityRequestWithdrawn: (on(CapacityRequested),),
}
_together: dict[type[Any], tuple[On, ...]] = {
    FiveTestsAssessed: (on(CollaborationAgreed),),
    PracticeChangeCommitted: (on(CollaborationAgreed),),
    CollaborationClosed: (on(CollaborationAgreed),),
    PracticeTemplateShared: (on(PracticeTemplateShared),),
    PracticeTemplateAdopted: (on(PracticeTemplateShared, by="version"),),
    ResearchFindingShared: (on(ResearchGroupFormed),),
    ConsultationClosed: (on(ChangeProposed),),
    ChangeAdopted: (on(ChangeProposed, ConsultationClosed),),
    ChangeDropped: (on(ChangeProposed),),
}

putting_right = PuttingRight(
    voided=RecordVoided,
    rests=dict.fromkeys(_on_nothing, ()) | _loop | _planning | _reviews | _coaching | _capacity | _together,
    otherwise={
        AgendaItemFeedbackGiven: "Correct the answer.",
        FeedbackCorrected: "Correct the answer again.",
        OneToOneTemplateSet: "Set the template as it should be: the new version takes its place.",
        CapacityReleased: "Allocate it again.",
    },
    follow=(FeedbackOverdue, ActionOverdue, CoachingQuestioned),
)
