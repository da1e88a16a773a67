"""What schools answered: one picture a focus area of the newest cycle, with a bar a cycle."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.reports.focus import totals
from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.web.site import address
from services.reporting.web.words import states

_fills: tuple[tuple[str, Fill], ...] = (
    ("red", "full"),
    ("amber", "hatched"),
    ("green", "pale"),
    ("overdue", "dotted"),
    ("no_answer", "hollow"),
)
_answers = tuple(
    Series(state, fill, f"{states[state].shape}\N{NO-BREAK SPACE}{states[state].word.lower()}")
    for state, fill in _fills
)
_about = "How many schools gave which answer, the newest cycle first."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    asked = [total for total in totals(rows) if total["of"]]
    newest = [total["focus_id"] for total in asked if total["cycle"] == asked[-1]["cycle"]]
    return tuple(_bars([total for total in reversed(asked) if total["focus_id"] == focus]) for focus in newest)


def _bars(cycles: Sequence[Row]) -> Bars:
    """Of one focus area, the newest cycle first."""
    now, *before = cycles
    was = f", {before[0]['green']} of {before[0]['of']} the cycle before" if before else ""
    title = f"{now['title']}: {now['green']} of {number(now['of'], 'school')} on track{was}"
    return Bars(title, _about, legend(_answers), tuple(map(_bar, cycles)))


def _bar(total: Row) -> Bar:
    cycle = total["cycle"]
    return Bar(cycle, said(total, _answers, ""), parts(total, _answers), href=address("/", cycle=cycle))
