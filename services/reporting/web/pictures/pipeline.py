"""Career stages: how many are at each, at each school; what became of them in a year; and who filled the posts.

Groups that are too small to show are drawn pale: what the published total of a school leaves of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.seeing.suppression import TOTAL
from services.reporting.web.pictures.picture import Bar, Bars, Part, Picture
from services.reporting.web.pictures.series import HIDDEN, Series, legend, parts, said, with_hidden
from services.reporting.web.site import address
from services.reporting.wording import said as said_of
from services.reporting.wording import sentence

_stages = (  # neighbours differ
    Series("trainee", "hollow", "in training"),
    Series("stage_1", "full", "at stage 1"),
    Series("stage_2", "hatched", "at stage 2"),
    Series("stage_3", "dotted", "at stage 3"),
    Series("stage_4", "lined", "at stage 4"),
    Series("stage_5", "full", "at stage 5"),
    Series("late_career", "hatched", "in late career"),
    Series("not_assessed", "hollow", "not assessed"),
)
_became = (
    Series("moved_up", "full", "moved up"),
    Series("stayed", "hatched", "stayed at their stage"),
    Series("left", "hollow", "left the trust"),
)
_filled = (Series("filled_from_inside", "full", "from inside"), Series("from_outside", "hatched", "from outside"))


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    """The stages of the whole trust, or of the one place asked for; and of each of several places what is beside it."""
    places = [list(some) for _, some in groupby(rows, key=lambda row: row["urn"])]
    schools = [place for place in places if place[0]["urn"] != TOTAL]
    in_all = [row for place in schools for row in place if row["stage"] == TOTAL]
    found = (
        *map(_at_each_stage, places[-1:]),
        Bars(
            "People at each school, by stage",
            "Each piece is a stage, in the order of the words beside it; pale are groups too small to show.",
            (),
            tuple(_bar(_by_stage(place), _stages, TOTAL) for place in schools if len(places) > 1),
        ),
        Bars(
            "Who was here a year ago, and what became of them",
            "By the school where they worked then.",
            legend([*_became, HIDDEN]),
            tuple(_bar(_with_stayed(row), _became, "year_before") for row in in_all if row["year_before"]),
        ),
        Bars(
            "Posts filled in the last twelve months",
            "From inside: by somebody who worked in the trust the day before.",
            legend(_filled),
            tuple(_bar(_with_outside(row), _filled, "filled") for row in in_all if row["filled"]),
        ),
    )
    return tuple(picture for picture in found if picture.bars)


def _at_each_stage(place: Sequence[Row]) -> Bars:
    title, about = f"{place[0]['school']}: people at each stage", "Groups too small to show have no bar."
    return Bars(title, about, (), tuple(_stage(row) for row in place if row["stage"] != TOTAL))


def _stage(row: Row) -> Bar:
    name, href = sentence(said_of(row["stage"])), address("/reports/pipeline", stage=row["stage"])
    if row["people"] is None:
        return Bar(name, "too few to show", (), href=href)
    before = "" if row["year_before"] is None else f", {row['year_before']:,} a year ago"
    return Bar(name, f"{row['people']:,}{before}", (Part(row["people"], "full"),), href=href)


def _by_stage(place: Sequence[Row]) -> Row:
    """One row of a place: how many people are at each stage, and in all."""
    people = {row["stage"]: row["people"] for row in place}
    return {**place[0], **{stage: people.get(stage) for stage in (*(each.column for each in _stages), TOTAL)}}


def _with_stayed(row: Row) -> Row:
    known = row["moved_up"] is not None and row["left"] is not None
    return {**row, "stayed": row["year_before"] - row["moved_up"] - row["left"] if known else None}


def _with_outside(row: Row) -> Row:
    return {**row, "from_outside": row["filled"] - row["filled_from_inside"]}


def _bar(row: Row, series: Sequence[Series], whole: str) -> Bar:
    shown, shown_series = with_hidden(row, series, whole)
    text, href = said(shown, shown_series, HIDDEN.word), address("/reports/pipeline", urn=row["urn"])
    return Bar(row["school"], text, parts(shown, shown_series), href=href)
