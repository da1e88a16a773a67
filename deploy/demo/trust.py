"""Northmoor Learning Trust, which does not exist: its schools, their systems and their rhythm, and its school year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid5

UID, REF, NAME = "99001", "TR99001", "Northmoor Learning Trust"
ACADEMIC_YEAR = "2026/27"
SPACE = UUID("6f0c2f0e-5b1e-5d0a-9a68-6e6f7274686d")

Door = Literal["kafka", "structured", "binary", "batch", "command"]
"""How something is said: over Kafka, over HTTP as one CloudEvent or a batch of them, or as a typed command."""

Manner = Literal["whole", "parts"]
"""Whether a meeting is reported in one piece or as meeting, answers and report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school, how it speaks to the platform, and when its leadership team meets.

    Attributes:
        source: what its system calls itself.
        weekday: of its meetings, Monday is 0.
        weeks: of the half-term, from 1, in which it meets.
        answers_next_morning: whether its report comes the day after, not the same evening.
    """

    urn: str
    name: str
    phase: str
    joined_on: date
    source: str
    door: Door
    manner: Manner
    weekday: int
    weeks: tuple[int, ...]
    answers_next_morning: bool = False

    @property
    def is_weekly(self) -> bool:
        return len(self.weeks) > len(FIRST_WEEKS)


EVERY_WEEK = (1, 2, 3, 4, 5, 6, 7)
FIRST_WEEKS = (1, 3, 5)
SECOND_WEEKS = (2, 4, 6)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = range(4)

SCHOOLS: tuple[School, ...] = (
    School(
        urn="900001",
        name="Ashby Park Primary",
        phase="primary",
        joined_on=date(2016, 9, 1),
        source="/classmark/ashby",
        door="structured",
        manner="whole",
        weekday=MONDAY,
        weeks=EVERY_WEEK,
    ),
    School(
        urn="900002",
        name="Birchfield Academy",
        phase="secondary",
        joined_on=date(2016, 9, 1),
        source="/meetwell/birchfield",
        door="kafka",
        manner="whole",
        weekday=TUESDAY,
        weeks=EVERY_WEEK,
    ),
    School(
        urn="900003",
        name="Castle Hill Infants",
        phase="primary",
        joined_on=date(2018, 4, 1),
        source="/headway/castle-hill-and-kingsmead",
        door="structured",
        manner="whole",
        weekday=WEDNESDAY,
        weeks=SECOND_WEEKS,
    ),
    School(
        urn="900004",
        name="Dene Valley High",
        phase="secondary",
        joined_on=date(2017, 9, 1),
        source="/meetwell/dene-valley",
        door="kafka",
        manner="parts",
        weekday=MONDAY,
        weeks=EVERY_WEEK,
    ),
    School(
        urn="900005",
        name="Elmwood Primary",
        phase="primary",
        joined_on=date(2019, 1, 1),
        source="/classmark/elmwood",
        door="binary",
        manner="whole",
        weekday=THURSDAY,
        weeks=FIRST_WEEKS,
        answers_next_morning=True,
    ),
    School(
        urn="900006",
        name="Forest Way School",
        phase="all_through",
        joined_on=date(2019, 9, 1),
        source="/meetwell/forest-way",
        door="kafka",
        manner="parts",
        weekday=WEDNESDAY,
        weeks=EVERY_WEEK,
    ),
    School(
        urn="900007",
        name="Grange Farm Academy",
        phase="secondary",
        joined_on=date(2020, 9, 1),
        source="/minutely/grange-farm",
        door="batch",
        manner="parts",
        weekday=THURSDAY,
        weeks=EVERY_WEEK,
        answers_next_morning=True,
    ),
    School(
        urn="900008",
        name="Highfields Primary",
        phase="primary",
        joined_on=date(2018, 9, 1),
        source="/minutely/highfields",
        door="batch",
        manner="parts",
        weekday=TUESDAY,
        weeks=SECOND_WEEKS,
    ),
    School(
        urn="900009",
        name="Ivybridge College",
        phase="secondary",
        joined_on=date(2021, 9, 1),
        source="/meetwell/ivybridge",
        door="kafka",
        manner="whole",
        weekday=WEDNESDAY,
        weeks=FIRST_WEEKS,
    ),
    School(
        urn="900010",
        name="Kingsmead Junior",
        phase="primary",
        joined_on=date(2018, 4, 1),
        source="/headway/castle-hill-and-kingsmead",
        door="structured",
        manner="whole",
        weekday=WEDNESDAY,
        weeks=SECOND_WEEKS,
    ),
    School(
        urn="900011",
        name="Langley CE Primary",
        phase="primary",
        joined_on=date(2022, 4, 1),
        source="/langley-office",
        door="command",
        manner="whole",
        weekday=MONDAY,
        weeks=SECOND_WEEKS,
    ),
    School(
        urn="900012",
        name="Meadowbank High",
        phase="secondary",
        joined_on=date(2024, 9, 1),
        source="/meetwell/meadowbank",
        door="kafka",
        manner="whole",
        weekday=TUESDAY,
        weeks=EVERY_WEEK,
    ),
)
BY_URN: Mapping[str, School] = {school.urn: school for school in SCHOOLS}
JOINT = ("900003", "900010")
"""The two schools that have one executive head and meet together."""
ON_KAFKA = tuple(school for school in SCHOOLS if school.door == "kafka")

TERM_DATES: Mapping[str, Any] = {
    "trustuid": UID,
    "academic_year": ACADEMIC_YEAR,
    "half_terms": [
        {"name": name, "starts_on": first, "ends_on": last}
        for name, first, last in (
            ("A1", "2026-09-02", "2026-10-23"),
            ("A2", "2026-11-02", "2026-12-18"),
            ("S1", "2027-01-04", "2027-02-12"),
            ("S2", "2027-02-22", "2027-03-25"),
            ("U1", "2027-04-12", "2027-05-28"),
            ("U2", "2027-06-07", "2027-07-21"),
        )
    ],
    "closures": ["2026-09-02", "2027-01-04", "2027-05-03"],
}


def named(seed: int, *parts: object) -> UUID:
    """An id that is the same whenever this seed is played."""
    return uuid5(SPACE, "/".join(map(str, (seed, *parts))))
