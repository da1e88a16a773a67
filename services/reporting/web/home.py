"""What the first page says, worked out from the reports of one snapshot. Nothing here knows HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from services.reporting.london import london
from services.reporting.reading import View
from services.reporting.receipts import Receipt
from services.reporting.reports import agenda, focus, loop
from services.reporting.reports.sql import Connection
from services.reporting.scope import current
from services.reporting.sessions import Person
from services.reporting.web.acts import allowed
from services.reporting.web.around import Around, around, nothing_around
from services.reporting.web.asking import sql
from services.reporting.web.first_steps import FirstStep, first_steps
from services.reporting.web.freshness import Position, positions
from services.reporting.web.heading import heading, needs_you
from services.reporting.web.pictures.saying import number
from services.reporting.web.problems import Problem, problems, waiting
from services.reporting.web.words import Look, dash, day, days, span, states
from services.reporting.wording import sentence

needs: tuple[str, ...] = ("register", "loop")

Row = dict[str, Any]

AT_FIRST = 40
"""So many schools, and so many problems, stand on the page until all are asked for: it stays quick and can be read."""


@dataclass(frozen=True, slots=True)
class Cycle:
    name: str
    starts_on: date
    ends_on: date
    half_term: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One of the loop's six steps: so much done of a total, and what else there is to say of it.

    `href` lists what is done, `missing` the rest.
    """

    title: str
    done: int
    of: int
    text: str
    href: str
    missing: str

    @property
    def percent(self) -> float:
        """How much of the bar is filled."""
        return round(100 * self.done / self.of, 1) if self.of else 0.0


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


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything that the first page says. Without a cycle there is nothing to say yet.

    Attributes:
        lag_known: whether Kafka has told lately what it has that is not here.
        receipt: the one that it was asked for as of.
        first_steps: what there is to do before schools have anything to answer.
        more_schools, more_problems: how many are left out of `schools` and `problems`. No figure leaves any out.
    """

    trust: str
    at: datetime
    heading: str
    positions: tuple[Position, ...]
    lag_known: bool = True
    trustuid: str | None = None
    around: Around = nothing_around
    receipt: Receipt | None = None
    cycle: Cycle | None = None
    previous: str | None = None
    following: str | None = None
    period: str = ""
    steps: tuple[Step, ...] = ()
    focuses: tuple[tuple[str, str], ...] = ()
    schools: tuple[SchoolRow, ...] = ()
    more_schools: int = 0
    tallies: tuple[Tally, ...] = ()
    problems: tuple[Problem, ...] = ()
    first_steps: Sequence[FirstStep] = ()
    more_problems: int = 0
    delays: tuple[tuple[str, str, str], ...] = ()

    @property
    def known(self) -> dict[str, int]:
        """How far each service is known, as the stream of updates says it."""
        return {one.service: one.event for one in self.positions if one.event is not None}


async def home(
    view: View,
    cycle: str | None = None,
    *,
    trust: str | None = None,
    person: Person | None = None,
    most: int | None = None,
) -> HomePage:
    """The first page of a trust (the one it is told, else the one that the newest cycle belongs to) and of a cycle.

    Without a known cycle it is the one that runs at `view.at`, else the latest that has begun, else the first.

    Args:
        person: who looks: of what can be done, what they may do.
        most: show so many schools, those to look at first, and so many problems; None: all.
    """
    begun = await frame(view, trust=trust)
    trustuid = begun.trustuid
    cycles = await cycles_of(view.conn, trustuid)
    chosen = choose(cycles, cycle, view.at)
    if chosen is None:
        missing = "No cycle has been opened yet" if trustuid else "Nothing has been recorded yet"
        return replace(begun, heading=missing, first_steps=await first_steps(view, trustuid, None, person))
    about: dict[str, Any] = {"at": view.at, "school": None, "trust": trustuid, "cycle": cycles[chosen].name}
    cells = await focus.rows(view.conn, **about)
    raised = await loop.rows(view.conn, **about)
    meetings = await agenda.meetings(view.conn, **about)
    delays = await loop.delays(view.conn, trust=trustuid, cycle=cycles[chosen].name)
    responded = {row["event_id"] for row in raised if row["responded_at"] is not None}
    runs = _runs(cycles[chosen], view.at)
    schools = matrix(cells, cycles[chosen].name, view.at, most)
    waits = waiting(cells, raised)
    troubles = problems(waits[:most], cells, view.at)
    return replace(
        begun,
        heading=heading(cells, responded, current=runs, for_schools=view.scope.urns is not None),
        first_steps=[] if cells else await first_steps(view, trustuid, cycles[chosen].name, person),
        cycle=cycles[chosen],
        previous=cycles[chosen - 1].name if chosen > 0 else None,
        following=cycles[chosen + 1].name if chosen + 1 < len(cycles) else None,
        period=period(cycles[chosen], cells),
        steps=steps(cycles[chosen].name, meetings, cells, raised, delays.platform_delay.median_ms),
        focuses=_focuses(cells),
        schools=schools,
        more_schools=len({row["urn"] for row in cells}) - len(schools),
        tallies=_tallies(cells),
        problems=tuple(replace(problem, acts=allowed(problem.acts, person, view)) for problem in troubles),
        more_problems=len(waits) - len(troubles),
        delays=_delays(delays),
    )


async def frame(view: View, *, trust: str | None = None) -> HomePage:
    """What stands on every page: whose it is, how fresh, and what is around it."""
    trustuid, name = await trust_of(view.conn, trust)
    receipt = view.as_of.receipt if view.as_of else None
    return HomePage(
        trust=name,
        at=view.at,
        heading="",
        positions=await positions(view),
        lag_known=view.lag is not None,
        trustuid=trustuid,
        around=await around(view, trustuid),
        receipt=receipt,
    )


def choose(cycles: Sequence[Cycle], wanted: str | None, at: datetime) -> int | None:
    """The place of the cycle to show, oldest first."""
    named = next((n for n, cycle in enumerate(cycles) if cycle.name == wanted), None)
    if named is not None or not cycles:
        return named
    today = at.astimezone(london).date()
    begun = [n for n, cycle in enumerate(cycles) if cycle.starts_on <= today]
    return begun[-1] if begun else 0


def period(cycle: Cycle, cells: Iterable[Row]) -> str:
    """The cycle's name and days, with its half-term where the term dates are known, and the days of meetings."""
    met = sorted({row["answered_at"].astimezone(london).date() for row in cells if row["answered_at"] is not None})
    half_term = f"half-term {cycle.half_term}, " if cycle.half_term else ""
    line = sentence(f"{half_term}cycle {cycle.name}, {days(cycle.starts_on, cycle.ends_on)}.")
    return f"{line} Leadership meetings {days(met[0], met[-1])}." if met else line


def steps(
    cycle: str, meetings: Sequence[Row], cells: Sequence[Row], raised: Sequence[Row], delay_ms: int | None
) -> tuple[Step, ...]:
    """The six steps of the strip; reading the response is said with responding.

    Each counts rows of a report, and its addresses list exactly those.

    Args:
        meetings, cells, raised: the cycle's rows of `agenda`, `focus` and `loop`.
        delay_ms: what passes in this platform before an answer is visible; None before there is one.
    """
    asked = [row for row in meetings if row["items_issued"]]
    met = sum(row["no_meeting"] is False for row in asked)
    questions = [row for row in cells if row["answered"] is not None]
    answered = sum(row["answered"] for row in questions)
    median = "" if delay_ms is None else f", median {span(delay_ms)}"
    read = sum(row["read_at"] is not None for row in raised)

    def followed(title: str, column: str, more: str) -> Step:
        done = sum(row[column] is not None for row in raised)
        text = f"{done} of {len(raised)}{more}" if raised else "none needed"
        lists = _listed("loop", cycle, **{f"{column}!": ""}), _listed("loop", cycle, **{column: ""})
        return Step(title, done, len(raised), text, *lists)

    to_answer, given = _listed("focus", cycle, answered="false"), _listed("focus", cycle, answered="true")
    no_meeting, no_items = {"no_meeting!": "false"}, {"items_issued!": "0"}
    return (
        Step(
            "Met",
            met,
            len(asked),
            f"{met} of {number(len(asked), 'school')}",
            _listed("agenda", cycle, no_meeting="false", **no_items),
            _listed("agenda", cycle, **no_meeting, **no_items),
        ),
        Step(
            "Answered",
            answered,
            len(questions),
            f"{answered} of {number(len(questions), 'question')}",
            given,
            to_answer,
        ),
        Step("Visible to the trust", answered, answered, f"{answered} of {answered}{median}", given, to_answer),
        followed("Acknowledged", "acknowledged_at", " needing help"),
        followed("Responded", "responded_at", f", {read} read"),
        followed("Effect reviewed", "effect_reviewed_at", ""),
    )


def _listed(model: str, cycle: str, **only: str) -> str:
    """Where the rows of a cycle stand that have these values."""
    return f"/reports/{model}?{urlencode({'cycle': cycle, **only})}"


def matrix(cells: Sequence[Row], cycle: str, at: datetime, most: int | None = None) -> tuple[SchoolRow, ...]:
    """One row a school, by name; its cells in the order of the focus areas.

    Args:
        most: so many schools, those first that are off track, ask for help or are overdue; None for all.
    """
    focuses, urgent = _focuses(cells), {row["urn"] for row in cells if needs_you(row) or row["state"] == "overdue"}
    first = sorted({(row["urn"] not in urgent, row["school"], row["urn"]) for row in cells})[:most]
    shown = {urn for _, _, urn in first}
    by_school = sorted((row for row in cells if row["urn"] in shown), key=lambda row: (row["school"], row["urn"]))
    return tuple(_school(list(rows), focuses, cycle, at) for _, rows in groupby(by_school, key=lambda row: row["urn"]))


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


def _focuses(cells: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    """The focus areas of a cycle in the report's order, each with its title."""
    return tuple({row["focus_id"]: row["title"] or "A focus area not known yet" for row in cells}.items())


def _tallies(cells: Sequence[Row]) -> tuple[Tally, ...]:
    return tuple(
        Tally(
            total["focus_id"],
            total["title"],
            tuple(
                (look, total[state], _listed("focus", total["cycle"], focus_id=total["focus_id"], state=state))
                for state, look in states.items()
                if total[state]
            ),
        )
        for total in focus.totals(cells)
    )


def _delays(delays: loop.Delays) -> tuple[tuple[str, str, str], ...]:
    measured = (
        ("From the end of the meeting to this page", delays.time_to_feedback),
        ("of that, at the school until the report is in", delays.school_delay),
        ("of that, in this platform", delays.platform_delay),
    )
    return tuple(
        (name, span(delay.median_ms), span(delay.p90_ms)) for name, delay in measured if delay.median_ms is not None
    )


def _runs(cycle: Cycle, at: datetime) -> bool:
    return cycle.starts_on <= at.astimezone(london).date() <= cycle.ends_on


async def trust_of(conn: Connection, wanted: str | None) -> tuple[str | None, str]:
    """The trust's UID and name; None when nothing is known of any."""
    wanted = current().trust(wanted)
    known = await conn.fetch(sql("trust"), wanted)
    if not known:
        return wanted, "Your trust"
    return known[0]["trustuid"], known[0]["name"] or f"Trust {known[0]['trustuid']}"


async def cycles_of(conn: Connection, trustuid: str | None) -> list[Cycle]:
    rows = await conn.fetch(sql("cycles"), trustuid)
    return [Cycle(row["cycle"], row["starts_on"], row["ends_on"], row["half_term"]) for row in rows]
