"""What the first page says, worked out from the reports of one snapshot. Nothing here knows HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.reporting.read_models.reading import View
from services.reporting.reports import agenda, focus, loop
from services.reporting.signing_in.sessions import Person
from services.reporting.web import framing
from services.reporting.web.acts import allowed
from services.reporting.web.cycles import Cycle, Row, choose, cycles_of, listed, neighbours, period
from services.reporting.web.first_steps import FirstStep, first_steps
from services.reporting.web.framing import Frame
from services.reporting.web.heading import heading
from services.reporting.web.matrix import SchoolRow, Tally, focuses, matrix, tallies
from services.reporting.web.pictures.saying import number
from services.reporting.web.problems import Problem, problems, waiting
from services.reporting.web.words import span

AT_FIRST = 40
"""So many schools, and so many problems, stand on the page until all are asked for: it stays quick and can be read."""


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
class HomePage(Frame):
    """Everything that the first page says. Without a cycle there is nothing to say yet.

    Attributes:
        first_steps: what there is to do before schools have anything to answer.
        more_schools, more_problems: how many are left out of `schools` and `problems`. No figure leaves any out.
    """

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
    begun = await framing.begun(HomePage, view, trust=trust)
    trustuid = begun.trustuid
    cycles = await cycles_of(view.conn, trustuid)
    chosen = choose(cycles, cycle, view.at)
    if chosen is None:
        missing = "No cycle has been opened yet" if trustuid else "Nothing has been recorded yet"
        return replace(begun, heading=missing, first_steps=await first_steps(view, trustuid, None, person))
    shown, (previous, following) = cycles[chosen], neighbours(cycles, chosen)
    about: dict[str, Any] = {"at": view.at, "school": None, "trust": trustuid, "cycle": shown.name}
    cells = await focus.rows(view.conn, **about)
    raised = await loop.rows(view.conn, **about)
    meetings = await agenda.meetings(view.conn, **about)
    delays = await loop.delays(view.conn, trust=trustuid, cycle=shown.name)
    responded = {row["event_id"] for row in raised if row["responded_at"] is not None}
    schools = matrix(cells, shown.name, view.at, most)
    waits = waiting(cells, raised)
    troubles = problems(waits[:most], cells, view.at)
    return replace(
        begun,
        heading=heading(cells, responded, current=shown.runs(view.at), for_schools=view.scope.urns is not None),
        first_steps=[] if cells else await first_steps(view, trustuid, shown.name, person),
        cycle=shown,
        previous=previous,
        following=following,
        period=period(shown, cells),
        steps=steps(shown.name, meetings, cells, raised, delays.platform_delay.median_ms),
        focuses=focuses(cells),
        schools=schools,
        more_schools=len({row["urn"] for row in cells}) - len(schools),
        tallies=tallies(cells),
        problems=tuple(replace(problem, acts=allowed(problem.acts, person, view)) for problem in troubles),
        more_problems=len(waits) - len(troubles),
        delays=_delays(delays),
    )


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
        lists = listed("loop", cycle, **{f"{column}!": ""}), listed("loop", cycle, **{column: ""})
        return Step(title, done, len(raised), text, *lists)

    to_answer, given = listed("focus", cycle, answered="false"), listed("focus", cycle, answered="true")
    no_meeting, no_items = {"no_meeting!": "false"}, {"items_issued!": "0"}
    return (
        Step(
            "Met",
            met,
            len(asked),
            f"{met} of {number(len(asked), 'school')}",
            listed("agenda", cycle, no_meeting="false", **no_items),
            listed("agenda", cycle, **no_meeting, **no_items),
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


def _delays(delays: loop.Delays) -> tuple[tuple[str, str, str], ...]:
    measured = (
        ("From the end of the meeting to this page", delays.time_to_feedback),
        ("of that, at the school until the report is in", delays.school_delay),
        ("of that, in this platform", delays.platform_delay),
    )
    return tuple(
        (name, span(delay.median_ms), span(delay.p90_ms)) for name, delay in measured if delay.median_ms is not None
    )
