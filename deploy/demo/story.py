"""What the twelve schools say in the three cycles of the half term, and where it does not go smoothly. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from deploy.demo.trust import BY_URN

Focus = Literal["reading", "attendance", "mentoring", "maths"]

FIRST_MONDAY = date(2026, 11, 2)
ENDS_AT = datetime(2026, 12, 18, 15, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle of the trust's own. The last one goes on to the end of the half term."""

    name: str
    weeks: tuple[int, ...]
    starts_on: date
    ends_on: date
    due_on: Mapping[Focus, date]

    def due_by(self, focus: Focus) -> datetime:
        return datetime.combine(self.due_on[focus], time(17), UTC)


_ALL_DUE: tuple[Focus, ...] = ("reading", "attendance", "mentoring", "maths")
CYCLES = (
    Cycle("2026/27-A2.1", (1, 2), date(2026, 11, 2), date(2026, 11, 13), dict.fromkeys(_ALL_DUE, date(2026, 11, 13))),
    Cycle("2026/27-A2.2", (3, 4), date(2026, 11, 16), date(2026, 11, 27), dict.fromkeys(_ALL_DUE, date(2026, 11, 27))),
    Cycle(
        "2026/27-A2.3",
        (5, 6, 7),
        date(2026, 11, 30),
        date(2026, 12, 18),
        {**dict.fromkeys(_ALL_DUE, date(2026, 12, 11)), "maths": date(2026, 12, 18)},
    ),
)

FOCUS_AREAS: Mapping[Focus, Mapping[str, Any]] = {
    "reading": {
        "title": "Reading for disadvantaged pupils",
        "principle": "children_first",
        "question": "How many of your disadvantaged pupils read at their age, and what is in the way of the others?",
        "disadvantaged_lens": "The question is about them; say who among them gains least.",
    },
    "attendance": {
        "title": "Attendance below 90%",
        "principle": "community",
        "question": "Who attends less than 90 per cent, and what has changed for them this fortnight?",
        "disadvantaged_lens": "Say how many of them are disadvantaged.",
    },
    "mentoring": {
        "title": "Early-career teachers\N{RIGHT SINGLE QUOTATION MARK} mentoring",
        "principle": "capability",
        "question": "Has every early-career teacher had their mentor's time this fortnight, and did it help?",
    },
    "maths": {
        "title": "Year 9 curriculum in maths",
        "principle": "consistency",
        "question": "Are all sets on the planned unit, and do the books show it?",
    },
}
NOT_ASKED = ("900003",)
"""Infants are not asked about Year 9; primaries are, and say that it does not apply."""

# By school and focus area, what stands at the end of each cycle: red, amber, green, n not applicable, - not asked,
# . no answer.
STATES = {
    "900001": {"reading": "aag", "attendance": "ggg", "mentoring": "gga", "maths": "nnn"},
    "900002": {"reading": "rra", "attendance": "ggg", "mentoring": "aag", "maths": "agg"},
    "900003": {"reading": "raa", "attendance": "agg", "mentoring": "ggg", "maths": "---"},
    "900004": {"reading": "aag", "attendance": "gar", "mentoring": "aag", "maths": "gg."},
    "900005": {"reading": "ggg", "attendance": "ggg", "mentoring": "agg", "maths": "nnn"},
    "900006": {"reading": "rag", "attendance": "gga", "mentoring": "aaa", "maths": "rra"},
    "900007": {"reading": "aaa", "attendance": "agg", "mentoring": "aag", "maths": "ggg"},
    "900008": {"reading": "rr.", "attendance": "gg.", "mentoring": "ag.", "maths": "nn."},
    "900009": {"reading": "gg.", "attendance": "ag.", "mentoring": "gg.", "maths": "gg."},
    "900010": {"reading": "gar", "attendance": "agg", "mentoring": "ggg", "maths": "nnn"},
    "900011": {"reading": "aar", "attendance": "rag", "mentoring": "aag", "maths": "nnn"},
    "900012": {"reading": "agg", "attendance": "aag", "mentoring": "aag", "maths": "aag"},
}
RAG = {"r": "red", "a": "amber", "g": "green", "n": "not_applicable"}
SILENT = ("900008", "900009")
"""They fall silent in the last cycle: no meeting, no answer."""

NEEDS_HELP = {  # besides most that are red: school, cycle from 1, focus area
    ("900003", 2, "reading"),
    ("900004", 1, "mentoring"),
    ("900007", 3, "reading"),
    ("900008", 1, "mentoring"),
    ("900012", 2, "mentoring"),
    ("900006", 3, "maths"),
    ("900011", 2, "reading"),
    ("900001", 3, "mentoring"),
}
MANAGES_ALONE = {("900008", 2, "reading"), ("900002", 1, "reading")}
"""Red, and no help wanted."""
HELP: Mapping[Focus, str] = {
    "reading": "intellectual",
    "attendance": "people",
    "mentoring": "time",
    "maths": "collaboration",
}
HELP_OF_ANOTHER_KIND = {("900011", "reading"): "financial", ("900010", "reading"): "people"}

# What was put down wrongly at first, corrected a day or two later. What is said then is what stands.
WRONG_AT_FIRST: Mapping[tuple[str, int, Focus], str] = {
    ("900002", 1, "maths"): "green",
    ("900007", 1, "mentoring"): "green",
    ("900005", 2, "attendance"): "amber",
    ("900011", 2, "attendance"): "red",
    ("900012", 2, "attendance"): "green",
    ("900004", 3, "attendance"): "amber",
    ("900001", 3, "mentoring"): "red",
}

EARLY: Mapping[tuple[str, int], Focus] = {
    ("900006", 1): "reading",
    ("900006", 3): "attendance",
    ("900007", 5): "attendance",
}
"""By school and week, the answer that its system sends before the meeting it was given in."""
LEFT_FOR_LATER: Mapping[tuple[str, int], tuple[Focus, ...]] = {("900006", 5): ("mentoring", "maths")}
"""What a meeting had on its agenda and did not come to: it is answered in the last week."""
SENT_AFTERWARDS: Mapping[tuple[str, int], tuple[Focus, datetime]] = {
    ("900011", 2): ("mentoring", datetime(2026, 11, 16, 8, 20, tzinfo=UTC)),
}
"""What a meeting answered and its report left out at first."""
REPORTED_LATE = {("900003", 4): datetime(2026, 11, 30, 8, 20, tzinfo=UTC)}
"""A report that comes long after its meeting."""


def day_of(week: int, weekday: int) -> date:
    """A day of the half term, by its week from 1 and its weekday from 0."""
    return FIRST_MONDAY + timedelta(days=7 * (week - 1) + weekday)


def cycle_of(week: int) -> int:
    """The number of the cycle, from 1, that a week is in."""
    return next(number for number, cycle in enumerate(CYCLES, start=1) if week in cycle.weeks)


def state(urn: str, cycle: int, focus: Focus) -> str | None:
    """What stands at the end of a cycle; None when nothing was said or asked."""
    return RAG.get(STATES[urn][focus][cycle - 1])


def asked(focus: Focus) -> tuple[str, ...]:
    """The schools that a focus area's item is issued to."""
    return tuple(urn for urn in STATES if focus != "maths" or urn not in NOT_ASKED)


def meets(urn: str, week: int) -> bool:
    """Whether a school's leadership team meets in a week."""
    return week in BY_URN[urn].weeks and not (urn in SILENT and cycle_of(week) == len(CYCLES))


def agenda(urn: str, week: int) -> tuple[Focus, ...]:
    """The items that a meeting speaks about: all in the first of a cycle, then what was not on track or has changed."""
    first = next(w for w in CYCLES[cycle_of(week) - 1].weeks if meets(urn, w))
    return tuple(f for f in FOCUS_AREAS if urn in asked(f) and (week == first or f in says(urn, week)))


def says(urn: str, week: int) -> dict[Focus, str]:
    """A school's answers in a meeting, as they are given at first."""
    found: dict[Focus, str] = {}
    for focus in FOCUS_AREAS:
        given = _in_cycle(urn, cycle_of(week), focus)
        if week in given:
            last = week == max(given)
            found[focus] = WRONG_AT_FIRST.get((urn, cycle_of(week), focus), given[week]) if last else given[week]
    return found


def _in_cycle(urn: str, cycle: int, focus: Focus) -> dict[int, str]:
    """By week, what a school says about a focus area. Who meets weekly begins where the last cycle ended."""
    stands = state(urn, cycle, focus)
    weeks = [week for week in CYCLES[cycle - 1].weeks if meets(urn, week)]
    if stands is None or not weeks:
        return {}
    if focus in LEFT_FOR_LATER.get((urn, weeks[0]), ()):
        return {weeks[-1]: stands}
    before = (state(urn, cycle - 1, focus) if cycle > 1 else None) or stands
    if not BY_URN[urn].is_weekly or stands == "not_applicable" or before == stands == "green":
        return {weeks[0]: stands}
    return {weeks[0]: before, weeks[1]: stands}
