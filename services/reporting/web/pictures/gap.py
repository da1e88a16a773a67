"""The skills gap: one picture a kind of post, as expected, over the years."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Dot, Dots, Picture
from services.reporting.web.words import sentence

_about = (
    "Above zero posts are missing, below it leaders are to spare. "
    "A dot is what is expected of the year; in eight of ten futures the gap lies within its line."
)


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    expected = [row for row in rows if row["scenario"] == "expected"]
    return tuple(
        Dots(f"{sentence(post.replace('_', ' '))}: posts without a leader", _about, tuple(map(_dot, years)))
        for post, years in groupby(expected, key=lambda row: row["post_type"])
    )


def _dot(row: Row) -> Dot:
    gap, low, high = (row[f"gap{of}_hundredths"] / 100 for of in ("", "_low", "_high"))
    begins = row["academic_year_starts_on"]
    return Dot(f"{begins.year}/{(begins.year + 1) % 100:02}", gap, low, high)
