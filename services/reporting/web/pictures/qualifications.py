"""NPQH and Masters: how many heads and senior leaders hold both, one or none. What is hidden is drawn as hidden."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.series import HIDDEN, Series, legend, parts, said, with_hidden

_about = "Heads and senior leaders are expected to hold both."
_names = {"heads": "Heads", "senior_leaders": "Senior leaders", "all": "Both together"}
_series = (
    Series("both", "full", "hold both"),
    Series("npqh_only", "hatched", "NPQH only"),
    Series("masters_only", "dotted", "a Masters only"),
    Series("in_progress", "lined", "neither, working for one"),
    Series("none", "hollow", "neither"),
)


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    bars = tuple(map(_bar, rows))
    return (Bars("NPQH and Masters: who holds them", _about, legend([*_series, HIDDEN]), bars),) if bars else ()


def _bar(row: Row) -> Bar:
    shown, series = with_hidden(row, _series, "people")
    return Bar(_names[row["leaders"]], said(shown, series, _nobody(row)), parts(shown, series))


def _nobody(row: Row) -> str:
    return "nobody" if row["people"] == 0 else HIDDEN.word
