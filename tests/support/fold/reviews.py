"""What follows from peer review?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tests.support.fold.history import LONDON, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff

FIGURES = (
    *("reviews_received", "reviews_under_way", "reviews_given", "strengths", "developments", "without_action"),
    *("actions_open", "actions_due_in_14_days", "actions_overdue", "actions_closed", "trained_reviewers"),
    *("visits_made", "visits_received"),
)
Figures = dict[str, int]


def reviews(history: History, at: datetime) -> list[Row]:
    """One row a school that has part in anything; `history` is what was known at `at`."""
    register, today = Register(history, at), at.astimezone(LONDON).date()
    counts: dict[tuple[str, str], Figures] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))

    def at_school(trustuid: str, urn: str) -> Figures:
        return counts[trustuid, register.current_urn(trustuid, urn)]

    for event in of(history, "ReviewRequested"):
        review = event["data"]
        host = at_school(review["trustuid"], review["urn"])
        if of(history, "ReviewCompleted", review_id=review["review_id"]):
            host["reviews_received"] += 1
            came_from = {one["reviewer_urn"] for one in _agreed(history, review) if one.get("reviewer_urn")}
            for urn in {register.current_urn(review["trustuid"], urn) for urn in came_from}:
                at_school(review["trustuid"], urn)["reviews_given"] += 1
        else:
            host["reviews_under_way"] += 1
        _count_what_was_found(history, review, host, today)
    for event in of(history, "PeerVisitHeld"):
        visit = event["data"]
        at_school(visit["trustuid"], visit["from_urn"])["visits_made"] += 1
        at_school(visit["trustuid"], visit["to_urn"])["visits_received"] += 1
    for trustuid, urn, _ in _trained(history, at, register):
        at_school(trustuid, urn)["trained_reviewers"] += 1

    return [
        {
            "trustuid": trustuid,
            "urn": urn,
            "school": register.name(trustuid, urn),
            **figures,
            "given_minus_received": figures["reviews_given"] - figures["reviews_received"],
        }
        for (trustuid, urn), figures in counts.items()
        if register.was_member(trustuid, urn, today)
    ]


def _agreed(history: History, review: Row) -> list[Any]:
    return [event["data"] for event in of(history, "ReviewerAgreed", review_id=review["review_id"])]


def _count_what_was_found(history: History, review: Row, host: Figures, today: date) -> None:
    about = {"review_id": review["review_id"]}
    for event in of(history, "ReviewFindingRecorded", **about):
        found = event["data"]
        host["strengths" if found["kind"] == "strength" else "developments"] += 1
        if of(history, "FollowUpWaived", **about, finding_id=found["finding_id"]):
            host["without_action"] += 1
    for event in of(history, "FollowUpActionAgreed", **about):
        due_on = date.fromisoformat(event["data"]["due_on"])
        if of(history, "FollowUpActionClosed", **about, action_id=event["data"]["action_id"]):
            host["actions_closed"] += 1
        else:
            host["actions_open"] += 1
            host["actions_overdue"] += due_on < today
            host["actions_due_in_14_days"] += today <= due_on <= today + timedelta(days=14)


def _trained(history: History, at: datetime, register: Register) -> set[tuple[str, str, str]]:
    """Trust, school and person."""
    staff = Staff(history, at)
    trained = {
        (event["data"]["trustuid"], staff.person(one["reviewer_id"]))
        for event in of(history, "ReviewRequested")
        for one in _agreed(history, event["data"])
        if one.get("trained_on")
    }
    return {
        (works.trustuid, register.current_urn(works.trustuid, works.urn), works.person_id)
        for works in staff.working()
        if works.urn and not works.paused and (works.trustuid, works.person_id) in trained
    }


report = Report(reviews, ("trustuid", "urn"))
