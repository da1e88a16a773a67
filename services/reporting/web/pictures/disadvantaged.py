"""Disadvantaged pupils: of each kind of thing that should say something of them, the part that does."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.reports.disadvantaged import totals
from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture

_kinds = {
    "plan": "Improvement plans",
    "focus": "Focus areas",
    "change": "Changes",
    "answer": "Answers of meetings",
    "impact": "Evidence of impact",
}
_fills: tuple[tuple[Fill, str], ...] = (("full", "say something"), ("hollow", "say nothing"))
_about = "The whole width is all of a kind, however many there are."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    bars = tuple(map(_bar, totals(rows)))
    return (Bars("What says something of disadvantaged pupils", _about, _fills, bars),) if bars else ()


def _bar(total: Row) -> Bar:
    with_note, count = total["with_note"], total["of"]
    share = 100 * with_note / count
    parts = (Part(share, "full"), Part(100 - share, "hollow"))
    return Bar(_kinds[total["kind"]], f"{with_note:,} of {count:,} say something", parts)
