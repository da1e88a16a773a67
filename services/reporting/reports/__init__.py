"""The reports by their names: each is a module that says which read models it needs and gives its rows."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.reports import (
    agenda,
    bench,
    calendar,
    change,
    focus,
    gap,
    history,
    loop,
    matches,
    pipeline,
    practice,
    principles,
    priorities,
    reviews,
    roles,
    support,
    tests,
)
from services.reporting.reports.report import Answer, Area, Report, answer, meanings

__all__ = ["Answer", "Area", "Report", "answer", "meanings", "reports"]

reports: Mapping[str, Report] = {
    "focus": focus,
    "loop": loop,
    "agenda": agenda,
    "priorities": priorities,
    "matches": matches,
    "bench": bench,
    "gap": gap,
    "pipeline": pipeline,
    "roles": roles,
    "calendar": calendar,
    "reviews": reviews,
    "tests": tests,
    "practice": practice,
    "principles": principles,
    "support": support,
    "change": change,
    "history": history,
}
"""In the order in which the dashboard lists them."""
