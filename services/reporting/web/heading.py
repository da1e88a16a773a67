"""The page's heading is its message: the first of these that holds.

1. nothing was asked in this cycle: that;
2. schools that are off track or ask for help wait for the trust's response: in how many of how many focus areas, and
   where it is one school and one focus area, which;
3. schools let the due time pass: how many, or the one's name;
4. schools are off track, and all have a response: in how many focus areas;
5. schools have still to answer: how many of those asked;
6. schools are at risk: how many, or the one's name;
7. every school is on track.

Where it is not the trust that reads it, but who leads one of its schools or some, the second says for what they wait.
Schools to whom no question applies are in no count. "This week" is said of the current cycle only.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from services.reporting.web.words import count, of
from services.reporting.wording import sentence

Cell = Mapping[str, Any]  # a row of the report `focus`


def heading(cells: Sequence[Cell], responded: Container[str] = (), *, current: bool, for_schools: bool = False) -> str:
    """The message of one cycle's cells.

    Args:
        responded: the ids of the answers' events that have the trust's response.
        current: whether the cycle is the one that runs.
        for_schools: whether these are the schools of who reads it, and not the trust's.
    """
    asked = [cell for cell in cells if cell["state"] != "not_applicable"]
    if not asked:
        return "No question has been asked in this cycle yet"
    waiting = [cell for cell in asked if needs_you(cell) and cell["event_id"] not in responded]
    if waiting:
        they = "wait for the trust" if for_schools else "need you this week" if current else "need you"
        return sentence(_waiting(waiting, asked, they))
    for said in (_overdue(asked), _off_track(asked), _silent(asked), _at_risk(asked)):
        if said is not None:
            return sentence(said)
    return sentence(f"{_all(_distinct(asked, 'urn'))} on track")


def needs_you(cell: Cell) -> bool:
    """Off track, or asking for help."""
    return cell["state"] == "red" or bool(cell["needs_help"])


def _waiting(waiting: Sequence[Cell], asked: Sequence[Cell], they: str) -> str:
    it = they.replace(" ", "s ", 1)
    if len(waiting) == 1:
        return f"{waiting[0]['school']} {it}: {waiting[0]['title']}"
    focuses, total = _distinct(waiting, "focus_id"), _distinct(asked, "focus_id")
    if focuses == total:
        all_of_them = {1: "the one priority", 2: "both priorities"}.get(total, f"all {count(total)} priorities")
        return f"{all_of_them} {it if total == 1 else they}"
    return f"{count(focuses)} of {count(total)} priorities {it if focuses == 1 else they}"


def _overdue(asked: Sequence[Cell]) -> str | None:
    late = [cell for cell in asked if cell["state"] == "overdue"]
    if not late:
        return None
    schools = _distinct(late, "urn")
    return f"{_who(late)} {'has' if schools == 1 else 'have'} not answered in time"


def _off_track(asked: Sequence[Cell]) -> str | None:
    off_track = [cell for cell in asked if cell["state"] == "red"]
    if not off_track:
        return None
    focuses, total = _distinct(off_track, "focus_id"), _distinct(asked, "focus_id")
    which = "the one priority" if total == 1 else f"{count(focuses)} of {count(total)} priorities"
    return f"{which} {'is' if focuses == 1 else 'are'} off track, and the trust has responded"


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


def _who(cells: Sequence[Cell]) -> str:
    """The school's name where it is one, else how many."""
    schools = _distinct(cells, "urn")
    return str(cells[0]["school"]) if schools == 1 else of(schools, "school")


def _all(schools: int) -> str:
    return {1: "the one school", 2: "both schools"}.get(schools, f"all {count(schools)} schools")


def _distinct(cells: Sequence[Cell], column: str) -> int:
    return len({cell[column] for cell in cells})
