"""What the trust says to answers that are off track or ask for help, and how far each loop comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import Any, Literal

from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import school_says, trust_says
from deploy.demo.story import ENDS_AT, Focus
from deploy.demo.trust import named
from deploy.demo.words import ACTIONS, OWNERS, RESPONSES, Writer

_TRUST_DAYS, _TRUST_AT = (0, 2, 4), time(10)
_SCHOOL_DAYS, _SCHOOL_AT = (1, 3), time(12, 30)
_WEEK = timedelta(days=6)
_SCALE = ("red", "amber", "green")

Course = Literal["better", "same", "worse", "read", "responded", "acknowledged", "late", "never"]
# How the loops go, one after the other: whole (with what came of it), or to some point, or late, or not at all.
_COURSES: tuple[Course, ...] = (
    *("better", "read", "late", "same", "better", "never"),
    *("acknowledged", "better", "responded", "read", "same"),
)


_SET_APART: Mapping[tuple[str, int, Focus], Course] = {
    ("900012", 2, "mentoring"): "worse",
    ("900004", 3, "attendance"): "acknowledged",
    ("900010", 3, "reading"): "never",
    ("900006", 3, "maths"): "never",
}
"""In the end some are still open, so that the first page has something to say."""
_AT_ONCE: tuple[Course, ...] = ("better", "responded")
"""Acknowledged and answered in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An answer that is red or asks for help, since when."""

    at: datetime
    urn: str
    cycle: int
    focus: Focus
    name: str
    item_id: str
    meeting_id: str
    rag: str
    help_dimension: str


def trust_slot(after: datetime) -> datetime:
    """When the trust's office next sits down to answer: Monday, Wednesday and Friday at ten."""
    return _next(after, _TRUST_DAYS, _TRUST_AT)


def school_slot(after: datetime) -> datetime:
    """When schools next look at what the trust said: Tuesday and Thursday at lunch."""
    return _next(after, _SCHOOL_DAYS, _SCHOOL_AT)


def _next(after: datetime, weekdays: Sequence[int], at: time) -> datetime:
    days = (datetime.combine(after.date() + timedelta(days=n), at, after.tzinfo) for n in range(8))
    return next(day for day in days if day > after and day.weekday() in weekdays)


def converse(diary: Diary, writer: Writer, raised: Sequence[Raised], seed: int) -> None:
    """Take each raised answer as far as its course goes, or as the half term lasts."""
    usual, set_apart = cycle(_COURSES), dict(_SET_APART)
    for answer in sorted(raised, key=lambda r: (r.at, r.urn, r.focus)):
        key = (answer.urn, answer.cycle, answer.focus)
        _Loop(diary, writer, answer, seed).go(set_apart.pop(key) if key in set_apart else next(usual))


class _Loop:
    """One answer's way through acknowledgement, response, action and a look at the effect."""

    def __init__(self, diary: Diary, writer: Writer, answer: Raised, seed: int) -> None:
        self._diary = diary
        self._writer = writer
        self._answer = answer
        self._action_id = str(named(seed, "action", answer.name))
        self._where = {"item_id": answer.item_id, "urn": answer.urn, "meeting_id": answer.meeting_id}

    def go(self, course: Course) -> None:
        if course == "never":
            return
        soon = trust_slot(self._answer.at)
        acknowledged = trust_slot(self._answer.at + _WEEK) if course == "late" else soon
        self._trust(acknowledged, "acknowledged", "TrustAcknowledged", self._where)
        if course == "acknowledged":
            return
        responded = acknowledged if course in _AT_ONCE else trust_slot(acknowledged)
        text = self._writer.write(RESPONSES[self._answer.help_dimension], self._answer.urn)
        self._trust(responded, "responded", "TrustResponseGiven", {**self._where, "response": text})
        if course in ("late", "responded"):
            return
        read = school_slot(responded)
        self._school(read, "read", "ResponseRead", {**self._where, "by_role": "headteacher"})
        if course in ("better", "same", "worse"):
            self._act(read, course)

    def _act(self, read: datetime, course: Course) -> None:
        """Agree what is done, do it, and let both sides look at what it changed."""
        agreed = trust_slot(read)
        action = {
            "action_id": self._action_id,
            **self._where,
            "action": self._writer.write(ACTIONS[self._answer.help_dimension], self._answer.urn),
            "owner": OWNERS[self._answer.help_dimension],
            "due_on": (agreed + 2 * _WEEK).date().isoformat(),
        }
        self._trust(agreed, "agreed", "ActionAgreed", action)
        closed = school_slot(agreed + _WEEK)
        after = _after(self._answer.rag, course)
        done = {"action_id": self._action_id, "urn": self._answer.urn}
        self._school(closed, "closed", "ActionClosed", {**done, "outcome": after})
        effect = {
            **done,
            "item_id": self._answer.item_id,
            "rag_after": after,
            "help_still_needed": course != "better",
        }
        by_school = school_slot(closed)
        self._school(by_school, "effect", "EffectReviewed", {**effect, "reviewed_by": "school"})
        by_trust = {**effect, "reviewed_by": "trust"}
        self._trust(trust_slot(by_school), "effect-trust", "EffectReviewed", by_trust)

    def _trust(self, at: datetime, what: str, event: str, data: dict[str, Any]) -> None:
        self._say(at, trust_says(f"{self._answer.name}-{what}", event, data))

    def _school(self, at: datetime, what: str, event: str, data: dict[str, Any]) -> None:
        self._say(at, school_says(self._answer.urn, f"{self._answer.name}-{what}", event, data))

    def _say(self, at: datetime, saying: Saying) -> None:
        if at < ENDS_AT:
            self._diary.say(at, saying)


def _after(rag: str, course: Course) -> str:
    step = {"better": 1, "worse": -1}.get(course, 0)
    return _SCALE[min(max(_SCALE.index(rag) + step, 0), len(_SCALE) - 1)]
