"""What follows from peer review? One row a school that has part in any of it and is in the trust today.

- trustuid, urn, school: the school, under its URN and name of today; what it did under an earlier one is its own
- reviews_received: reviews of this school that are completed
- reviews_under_way: reviews that it has asked for and that are not completed
- reviews_given: completed reviews in which somebody of this school reviewed another
- given_minus_received: reviews_given - reviews_received
- strengths, developments: findings of its own reviews, completed or not
- without_action: of the developments, those for which a reason stands instead of an action
- actions_open: follow-up actions that are not closed
- actions_due_in_14_days: of the open ones, those that are due today or in the fourteen days after
- actions_overdue: of the open ones, those whose day is past
- actions_closed: follow-up actions that are closed
- trained_reviewers: people who work here today, not paused, and have agreed to a review for which they were trained
- visits_made, visits_received: peer visits of its people to other schools, and of others here
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Peer review and what follows"
about = "Each school's reviews and visits, given and received, and what became of what was found."
area: Area = "reviews"
key: tuple[str, ...] = ("trustuid", "urn")
needs: tuple[str, ...] = ("register", "people", "reviews")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "reviews", at, await urns(conn, school), trust)
