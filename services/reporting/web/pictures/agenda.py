"""Who met, who answered: each school in the newest cycle that has begun, and how many schools met cycle by cycle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.site import address

_items: tuple[tuple[Fill, str], ...] = (("full", "items answered"), ("hollow", "items not answered"))
_schools: tuple[tuple[Fill, str], ...] = (("full", "schools that met"), ("hollow", "schools that did not meet"))


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    begun = [row for row in rows if row["no_meeting"] is not None]
    cycles = [(cycle, list(schools)) for cycle, schools in groupby(begun, key=lambda row: row["cycle"])]
    if not cycles:
        return ()
    return (_newest(*cycles[-1]), *([_over(cycles)] if len(cycles) > 1 else []))


def _newest(cycle: str, schools: Sequence[Row]) -> Bars:
    about = "What each school answered of the items that it was asked about, and how often its leaders met."
    return Bars(f"{cycle}: {_met(schools)}", about, _items, tuple(_school(row) for row in schools))


def _school(row: Row) -> Bar:
    answered, issued = row["items_answered"], row["items_issued"]
    return Bar(
        row["school"],
        f"{answered} of {number(issued, 'item')}, {number(row['meetings_held'], 'meeting')}",
        (Part(answered, "full"), Part(issued - answered, "hollow")),
        href=address(f"/schools/{row['urn']}", cycle=row["cycle"]),
    )


def _over(cycles: Sequence[tuple[str, Sequence[Row]]]) -> Bars:
    bars = tuple(_cycle(cycle, schools) for cycle, schools in reversed(cycles))
    return Bars("How many schools met, cycle by cycle", "The newest cycle first.", _schools, bars)


def _cycle(cycle: str, schools: Sequence[Row]) -> Bar:
    missed = sum(row["no_meeting"] for row in schools)
    drawn = (Part(len(schools) - missed, "full"), Part(missed, "hollow"))
    return Bar(cycle, _met(schools), drawn, href=address("/", cycle=cycle))


def _met(schools: Sequence[Row]) -> str:
    return f"{sum(not row['no_meeting'] for row in schools)} of {number(len(schools), 'school')} met"
