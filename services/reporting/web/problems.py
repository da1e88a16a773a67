"""Who needs help now: what schools are off track in or ask for, and beside it what can be done, and who could help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.reporting.read_models.reading import View
from services.reporting.reports import matches
from services.reporting.reports.working_days import end_of_working_day
from services.reporting.signing_in.sessions import Person
from services.reporting.web.acts import Act, allowed, of_answer, of_draft, of_match
from services.reporting.web.asking import sql
from services.reporting.web.heading import needs_you
from services.reporting.web.words import Look, day, help_with, minute, of, states
from services.reporting.wording import sentence

Row = Mapping[str, Any]
Waiting = tuple[Row, Row | None]
"""A cell, and the row of the report `loop` about its answer, if there is one."""

needs_for_help: tuple[str, ...] = ("register", "capacity")


@dataclass(frozen=True, slots=True)
class Problem:
    """A school that needs help now, or is silent past the due time.

    Attributes:
        acts: what can be done about it, and by whom.
        asked_by: the events that ask for help: those that say the answer, first and as it stands.
        help: who could help, in a sentence.
    """

    school: str
    href: str
    title: str
    look: Look
    what: str
    next: str
    acts: tuple[Act, ...] = ()
    asked_by: tuple[UUID, ...] = ()
    help: str = ""


def problems(waits: Sequence[Waiting], cells: Sequence[Row], at: datetime) -> tuple[Problem, ...]:
    """What is said of those that wait (`waiting`) in a cycle of these cells."""
    return tuple(_waits(row, answer, cells, at) for row, answer in waits)


def waiting(cells: Sequence[Row], raised: Sequence[Row]) -> list[Waiting]:
    """Who is off track or asks for help, worst first, until the trust has responded; then who is overdue."""
    answers = {(row["item_id"], row["urn"], row["meeting_id"]): row for row in raised}
    asking = [(row, answers.get((row["item_id"], row["urn"], row["meeting_id"]))) for row in cells if needs_you(row)]
    open_ = [(row, answer) for row, answer in asking if answer is None or answer["responded_at"] is None]
    open_.sort(key=lambda pair: (pair[0]["state"] != "red", not pair[0]["needs_help"], pair[0]["school"]))
    overdue = sorted((row for row in cells if row["state"] == "overdue"), key=lambda row: row["school"])
    return [*open_, *((row, None) for row in overdue)]


def _waits(row: Row, answer: Row | None, cells: Sequence[Row], at: datetime) -> Problem:
    if row["state"] == "overdue":
        return _problem(row, f"No answer by {minute(row['due_by'], at)}.", _said_else(row, cells, at))
    return _asking(row, answer, at)


async def with_help(view: View, found: Sequence[Problem], person: Person | None) -> tuple[Problem, ...]:
    """With whom to ask for what schools ask for, for those who allocate it.

    The best match is worked out only where a request of these is confirmed.
    """
    events = [event for problem in found for event in problem.asked_by]
    asked = {row["basis"]: row for row in await view.conn.fetch(sql("asked_for_help"), events)}
    best: Mapping[str, Row] = {}
    if any(row["confirmed"] for row in asked.values()):
        trustuid = next(iter(asked.values()))["trustuid"]
        firsts = await matches.of_requests(view.conn, at=view.at, trust=trustuid, seconds=False)
        best = {row["request_id"]: row for row in firsts}
    helped = []
    for problem in found:
        request = next((asked[event] for event in problem.asked_by if event in asked), None)
        said, acts = _help(request, best) if request else ("", ())
        may = allowed(acts, person, view)
        helped.append(replace(problem, acts=(*problem.acts, *may), help=said if may or not acts else ""))
    return tuple(helped)


def _help(request: Row, best: Mapping[str, Row]) -> tuple[str, tuple[Act, ...]]:
    """Who could help, and what is to be done for it."""
    if not request["confirmed"]:
        return "Its request for help is drafted: say how much and when, and who could help stands here.", (
            of_draft(request),
        )
    match = best.get(request["request_id"])
    if match is None:
        return "What it asked for is allocated.", ()
    if match["giver"] is None:
        return f"Nobody could help yet: {' '.join(match['reasons'])}", ()
    return sentence(f"{match['giver']} could help: {', '.join(match['reasons'])}."), tuple(of_match(match))


def _asking(row: Row, answer: Row | None, at: datetime) -> Problem:
    said = f"{states[row['state']].word} at the meeting of {day(row['answered_at'], near=at)}."
    help_wanted = f" Asks for help: {help_with(row['help_dimension'])}." if row["needs_help"] else ""
    comment = " Comment given." if row["comment_given"] else ""
    problem = _problem(row, f"{said}{help_wanted}{comment}", _next(answer, at))
    if answer is None:
        return problem
    asked_by = (answer["event_id"], answer["first_event_id"]) if answer["needs_help"] else ()
    return replace(problem, acts=tuple(of_answer(answer)), asked_by=tuple(UUID(str(event)) for event in asked_by))


def _next(answer: Row | None, at: datetime) -> str:
    if answer is None:
        return ""
    if answer["acknowledged_at"] is not None:
        return f"Acknowledged at {minute(answer['acknowledged_at'], at)}, not responded to yet."
    if answer["acknowledged_within_2_working_days"] is False:
        return "Not acknowledged: two working days have passed."
    last = end_of_working_day(answer["raised_at"], 2) - timedelta(days=1)
    return f"Not acknowledged yet: two working days end on {day(last, near=at)}."


def _said_else(overdue: Row, cells: Sequence[Row], at: datetime) -> str:
    """What else the school that let a due time pass has said in this cycle."""
    met = [row["answered_at"] for row in cells if row["urn"] == overdue["urn"] and row["answered_at"] is not None]
    if not met:
        return "The school has answered nothing in this cycle."
    return sentence(f"{of(len(met), 'other answer')} came from the meeting of {day(max(met), near=at)}.")


def _problem(row: Row, what: str, then: str) -> Problem:
    return Problem(
        school=row["school"],
        href=f"/schools/{row['urn']}?{urlencode({'cycle': row['cycle']})}#{row['focus_id']}",
        title=row["title"],
        look=states[row["state"]],
        what=what,
        next=then,
    )
