"""The series of a bar: columns of a report, drawn one after another, and said in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.reporting.web.pictures.picture import Fill, Part


class Series(NamedTuple):
    """A column, how it is drawn, and what its figure counts: "ready now"."""

    column: str
    fill: Fill
    word: str


HIDDEN = Series("hidden", "pale", "in groups too small to show")


def with_hidden(row: Mapping[str, Any], series: Sequence[Series], whole: str) -> tuple[dict[str, Any], list[Series]]:
    """The row, and its series, with how much of its `whole` is in columns that are hidden."""
    known = sum(row[each.column] or 0 for each in series)
    return {**row, HIDDEN.column: (row[whole] or known) - known}, [*series, HIDDEN]


def legend(series: Iterable[Series]) -> tuple[tuple[Fill, str], ...]:
    return tuple((each.fill, each.word) for each in series)


def parts(row: Mapping[str, Any], series: Iterable[Series]) -> tuple[Part, ...]:
    """A part for each figure; none for a null."""
    return tuple(Part(row[each.column], each.fill) for each in series if row[each.column])


def said(row: Mapping[str, Any], series: Iterable[Series], nothing: str) -> str:
    """The same in words: "2 ready now, 1 in a year"; `nothing` where all is zero."""
    return ", ".join(f"{row[each.column]:,} {each.word}" for each in series if row[each.column]) or nothing
