"""What each school said to each focus area: a row a school, a column a focus area, and below how many said what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode

from services.reporting.reports import focus
from services.reporting.web.cycles import Row, listed
from services.reporting.web.heading import needs_you
from services.reporting.web.words import Look, dash, day, span, states


@dataclass(frozen=True, slots=True)
class Cell:
    """A school's answer to a focus area. `look` is None when the school was not asked."""

    focus_id: str
    title: str
    look: Look | None
    note: str
    comment_given: bool
    href: str


@dataclass(frozen=True, slots=True)
class SchoolRow:
    urn: str
    name: str
    href: str
    cells: tuple[Cell, ...]
    delay: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many schools are in each state, for one focus area, with the address that lists them; never an average."""

    focus_id: str
    title: str
    counts: tuple[tuple[Look, int, str], ...]


def matrix(cells: Sequence[Row], cycle: str, at: datetime, most: int | None = None) -> tuple[SchoolRow, ...]:
    """One row a school, by name; its cells in the order of the focus areas.

    Args:
        most: so many schools, those first that are off track, ask for help or are overdue; None for all.
    """
    titles, urgent = focuses(cells), {row["urn"] for row in cells if needs_you(row) or row["state"] == "overdue"}
    first = sorted({(row["urn"] not in urgent, row["school"], row["urn"]) for row in cells})[:most]
    shown = {urn for _, _, urn in first}
    by_school = sorted((row for row in cells if row["urn"] in shown), key=lambda row: (row["school"], row["urn"]))
    return tuple(_school(list(rows), titles, cycle, at) for _, rows in groupby(by_school, key=lambda row: row["urn"]))


def _school(rows: list[Row], focuses: Sequence[tuple[str, str]], cycle: str, at: datetime) -> SchoolRow:
    answers = {row["focus_id"]: row for row in rows}
    waited = [
        (row["recorded_at"] - row["answered_at"]).total_seconds() * 1_000
        for row in rows
        if row["answered_at"] is not None and not row["corrections"]
    ]
    href = f"/schools/{rows[0]['urn']}?{urlencode({'cycle': cycle})}"
    return SchoolRow(
        urn=rows[0]["urn"],
        name=rows[0]["school"],
        href=href,
        cells=tuple(
            cell(answers.get(focus_id), focus_id, title, f"{href}#{focus_id}", at) for focus_id, title in focuses
        ),
        delay=span(max(waited)) if waited else dash,
    )


def cell(row: Row | None, focus_id: str, title: str, href: str, at: datetime) -> Cell:
    if row is None:
        return Cell(focus_id, title, None, "", comment_given=False, href=href)
    return Cell(focus_id, title, states[row["state"]], note(row, at), bool(row["comment_given"]), href)


def note(row: Row, at: datetime) -> str:
    """What stands below the state: the change since the cycle before, or since when an answer is due."""
    before = states[row["previous_state"]].word.lower() if row["previous_state"] else None
    if row["state"] == "overdue":
        return f"was due {day(row['due_by'], near=at)}"
    if row["state"] == "no_answer":
        due = f"due {day(row['due_by'], near=at)}"
        return f"was {before}, {due}" if row["previous_state"] in ("red", "amber", "green") else due
    if row["trend"] in ("better", "worse"):
        return f"{row['trend']}, was {before}"
    return ""


def focuses(cells: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    """The focus areas of a cycle in the report's order, each with its title."""
    return tuple({row["focus_id"]: row["title"] or "A focus area not known yet" for row in cells}.items())


def tallies(cells: Sequence[Row]) -> tuple[Tally, ...]:
    return tuple(
        Tally(
            total["focus_id"],
            total["title"],
            tuple(
                (look, total[state], listed("focus", total["cycle"], focus_id=total["focus_id"], state=state))
                for state, look in states.items()
                if total[state]
            ),
        )
        for total in focus.totals(cells)
    )
