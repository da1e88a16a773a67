"""Claims about peer reviews. The host school and the trust say everything; a reviewer's school says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collaboration.domain.days import Dated
from services.collaboration.domain.follow_ups import AgreeFollowUp, CloseFollowUp, WaiveFollowUp
from services.collaboration.domain.review import (
    CompleteReview,
    RecordFinding,
    RequestReview,
    Review,
    ReviewCommand,
    review,
    review_stream,
)
from services.collaboration.domain.reviewers import AgreeReviewer
from services.collaboration.intake.register import employments_of, names_members
from services.collaboration.intake.scope import check_own_school
from shared.clock import Clock, today
from shared.contracts.collaboration import reviews as events
from shared.contracts.vocabulary import Code, Day, Id, PersonId, Urn
from shared.eventstore import Act, Context, Decision, EventStore, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """`ReviewerAgreed`: somebody from outside the host will review; a conflict of interest is declared, or its absence.

    Without a `reviewer_urn` it is an adviser of the trust.
    """

    review_id: Id
    reviewer_id: PersonId
    reviewer_urn: Urn | None = None
    lead: bool = False
    trained_on: Day | None = None
    conflict: Code | None = None
    conflict_declared_on: Day


def request_review(c: RequestReview, context: Context) -> Act:
    """Ask for a peer review of a school, or agree to one."""
    return _on_review(c, context)


async def look_up_reviewer(store: EventStore, _: Clock, c: Reviewer, __: Context) -> AgreeReviewer:
    """The claim with where the reviewer works, as heard from the register."""
    return AgreeReviewer(
        review_id=c.review_id,
        reviewer_id=c.reviewer_id,
        reviewer_urn=c.reviewer_urn,
        lead=c.lead,
        trained_on=c.trained_on,
        conflict=c.conflict,
        conflict_declared_on=c.conflict_declared_on,
        employments=await employments_of(store, c.reviewer_id),
    )


def agree_reviewer(c: AgreeReviewer, context: Context) -> Act:
    """Agree on somebody who will review."""
    return _on_review(c, context)


def record_finding(c: RecordFinding, context: Context) -> Act:
    """Record what the reviewers found."""
    return _on_review(c, on_day(c.found_on, context))


def agree_follow_up(c: AgreeFollowUp, context: Context) -> Act:
    """Agree what will be done about a development."""
    return _on_review(c, context)


def waive_follow_up(c: WaiveFollowUp, context: Context) -> Act:
    """Record why nothing will be done about a development."""
    return _on_review(c, on_day(c.waived_on, context))


def complete_review(c: CompleteReview, context: Context) -> Act:
    """Complete a review that its host agrees with."""
    return _on_review(c, on_day(c.completed_on, context))


def close_follow_up(c: CloseFollowUp, context: Context) -> Act:
    """Close a follow-up action with what it changed."""
    return _on_review(c, on_day(c.closed_on, context))


taken: Sequence[Taken] = (
    (events.ReviewRequested, "/reviews", Admission(RequestReview, request_review, look_up=names_members("urn"))),
    (
        events.ReviewerAgreed,
        "/reviews/{review_id}/reviewers",
        Admission(Reviewer, agree_reviewer, look_up=look_up_reviewer),
    ),
    (events.ReviewFindingRecorded, "/reviews/{review_id}/findings", Admission(RecordFinding, record_finding)),
    (events.FollowUpActionAgreed, "/reviews/{review_id}/follow-ups", Admission(AgreeFollowUp, agree_follow_up)),
    (events.FollowUpWaived, "/reviews/{review_id}/waive", Admission(WaiveFollowUp, waive_follow_up)),
    (events.ReviewCompleted, "/reviews/{review_id}/complete", Admission(CompleteReview, complete_review)),
    (
        events.FollowUpActionClosed,
        "/reviews/{review_id}/follow-ups/{action_id}/close",
        Admission(CloseFollowUp, close_follow_up),
    ),
)


def _on_review(c: ReviewCommand, context: Context) -> Act:
    """A command on a review that is the sender's to speak of."""
    stream = review_stream(c.review_id)

    def decide(states: States) -> Decision:
        state: Review = states[stream]
        if state.requested is not None:
            also = state.reviewers.urns if isinstance(c, RecordFinding) else ()
            check_own_school(context, "/review_id", state.requested.urn, *also)
        return {stream: review.decide(Dated(c, today(states.at)), state)}

    return Act(context, {stream: review}, decide)
