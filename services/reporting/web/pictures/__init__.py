"""Pictures of reports, where people would rather look than read: worked out from the rows of the table below them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.reporting.reports.report import Row
from services.reporting.web.pictures import (
    agenda,
    bench,
    calendar,
    capacity,
    change,
    compliance,
    disadvantaged,
    focus,
    gap,
    impact,
    loop,
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
from services.reporting.web.pictures.picture import Picture

pictures: Mapping[str, Callable[[Sequence[Row]], tuple[Picture, ...]]] = {
    "agenda": agenda.pictures,
    "capacity": capacity.pictures,
    "change": change.pictures,
    "disadvantaged": disadvantaged.pictures,
    "focus": focus.pictures,
    "gap": gap.pictures,
    "impact": impact.pictures,
    "practice": practice.pictures,
    "principles": principles.pictures,
    "priorities": priorities.pictures,
    "reviews": reviews.pictures,
    "support": support.pictures,
    "tests": tests.pictures,
    "network": network.pictures,
    "bench": bench.pictures,
    "pipeline": pipeline.pictures,
    "roles": roles.pictures,
    "qualifications": qualifications.pictures,
    "compliance": compliance.pictures,
}
"""By report; of rows that show nothing, none."""

dated: Mapping[str, Callable[[Sequence[Row], datetime], tuple[Picture, ...]]] = {
    "calendar": calendar.pictures,
    "loop": loop.pictures,
}
"""Those that also say how long something has been open, or what is still to come."""


def of(model: str, rows: Sequence[Row], at: datetime) -> tuple[Picture, ...]:
    """The pictures of a report's rows, which were judged at `at`."""
    if model in dated:
        return dated[model](rows, at)
    return pictures[model](rows) if model in pictures else ()
