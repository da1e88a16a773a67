"""What a report is, and how its rows are asked for.

A report is a module. Its docstring begins with the question that it answers, and then says of each column what it
means, as `- column, column: meaning`. A column named `<figure>__events` holds the ids of the events that the figure
counts, one for each: of an absence, the event that made something expected. These columns are not published with the
rows; they are what a figure opens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic_core import to_jsonable_python

from services.reporting.read_models.reading import View
from services.reporting.seeing.scope import EVERYTHING
from shared.problems import Problem

Area = Literal["loop", "capacity", "people", "cpd", "reviews", "change", "history"]
"""The part of the dashboard that a report belongs to."""

Row = dict[str, Any]

_behind = "__events"
_not = "!"
_meaning = re.compile(r"^- ([a-z_0-9]+(?:, [a-z_0-9]+)*): (.+(?:\n  .+)*)", re.MULTILINE)


class Report(Protocol):
    """One report.

    Attributes:
        title: as a person calls it.
        about: what it shows, in a sentence.
        key: the columns that tell its rows apart.
        needs: the read models that it reads.
        wants: what else its rows are asked with, where it says so: `then` of the view, `whole` (small groups are not
            hidden), and columns of which it finds one value sooner than by looking at all its rows.
    """

    title: str
    about: str
    area: Area
    key: tuple[str, ...]
    needs: tuple[str, ...]

    async def rows(self, conn: Any, *, at: Any, school: str | None) -> list[Row]:
        """Its rows, each with the same columns."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A report's rows; of each, the ids of the events behind its figures, by the figure's column."""

    rows: list[Row]
    behind: list[dict[str, list[UUID]]]


async def answer(
    report: Report, view: View, *, school: str | None = None, only: Mapping[str, str] = {}, whole: bool = False
) -> Answer:
    """A report as it stands in a view.

    Args:
        whole: somebody asks who may see the small groups of the school, too (`rights.can`).
        only: columns and the values, as texts, that a row has to have: `true`, `3`, `2026-11-20`, `red`; an empty text
            for nothing; of a list, one of its elements. A column with `!` behind its name: what it may not have.

    Raises:
        Problem: there is no such column (`filter_unknown`).
    """
    known = meanings(report)
    if unknown := sorted({name.removesuffix(_not) for name in only} - known.keys()):
        raise Problem(
            400,
            "filter_unknown",
            f"This report has no column {unknown[0]}. It has {', '.join(known)}.",
            errors=[(f"/{name}", "Not a column of this report.") for name in unknown],
        )
    rows, behind = [], []
    besides = {"then": view.then, "whole": whole and school is not None}
    wants = {name: besides.get(name, only.get(name)) for name in getattr(report, "wants", ())}
    found = await report.rows(view.conn, at=view.at, school=school, **wants)
    if view.scope is not EVERYTHING and found and "trustuid" in found[0]:
        found = [row for row in found if view.scope.shows(row["trustuid"], ())]
    columns = [column for column in found[0] if not column.endswith(_behind)] if found else []
    figures = {c.removesuffix(_behind): c for c in found[0] if c.endswith(_behind)} if found else {}
    for row in found:
        if all(_is(row[name.removesuffix(_not)], text) != name.endswith(_not) for name, text in only.items()):
            rows.append({column: row[column] for column in columns})
            behind.append({figure: row[ids] or [] for figure, ids in figures.items()})
    return Answer(rows, behind)


def meanings(report: Report) -> dict[str, str]:
    """What each column means, in the order in which the docstring tells it."""
    return _told(report.__doc__ or "")


@cache
def _told(docstring: str) -> dict[str, str]:
    told = _meaning.findall(docstring)
    return {name: " ".join(meaning.split()) for names, meaning in told for name in names.split(", ")}


def _is(value: Any, text: str) -> bool:
    return any(as_text(each) == text for each in value) if isinstance(value, list) else as_text(value) == text


def as_text(value: Any) -> str:
    """A value as it is asked for in an address."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(to_jsonable_python(value))
