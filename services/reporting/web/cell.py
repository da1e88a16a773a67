"""A value of a report as a person reads it: codes in words, amounts in their units, days as people write them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from services.reporting.london import london
from services.reporting.web import words
from services.reporting.web.columns import measure, title
from services.reporting.wording import is_code, said, sentence

HIDDEN = "hidden"
_amounts = frozenset(
    ("offered", "allocated", "drawn", "balance", "requested", "unmet", "given", "taken", "net", "quantity", "covers")
)
"""What is counted in the row's `unit`."""
_shown_as = {"pence": ("pounds", "_pence"), "fte_hundredths": ("full-time posts", "_hundredths")}
"""Units whose amounts are told in a larger one: which, and as columns with which ending."""
_coded = frozenset(
    (
        *("align", "audience_roles", "audience_stages", "basis", "consultation", "consulted_groups", "dimension"),
        *("effect", "help_dimension", "instrument", "item", "kind", "leaders", "member_as", "missing_groups"),
        *("outcome", "post_type", "previous_state", "priority", "rag", "risk", "role_level", "roles", "scenario"),
        *("scope", "specialism", "stage", "state", "status", "training", "trajectory", "trend", "trust_answer"),
        *("unit", "what"),
    )
)
"""Columns that hold codes, though not all of them codes alone."""


def cell(row: Mapping[str, Any], name: str, near: date | None = None) -> str:
    """A row's value in a column; a figure that is left out so that it does not tell of single people says so.

    Args:
        near: a day of the year that is not said.
    """
    value = row[name]
    if value is None and name in (row.get("suppressed") or ()):
        return HIDDEN
    unit, ending = _shown_as.get(row.get("unit", ""), ("", ""))
    if unit and name == "unit":
        return sentence(unit)
    return text(ending if ending and name in _amounts else name, value, near)


def text(name: str, value: Any, near: date | None = None) -> str:
    """A value of a column; nothing is a dash."""
    match value:
        case None:
            return words.dash
        case bool():
            return "yes" if value else "no"
        case int() | float():
            say = measure(name)
            return say(value) if say else f"{value:,}"
        case datetime() if value.astimezone(london).time() > time():
            return words.moment(value, near)
        case date():
            return words.day(value, near)
        case list():
            return _listed(name, value, near) or words.dash
        case str() if name in _coded and is_code(value):
            return sentence(said(value, name))
        case _:
            return str(value)


def asked(
    filters: Mapping[str, str], beside: Collection[str], rows: Sequence[Mapping[str, Any]] = ()
) -> dict[str, str]:
    """What is asked for in an address, in words: "State: Off track", "No meeting: anything but no".

    Args:
        beside: the report's columns.
        rows: what was found: they say which focus area an id is of.
    """
    told = {}
    for name, value in filters.items():
        column = name.removesuffix("!")
        what = _asked(column, value)
        if column == "focus_id" and rows:
            column, what = "title", text("title", rows[0]["title"])
        if name.endswith("!"):
            what = f"anything but {what}" if value else "anything"
        told[title(column, beside)] = what
    return told


_plain = {"": "nothing", "true": "yes", "false": "no"}


def _asked(column: str, value: str) -> str:
    try:
        return _plain.get(value) or words.day(date.fromisoformat(value))
    except ValueError:
        return text(column, value)


def _listed(name: str, values: Sequence[Any], near: date | None) -> str:
    if name in _coded:
        return sentence(", ".join(said(value, name) for value in values))
    return ", ".join(text(name, value, near) for value in values)
