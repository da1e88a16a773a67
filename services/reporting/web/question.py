"""A question of a cycle to a school: what its team said, what came back, and what the trust owes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.reporting.london import london
from services.reporting.web.acts import Act, of_action, of_answer
from services.reporting.web.forms.loop_choices import value_of
from services.reporting.web.matrix import note
from services.reporting.web.said import Said
from services.reporting.web.words import Look, day, help_with, minute, of, states

Row = Mapping[str, Any]
May = Callable[[Iterable[Act]], tuple[Act, ...]]
"""Those acts that the person who looks may do."""
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


def question(
    row: Row,
    focus_area: Row | None,
    raised: Row | None,
    actions: Sequence[Row],
    texts: Said | None,
    may: May,
    at: datetime,
) -> Question:
    """A question as a page shows it.

    Args:
        row: of the report `focus`; `raised`: the answer's of `loop`, if it was off track or asked for help.
        focus_area: what is asked, once the focus area is known.
        actions: what was agreed about the answer.
    """
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
