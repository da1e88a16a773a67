"""Who reviews a school: people from outside it, one of whom leads.

A part of the review, in its stream. A conflict of interest is declared on a day and does not exclude: a trust is small,
and what is known can be weighed. But a review does not rest on it: a reviewer with one neither leads nor counts as the
trained reviewer that every review needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.collaboration.domain.days import check_happened
from shared.contracts.collaboration.reviews import ReviewerAgreed, ReviewRequested
from shared.contracts.vocabulary import Code, Day, Id, PersonId, Urn
from shared.decider import Rejected

most_reviewers = 50  # what `ReviewCompleted` can name


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """Somebody works at a school (None: for the trust), until a last day where one is known."""

    urn: Urn | None
    from_on: Day
    to_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeReviewer:
    """`employments`: what the register says of the reviewer."""

    review_id: Id
    reviewer_id: PersonId
    reviewer_urn: Urn | None = None
    lead: bool = False
    trained_on: Day | None = None
    conflict: Code | None = None
    conflict_declared_on: Day
    employments: tuple[Employment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewers:
    agreed: Mapping[PersonId, ReviewerAgreed] = field(default_factory=dict)  # in the order of agreeing

    @property
    def lead_id(self) -> PersonId | None:
        return next((who for who, reviewer in self.agreed.items() if reviewer.lead), None)

    @property
    def one_is_trained(self) -> bool:
        """Whether somebody is trained who has no conflict of interest."""
        return any(reviewer.trained_on is not None and reviewer.conflict is None for reviewer in self.agreed.values())

    @property
    def urns(self) -> frozenset[Urn]:
        """The schools that the reviewers come from."""
        return frozenset(reviewer.reviewer_urn for reviewer in self.agreed.values() if reviewer.reviewer_urn)


def decide(
    c: AgreeReviewer, state: Reviewers, *, requested: ReviewRequested, completed: bool, today: Day
) -> list[ReviewerAgreed]:
    """`requested`: what is reviewed, and when; `completed`: whether that is done."""
    agreed = ReviewerAgreed(
        review_id=c.review_id,
        urn=requested.urn,
        reviewer_id=c.reviewer_id,
        reviewer_urn=c.reviewer_urn,
        lead=c.lead,
        trained_on=c.trained_on,
        conflict=c.conflict,
        conflict_declared_on=c.conflict_declared_on,
    )
    known = state.agreed.get(c.reviewer_id)
    if known == agreed:
        return []
    if known is not None:
        raise Rejected(
            "reviewer_already_agreed",
            "This person reviews already, with other details: agree on somebody else.",
            field="/reviewer_id",
        )
    check_not_completed(completed=completed)
    if len(state.agreed) == most_reviewers:
        raise Rejected("too_many_reviewers", "A review has fifty reviewers at most.", field="/reviewer_id")
    check_happened(c.conflict_declared_on, today, "/conflict_declared_on")
    if c.trained_on is not None:
        check_happened(c.trained_on, today, "/trained_on")
    _check_from_elsewhere(c, requested)
    _check_lead(c, state)
    return [agreed]


def check_not_completed(*, completed: bool) -> None:
    if completed:
        raise Rejected(
            "review_already_completed",
            "This review is complete and stays as it is: only what follows from it goes on.",
            field="/review_id",
        )


def _check_from_elsewhere(c: AgreeReviewer, requested: ReviewRequested) -> None:
    """Whoever works at the host between the declaration and the review's last day does not review it."""
    first, last = min(c.conflict_declared_on, requested.from_on), max(c.conflict_declared_on, requested.to_on)
    works_at = {e.urn for e in c.employments if e.from_on <= last and (e.to_on is None or e.to_on >= first)}
    if requested.urn in (c.reviewer_urn, *works_at):
        raise Rejected(
            "reviewer_from_host_school",
            "Agree on somebody who works elsewhere, from the declaration to the review's last day.",
            field="/reviewer_id",
        )
    if c.reviewer_urn is not None and c.reviewer_urn not in works_at:
        raise Rejected(
            "reviewer_not_at_school",
            "Name the school that this reviewer works at, or none for an adviser of the trust.",
            field="/reviewer_urn",
        )


def _check_lead(c: AgreeReviewer, state: Reviewers) -> None:
    if c.lead and state.lead_id is not None:
        raise Rejected(
            "lead_exists", "This review has its lead: agree on this person as another reviewer.", field="/lead"
        )
    if c.lead and c.conflict is not None:
        raise Rejected(
            "lead_has_conflict",
            "Let somebody without a conflict of interest lead: this person may review beside them.",
            field="/lead",
        )


def evolve(state: Reviewers, event: ReviewerAgreed) -> Reviewers:
    return replace(state, agreed={**state.agreed, event.reviewer_id: event})
