"""Who gives and who takes: one picture a kind of capacity, over the periods that the table has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture
from services.reporting.web.words import sentence

_about = "To the right what a school gave, to the left what it took; the longest bars first."
_legend: tuple[tuple[Fill, str], ...] = (("full", "given"), ("hatched", "taken"))


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    kinds: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in rows:
        if row["counted_on"] is None and (row["given"] or row["taken"]):
            sums = kinds[row["dimension"], row["unit"]][row["school"]]
            sums[0] += row["given"] or 0
            sums[1] += row["taken"] or 0
    return tuple(_bars(dimension, unit, schools) for (dimension, unit), schools in sorted(kinds.items()))


def _bars(dimension: str, unit: str, schools: dict[str, list[int]]) -> Bars:
    word = unit.replace("_", " ")
    bars = [
        Bar(school, f"{given:,} {word} given, {taken:,} taken", (Part(given, "full"),), (Part(taken, "hatched"),))
        for school, (given, taken) in sorted(schools.items(), key=lambda each: (-sum(each[1]), each[0]))
    ]
    title = sentence(f"{dimension.replace('_', ' ')}, in {word}: who gave and who took")
    return Bars(title, _about, _legend, tuple(bars))
