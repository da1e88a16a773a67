"""What follows from peer review?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from tests.support.fold.history import LONDON, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff

FIGURES = (
    *("reviews_received", "reviews_under_way", "reviews_given", "strengths", "developments", "without_action"),
    *("actions_open", "actions_due_in_14_days", "actions_overdue", "actions_closed", "trained_reviewers"),
    *("visits_made", "visits_received"),
)
School = tuple[str, str]


def reviews(history: History, at: datetime) -> list[Row]:
    """One row a school that took part in anything; `history` is what was known at `at`."""
    register, staff, today = Register(history, at), Staff(history, at), at.astimezone(LONDON).date()
    counts: dict[School, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    people: dict[School, set[str]] = defaultdict(set)
    closed = {event["data"]["action_id"] for event in of(history, "FollowUpActionClosed")}
    completed = {event["data"]["review_id"] for event in of(history, "ReviewCompleted")}

    for requested in of(history, "ReviewRequested"):
        review_id, trustuid, urn = (requested["data"][name] for name in ("review_id", "trustuid", "urn"))
        host = counts[trustuid, urn]
        host["reviews_received" if review_id in completed else "reviews_under_way"] += 1
        agreed = [
            e["data"] for e in of(history, "ReviewerAgreed", review_id=review_id) if e["data"].get("reviewer_urn")
        ]
        for reviewer_urn in {one["reviewer_urn"] for one in agreed} if review_id in completed else ():
            counts[trustuid, reviewer_urn]["reviews_given"] += 1
        for one in agreed:
            if one.get("trained_on"):
                people[trustuid, one["reviewer_urn"]].add(staff.person(one["reviewer_id"]))
        for found in of(history, "ReviewFindingRecorded", review_id=review_id):
            host[f"{found['data']['kind']}s"] += 1
            if of(history, "FollowUpWaived", review_id=review_id, finding_id=found["data"]["finding_id"]):
                host["without_action"] += 1
        for action in of(history, "FollowUpActionAgreed", review_id=review_id):
            if action["data"]["action_id"] in closed:
                host["actions_closed"] += 1
                continue
            due_on = date.fromisoformat(action["data"]["due_on"])
            host["actions_open"] += 1
            host["actions_overdue"] += due_on < today
            host["actions_due_in_14_days"] += today <= due_on <= today + timedelta(days=14)
    for visit in of(history, "PeerVisitHeld"):
        counts[visit["data"]["trustuid"], visit["data"]["from_urn"]]["visits_made"] += 1
        counts[visit["data"]["trustuid"], visit["data"]["to_urn"]]["visits_received"] += 1
    for school, trained in people.items():
        counts[school]["trained_reviewers"] = len(trained)

    return [
        {
            "trustuid": trustuid,
            "urn": urn,
            "school": register.name(trustuid, urn),
            **figures,
            "given_minus_received": figures["reviews_given"] - figures["reviews_received"],
        }
        for (trustuid, urn), figures in counts.items()
    ]


report = Report(reviews, ("trustuid", "urn"))
