"""What the reports of reviews and collaborations say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.reporting.reports.report import Row
from services.reporting.web.headlines.sentences import do, named, names_in, some_do, things_do, together


def reviews(rows: Sequence[Row], _: datetime) -> str:
    """How many schools were reviewed, what is still to be done about it, and where it is overdue."""
    reviewed = sum(row["reviews_received"] > 0 for row in rows)
    late = [row for row in rows if row["actions_overdue"]]
    still_open, overdue = (sum(row[name] for row in rows) for name in ("actions_open", "actions_overdue"))
    return together(
        f"{things_do(reviewed, 'school', 'have')} had a review, and {things_do(still_open, 'action', 'are')} open",
        f"{do(overdue, 'are')} overdue: {named(names_in(late))}" if late else "",
    )


def tests(rows: Sequence[Row], _: datetime) -> str:
    """How many collaborations are strong in all five tests, and which are past their end and not closed."""
    strong = sum(row["strong"] is True for row in rows)
    stalled = [row for row in rows if row["state"] == "stalled"]
    over = f"{do(len(stalled), 'are')} past the end and not closed"
    return together(
        f"{some_do(strong, len(rows), 'collaboration', 'are')} strong in all five tests",
        f"{over}: {named(names_in(stalled, 'title'))}" if stalled else "",
    )


def practice(rows: Sequence[Row], _: datetime) -> str:
    """How many templates another school has adopted, and how many research groups have found something out."""
    templates, groups = ([row for row in rows if row["kind"] == kind] for kind in ("template", "research"))
    adopted, found = (sum(row["schools"] > 0 for row in templates), sum(row["found"] is not None for row in groups))
    return together(
        f"{some_do(adopted, len(templates), 'template', 'are')} used by another school" if templates else "",
        f"{some_do(found, len(groups), 'research group', 'have')} found something out" if groups else "",
    )


headlines = {"reviews": reviews, "tests": tests, "practice": practice}
