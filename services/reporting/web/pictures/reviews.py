"""Peer review: given and received, of reviews and of visits; and what became of what was found."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.pictures.series import Series, legend, parts, said

_reviews = (
    Series("reviews_given", "full", "given"),
    Series("reviews_received", "hatched", "received"),
    Series("reviews_under_way", "hollow", "under way"),
)
_visits = (Series("visits_made", "full", "made"), Series("visits_received", "hatched", "received"))
_actions = (
    Series("actions_closed", "full", "closed"),
    Series("actions_in_time", "hatched", "open"),
    Series("actions_overdue", "dotted", "overdue"),
)


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    return (*_both_ways("review", rows, _reviews), *_followed_up(rows), *_both_ways("visit", rows, _visits))


def _both_ways(what: str, rows: Sequence[Row], series: Sequence[Series]) -> tuple[Bars, ...]:
    """The first of the series to the right, the others to the left."""
    if not any(parts(row, series) for row in rows):
        return ()
    title = f"Peer {what}s: who gave and who received"
    about = f"To the right a school's {what}s to others, to the left those of others to it."
    bars = tuple(
        Bar(
            row["school"],
            said(row, series, "none yet"),
            parts(row, series[:1]),
            parts(row, series[1:]),
            href=f"/schools/{row['urn']}",
        )
        for row in rows
    )
    return (Bars(title, about, legend(series), bars),)


def _followed_up(rows: Sequence[Row]) -> tuple[Bars, ...]:
    """Schools that have any follow-up action."""
    bars = tuple(_actions_of(row) for row in rows if row["actions_open"] or row["actions_closed"])
    closed, still_open = (sum(row[figure] for row in rows) for figure in ("actions_closed", "actions_open"))
    title = f"{closed} of {number(closed + still_open, 'follow-up action')} closed"
    about = "What schools do about what their reviews found."
    return (Bars(title, about, legend(_actions), bars),) if bars else ()


def _actions_of(row: Row) -> Bar:
    counts = {**row, "actions_in_time": row["actions_open"] - row["actions_overdue"]}
    return Bar(row["school"], said(counts, _actions, ""), parts(counts, _actions), href=f"/schools/{row['urn']}")
