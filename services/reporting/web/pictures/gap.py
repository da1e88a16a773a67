"""The skills gap: one picture a kind of post, as expected, over the years."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Dot, Dots, Picture
from services.reporting.wording import said as said_of
from services.reporting.wording import sentence

_about = (
    "Above zero posts are missing, below it leaders are to spare. A dot is what is expected of the year; in eight of "
    "ten futures the gap lies within its line. The table has the low and the high scenario too."
)


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    expected = [row for row in rows if row["scenario"] == "expected"]
    posts = groupby(expected, key=lambda row: row["post_type"])
    return tuple(_dots(post, [_dot(row) for row in years]) for post, years in posts)


def _dots(post: str, years: Sequence[Dot]) -> Dots:
    widest = max(years, key=lambda year: year.value)
    most = round(widest.value, 1)
    found = f"up to {most:g} missing, in {widest.name}" if most > 0 else "leaders to spare, or enough, in every year"
    return Dots(f"{sentence(said_of(post))}: {found}", _about, tuple(years))


def _dot(row: Row) -> Dot:
    gap, low, high = (row[f"gap{of}_hundredths"] / 100 for of in ("", "_low", "_high"))
    begins = row["academic_year_starts_on"]
    return Dot(f"{begins.year}/{(begins.year + 1) % 100:02}", gap, low, high)
