"""Who gives and who takes: one picture a kind of capacity, with what is still on offer and still asked for.

What is used up is added up over the periods of the table. A rate cannot be: of the days on which the report counts it,
it is shown on the last one on which anything is given or taken; where nothing is, on the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.series import Series, legend, parts
from services.reporting.web.site import address
from services.reporting.web.words import day
from services.reporting.wording import said as said_of
from services.reporting.wording import sentence, so_much

_about = "To the right what a school gives and offers, to the left what it takes and asks for."
_gives = (Series("given", "full", "given"), Series("balance", "pale", "still on offer"))
_takes = (Series("taken", "hatched", "taken"), Series("unmet", "hollow", "still asked for"))
_series = (*_gives, *_takes)


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    """The kinds in which most take part come first."""
    kinds = [_bars(*kind, list(some)) for kind, some in groupby(sorted(rows, key=_kind), key=_kind)]
    return tuple(sorted((picture for picture in kinds if picture.bars), key=lambda picture: -len(picture.bars)))


def _kind(row: Row) -> tuple[str, str]:
    return row["dimension"], row["unit"]


def _bars(kind: str, unit: str, rows: Sequence[Row]) -> Bars:
    on = _day(rows)
    counted = sorted((row for row in rows if row["counted_on"] == on), key=_place)
    bars = [_bar(list(some)) for _, some in groupby(counted, key=_place)]
    when = f", on {day(on)}" if on else ""
    title = f"{sentence(said_of(kind))}, in {said_of(unit)}: who gives and who takes{when}"
    return Bars(title, _about, legend(_series), tuple(bar for bar in bars if bar.parts or bar.before))


def _day(rows: Sequence[Row]) -> date | None:
    """The day of a rate."""
    days = [row["counted_on"] for row in rows if row["counted_on"]]
    busy = [row["counted_on"] for row in rows if row["counted_on"] and (row["given"] or row["taken"])]
    return max(busy, default=min(days, default=None))


def _place(row: Row) -> tuple[str, ...]:
    return row["school"], row["current_urn"] or "", row["outside"] or ""


def _bar(rows: Sequence[Row]) -> Bar:
    """Of one school, the trust or a supplier."""
    place = rows[-1]
    sums = {each.column: sum(row[each.column] for row in rows) for each in _series}
    text = ", ".join(
        f"{so_much(sums[each.column], place['unit'])} {each.word}" for each in _series if sums[each.column]
    )
    name = ", ".join(filter(None, (sentence(place["school"]), place["trajectory"])))
    return Bar(name, text, parts(sums, _gives), parts(sums, _takes), _rows_of(place))


def _rows_of(place: dict[str, Any]) -> str | None:
    """The address of a bar's rows; the trust's own cannot be asked for."""
    who = {"school": place["current_urn"], "outside": place["outside"]}
    which = {name: place[name] for name in ("dimension", "unit")}
    return address("/reports/capacity", **who, **which) if any(who.values()) else None
