"""The page's heading is its message: the first of these that holds.

1. nothing was asked in this cycle: that;
2. one or more focus areas have a school that is off track or asks for help: how many of how many, and where it is one
   school and one focus area, which;
3. schools let the due time pass: how many, or the one's name;
4. schools have still to answer: how many of those asked;
5. schools are at risk: how many, or the one's name;
6. every school is on track.

Schools to whom no question applies are in no count. "This week" is said of the current cycle only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.reporting.web.words import count, of, sentence

Cell = dict[str, Any]  # a row of the report `focus`


def heading(cells: Sequence[Cell], *, current: bool) -> str:
    """The message of one cycle's cells; `current` when the cycle is the one that runs."""
    asked = [cell for cell in cells if cell["state"] != "not_applicable"]
    if not asked:
        return "No question has been asked in this cycle yet"
    for said in (_needing(asked, current=current), _overdue(asked), _silent(asked), _at_risk(asked)):
        if said is not None:
            return sentence(said)
    return sentence(_all_on_track(asked))


def needs_you(cell: Cell) -> bool:
    """Off track, or asking for help."""
    return cell["state"] == "red" or bool(cell["needs_help"])


def _needing(asked: Sequence[Cell], *, current: bool) -> str | None:
    needing = [cell for cell in asked if needs_you(cell)]
    if not needing:
        return None
    this_week = " this week" if current else ""
    if len(needing) == 1:
        return f"{needing[0]['school']} needs you{this_week}: {needing[0]['title']}"
    focuses, total = _distinct(needing, "focus_id"), _distinct(asked, "focus_id")
    if focuses == total:
        all_of_them = {1: "the one priority", 2: "both priorities"}.get(total, f"all {count(total)} priorities")
        return f"{all_of_them} need{'s' if total == 1 else ''} you{this_week}"
    return f"{count(focuses)} of {count(total)} priorities need{'s' if focuses == 1 else ''} you{this_week}"


def _overdue(asked: Sequence[Cell]) -> str | None:
    late = [cell for cell in asked if cell["state"] == "overdue"]
    if not late:
        return None
    schools = _distinct(late, "urn")
    return f"{_who(late)} {'has' if schools == 1 else 'have'} not answered in time"


def _silent(asked: Sequence[Cell]) -> str | None:
    silent = [cell for cell in asked if cell["state"] == "no_answer"]
    if not silent:
        return None
    schools, total = _distinct(silent, "urn"), _distinct(asked, "urn")
    if schools == total:
        return f"{_all(total)} still {'has' if total == 1 else 'have'} to answer"
    return f"{count(schools)} of {of(total, 'school')} still {'has' if schools == 1 else 'have'} to answer"


def _at_risk(asked: Sequence[Cell]) -> str | None:
    at_risk = [cell for cell in asked if cell["state"] == "amber"]
    if not at_risk:
        return None
    return f"no school is off track; {_who(at_risk)} {'is' if _distinct(at_risk, 'urn') == 1 else 'are'} at risk"


def _all_on_track(asked: Sequence[Cell]) -> str:
    return f"{_all(_distinct(asked, 'urn'))} on track"


def _who(cells: Sequence[Cell]) -> str:
    """The school's name where it is one, else how many."""
    schools = _distinct(cells, "urn")
    return str(cells[0]["school"]) if schools == 1 else of(schools, "school")


def _all(schools: int) -> str:
    return {1: "the one school", 2: "both schools"}.get(schools, f"all {count(schools)} schools")


def _distinct(cells: Sequence[Cell], column: str) -> int:
    return len({cell[column] for cell in cells})
