"""Northmoor Learning Trust, which does not exist: its schools, its people and its school year, made from a seed.

Schools, their systems and their rhythm are always the same; the seed decides who works there. Names come from Faker, and
e-mail addresses end in `.example`, which nobody can own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid5

from faker import Faker

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the register. `urns` is empty for the central team."""

    person_id: UUID
    staff_ref: str
    name: str
    email: str
    trn: str | None
    role: str
    kind: str
    fte_hundredths: int
    urns: tuple[str, ...]
    manager_id: UUID | None
    started_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody, the central team first."""

    everybody: tuple[Person, ...]

    def at(self, urn: str, role: str) -> Person:
        """Who has a role at a school; the executive head is the head of both of theirs."""
        roles = {role, "executive_headteacher"} if role == "headteacher" else {role}
        return next(person for person in self.everybody if urn in person.urns and person.role in roles)

    def central(self, role: str) -> Person:
        return next(person for person in self.everybody if not person.urns and person.role == role)

    def markers(self) -> Iterator[str]:
        """What names one of them: to be found nowhere in clear."""
        for person in self.everybody:
            yield person.name
            yield person.email
            if person.trn is not None:
                yield person.trn


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

_CENTRAL = (
    ("chief_executive", "permanent", 100),
    ("director_of_education", "permanent", 100),
    ("head_of_people", "permanent", 100),
    ("finance_director", "permanent", 100),
    ("primary_improvement_lead", "permanent", 80),
    ("attendance_lead", "permanent", 100),
    ("chair_of_trustees", "trustee", 0),
)
_STAFF = (  # role, kind, share of full time, whose role manages them
    ("headteacher", "permanent", 100, "chief_executive"),
    ("deputy_headteacher", "permanent", 100, "headteacher"),
    ("assistant_headteacher", "permanent", 100, "headteacher"),
    ("business_manager", "permanent", 80, "headteacher"),
    ("senco", "permanent", 60, "deputy_headteacher"),
    ("attendance_officer", "permanent", 50, "deputy_headteacher"),
    ("early_career_teacher", "fixed_term", 100, "assistant_headteacher"),
    ("chair_of_governors", "governor", 0, None),
)
_NOT_TEACHERS = {
    *("finance_director", "chair_of_trustees", "chair_of_governors"),
    *("business_manager", "attendance_officer"),
}


def people(seed: int) -> People:
    """The trust's people: seven in the central team, eight a school, one executive head for two of them."""
    making = _Making(seed)
    central: dict[str, Person] = {}
    for role, kind, fte in _CENTRAL:
        manager = None if kind == "trustee" else central.get("chief_executive")
        central[role] = making.person(role, kind, fte, (), manager)
    everybody = list(central.values())
    heads: dict[tuple[str, ...], Person] = {}
    for school in SCHOOLS:
        here: dict[str, Person] = {}
        for role, kind, fte, managed_by in _STAFF:
            manager = here.get(managed_by or "") or central.get(managed_by or "")
            if role != "headteacher":
                here[role] = making.person(role, kind, fte, (school.urn,), manager)
                continue
            led = JOINT if school.urn in JOINT else (school.urn,)
            if led not in heads:
                heads[led] = making.person("executive_headteacher" if led is JOINT else role, kind, fte, led, manager)
                everybody.append(heads[led])
            here[role] = heads[led]
        everybody += [person for role, person in here.items() if role != "headteacher"]
    return People(everybody=tuple(everybody))


def named(seed: int, *parts: object) -> UUID:
    """An id that is the same whenever this seed is played."""
    return uuid5(SPACE, "/".join(map(str, (seed, *parts))))


class _Making:
    """Makes people that are all different."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311 - invented people, no secret
        self._faker = Faker("en_GB")
        self._faker.seed_instance(seed)
        self._names: set[str] = set()
        self._trns: set[str] = set()

    def person(self, role: str, kind: str, fte_hundredths: int, urns: tuple[str, ...], manager: Person | None) -> Person:
        where, name = urns[0] if urns else "central", self._name()
        address = ".".join("".join(filter(str.isalpha, part)) for part in name.lower().split())
        years = 0 if role == "early_career_teacher" else self._chance.randint(1, 12)
        return Person(
            person_id=named(self._seed, "person", where, role),
            staff_ref=f"{where}-{len(self._names):03}",
            name=name,
            email=f"{address}@northmoor.example",
            trn=None if role in _NOT_TEACHERS else self._trn(),
            role=role,
            kind=kind,
            fte_hundredths=fte_hundredths,
            urns=urns,
            manager_id=manager.person_id if manager else None,
            started_on=date(2026 - years, 9, 1),
        )

    def _name(self) -> str:
        while True:
            name = f"{self._faker.first_name()} {self._faker.last_name()}"
            if name not in self._names:
                self._names.add(name)
                return name

    def _trn(self) -> str:
        while True:
            trn = str(self._chance.randint(1_000_000, 9_999_999))
            if trn not in self._trns:
                self._trns.add(trn)
                return trn
