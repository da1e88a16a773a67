"""The reports worked out a second time, from exported events in plain Python: what the platform's own are held against.

It shares nothing with the services: no import, no table, no SQL. Each report is written from its definition (what its
docstring promises, and "latest" as the domain means it), in the plainest way that can be read: one file a report, with
its name. Speed is no concern.

An event is a line of `baton events export` as a dict. A row has the report's columns by their names; times are aware
datetimes, everything else is as it stands in JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tests.support.fold import (
    about,
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
from tests.support.fold.history import LONDON, Event, Row, instant, known
from tests.support.fold.report import Report

__all__ = ["LONDON", "Event", "Row", "first_difference", "instant", "known", "reports", "rows"]

reports: Mapping[str, Report] = {
    "agenda": agenda.report,
    "bench": bench.report,
    "capacity": capacity.report,
    "disadvantaged": disadvantaged.report,
    "gap": gap.report,
    "pipeline": pipeline.report,
    "calendar": calendar.report,
    "change": change.report,
    "compliance": compliance.report,
    "focus": focus.report,
    "impact": impact.report,
    "history": about.report,
    "loop": loop.report,
    "network": network.report,
    "practice": practice.report,
    "principles": principles.report,
    "priorities": priorities.report,
    "qualifications": qualifications.report,
    "reviews": reviews.report,
    "roles": roles.report,
    "support": support.report,
    "tests": tests.report,
}


def rows(model: str, events: Iterable[Event], at: datetime, upto: tuple[str, int] | None = None) -> list[Row]:
    """A report as of a moment: of what was known then, judged as if that were now."""
    return reports[model].rows(known(events, at, upto), at)


def first_difference(model: str, published: Sequence[Row], expected: Sequence[Row]) -> str | None:
    """What differs between the platform's rows, as they stand in JSON, and the fold's; None when they are equal."""
    report = reports[model]
    ours = {_key(report, row): row for row in expected}
    theirs = {_key(report, row): row for row in published}
    if len(theirs) < len(published):
        return f"{model}: {len(published)} rows, and only {len(theirs)} of them differ in {', '.join(report.key)}"
    for key in sorted(ours.keys() | theirs.keys()):
        name = f"{model}, the row of {' '.join(key)}"
        if key not in theirs:
            return f"{name}: the report has none, the fold has {ours[key]}"
        if key not in ours:
            return f"{name}: the fold has none, the report has {theirs[key]}"
        row = {column: value for column, value in theirs[key].items() if column not in report.not_in_events}
        hidden = row.pop("suppressed") if report.people else ()
        if few := [c for c in report.people if ours[key][c] in range(1, 5) and c not in hidden]:
            return f"{name}: so few are to be hidden, and are not: {', '.join(few)}"
        wanted = ours[key] | dict.fromkeys(hidden)
        if row.keys() != wanted.keys():
            return f"{name}: only one of the two has the columns {', '.join(sorted(row.keys() ^ wanted.keys()))}"
        for column, value in wanted.items():
            given = instant(row[column]) if isinstance(value, datetime) and row[column] is not None else row[column]
            if given != value or type(given) is not type(value):
                return f"{name}: {column} is {given!r} in the report and {value!r} in the fold"
    return None


def _key(report: Report, row: Row) -> tuple[str, ...]:
    return tuple(row[column] or "" for column in report.key)
