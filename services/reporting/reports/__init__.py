"""The reports by their names: each is a module that says which read models it needs and gives its rows."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.reports import (
    agenda,
    bench,
    calendar,
    capacity,
    change,
    compliance,
    disadvantaged,
    focus,
    gap,
    history,
    impact,
    loop,
    matches,
    network,
    pipeline,
    practice,
    principles,
    priorities,
    qualifications,
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
    "capacity": capacity,
    "matches": matches,
    "network": network,
    "bench": bench,
    "gap": gap,
    "pipeline": pipeline,
    "roles": roles,
    "qualifications": qualifications,
    "compliance": compliance,
    "calendar": calendar,
    "impact": impact,
    "reviews": reviews,
    "tests": tests,
    "practice": practice,
    "principles": principles,
    "support": support,
    "disadvantaged": disadvantaged,
    "change": change,
    "history": history,
}
"""In the order in which the dashboard lists them."""
