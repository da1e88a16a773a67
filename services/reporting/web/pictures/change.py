"""Change: what runs when, how much of it each school has, and who understands what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.web.words import day, days

_states = (
    Series("under_way", "full", "under way"),
    Series("coming", "hatched", "coming"),
    Series("proposed", "hollow", "proposed"),
)
_fills = {each.column: each.fill for each in _states}
_understand: tuple[tuple[Fill, str], ...] = (("full", "understand"), ("hollow", "do not"))


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    schools = [list(at_one) for _, at_one in groupby(rows, key=lambda row: (row["urn"], row["school"]))]
    return (*_timeline(rows), *_loads(schools), *_understanding(schools))


def _timeline(rows: Sequence[Row]) -> tuple[Bars, ...]:
    """Each change once, from the first day of the first to the last day of the last."""
    once = {row["change_id"]: row for row in rows if row["state"] in {"under_way", "coming"}}
    runs = sorted(once.values(), key=lambda row: (row["from_on"], row["to_on"]))
    if not runs:
        return ()
    first, last = runs[0]["from_on"], max(row["to_on"] for row in runs)
    bars = (
        Bar(
            row["change"],
            _runs(row),
            (
                Part((row["from_on"] - first).days, "none"),
                Part((row["to_on"] - row["from_on"]).days + 1, _fills[row["state"]]),
            ),
            href=f"/events/{row['event_id']}",
        )
        for row in runs
    )
    counts = Counter(row["state"] for row in runs)
    title = f"Changes: {said(counts, _states, '')}"
    return (Bars(title, f"From {day(first)} on the left to {day(last)}.", legend(_states[:2]), tuple(bars)),)


def _runs(row: Row) -> str:
    work = f"{number(row['schools'], 'school')}, {number(row['days'], 'day')} of work"
    return f"{days(row['from_on'], row['to_on'])}; {work}"


def _loads(schools: Sequence[Sequence[Row]]) -> tuple[Bars, ...]:
    counts = [(school[0], Counter(row["state"] for row in school)) for school in schools]
    bars = tuple(
        Bar(row["school"], said(of_school, _states, ""), parts(of_school, _states), href=f"/schools/{row['urn']}")
        for row, of_school in counts
        if of_school.keys() & _fills.keys()
    )
    about = "How many changes each school is in, or may come to be in."
    return (Bars("How much change each school has", about, legend(_states), bars),) if bars else ()


def _understanding(schools: Sequence[Sequence[Row]]) -> tuple[Bars, ...]:
    bars = tuple(_understood(school) for school in schools if any(row["roles_asked"] for row in school))
    about = "Of the people whom decisions were passed on to, how many understand, as their school says."
    return (Bars("Who understands what was decided", about, _understand, bars),) if bars else ()


def _understood(rows: Sequence[Row]) -> Bar:
    understood, expected = (sum(row[figure] or 0 for row in rows) for figure in ("understood", "expected"))
    known = any(row["roles_answered"] for row in rows)
    return Bar(
        rows[0]["school"],
        f"{understood} of {expected} understand" if known else "not known: the school has not said",
        (Part(understood, "full"), Part(expected - understood, "hollow")),
        href=f"/schools/{rows[0]['urn']}",
    )
