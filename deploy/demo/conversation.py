"""What the trust says to answers that are off track or ask for help, and how far each loop comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Any, Literal

from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import school_says, trust_says
from deploy.demo.story import ENDS_AT, Focus
from deploy.demo.trust import UID, named
from deploy.demo.words import ACTIONS, OWNERS, RESPONSES, Writer

_TRUST_DAYS, _TRUST_AT = (0, 2, 4), time(10)
_SCHOOL_DAYS, _SCHOOL_AT = (1, 3), time(12, 30)
_WEEK = timedelta(days=6)
_SCALE = ("red", "amber", "green")

Course = Literal["better", "same", "worse", "slow", "forgotten", "read", "responded", "acknowledged", "late", "never"]
# How the loops go, one after the other: whole (with what came of it), or to some point, or late, or not at all.
_COURSES: tuple[Course, ...] = (
    *("better", "read", "late", "same", "better", "never"),
    *("acknowledged", "better", "responded", "read", "slow"),
)


_SET_APART: Mapping[tuple[str, int, Focus], Course] = {
    ("900012", 2, "mentoring"): "worse",
    ("900003", 2, "reading"): "forgotten",
    ("900004", 3, "attendance"): "acknowledged",
    ("900010", 3, "reading"): "never",
    ("900006", 3, "maths"): "never",
}
"""In the end some are still open, so that the first page has something to say."""
_AT_ONCE: tuple[Course, ...] = ("better", "responded")
"""Acknowledged and answered in one go."""
_ACTED_ON: tuple[Course, ...] = ("better", "same", "worse", "slow", "forgotten")
_OVERDUE: tuple[Course, ...] = ("slow", "forgotten")
"""Nobody closes the action until the trust reminds the school of it; one school not even then."""


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
        self._seed = seed
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
        if course in _ACTED_ON:
            self._act(read, course)

    def _act(self, read: datetime, course: Course) -> None:
        """Agree what is done, do it, and let both sides look at what it changed."""
        agreed = trust_slot(read)
        due_on = (agreed + 2 * _WEEK).date()
        action = {
            "action_id": self._action_id,
            **self._where,
            "action": self._writer.write(ACTIONS[self._answer.help_dimension], self._answer.urn),
            "owner": OWNERS[self._answer.help_dimension],
            "due_on": due_on.isoformat(),
        }
        self._trust(agreed, "agreed", "ActionAgreed", action)
        closed = school_slot(self._remind(due_on) if course in _OVERDUE else agreed + _WEEK)
        if course == "forgotten":
            return
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

    def _remind(self, due_on: date) -> datetime:
        """Remind the school of its action after its last day; when that was."""
        sent_at = trust_slot(datetime.combine(due_on, time(23, 59), UTC))
        sent = {
            "reminder_id": str(named(self._seed, "reminder", self._action_id)),
            "trustuid": UID,
            "urn": self._answer.urn,
            "action_id": self._action_id,
            "channel": "in_person",
            "sent_at": sent_at.isoformat(),
        }
        self._trust(sent_at, "reminded", "ReminderSent", sent)
        return sent_at

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
