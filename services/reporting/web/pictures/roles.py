"""System leaders: how many of each kind an area declares. What is not known has no bar, and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Part, Picture

_about = "As the area last declared them. Where it is not known how many there are, that is not zero."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    return tuple(
        Bars(f"{area}: system leaders of each kind", _about, (), tuple(map(_bar, some)))
        for area, some in groupby(rows, key=lambda row: row["area"])
    )


def _bar(row: Row) -> Bar:
    if row["count"] is None:
        return Bar(row["role"], f"Not known: {row['not_known_reason']}", ())
    sponsored = "" if row["schools_sponsored"] is None else f", with {row['schools_sponsored']} schools"
    return Bar(row["role"], f"{row['count']:,}{sponsored}", (Part(row["count"], "full"),))
