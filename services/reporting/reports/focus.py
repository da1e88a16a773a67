"""How are we doing on what we agreed? One row a school, focus area and cycle in which an item was issued to it.

The answer that stands is, within the stream of an item and a school, the highest version (so a correction stands in
the place of what it supersedes), and across several items of a focus area in one cycle the latest `happenedat`.

- trustuid, cycle, focus_id, title, urn, school: what was asked of whom; the URN is the one the item was issued to, and
  stands in the place of a name that the register does not know
- current_urn: the URN that the school goes by on the day of `at`, after successions
- state: red, amber, green or not_applicable as answered; else overdue when the first due time lies before `at` and
  the school was a member of the trust on that day (or the register does not know it); else no_answer
- answered: whether there is an answer; null where the question does not apply
- rag: the state where it is red, amber or green, else null
- previous_state: the state, judged at the same time, of the same school (the same `current_urn`) in the trust's cycle
  that started just before; null if not asked. Asked under several URNs: the latest answer's, else the lowest URN's
- trend: better, worse or same when both states are red, amber or green; else null
- answered_at: the end of the meeting that answered
- recorded_at: when the answer that stands, or the correction of it, was recorded
- meeting_id: where it was answered
- late: whether the meeting's answer came after the item was due
- needs_help, help_dimension: as answered; null before there is an answer
- due_by: the first due time of the items
- comment_given, disadvantaged_note_given: whether a text came with it, null before there is an answer; the text itself
  is personal and not here
- item_id, event_id: the item whose answer stands, and its event
- asked_event_id: the event by which the item was issued that is due first
- corrections: how often this meeting's answer was corrected
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "What schools answered"
about = "Each school's latest answer to each focus area, cycle by cycle, and how it changed since the cycle before."
area: Area = "loop"
key: tuple[str, ...] = ("trustuid", "cycle", "focus_id", "urn")
needs: tuple[str, ...] = ("register", "loop")

states = ("red", "amber", "green", "not_applicable", "no_answer", "overdue")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    cycle: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "focus", at, await urns(conn, school), trust, cycle)


def totals(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a trust, cycle and focus area: how many schools are in each state, and who is red or silent.

    Never an average. `red_schools` and `silent_schools` (no answer yet, or overdue) are lists of {urn, school}; `of`
    leaves out those to whom the question does not apply.
    """
    return [_total(list(cells)) for _, cells in groupby(rows, key=_asked)]


def _asked(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["trustuid"], row["cycle"], row["focus_id"]


def _total(cells: list[dict[str, Any]]) -> dict[str, Any]:
    counts = Counter(cell["state"] for cell in cells)
    return {
        **{column: cells[0][column] for column in ("trustuid", "cycle", "focus_id", "title")},
        **{state: counts[state] for state in states},
        "of": len(cells) - counts["not_applicable"],
        "red_schools": _schools(cells, "red"),
        "silent_schools": _schools(cells, "no_answer", "overdue"),
    }


def _schools(cells: list[dict[str, Any]], *wanted: str) -> list[dict[str, str]]:
    return [{"urn": c["urn"], "school": c["school"]} for c in cells if c["state"] in wanted]
