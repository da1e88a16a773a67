"""Schools look at each other's work, as reports need it: what was found and agreed is personal and not here.

- review: one row a review, completed when it is
- reviewer: one row an agreement to review, numbered in the review's stream
- finding, follow_up: one row each; a development may be left without an action for a reason
- peer_visit, moderation: one row each
- moderation_school: one row a moderation and school

`happened_at` and `event_id` are of the event that made the row; with `completed_`, `closed_` or `held_` before them, of
the one that ended it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.reporting.read_models.projection import SOURCE, Patch, Projection, Table, same, source
from services.reporting.seeing.policies import of_school, with_the
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
from shared.messaging import Delivered

review = Table(
    name="review",
    key={"review_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "focus": "text",
        "from_on": "date",
        "to_on": "date",
        **SOURCE,
        "completed_at": "timestamptz",
        "completed_event_id": "uuid",
    },
    seen_by=of_school("urn"),
)
reviewer = Table(
    name="reviewer",
    key={"review_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "reviewer_id": "uuid", "reviewer_urn": "text", "trained_on": "date", **SOURCE},
    seen_by=with_the("review", "review_id") | of_school("reviewer_urn"),
)
finding = Table(
    name="finding",
    key={"review_id": "uuid", "finding_id": "uuid"},
    columns={"trustuid": "text", "kind": "text", "waived": "boolean", **SOURCE},
    seen_by=with_the("review", "review_id"),
)
follow_up = Table(
    name="follow_up",
    key={"review_id": "uuid", "action_id": "uuid"},
    columns={"trustuid": "text", "due_on": "date", **SOURCE, "closed_at": "timestamptz"},
    seen_by=with_the("review", "review_id"),
)
peer_visit = Table(
    name="peer_visit",
    key={"visit_id": "uuid"},
    columns={"trustuid": "text", "from_urn": "text", "to_urn": "text", "kind": "text", **SOURCE},
    seen_by=of_school("from_urn", "to_urn"),
)
moderation = Table(
    name="moderation",
    key={"moderation_id": "uuid"},
    columns={
        "trustuid": "text",
        "subject": "text",
        **SOURCE,
        "held_at": "timestamptz",
        "held_event_id": "uuid",
    },
    seen_by=with_the("moderation_school", "moderation_id"),
)
moderation_school = Table(
    name="moderation_school",
    key={"moderation_id": "uuid", "urn": "text"},
    columns={"trustuid": "text", "held": "boolean"},  # it was there; else it was planned to be
    seen_by=of_school("urn"),
)


def _requested(event: ReviewRequested, delivered: Delivered) -> Iterator[Patch]:
    told = same(event, "trustuid", "urn", "focus", "from_on", "to_on")
    yield Patch("review", (event.review_id,), told | source(delivered))


def _agreed(event: ReviewerAgreed, delivered: Delivered) -> Iterator[Patch]:
    told = same(event, "reviewer_id", "reviewer_urn", "trained_on")
    yield Patch("reviewer", (event.review_id, delivered.envelope.version), told | source(delivered))


def _found(event: ReviewFindingRecorded, delivered: Delivered) -> Iterator[Patch]:
    told = {"kind": event.kind, "waived": False}
    yield Patch("finding", (event.review_id, event.finding_id), told | source(delivered))


def _waived(event: FollowUpWaived, _: Delivered) -> Iterator[Patch]:
    yield Patch("finding", (event.review_id, event.finding_id), {"waived": True})


def _followed_up(event: FollowUpActionAgreed, delivered: Delivered) -> Iterator[Patch]:
    told = {"due_on": event.due_on} | source(delivered)
    yield Patch("follow_up", (event.review_id, event.action_id), told)


def _closed(event: FollowUpActionClosed, delivered: Delivered) -> Iterator[Patch]:
    told = {"closed_at": delivered.envelope.happened_at}
    yield Patch("follow_up", (event.review_id, event.action_id), told)


def _completed(event: ReviewCompleted, delivered: Delivered) -> Iterator[Patch]:
    yield Patch("review", (event.review_id,), _ended(delivered, "completed"))


def _visited(event: PeerVisitHeld, delivered: Delivered) -> Iterator[Patch]:
    told = same(event, "trustuid", "from_urn", "to_urn", "kind")
    yield Patch("peer_visit", (event.visit_id,), told | source(delivered))


def _planned(event: ModerationPlanned, delivered: Delivered) -> Iterator[Patch]:
    told = same(event, "trustuid", "subject")
    yield Patch("moderation", (event.moderation_id,), told | source(delivered))
    for urn in event.urns:
        yield Patch("moderation_school", (event.moderation_id, urn), {"held": False})


def _moderated(event: ModerationHeld, delivered: Delivered) -> Iterator[Patch]:
    yield Patch("moderation", (event.moderation_id,), _ended(delivered, "held"))
    for urn in event.urns:
        yield Patch("moderation_school", (event.moderation_id, urn), {"held": True})


def _ended(delivered: Delivered, how: str) -> dict[str, Any]:
    return {f"{how}_at": delivered.envelope.happened_at, f"{how}_event_id": delivered.envelope.id}


projection = Projection(
    name="reviews",
    tables=(review, reviewer, finding, follow_up, peer_visit, moderation, moderation_school),
    on={
        ReviewRequested: _requested,
        ReviewerAgreed: _agreed,
        ReviewFindingRecorded: _found,
        FollowUpWaived: _waived,
        FollowUpActionAgreed: _followed_up,
        FollowUpActionClosed: _closed,
        ReviewCompleted: _completed,
        PeerVisitHeld: _visited,
        ModerationPlanned: _planned,
        ModerationHeld: _moderated,
    },
)
