"""Schools look at each other's work: peer reviews from request to effect, peer visits, moderation."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen

from shared.contracts.vocabulary import (
    Code,
    Count,
    Day,
    Id,
    Instant,
    Name,
    Personal,
    PersonId,
    Rag,
    Reference,
    Text,
    TrustUid,
    Urn,
    event,
)

Estimate = Literal["leading", "effective", "working_towards_effective", "ineffective"]
Evidence = Literal[
    "learning_walk", "book_scrutiny", "lesson", "team_teaching", "meeting_observed", "conversation", "documents"
]
VisitKind = Literal["meeting_observed", "team_teaching", "learning_walk", "book_scrutiny"]


@event
class ReviewRequested:
    """A school asks for a peer review of a focus, within a window of days."""

    review_id: Id
    trustuid: TrustUid
    urn: Urn
    focus: Name
    from_on: Day
    to_on: Day


@event
class ReviewerAgreed:
    """Somebody will review: from another school, or with no `reviewer_urn` an adviser of the trust.

    Whether they have a conflict of interest is declared, on a day: `conflict` names it, none means that there is none.
    """

    review_id: Id
    urn: Urn
    reviewer_id: PersonId
    reviewer_urn: Urn | None = None
    lead: bool = False
    trained_on: Day | None = None
    conflict: Code | None = None
    conflict_declared_on: Day


@event
class ReviewFindingRecorded:
    """What the reviewers found in an area: a strength or a development, how good it is, and what it rests on.

    `responsible_id`: whose area it is, where it is one person's.
    """

    review_id: Id
    urn: Urn
    finding_id: Id
    area: Code
    kind: Literal["strength", "development"]
    estimate: Estimate
    evidence: Annotated[tuple[Evidence, ...], MinLen(1), MaxLen(7)]
    finding: Annotated[Text, Personal()]
    responsible_id: PersonId | None = None
    found_on: Day


@event
class FollowUpActionAgreed:
    """What will be done about a development finding. `owner` is a role or a pseudonymous id."""

    review_id: Id
    urn: Urn
    action_id: Id
    finding_id: Id
    action: Annotated[Text, Personal()]
    owner: Reference
    due_on: Day


@event
class FollowUpWaived:
    """A development finding has no action, for a reason that is recorded."""

    review_id: Id
    urn: Urn
    finding_id: Id
    reason: Text
    waived_on: Day


@event
class ReviewCompleted:
    """A review is done and its host agrees with it: who reviewed, and how many findings it has."""

    review_id: Id
    trustuid: TrustUid
    urn: Urn
    focus: Name
    lead_id: PersonId
    reviewer_ids: Annotated[tuple[PersonId, ...], MinLen(1), MaxLen(50)]
    strengths: Count
    developments: Count
    agreed_by_host_on: Day
    completed_on: Day


@event
class FollowUpActionClosed:
    """A follow-up action came to its end; `estimate_after`: how good its area is now."""

    review_id: Id
    urn: Urn
    action_id: Id
    outcome: Rag
    estimate_after: Estimate | None = None
    closed_on: Day


@event
class PeerVisitHeld:
    """People of one school looked at another's work; how many, never who."""

    visit_id: Id
    trustuid: TrustUid
    from_urn: Urn
    to_urn: Urn
    kind: VisitKind
    focus: Name
    visitors: Count
    held_on: Day


@event
class ModerationPlanned:
    """Schools will compare their judgements of something, at a time and a place."""

    moderation_id: Id
    trustuid: TrustUid
    subject: Name
    urns: Annotated[tuple[Urn, ...], MinLen(2), MaxLen(200)]
    starts_at: Instant
    ends_at: Instant
    where: Name


@event
class ModerationHeld:
    """How many judgements were sampled, how many of those stood, and how many were adjusted."""

    moderation_id: Id
    urns: Annotated[tuple[Urn, ...], MinLen(2), MaxLen(200)]
    sampled: Count
    agreed: Count
    adjusted: Count
    held_on: Day


events = (
    ReviewRequested,
    ReviewerAgreed,
    ReviewFindingRecorded,
    FollowUpActionAgreed,
    FollowUpWaived,
    ReviewCompleted,
    FollowUpActionClosed,
    PeerVisitHeld,
    ModerationPlanned,
    ModerationHeld,
)
