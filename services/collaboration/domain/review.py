"""A peer review of a school: asked for, what was found, and agreed by its host; one stream from request to effect.

reviewers.py decides who reviews, follow_ups.py what follows from the findings. The host agrees with all findings, so
none comes after completion; actions go on. How far a follow-up is overdue is a report's to say, not an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never

from annotated_types import MaxLen, MinLen

from services.collaboration.domain import follow_ups, reviewers
from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.follow_ups import (
    AgreeFollowUp,
    CloseFollowUp,
    FollowUpCommand,
    FollowUpEvent,
    FollowUps,
    WaiveFollowUp,
    check_not_before,
)
from services.collaboration.domain.reviewers import AgreeReviewer, Reviewers, check_not_completed
from shared.contracts.collaboration.reviews import (
    Estimate,
    Evidence,
    FollowUpActionAgreed,
    FollowUpActionClosed,
    FollowUpWaived,
    ReviewCompleted,
    ReviewerAgreed,
    ReviewFindingRecorded,
    ReviewRequested,
)
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def review_stream(review_id: Id) -> str:
    return f"review-{review_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReview:
    """`urn`: the host, who asks."""

    review_id: Id
    trustuid: TrustUid
    urn: Urn
    focus: Name
    from_on: Day
    to_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFinding:
    """`responsible_id`: whose area it is, where it is one person's."""

    review_id: Id
    finding_id: Id
    area: Code
    kind: Literal["strength", "development"]
    estimate: Estimate
    evidence: Annotated[tuple[Evidence, ...], MinLen(1), MaxLen(7)]
    finding: Text
    responsible_id: PersonId | None = None
    found_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteReview:
    review_id: Id
    agreed_by_host_on: Day
    completed_on: Day


ReviewCommand = RequestReview | AgreeReviewer | RecordFinding | CompleteReview | FollowUpCommand
ReviewEvent = ReviewRequested | ReviewerAgreed | ReviewFindingRecorded | ReviewCompleted | FollowUpEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    requested: ReviewRequested | None = None
    reviewers: Reviewers = field(default_factory=Reviewers)
    strengths: frozenset[Id] = frozenset()
    follow_ups: FollowUps = field(default_factory=FollowUps)
    last_found_on: Day | None = None
    completed: ReviewCompleted | None = None


def decide(asked: Dated[ReviewCommand], state: Review) -> list[ReviewEvent]:
    match asked.command:
        case RequestReview():
            return _request(asked.command, state)
        case AgreeReviewer():
            requested, completed = _requested(state), state.completed is not None
            return [
                *reviewers.decide(
                    asked.command, state.reviewers, requested=requested, completed=completed, today=asked.today
                )
            ]
        case RecordFinding():
            return _record_finding(asked.command, state, asked.today)
        case CompleteReview():
            return _complete(asked.command, state, asked.today)
        case AgreeFollowUp() | WaiveFollowUp() | CloseFollowUp():
            urn, completed = _requested(state).urn, state.completed is not None
            return [
                *follow_ups.decide(asked.command, state.follow_ups, urn=urn, completed=completed, today=asked.today)
            ]
        case _:
            assert_never(asked.command)


def _request(c: RequestReview, state: Review) -> list[ReviewEvent]:
    requested = ReviewRequested(
        review_id=c.review_id, trustuid=c.trustuid, urn=c.urn, focus=c.focus, from_on=c.from_on, to_on=c.to_on
    )
    if state.requested == requested:
        return []
    if state.requested is not None:
        raise Rejected(
            "review_exists",
            "This review is requested with other details: give a new review an id of its own.",
            field="/review_id",
        )
    if c.to_on < c.from_on:
        raise Rejected("review_ends_before_it_starts", "Let the review end on or after its first day.", field="/to_on")
    return [requested]


def _record_finding(c: RecordFinding, state: Review, today: Day) -> list[ReviewEvent]:
    requested = _requested(state)
    if c.finding_id in state.strengths or c.finding_id in state.follow_ups.developments:
        raise Rejected(  # its text is not in the state: the same cannot be told from another
            "finding_exists", "This finding is recorded: give another one an id of its own.", field="/finding_id"
        )
    check_not_completed(completed=state.completed is not None)
    check_happened(c.found_on, today, "/found_on")
    if c.found_on < requested.from_on:
        raise Rejected("found_before_review", "Give a day of the review: this is before its first.", field="/found_on")
    return [
        ReviewFindingRecorded(
            review_id=c.review_id,
            urn=requested.urn,
            finding_id=c.finding_id,
            area=c.area,
            kind=c.kind,
            estimate=c.estimate,
            evidence=c.evidence,
            finding=c.finding,
            responsible_id=c.responsible_id,
            found_on=c.found_on,
        )
    ]


def _complete(c: CompleteReview, state: Review, today: Day) -> list[ReviewEvent]:
    requested = _requested(state)
    known = state.completed
    if known is not None and (known.agreed_by_host_on, known.completed_on) == (c.agreed_by_host_on, c.completed_on):
        return []
    check_not_completed(completed=known is not None)
    lead_id, last_found_on = _check_whole(state)
    check_happened(c.completed_on, today, "/completed_on")
    check_not_before(last_found_on, c.agreed_by_host_on, "/agreed_by_host_on")
    if c.completed_on < c.agreed_by_host_on:
        raise Rejected(
            "completed_before_agreed",
            "Complete the review on the day its host agrees, or later.",
            field="/completed_on",
        )
    return [
        ReviewCompleted(
            review_id=c.review_id,
            trustuid=requested.trustuid,
            urn=requested.urn,
            focus=requested.focus,
            lead_id=lead_id,
            reviewer_ids=tuple(state.reviewers.agreed),
            strengths=len(state.strengths),
            developments=len(state.follow_ups.developments),
            agreed_by_host_on=c.agreed_by_host_on,
            completed_on=c.completed_on,
        )
    ]


def _check_whole(state: Review) -> tuple[PersonId, Day]:
    """Nothing is missing for completion: who leads the review, and the day of the last finding."""
    lead_id = state.reviewers.lead_id
    if lead_id is None:
        raise Rejected("lead_missing", "Agree on a lead first.", field="/review_id")
    if not state.reviewers.one_is_trained:
        raise Rejected(
            "trained_reviewer_missing",
            "Agree on a reviewer who is trained and has no conflict of interest first.",
            field="/review_id",
        )
    if state.last_found_on is None:
        raise Rejected("findings_missing", "Record what was found first.", field="/review_id")
    if not state.follow_ups.all_answered:
        raise Rejected(
            "follow_up_missing",
            "Agree an action for each development first, or record why there is none.",
            field="/review_id",
        )
    return lead_id, state.last_found_on


def _requested(state: Review) -> ReviewRequested:
    if state.requested is None:
        raise Rejected(
            "review_unknown", "There is no such review: check its id, or request it first.", field="/review_id"
        )
    return state.requested


def evolve(state: Review, event: ReviewEvent) -> Review:
    match event:
        case ReviewRequested():
            return replace(state, requested=event)
        case ReviewerAgreed():
            return replace(state, reviewers=reviewers.evolve(state.reviewers, event))
        case ReviewFindingRecorded():
            return _found(state, event)
        case ReviewCompleted():
            return replace(state, completed=event)
        case FollowUpActionAgreed() | FollowUpWaived() | FollowUpActionClosed():
            return replace(state, follow_ups=follow_ups.evolve(state.follow_ups, event))
        case _:
            assert_never(event)


def _found(state: Review, event: ReviewFindingRecorded) -> Review:
    last_found_on = max(event.found_on, state.last_found_on or event.found_on)
    if event.kind == "strength":
        return replace(state, last_found_on=last_found_on, strengths=state.strengths | {event.finding_id})
    developments = {**state.follow_ups.developments, event.finding_id: event.found_on}
    return replace(state, last_found_on=last_found_on, follow_ups=replace(state.follow_ups, developments=developments))


review: Decider[Dated[ReviewCommand], Review, ReviewEvent] = Decider(Review(), decide, evolve)
