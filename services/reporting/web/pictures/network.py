"""Our bank of leaders: what they did for others, by year and by school, and how many they coach now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.web.site import address

_gained = (
    Series("projects", "full", "as project lead"),
    Series("reviews", "hatched", "as reviewer"),
    Series("coaching", "dotted", "as coach"),
    Series("deployments", "lined", "at another school"),
    Series("other", "hollow", "of another kind"),
)
_coaching = (Series("coaching_load", "full", "taken"), Series("free", "hollow", "free"))
_when = "By the academic year in which it ended."
_at_each = "Whoever works at several schools counts at each."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    years = _bars(sorted(((row["academic_year"], row) for row in rows), key=_name), _gained, "academic_year")
    of_schools = sorted(((school, row) for row in rows for school in row["schools"]), key=_name)
    schools = _bars(of_schools, _gained, "schools")
    coaching = _bars([(school, _with_free(row)) for school, row in of_schools], _coaching, "schools")
    found = (
        Bars("What our leaders did for others, year by year", _when, legend(_gained), years),
        Bars("What our leaders did for others, by their school", _at_each, legend(_gained), schools),
        Bars("Places for coaching, by the coaches' school", _at_each, legend(_coaching), coaching),
    )
    return tuple(picture for picture in found if picture.bars)


def _name(named: tuple[str, Row]) -> str:
    return named[0]


def _with_free(row: Row) -> Row:
    """The row with the places that are free; those of earlier years are null."""
    return {**row, "free": max(0, (row["coaching_places"] or 0) - (row["coaching_load"] or 0))}


def _bars(named: Iterable[tuple[str, Row]], series: Sequence[Series], column: str) -> tuple[Bar, ...]:
    """A bar for each name that has something; its rows are those with the name in the column."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((each.column for each in series), 0))
    for name, row in named:
        for each in series:
            sums[name][each.column] += row[each.column] or 0
    return tuple(
        Bar(name, said(sum_, series, ""), parts(sum_, series), href=address("/reports/network", **{column: name}))
        for name, sum_ in sums.items()
        if any(sum_.values())
    )
