"""What a school's page says of one cycle: what is due, what its team said, what came back, and what the trust owes it.

The same is printed as "you said, we did". Nothing here knows HTML.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from services.reporting.read_models.reading import View
from services.reporting.reports import agenda, capacity, focus, loop
from services.reporting.reports.sql import urns
from services.reporting.seeing.texts import Sealed, Texts
from services.reporting.signing_in.sessions import Person
from services.reporting.web import framing, pictures
from services.reporting.web.acts import Act, allowed
from services.reporting.web.asking import sql
from services.reporting.web.cycles import Cycle, choose, cycles_of, neighbours, period
from services.reporting.web.framing import Frame
from services.reporting.web.pictures.picture import Picture
from services.reporting.web.question import Question, Row, question
from services.reporting.web.said import said
from services.reporting.web.words import count, of, states
from services.reporting.wording import sentence

needs: tuple[str, ...] = framing.needs

_Told = tuple[str, str, str]
"""An item, a URN and a meeting: one answer."""
_focus_areas = """
select focus_id::text as focus_id, question, disadvantaged_lens from focus_area where focus_id = any($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """Everything that a school's page says. Without a cycle there is nothing to say yet.

    Attributes:
        capacity: what it gives and takes, where that was asked for (`with_capacity`).
        answers: the form that answers what is due, for who may.
    """

    frame: Frame
    urn: str
    name: str
    heading: str
    period: str = ""
    cycle: Cycle | None = None
    previous: str | None = None
    following: str | None = None
    meetings: str = ""
    questions: tuple[Question, ...] = ()
    capacity: tuple[Picture, ...] = ()
    answers: tuple[Act, ...] = ()

    @property
    def due(self) -> tuple[Question, ...]:
        """What waits for an answer."""
        return tuple(question for question in self.questions if question.answered is False)

    @property
    def owed(self) -> tuple[str, ...]:
        """Everything that the trust owes the school."""
        return tuple(f"{question.title}: {owed}" for question in self.questions for owed in question.owed)


async def school(
    view: View,
    urn: str,
    cycle: str | None = None,
    *,
    trust: str | None = None,
    texts: Texts | None = None,
    person: Person | None = None,
) -> SchoolPage | None:
    """A school's page of a cycle (`choose` says which); None when the trust has no such school."""
    frame = await framing.frame(view, trust=trust)
    trustuid = frame.trustuid
    name = await view.conn.fetchval("select name from school where urn = $1 and trustuid = $2", urn, trustuid)
    if name is None:
        return None
    cycles = await cycles_of(view.conn, trustuid)
    chosen = choose(cycles, cycle, view.at)
    if chosen is None:
        return SchoolPage(frame, urn, name, "No cycle has been opened yet")
    shown, (previous, following) = cycles[chosen], neighbours(cycles, chosen)
    about: dict[str, Any] = {"at": view.at, "school": urn, "trust": trustuid, "cycle": shown.name}
    cells = await focus.rows(view.conn, **about)
    raised = {_told(row): row for row in await loop.rows(view.conn, **about)}
    met = await agenda.meetings(view.conn, **about)
    written = await said(view, texts, person, cells)
    actions = await _actions(view, urn, shown.name, texts, person)
    areas = {row["focus_id"]: row for row in await view.conn.fetch(_focus_areas, [row["focus_id"] for row in cells])}
    questions = tuple(
        question(
            row,
            areas.get(row["focus_id"]),
            raised.get(_told(row)),
            actions[_told(row)],
            written.get(row["event_id"]),
            partial(allowed, person=person, view=view),
            view.at,
        )
        for row in cells
    )
    return SchoolPage(
        frame=frame,
        urn=urn,
        name=name,
        heading=heading(questions),
        period=period(shown, cells),
        cycle=shown,
        previous=previous,
        following=following,
        meetings=meetings(met),
        questions=questions,
        answers=allowed([Act("Answer the agenda", "answer", {"urn": urn}, trustuid or "", urn)], person, view),
    )


async def with_capacity(view: View, page: SchoolPage) -> SchoolPage:
    """The page with the pictures of what the school gives and takes; the view needs what `capacity` needs."""
    given = await capacity.rows(view.conn, at=view.at, school=page.urn, trust=page.frame.trustuid)
    return replace(page, capacity=pictures.capacity.pictures(given))


def heading(questions: Sequence[Question]) -> str:
    """The message: what the school has to answer; else what the trust owes; else what is off track; else that."""
    due = sum(question.answered is False for question in questions)
    owing = sum(bool(question.owed) for question in questions)
    red = [question.title for question in questions if question.look is states["red"]]
    if not questions:
        return "Nothing has been asked in this cycle yet"
    if due:
        return sentence(f"{of(due, 'answer')} {'is' if due == 1 else 'are'} still to come")
    if owing:
        return f"The trust owes something on {of(owing, 'question')}"
    if red:
        return f"Off track in {red[0]}" if len(red) == 1 else f"Off track in {count(len(red))} questions"
    return "Everything is answered, and nothing is off track"


def meetings(rows: Sequence[Row]) -> str:
    """How often the leadership team met in the cycle."""
    held = sum(row["meetings_held"] for row in rows)
    return sentence(f"{of(held, 'leadership meeting')} in this cycle.")


def _told(row: Row) -> _Told:
    return row["item_id"], row["urn"], row["meeting_id"]


async def _actions(
    view: View, urn: str, cycle: str, texts: Texts | None, person: Person | None
) -> defaultdict[_Told, list[Row]]:
    """What was agreed about each answer; `text` is in clear for those who may read it, else None."""
    found: defaultdict[_Told, list[Row]] = defaultdict(list)
    rows = [dict(row) for row in await view.conn.fetch(sql("school_actions"), await urns(view.conn, urn), cycle)]
    sealed = [_sealed(row) for row in rows]
    opened = await texts.open(person, filter(None, sealed)) if texts else {}
    for row, text in zip(rows, sealed, strict=True):
        found[_told(row)].append({**row, "text": opened.get(text) if text else None})
    return found


def _sealed(row: Row) -> Sealed | None:
    if row["text"] is None:
        return None
    return Sealed(row["text"], row["stream"], UUID(row["event_id"]), "action", row["trustuid"], row["urn"])
