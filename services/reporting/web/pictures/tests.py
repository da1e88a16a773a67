"""The five tests of a collaboration, as five squares of one size."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture
from services.reporting.web.pictures.saying import number

_tests = ("purpose", "mutuality", "change", "pace", "prioritisation")
_strong = 3
_legend: tuple[tuple[Fill, str], ...] = (
    ("full", "3 or 4 of 4: strong"),
    ("hatched", "1 or 2"),
    ("pale", "0"),
    ("hollow", "not assessed"),
)
_gap = Part(0.06, "none")
_about = f"From left to right {', '.join(_tests[:-1])} and {_tests[-1]}, each from 0 to 4 as last assessed."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    strong = sum(row["strong"] is True for row in rows)
    title = f"{strong} of {number(len(rows), 'collaboration')} strong in all five tests"
    return (Bars(title, _about, _legend, tuple(map(_bar, rows))),) if rows else ()


def _bar(row: Row) -> Bar:
    scores = [(test, row[f"{test}_score"]) for test in _tests]
    text = ", ".join(f"{test} {'not assessed' if score is None else score}" for test, score in scores)
    squares = tuple(part for _, score in scores for part in (Part(1, _fill(score)), _gap))
    return Bar(row["title"], text, squares, href=f"/events/{row['event_id']}")


def _fill(score: int | None) -> Fill:
    if score is None:
        return "hollow"
    if score == 0:
        return "pale"
    return "full" if score >= _strong else "hatched"
