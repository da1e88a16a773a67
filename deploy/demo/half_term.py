"""The half term 2026/27-A2 of Northmoor Learning Trust as a plan: every step, who says what and what must be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

from deploy.demo import plan as plans
from deploy.demo.conversation import Raised, converse, next_slot, school_slot
from deploy.demo.joining import STARTS_AT, join
from deploy.demo.mishaps import mishaps
from deploy.demo.plan import Diary, Expected, Key, Plan, Saying
from deploy.demo.speakers import school_says, trust_says
from deploy.demo.story import (
    CYCLES,
    EARLY,
    ENDS_AT,
    FOCUS_AREAS,
    HELD_BACK,
    HELP,
    HELP_OF_ANOTHER_KIND,
    MANAGES_ALONE,
    NEEDS_HELP,
    NOT_ASKED,
    REPORTED_LATE,
    SILENT,
    WRONG_AT_FIRST,
    Focus,
    cycle_of,
    day_of,
    state,
)
from deploy.demo.training import train
from deploy.demo.trust import EVERY_WEEK, JOINT, SCHOOLS, UID, People, School, named, people
from deploy.demo.words import COMMENTS, NOTES, REASONS, Writer

_EVENING, _MORNING, _EARLY = time(16, 40), time(8, 20), time(15, 10)
_FRIDAY = 4
_WAITS = Expected("parked", "meeting_unknown")
_FOLLOWED_UP = ("red", "amber")


def half_term(seed: int) -> Plan:
    """The whole plan. Who works where and what they write follows from the seed; what happens does not."""
    everybody = people(seed)
    diary = Diary.empty()
    join(diary, everybody, seed)
    train(diary, seed)
    schools = _Schools(diary, Writer(everybody, seed), seed)
    schools.are_asked()
    for week in EVERY_WEEK:
        schools.meet(week)
    schools.correct_themselves()
    schools.let_time_pass()
    converse(diary, schools.writer, schools.raised, seed)
    mishaps(diary, seed)
    return Plan(seed=seed, people=everybody, starts_at=STARTS_AT, ends_at=ENDS_AT, moments=diary.moments())


def personal_markers(seed: int) -> frozenset[str]:
    """Every name, e-mail address, TRN and comment of a demo: to be found nowhere in clear afterwards."""
    return plans.markers(half_term(seed))


def item_id(seed: int, cycle: int, focus: Focus) -> str:
    return str(named(seed, "item", cycle, focus))


def meeting_id(seed: int, urns: Sequence[str], week: int) -> str:
    return str(named(seed, "meeting", *urns, week))


@dataclass(slots=True, kw_only=True)
class _Given:
    """An answer as it is given, before any correction."""

    at: datetime
    urn: str
    cycle: int
    focus: Focus
    meeting_id: str
    data: dict[str, Any]


class _Schools:
    """Writes down what the schools are asked and what they say."""

    def __init__(self, diary: Diary, writer: Writer, seed: int) -> None:
        self.diary = diary
        self.writer = writer
        self.raised: list[Raised] = []
        self._seed = seed
        self._given: dict[tuple[str, int, Focus], list[_Given]] = {}

    # What they are asked

    def are_asked(self) -> None:
        for focus, area in FOCUS_AREAS.items():
            data = {"focus_id": self._focus_id(focus), "trustuid": UID, **area, "starts_on": "2026-09-01"}
            self.diary.say(self._opens_at(1), trust_says(f"focus-{focus}", "FocusAreaSet", data))
        for number, cycle in enumerate(CYCLES, start=1):
            opened = {
                "trustuid": UID,
                "cycle": cycle.name,
                "starts_on": cycle.starts_on.isoformat(),
                "ends_on": cycle.ends_on.isoformat(),
            }
            self.diary.say(self._opens_at(number), trust_says(f"cycle-{number}", "CycleOpened", opened))
            self.diary.say(self._opens_at(number), *(self._item(number, focus) for focus in FOCUS_AREAS))

    def _item(self, number: int, focus: Focus) -> Saying:
        issued = {
            "item_id": item_id(self._seed, number, focus),
            "trustuid": UID,
            "focus_id": self._focus_id(focus),
            "cycle": CYCLES[number - 1].name,
            "applies_to": list(_asked(focus)),
            "due_by": CYCLES[number - 1].due_by(focus).isoformat(),
        }
        return trust_says(f"item-{number}-{focus}", "StandardAgendaItemIssued", issued)

    def _opens_at(self, cycle: int) -> datetime:
        return datetime.combine(CYCLES[cycle - 1].starts_on, time(8), UTC)

    def _focus_id(self, focus: Focus) -> str:
        return str(named(self._seed, "focus", focus))

    # Their meetings

    def meet(self, week: int) -> None:
        """Everybody who meets in a week: the two with one head together, the silent ones not at all."""
        for school in SCHOOLS:
            urns = JOINT if school.urn in JOINT else (school.urn,)
            silent = school.urn in SILENT and cycle_of(week) == len(CYCLES)
            if week in school.weeks and school.urn == urns[0] and not silent:
                self._meeting(school, urns, week)
        if week % 2 == 0:
            self._executive_team(week)

    def _meeting(self, school: School, urns: tuple[str, ...], week: int) -> None:
        day = day_of(week, school.weekday)
        held_at = datetime.combine(day, time(15, 20 + self.writer.number(0, 39)), UTC)
        evening = datetime.combine(day, _EVENING, UTC)
        morning = datetime.combine(day + timedelta(days=1), _MORNING, UTC)
        reported_at = REPORTED_LATE.get((school.urn, week)) or (morning if school.answers_next_morning else evening)
        agenda = self._agenda(urns, week)
        held = {
            "meeting_id": meeting_id(self._seed, urns, week),
            "trustuid": UID,
            "urns": list(urns),
            "held_at": held_at.isoformat(),
            "attendees": self._attendees(),
            "items": [item_id(self._seed, cycle_of(week), focus) for focus in dict.fromkeys(f for _, f in agenda)],
        }
        withheld = HELD_BACK.get((school.urn, week), ())
        given = [
            self._answer(urn, week, focus, held["meeting_id"], reported_at)
            for urn, focus in agenda
            if focus not in withheld and self._says(urn, week, focus) is not None
        ]
        name = f"{school.urn}-week-{week}"
        if school.manner == "whole" and (school.urn, week) not in EARLY:
            self._in_one_piece(school, name, held, given, reported_at)
        else:
            self._in_parts(school, name, held, given, reported_at, early=EARLY.get((school.urn, week)))

    def _agenda(self, urns: Sequence[str], week: int) -> list[tuple[str, Focus]]:
        """Every item of the cycle in its first meeting; then what was not on track or has changed."""
        cycle = CYCLES[cycle_of(week) - 1]
        weekly = next(school for school in SCHOOLS if school.urn == urns[0]).is_weekly
        late = HELD_BACK.get((urns[0], cycle.weeks[0]), ())
        found: list[tuple[str, Focus]] = []
        for urn in urns:
            for focus in FOCUS_AREAS:
                before = self._given.get((urn, cycle_of(week), focus))
                again = bool(before) and week == cycle.weeks[1] and self._is_followed_up(urn, week, focus)
                first = not before and (week == cycle.weeks[0] or not weekly)
                if urn in _asked(focus) and (first or again or (focus in late and week == cycle.weeks[-1])):
                    found.append((urn, focus))
        return found

    def _is_followed_up(self, urn: str, week: int, focus: Focus) -> bool:
        said = self._given[urn, cycle_of(week), focus][-1].data["rag"]
        return said in _FOLLOWED_UP or said != state(urn, cycle_of(week), focus)

    def _says(self, urn: str, week: int, focus: Focus) -> str | None:
        """What a school says in this meeting: a weekly one begins a cycle where the last one ended."""
        number = cycle_of(week)
        stands = state(urn, number, focus)
        weekly = next(school for school in SCHOOLS if school.urn == urn).is_weekly
        opens = weekly and week == CYCLES[number - 1].weeks[0] and number > 1
        before = state(urn, number - 1, focus) if opens else stands
        said = stands if stands is None or before is None or "green" in (before, stands) is False else before
        last = not opens or said == "green" == stands or stands == "not_applicable"
        return WRONG_AT_FIRST.get((urn, number, focus), said) if last and said == stands else said
