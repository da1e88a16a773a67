"""A report's rows as a table that a person reads: what only a machine needs is left to the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.reports.report import as_text
from services.reporting.web.acts import Act
from services.reporting.web.cell import cell
from services.reporting.web.columns import on_a_page, title
from services.reporting.web.site import address


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: str
    number: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row.

    Attributes:
        anchor: a name in the page where the row is a session, or the first of its focus area.
        name: what tells it apart, in words.
        opens: of each text where it leads: a figure to the events that it counts; None where there is nothing to see.
        event: the address of the event that the row is of, or of the one that made something expected.
        acts: what the person who looks can do about it.
    """

    texts: tuple[str, ...]
    anchor: str | None
    name: str = ""
    opens: tuple[str | None, ...] = ()
    event: str | None = None
    acts: Sequence[Act] = ()


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def has_acts(self) -> bool:
        """Whether there is anything to do."""
        return any(line.acts for line in self.lines)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a report's figures lead.

    Attributes:
        behind: of each row, the events behind its figures.
        kept: the other parts of the addresses.
    """

    model: str
    key: Sequence[str]
    behind: Sequence[Mapping[str, Sequence[UUID]]]
    kept: Mapping[str, str | None]

    def address(self, number: int, row: Mapping[str, Any], column: str) -> str | None:
        """Of the list that a figure counts."""
        if row[column] is None or not self.behind[number].get(column):
            return None
        which = {name: as_text(row[name]) for name in self.key}
        return address(f"/reports/{self.model}/behind", figure=column, **which, **self.kept)


def table(
    rows: Sequence[dict[str, Any]],
    opening: Opening | None = None,
    acts: Sequence[Sequence[Act]] = (),
    *,
    near: date | None = None,
) -> Table:
    """Rows of one report.

    Args:
        acts: of each row what can be done about it.
        near: a day of the year that days are told without.
    """
    known = list(rows[0]) if rows else []
    names = on_a_page(known)
    columns = tuple(Column(name, title(name, known), number=_is_number(name, rows)) for name in names)
    anchors: set[str] = set()
    lines = []
    for number, row in enumerate(rows):
        anchor = row.get("session_id", row.get("focus_id"))
        first = anchor is not None and anchor not in anchors
        anchors.add(anchor or "")
        opens = tuple(opening.address(number, row, name) for name in names) if opening else ()
        called = row_name(row, opening.key) if opening else ""
        texts = tuple(cell(row, name, near) for name in names)
        doing = acts[number] if acts else ()
        lines.append(Line(texts, anchor if first else None, called, opens, _event(row), doing))
    return Table(columns, tuple(lines))


def row_name(row: Mapping[str, Any], key: Sequence[str]) -> str:
    """What tells a row apart, as far as a person reads it: "Ashby Park, 2026/27-A2.3"."""
    named = [name for name in on_a_page(row) if name in _names or name in key]
    return ", ".join(cell(row, name) for name in named if row[name] is not None)


def _event(row: Mapping[str, Any]) -> str | None:
    event_id = row.get("event_id") or row.get("asked_event_id")
    return f"/events/{event_id}" if event_id else None


_names = ("school", "schools", "title", "requirement", "programme", "giver", "taker")


def _is_number(name: str, rows: Sequence[dict[str, Any]]) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
