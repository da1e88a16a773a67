"""A report's rows as a table that a person reads: what only a machine needs is left to the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.reporting.web import words

_for_machines = ("_id", "_ids", "trustuid", "current_urn")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: str
    number: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row's texts, and a name in the page where the row is a session, or the first of its focus area."""

    texts: tuple[str, ...]
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def table(rows: Sequence[dict[str, Any]]) -> Table:
    names = [name for name in rows[0] if not name.endswith(_for_machines)] if rows else []
    columns = tuple(Column(name, title(name), number=_is_number(name, rows)) for name in names)
    anchors: set[str] = set()
    lines = []
    for row in rows:
        anchor = row.get("session_id", row.get("focus_id"))
        first = anchor is not None and anchor not in anchors
        anchors.add(anchor or "")
        lines.append(Line(tuple(text(name, row[name]) for name in names), anchor if first else None))
    return Table(columns, tuple(lines))


_titles = {"title": "Focus area", "urn": "URN", "rag": "RAG"}


def title(name: str) -> str:
    """Such as "School delay" for `school_delay_ms`."""
    return _titles.get(name) or words.sentence(name.removesuffix("_ms").removesuffix("_at").replace("_", " "))


def text(name: str, value: Any) -> str:
    """A value as a person reads it; nothing is a dash."""
    match value:
        case None:
            return words.dash
        case bool():
            return "yes" if value else "no"
        case int() if name.endswith("_ms"):
            return words.span(value)
        case int() | float():
            return f"{value:,}"
        case datetime():
            return words.moment(value)
        case date():
            return words.day(value)
        case list():
            return ", ".join(text(name, each) for each in value) or words.dash
        case str() if name.endswith("state") and value in words.states:
            return words.states[value].word
        case _:
            return str(value)


def _is_number(name: str, rows: Sequence[dict[str, Any]]) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
