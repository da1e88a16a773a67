"""Before the half term: the trust enters the register, with its schools, its people and its school year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.people import People, Person
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import school_says, trust_publishes, trust_says
from deploy.demo.trust import NAME, REF, SCHOOLS, TERM_DATES, UID, Door, School, named

STARTS_AT = datetime(2026, 10, 30, 9, tzinfo=UTC)


def join(diary: Diary, people: People, seed: int) -> None:
    """Everything that has to be known before the first Monday."""
    steps = (_trust(), _central(people, seed), _staff(people, seed), _line_managers(people))
    for minutes, sayings in enumerate(steps):
        diary.say(STARTS_AT + timedelta(minutes=minutes), *sayings)
    _move_on(diary, people, seed)
    _change(diary, people, seed)
    _put_right(diary, people, seed)


def _trust() -> Iterator[Saying]:
    yield trust_publishes("register-trust", "TrustRegistered", {"trustuid": UID, "trust_ref": REF, "name": NAME})
    for number, school in enumerate(SCHOOLS):
        place = {"easting": 452_000 + 1_700 * number, "northing": 305_000 + 900 * (number * 5 % 12)}
        joined = {
            "trustuid": UID,
            "urn": school.urn,
            "name": school.name,
            "phase": school.phase,
            "la": "Northmoor",
            "joined_on": school.joined_on.isoformat(),
        }
        yield trust_publishes(f"register-{school.urn}", "SchoolJoinedTrust", {**joined, **place})
    yield trust_publishes("register-terms", "TermDatesSet", TERM_DATES)


def _central(people: People, seed: int) -> Iterator[Saying]:
    for person in people.everybody:
        if not person.urns:
            yield trust_publishes(f"person-{person.staff_ref}", "PersonRegistered", _registered(person, "northmoor"))
            yield trust_publishes(
                f"engagement-{person.staff_ref}", "EngagementStarted", _engagement(person, None, seed)
            )


def _staff(people: People, seed: int) -> Iterator[Saying]:
    """Each school's system registers who works there; those of the joint head's schools once."""
    for school in SCHOOLS:
        here = [person for person in people.everybody if school.urn in person.urns]
        system = school.source.split("/")[1]
        for person in here:
            if person.urns[0] == school.urn:
                yield _of_school(school, f"person-{person.staff_ref}", "PersonRegistered", _registered(person, system))
            id, engaged = f"engagement-{school.urn}-{person.staff_ref}", _engagement(person, school.urn, seed)
            yield _of_school(school, id, "EngagementStarted", engaged)


def _of_school(school: School, id: str, event: str, data: dict[str, Any]) -> Saying:
    door: Door = "kafka" if school.door == "kafka" else "batch"
    return school_says(school.urn, id, event, data, service="talent", door=door)


def _line_managers(people: People) -> Iterator[Saying]:
    for person in people.everybody:
        if person.manager_id is not None:
            data = {
                "person_id": str(person.person_id),
                "manager_id": str(person.manager_id),
                "from_on": person.started_on.isoformat(),
            }
            yield trust_publishes(f"manager-{person.staff_ref}", "LineManagerAssigned", data)


def _move_on(diary: Diary, people: People, seed: int) -> None:
    """Two changes during the half term: somebody acts as deputy, and somebody leaves."""
    acting, leaver = people.at("900006", "assistant_headteacher"), people.at("900009", "attendance_officer")
    acts = {
        "person_id": str(acting.person_id),
        "engagement_id": str(named(seed, "engagement", "900006", "acting", acting.staff_ref)),
        "urn": "900006",
        "kind": "permanent",
        "role": "deputy_headteacher",
        "fte_hundredths": 100,
        "acting": True,
        "started_on": "2026-11-23",
    }
    leaves = {
        "person_id": str(leaver.person_id),
        "engagement_id": str(named(seed, "engagement", "900009", leaver.staff_ref)),
        "ended_on": "2026-12-04",
        "reason": "resigned",
    }
    ends = {"person_id": acts["person_id"], "engagement_id": _engagement(acting, "900006", seed)["engagement_id"]}
    before = {**ends, "ended_on": "2026-11-22", "reason": "acting_up"}
    diary.say(
        datetime(2026, 11, 23, 8, tzinfo=UTC),
        trust_says("acting-deputy-ends", "EngagementEnded", before, service="talent"),
        trust_says("acting-deputy", "EngagementStarted", acts, service="talent"),
    )
    diary.say(datetime(2026, 12, 4, 10, tzinfo=UTC), trust_says("leaver", "EngagementEnded", leaves, service="talent"))


def _change(diary: Diary, people: People, seed: int) -> None:
    """Somebody works more from December; somebody is away for four weeks, and nobody asks why."""
    manager, officer = people.at("900010", "business_manager"), people.at("900011", "attendance_officer")
    more = {**_of(manager, "900010", seed), "role": "business_manager", "fte_hundredths": 100, "from_on": "2026-12-01"}
    for at, id, event, data in (
        ("2026-11-16T08:00", "away", "EngagementPaused", {**_of(officer, "900011", seed), "from_on": "2026-11-16"}),
        ("2026-12-01T08:00", "works-more", "EngagementChanged", more),
        ("2026-12-14T08:00", "back", "EngagementResumed", {**_of(officer, "900011", seed), "from_on": "2026-12-14"}),
    ):
        diary.say(datetime.fromisoformat(at).replace(tzinfo=UTC), trust_publishes(id, event, data))


def _put_right(diary: Diary, people: People, seed: int) -> None:
    """Payroll knows people by numbers of its own: one is given to whom it means, one makes a second entry.

    The second entry is merged away; another merger was a mistake and is split again.
    """
    senco, teacher = people.at("900002", "senco"), people.at("900006", "senco")
    same = {"person_id": str(senco.person_id), "source": "payroll", "staff_ref": "P-2002"}
    twice, namesake = (
        {
            "person_id": str(named(seed, "person", "payroll", number)),
            "trustuid": UID,
            "source": "payroll",
            "staff_ref": f"P-{number}",
            "name": name,
        }
        for number, name in ((2006, teacher.name), (2007, f"{senco.name} the younger"))
    )

    def merger(entry: dict[str, str], into: Person, reason: str) -> dict[str, str]:
        return {"person_id": entry["person_id"], "into_person_id": str(into.person_id), "reason": reason}

    split = {"person_id": namesake["person_id"], "from_person_id": str(senco.person_id), "reason": "two_people"}
    for at, id, event, data in (
        ("2026-11-02T09:00", "payroll-number", "StaffReferenceAssigned", same),
        ("2026-11-02T09:00", "payroll-twice", "PersonRegistered", twice),
        ("2026-11-02T09:00", "payroll-namesake", "PersonRegistered", namesake),
        ("2026-11-09T09:00", "payroll-merged", "PersonsMerged", merger(twice, teacher, "registered_twice")),
        ("2026-11-09T09:00", "payroll-mistaken", "PersonsMerged", merger(namesake, senco, "registered_twice")),
        ("2026-11-10T09:00", "payroll-split", "PersonsSplit", split),
    ):
        diary.say(datetime.fromisoformat(at).replace(tzinfo=UTC), trust_publishes(id, event, data))


def _of(person: Person, urn: str, seed: int) -> dict[str, Any]:
    """Which engagement is meant."""
    return {name: _engagement(person, urn, seed)[name] for name in ("person_id", "engagement_id")}


def _registered(person: Person, system: str) -> dict[str, Any]:
    trn = {} if person.trn is None else {"trn": person.trn}
    return {
        "person_id": str(person.person_id),
        "trustuid": UID,
        "source": system,
        "staff_ref": person.staff_ref,
        "name": person.name,
        "email": person.email,
        **trn,
    }


def _engagement(person: Person, urn: str | None, seed: int) -> dict[str, Any]:
    share = person.fte_hundredths // max(1, len(person.urns))
    where = {} if urn is None else {"urn": urn}
    return {
        "person_id": str(person.person_id),
        "engagement_id": str(named(seed, "engagement", urn or "central", person.staff_ref)),
        **where,
        "kind": person.kind,
        "role": person.role,
        "fte_hundredths": share,
        "started_on": person.started_on.isoformat(),
    }
