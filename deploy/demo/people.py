"""Who works for Northmoor Learning Trust, made from a seed: nobody of these exists.

Names come from Faker, and e-mail addresses end in `.example`, which nobody can own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from faker import Faker

from deploy.demo.trust import JOINT, SCHOOLS, named


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


class _Making:
    """Makes people that are all different."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311 - invented people, no secret
        self._faker = Faker("en_GB")
        self._faker.seed_instance(seed)
        self._names: set[str] = set()
        self._trns: set[str] = set()

    def person(
        self, role: str, kind: str, fte_hundredths: int, urns: tuple[str, ...], manager: Person | None
    ) -> Person:
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
