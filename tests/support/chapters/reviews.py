"""Schools ask for reviews, people review and find things, what follows is agreed and closed; and schools visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.contracts.collaboration import reviews as r
from tests.support.chapters.people import People
from tests.support.story import named
from tests.support.teller import Act, Teller

WAYS: tuple[Any, ...] = ("learning_walk", "book_scrutiny", "team_teaching", "meeting_observed")


@dataclass(slots=True)
class _Review:
    name: str
    urn: str
    reviewers: list[str] = field(default_factory=list)
    findings: dict[str, str] = field(default_factory=dict)
    """The kind of each that nothing follows from yet."""
    actions: list[str] = field(default_factory=list)
    """Those that are open."""
    completed: bool = False


class Reviews(People):
    reports = ("reviews", "practice")

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._reviews: list[_Review] = []

    def acts(self) -> Sequence[Act]:
        return [
            *super().acts(),
            *([self._requests] * 8 + [self._agrees] * 16 + [self._finds] * 16 + [self._follows_up] * 12),
            *([self._waives] * 4 + [self._closes] * 10 + [self._completes] * 8 + [self._visits] * 6),
        ]

    def forgets(self, event: Any) -> None:
        super().forgets(event)
        if (review_id := getattr(event, "review_id", None)) is not None:  # what is left of it is told no further
            self._reviews = [review for review in self._reviews if named(review.name) != review_id]

    def _requests(self) -> None:
        review = _Review(f"review {self.teller.trust} {len(self.story.told)}", self.chance.choice(self.teller.urns))
        day = self.teller.day()
        event = r.ReviewRequested(
            review_id=named(review.name),
            trustuid=self.teller.trust,
            urn=review.urn,
            focus="reading",
            from_on=day,
            to_on=day + timedelta(days=2),
        )
        self._say(event, review)
        self._reviews.append(review)

    def _some(self, *, completed: bool | None = False) -> _Review | None:
        some = [review for review in self._reviews if completed in (None, review.completed)]
        return self.chance.choice(some) if some else None

    def _agrees(self) -> None:
        if (review := self._some()) and (who := self.somebody()) and who not in review.reviewers:
            elsewhere: Any = self.chance.choice([None, *(urn for urn in self.teller.urns if urn != review.urn)])
            event = r.ReviewerAgreed(
                review_id=named(review.name),
                urn=review.urn,
                reviewer_id=named(who),
                reviewer_urn=elsewhere,
                trained_on=self.chance.choice((None, self.teller.day())),
                conflict_declared_on=self.story.now.date(),
            )
            self._say(event, review)
            review.reviewers.append(who)

    def _finds(self) -> None:
        if (review := self._some()) and review.reviewers:
            name, kind = f"finding {len(self.story.told)}", self.chance.choice(("strength", "development"))
            said: Any = {"kind": kind, "estimate": "effective", "evidence": ("lesson",), "finding": "They read."}
            event = r.ReviewFindingRecorded(
                review_id=named(review.name),
                urn=review.urn,
                finding_id=named(name),
                area="reading",
                found_on=self.story.now.date(),
                **said,
            )
            self._say(event, review)
            review.findings[name] = kind

    def _development(self) -> tuple[_Review, str] | None:
        review = self._some()
        found = [name for name, kind in review.findings.items() if kind == "development"] if review else []
        return (review, self.chance.choice(found)) if review and found else None

    def _follows_up(self) -> None:
        if one := self._development():
            review, finding = one
            name = f"action {len(self.story.told)}"
            event = r.FollowUpActionAgreed(
                review_id=named(review.name),
                urn=review.urn,
                action_id=named(name),
                finding_id=named(finding),
                action="Read more.",
                owner="head",
                due_on=self.story.now.date() + timedelta(days=self.chance.randrange(30)),
            )
            self._say(event, review)
            review.actions.append(name)

    def _waives(self) -> None:
        if one := self._development():
            review, finding = one
            about: Any = {"review_id": named(review.name), "urn": review.urn, "finding_id": named(finding)}
            event = r.FollowUpWaived(**about, reason="It is in the plan.", waived_on=self.story.now.date())
            self._say(event, review)
            del review.findings[finding]

    def _closes(self) -> None:
        if (review := self._some(completed=True)) and review.actions:
            action = review.actions.pop(self.chance.randrange(len(review.actions)))
            about: Any = {"review_id": named(review.name), "urn": review.urn, "action_id": named(action)}
            self._say(r.FollowUpActionClosed(**about, outcome="green", closed_on=self.story.now.date()), review)

    def _completes(self) -> None:
        if (review := self._some()) and review.reviewers:
            event = r.ReviewCompleted(
                review_id=named(review.name),
                trustuid=self.teller.trust,
                urn=review.urn,
                focus="reading",
                lead_id=named(review.reviewers[0]),
                reviewer_ids=tuple(named(who) for who in review.reviewers),
                strengths=1,
                developments=1,
                agreed_by_host_on=self.story.now.date(),
                completed_on=self.story.now.date(),
            )
            self._say(event, review)
            review.completed = True

    def _visits(self) -> None:
        name, (guest, host) = f"visit {len(self.story.told)}", self.chance.sample(self.teller.urns, 2)
        event = r.PeerVisitHeld(
            visit_id=named(name),
            trustuid=self.teller.trust,
            from_urn=guest,
            to_urn=host,
            kind=self.chance.choice(WAYS),
            focus="reading",
            visitors=2,
            held_on=self.story.now.date(),
        )
        self.story.tell(event, f"peer-visit-{named(name)}", urn=guest)

    def _say(self, event: Any, review: _Review) -> None:
        self.story.tell(event, f"review-{named(review.name)}", urn=review.urn)
