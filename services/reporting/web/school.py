"""What a school's page says of one cycle: what is due, what its team said, what came back, and what the trust owes it.

The same is printed as "you said, we did". Nothing here knows HTML.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.reporting.london import london
from services.reporting.reading import View
from services.reporting.reports import agenda, capacity, focus, loop
from services.reporting.reports.sql import urns
from services.reporting.sessions import Person
from services.reporting.texts import Sealed, Texts
from services.reporting.web import framing, pictures
from services.reporting.web.acts import Act, allowed, of_action, of_answer
from services.reporting.web.asking import sql
from services.reporting.web.cycles import Cycle, choose, cycles_of, neighbours, period
from services.reporting.web.forms.loop_choices import value_of
from services.reporting.web.framing import Frame
from services.reporting.web.matrix import note
from services.reporting.web.pictures.picture import Picture
from services.reporting.web.said import Said, said
from services.reporting.web.words import Look, count, day, help_with, minute, of, states
from services.reporting.wording import sentence

needs: tuple[str, ...] = framing.needs

Row = Mapping[str, Any]
May = Callable[[Iterable[Act]], tuple[Act, ...]]
"""Those acts that the person who looks may do."""
_Told = tuple[str, str, str]
"""An item, a URN and a meeting: one answer."""
_focus_areas = """
select focus_id::text as focus_id, question, disadvantaged_lens from focus_area where focus_id = any($1::uuid[])
"""
_effects = {"better": "It got better.", "same": "It stayed the same.", "worse": "It got worse."}
_owners = {"school": "the school", "trust": "the trust"}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was agreed. `state` says in words how far it is; `text` what it is, for those who may read it."""

    id: str
    owner: str
    state: str
    overdue: bool
    text: str | None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the cycle and what became of it.

    Attributes:
        asked, lens: the question itself, and how it is asked for disadvantaged pupils.
        note: what changed since the cycle before, or when an answer is due.
        said: what the team asked for, in a sentence.
        came_back: what the trust did, a sentence each.
        owed: what the trust still owes, a sentence each.
        texts: what was written, for those who may read it.
        unread: the answer, as a form names it, while the trust's response to it is not read.
        event_id: the answer's event; before there is one, the one that asked.
        acts: what the person who looks can do about it.
    """

    focus_id: str
    title: str
    asked: str
    lens: str | None
    look: Look
    note: str
    due_by: datetime
    answered: bool | None
    said: str
    came_back: tuple[str, ...]
    owed: tuple[str, ...]
    actions: tuple[Action, ...]
    texts: Said | None
    unread: str | None
    event_id: str
    acts: tuple[Act, ...] = ()


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
        _question(
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


def _question(
    row: Row,
    focus_area: Row | None,
    raised: Row | None,
    actions: Sequence[Row],
    texts: Said | None,
    may: May,
    at: datetime,
) -> Question:
    return Question(
        focus_id=row["focus_id"],
        title=row["title"] or "A focus area not known yet",
        asked=focus_area["question"] if focus_area else "",
        lens=focus_area["disadvantaged_lens"] if focus_area else None,
        look=states[row["state"]],
        note=note(dict(row), at),
        due_by=row["due_by"],
        answered=row["answered"],
        said=_said(row, at),
        came_back=came_back(raised, at) if raised else (),
        owed=owed(raised, actions, at) if raised else (),
        actions=tuple(_action(action, may, at) for action in actions),
        texts=texts,
        unread=value_of(raised) if raised and raised["responded_at"] and not raised["read_at"] else None,
        event_id=row["event_id"] or row["asked_event_id"],
        acts=may(of_answer(raised)) if raised else (),
    )


def _said(row: Row, at: datetime) -> str:
    if row["answered_at"] is None:
        return ""
    asked = f" and asked for help: {help_with(row['help_dimension'])}" if row["needs_help"] else ""
    return f"Answered at the meeting of {day(row['answered_at'], near=at)}{asked}."


def came_back(raised: Row, at: datetime) -> tuple[str, ...]:
    """What the trust did about an answer that was off track or asked for help."""
    steps = (
        (raised["acknowledged_at"], "Acknowledged at {}."),
        (raised["responded_at"], "Responded to at {}."),
        (raised["read_at"], "The school read the response at {}."),
    )
    told = [text.format(minute(when, at)) for when, text in steps if when is not None]
    return (*told, _effects[raised["effect"]]) if raised["effect"] else tuple(told)


def owed(raised: Row, actions: Sequence[Row], at: datetime) -> tuple[str, ...]:
    """What the trust owes: a reply, the effect that it has not looked at, actions of its own past their day."""
    found = []
    if raised["responded_at"] is None:
        what = "an acknowledgement" if raised["acknowledged_at"] is None else "a response"
        found.append(f"{what}, {_since(raised['raised_at'], at)}")
    for action in actions:
        late = (_day(at) - action["due_on"]).days
        if action["owner"] == "trust" and action["closed_at"] is None and late > 0:
            found.append(f"an action that was due {of(late, 'day')} ago")
        if action["closed_at"] is not None and "trust" not in action["reviewed_by"]:
            found.append(f"a look at the effect, {_since(action['closed_at'], at)}")
    return tuple(found)


def _since(when: datetime, at: datetime) -> str:
    days = (_day(at) - _day(when)).days
    return f"for {of(days, 'day')}" if days else "since today"


def _action(row: Row, may: May, at: datetime) -> Action:
    owner = str(_owners.get(row["owner"], row["owner"]))
    overdue = row["closed_at"] is None and row["due_on"] < _day(at)
    if row["closed_at"] is not None:
        state = f"Closed on {day(row['closed_at'], near=at)}: {states[row['outcome']].word.lower()}."
    else:
        state = f"{'Was due' if overdue else 'Due'} on {day(row['due_on'], near=at)}."
    return Action(row["action_id"], owner, state, overdue, row["text"], may(of_action(row)))


def _day(when: datetime) -> date:
    return when.astimezone(london).date()


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
