"""How are we doing on what we agreed?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from tests.support.fold.answers import RAGS, answers_by_item_and_school, compared, titles_of
from tests.support.fold.history import LONDON, Event, History, Row, instant, of, when_and_where
from tests.support.fold.register import Register
from tests.support.fold.report import Report

Cell = tuple[str, str, str, str]
"""A trust, a cycle, a focus area and a school's URN."""


def focus(history: History, at: datetime) -> list[Row]:
    """One row a school, focus area and cycle in which an item was issued to it; `history` is what was known at `at`."""
    items = _items_by_cell(history)
    answers = answers_by_item_and_school(history)
    register = Register(history, at)
    titles = titles_of(history)
    told = {cell: _answer_that_stands(cell, issued, answers) for cell, issued in items.items()}
    states = {cell: _state(cell, issued, told[cell], register, at) for cell, issued in items.items()}
    before = _cells_before(history, told, register)

    rows = []
    for cell, issued in items.items():
        trustuid, cycle, focus_id, urn = cell
        previous = states[before[cell]] if cell in before else None
        rows.append(
            {
                "trustuid": trustuid,
                "cycle": cycle,
                "focus_id": focus_id,
                "title": titles.get(focus_id),
                "urn": urn,
                "school": register.name(trustuid, urn),
                "current_urn": register.current_urn(trustuid, urn),
                "state": states[cell],
                "answered": None if states[cell] == "not_applicable" else bool(told[cell]),
                "rag": states[cell] if states[cell] in RAGS else None,
                "previous_state": previous,
                "trend": _trend(previous, states[cell]),
                "due_by": _first_due(issued),
                "asked_event_id": _due_first(issued)["id"],
                **_what_was_answered(told[cell]),
            }
        )
    return rows


def _items_by_cell(history: History) -> dict[Cell, list[Event]]:
    cells: dict[Cell, list[Event]] = defaultdict(list)
    for event in of(history, "StandardAgendaItemIssued"):
        item = event["data"]
        for urn in item["applies_to"]:
            cells[item["trustuid"], item["cycle"], item["focus_id"], urn].append(event)
    return cells


def _first_due(issued: Sequence[Event]) -> datetime:
    return instant(_due_first(issued)["data"]["due_by"])


def _due_first(issued: Sequence[Event]) -> Event:
    return min(issued, key=lambda event: (instant(event["data"]["due_by"]), event["data"]["item_id"]))


def _state(cell: Cell, issued: Sequence[Event], told: Sequence[Event], register: Register, at: datetime) -> str:
    if told:
        rag: str = told[-1]["data"]["rag"]
        return rag
    trustuid, _, _, urn = cell
    due_by = _first_due(issued)
    if due_by < at and register.was_member(trustuid, urn, due_by.astimezone(LONDON).date()):
        return "overdue"
    return "no_answer"


def _answer_that_stands(
    cell: Cell, issued: Sequence[Event], answers: Mapping[tuple[str, str], list[Event]]
) -> list[Event]:
    """The answer of one meeting and its corrections, the last of which stands; empty without an answer.

    Within the stream of an item and a school the highest version stands, across items the latest `happenedat`.
    """
    streams = [answers.get((event["data"]["item_id"], cell[-1]), []) for event in issued]
    last_of_each = [stream[-1] for stream in streams if stream]
    if not last_of_each:
        return []
    stands = max(last_of_each, key=when_and_where)
    every = answers[stands["data"]["item_id"], cell[-1]]
    return [event for event in every if event["data"]["meeting_id"] == stands["data"]["meeting_id"]]


def _what_was_answered(told: Sequence[Event]) -> Row:
    """The columns that the answer that stands fills; `told` are its meeting's answer and the corrections of that."""
    if not told:
        about = ("answered_at", "recorded_at", "meeting_id", "item_id", "event_id", "late")
        said = ("needs_help", "help_dimension", "comment_given", "disadvantaged_note_given")
        return {**dict.fromkeys((*about, *said)), "corrections": 0}
    given, stands = told[0]["data"], told[-1]["data"]
    return {
        "answered_at": instant(given["held_at"]),
        "recorded_at": instant(told[-1]["time"]),
        "meeting_id": stands["meeting_id"],
        "late": given.get("late", False),
        "needs_help": stands.get("needs_help", False),
        "help_dimension": stands.get("help_dimension"),
        "comment_given": stands.get("comment") is not None,
        "disadvantaged_note_given": stands.get("disadvantaged_note") is not None,
        "item_id": stands["item_id"],
        "event_id": told[-1]["id"],
        "corrections": len(told) - 1,
    }


def _trend(before: str | None, now: str) -> str | None:
    if before not in RAGS or now not in RAGS:
        return None
    return compared(before, now)


def _cells_before(history: History, told: Mapping[Cell, Sequence[Event]], register: Register) -> dict[Cell, Cell]:
    """Of each cell, that of the same focus area and school in the cycle before, where it was asked then.

    A school is the same by the URN that it goes by now; where it was asked under several, its latest answer counts, and
    where none was answered the lowest URN.
    """
    cycle_before = _cycles_before(history)
    found: dict[Cell, Cell] = {}
    for cell in told:
        trustuid, cycle, focus_id, urn = cell
        same = [
            other
            for other in sorted(told)
            if other[:3] == (trustuid, cycle_before.get((trustuid, cycle)), focus_id)
            and register.current_urn(trustuid, other[-1]) == register.current_urn(trustuid, urn)
        ]
        answered = [other for other in same if told[other]]
        if answered:
            found[cell] = max(answered, key=lambda other: when_and_where(told[other][-1]))
        elif same:
            found[cell] = same[0]
    return found


def _cycles_before(history: History) -> dict[tuple[str, str], str]:
    """Of each trust and cycle, the cycle of that trust that started just before."""
    starts = {
        (event["data"]["trustuid"], event["data"]["cycle"]): date.fromisoformat(event["data"]["starts_on"])
        for event in of(history, "CycleOpened")
    }
    before = {}
    for (trustuid, cycle), starts_on in starts.items():
        earlier = [(day, name) for (trust, name), day in starts.items() if trust == trustuid and day < starts_on]
        if earlier:
            before[trustuid, cycle] = max(earlier)[1]
    return before


report = Report(focus, ("trustuid", "cycle", "focus_id", "urn"))
