"""The training calendar: how many sessions each month has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from services.reporting.london import london
from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.pictures.series import Series, legend, parts, said

_sessions = (
    Series("over", "full", "over"),
    Series("to_come", "hatched", "to come"),
    Series("cancelled", "hollow", "cancelled"),
)


def pictures(rows: Sequence[Row], at: datetime) -> tuple[Picture, ...]:
    if not rows:
        return ()
    in_order = sorted(rows, key=lambda row: row["starts_at"])
    months = [(month, list(sessions)) for month, sessions in groupby(in_order, key=_month)]
    to_come = sum(_is(row, at) == "to_come" for row in rows)
    title = f"{to_come} of {number(len(rows), 'session')} {'is' if to_come == 1 else 'are'} still to come"
    bars = tuple(_bar(month, sessions, at) for month, sessions in months)
    return (Bars(title, "Sessions, month by month.", legend(_sessions), bars),)


def _bar(month: str, sessions: Sequence[Row], at: datetime) -> Bar:
    counts = {each.column: sum(_is(row, at) == each.column for row in sessions) for each in _sessions}
    places = sum(row["places"] or 0 for row in sessions if _is(row, at) == "to_come")
    there_are = f"; {places:,} places to come" if places else ""
    return Bar(month, said(counts, _sessions, "") + there_are, parts(counts, _sessions))


def _is(row: Row, at: datetime) -> str:
    if row["status"] == "cancelled":
        return "cancelled"
    return "over" if row["ends_at"] <= at else "to_come"


def _month(row: Row) -> str:
    return f"{row['starts_at'].astimezone(london):%B %Y}"
