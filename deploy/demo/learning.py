"""The half term's learning: required training, qualifications, who came to which session, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from deploy.demo.people import People, Person
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import trust_publishes
from deploy.demo.trust import SCHOOLS, UID, named

_REQUIRED: tuple[dict[str, Any], ...] = (
    {"training": "safeguarding", "title": "Safeguarding", "basis": "statutory", "recurrence_months": 12},
    {"training": "prevent", "title": "Prevent", "basis": "guidance", "recurrence_months": 36},
    {
        "training": "safer_recruitment",
        "title": "Safer recruitment",
        "basis": "statutory",
        "roles": ["headteacher", "executive_headteacher"],
        "recurrence_months": 60,
    },
    {
        "training": "first_aid",
        "title": "First aid at work",
        "basis": "statutory",
        "minimum_per_site": 2,
        "recurrence_months": 36,
    },
)
LAST_YEARS = date(2025, 11, 20)
LAPSES_AT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
_LATE = ("900001", "900003", "900004", "900006", "900007", "900009", "900011", "900012")
_RENEWED = _LATE[:4]
_ABSENT, _LEFT_EARLY = 3, 7  # of those who were expected at the first session
_REFLECTIONS = (
    "{name} writes that watching one lesson together taught more than a term of checklists.",
    "{name} has changed how every Monday begins, and would not go back.",
    "{name} thought it was too long, and still used it the next morning.",
)


def learn(diary: Diary, people: People, seed: int) -> None:
    """Everything that people learn, and are required to have learnt."""
    told = _Learning(people, seed)
    for at, sayings in (
        ("2026-10-30T09:40", [*told.required(), *told.held()]),
        ("2026-10-30T09:41", [*told.completed(), *told.first_aid()]),
        ("2026-10-30T09:42", told.enrolled()),
        ("2026-11-03T12:00", told.booked()),
        ("2026-11-04T12:00", told.gives_up()),
        ("2026-11-05T17:30", told.came()),
        ("2026-11-06T12:00", [*told.evaluated(), *told.reflected(), told.visit()]),
        ("2026-11-10T16:00", told.seniors_came()),
        ("2026-11-12T12:00", told.passed()),
        ("2026-11-19T12:00", told.needs()),
        ("2026-11-20T15:00", [*told.deferred(), told.declared_too_early()]),
        ("2026-11-24T15:00", told.taken_back()),
        ("2026-11-23T12:00", told.visited()),
        ("2026-11-30T12:00", told.renewed()),
        ("2026-12-11T12:00", [*told.impact(), told.need_met()]),
        ("2026-12-14T12:00", told.on_and_off()),
    ):
        diary.say(datetime.fromisoformat(at).replace(tzinfo=UTC), *sayings)
    diary.let_lapse(LAPSES_AT, len(_LATE))


class _Learning:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed

    def required(self) -> Iterator[Saying]:
        for requirement in _REQUIRED:
            data = {"trustuid": UID, **requirement, "grace_days": 28, "effective_from": "2020-09-01"}
            yield _says(f"required-{requirement['training']}", "StatutoryRequirementSet", data)

    def completed(self) -> Iterator[Saying]:
        """All were trained in safeguarding when the year began, but some whose training is of last November."""
        for school in SCHOOLS:
            for person in self._at(school.urn):
                late = school.urn in _LATE and person.role == "attendance_officer"
                day = LAST_YEARS if late else date(2026, 9, 2)
                yield self._trained(person, "safeguarding", day, urn=school.urn)

    def renewed(self) -> Iterator[Saying]:
        for urn in _RENEWED:
            officer = self._people.at(urn, "attendance_officer")
            yield self._trained(officer, "safeguarding", date(2026, 11, 27), urn=urn)

    def first_aid(self) -> Iterator[Saying]:
        """Two at each site but one, with a certificate's own last day; one of them from a former employer."""
        for number, school in enumerate(SCHOOLS):
            for role in ("business_manager", "senco")[: 1 if school.urn == "900008" else 2]:
                more = {"expires_on": f"{2027 + number % 2}-03-31", "provider": "Northmoor Ambulance"}
                person = self._people.at(school.urn, role)
                yield self._trained(person, "first_aid", date(2024 + number % 2, 4, 1), **more)

    def _trained(self, person: Person, training: str, on: date, **more: str) -> Saying:
        data = {
            "person_id": str(person.person_id),
            "trustuid": UID,
            "training": training,
            "completed_on": str(on),
            **more,
        }
        return _says(f"trained-{training}-{person.staff_ref}-{on}", "StatutoryTrainingCompleted", data)

    def held(self) -> Iterator[Saying]:
        """Heads hold the qualification for headship, some since 2004 and from elsewhere; every third has a Masters."""
        for number, head in enumerate(self._heads()):
            courses = (("npq-headship", 2004 + number), ("masters", 2011 + number))[: 2 if number % 3 == 0 else 1]
            for course, year in courses:
                data = {"person_id": str(head.person_id), "course": course, "awarded_on": f"{year}-07-12"}
                yield _says(f"held-{course}-{head.staff_ref}", "QualificationHeld", data)

    def enrolled(self) -> Iterator[Saying]:
        """Six deputies work for the next qualification; one of them is nearly there."""
        for school in SCHOOLS[:6]:
            began = "2025-02-03" if school is SCHOOLS[0] else "2026-10-05"
            data = self._course(school.urn)
            more = {
                "provider": "National Leadership Faculty",
                "cohort": f"{began[:4]}-autumn",
                "funding": "scholarship",
            }
            yield _says(f"enrolled-{school.urn}", "QualificationEnrolled", {**data, **more, "enrolled_on": began})
            yield self._milestone(school.urn, "started", began)
        for milestone, on in (("retained-1", "2025-07-01"), ("retained-2", "2026-02-02"), ("completed", "2026-07-10")):
            yield self._milestone(SCHOOLS[0].urn, milestone, on)

    def _milestone(self, urn: str, milestone: str, on: str) -> Saying:
        data = {**self._course(urn), "milestone": milestone, "declared_on": on}
        return _says(f"milestone-{urn}-{milestone}", "QualificationMilestoneDeclared", data)

    def passed(self) -> Iterator[Saying]:
        data = {**self._course(SCHOOLS[0].urn), "outcome": "passed", "outcome_on": "2026-11-12"}
        yield _says("passed", "QualificationOutcomeRecorded", data)

    def deferred(self) -> Iterator[Saying]:
        yield _says("deferred", "QualificationDeferred", {**self._course(SCHOOLS[4].urn), "deferred_on": "2026-11-20"})

    def declared_too_early(self) -> Saying:
        return self._milestone(SCHOOLS[1].urn, "retained-1", "2026-11-20")

    def taken_back(self) -> Iterator[Saying]:
        data = {**self._course(SCHOOLS[1].urn), "milestone": "retained-1", "voided_on": "2026-11-24"}
        yield _says("taken-back", "QualificationMilestoneVoided", data)

    def on_and_off(self) -> Iterator[Saying]:
        """Who had paused is back, and somebody stops."""
        back = {**self._course(SCHOOLS[4].urn), "resumed_on": "2026-12-14"}
        yield _says("resumed", "QualificationResumed", back)
        stops = {**self._course(SCHOOLS[5].urn), "withdrawn_on": "2026-12-14"}
        yield _says("withdrawn", "QualificationWithdrawn", stops)

    def _course(self, urn: str) -> dict[str, str]:
        return {
            "enrolment_id": self._id("enrolment", urn),
            "person_id": str(self._people.at(urn, "deputy_headteacher").person_id),
            "course": "npq-headship",
        }

    def booked(self) -> Iterator[Saying]:
        """The first mentoring session is full, with two who wait; the deputies come to theirs."""
        for person, urn in self._mentors_and_mentees():
            yield self._books(0, person, urn)
        for person, urn in self._waiting():
            yield self._books(0, person, urn, becomes="PlaceWaitlisted")
        for school in SCHOOLS:
            yield self._books(6, self._people.at(school.urn, "deputy_headteacher"), school.urn)

    def _books(self, session: int, person: Person, urn: str, *, becomes: str = "") -> Saying:
        data = {**self._there(session, person), "urn": urn, "funded_by": "trust"}
        return _says(f"booked-{session}-{person.staff_ref}", "PlaceBooked", data, becomes=becomes)

    def gives_up(self) -> Iterator[Saying]:
        """Somebody cannot come, so the first who waits has a place."""
        person, _ = self._mentors_and_mentees()[-1]
        data = {**self._there(0, person), "reason": "cover_needed"}
        yield _says("gives-up", "BookingCancelled", data, "PlaceBooked")

    def came(self) -> Iterator[Saying]:
        """All who were expected but one, and one who was not."""
        expected = [*self._mentors_and_mentees()[:-1], self._waiting()[0]]
        for number, (person, urn) in enumerate(expected):
            yield self._attends(
                0, person, urn, "absent" if number == _ABSENT else "part" if number == _LEFT_EARLY else "present"
            )
        walks_in = self._people.at("900012", "senco")
        yield self._attends(0, walks_in, "900012", "present", "PlaceBooked")

    def seniors_came(self) -> Iterator[Saying]:
        for school in SCHOOLS:
            yield self._attends(6, self._people.at(school.urn, "deputy_headteacher"), school.urn, "present")

    def _attends(self, session: int, person: Person, urn: str, attendance: str, *also: str) -> Saying:
        minutes = {} if attendance == "absent" else {"minutes": 45 if attendance == "part" else 90}
        data = {**self._there(session, person), "urn": urn, "attendance": attendance, **minutes}
        return _says(f"came-{session}-{person.staff_ref}", "AttendanceRecorded", data, *also)

    def evaluated(self) -> Iterator[Saying]:
        """The mentors say what they think of it, and what they learnt."""
        for number, (mentor, urn) in enumerate(self._mentors_and_mentees()[: len(SCHOOLS)]):
            if number == _ABSENT:
                continue
            for level in (1, 2):
                data = {
                    **self._there(0, mentor),
                    "urn": urn,
                    "level": level,
                    "score": 2 + (number + level) % 4,
                    "evaluated_on": "2026-11-06",
                }
                yield _says(f"evaluated-{mentor.staff_ref}-{level}", "CpdEvaluated", data)

    def reflected(self) -> Iterator[Saying]:
        for text, (mentor, urn) in zip(_REFLECTIONS, self._mentors_and_mentees(), strict=False):
            data = {
                **self._there(0, mentor),
                "urn": urn,
                "reflection_id": self._id("reflection", mentor.staff_ref),
                "text": text.format(name=mentor.name),
                "may_publish": urn == "900001",
            }
            yield _says(f"reflected-{mentor.staff_ref}", "ReflectionShared", data)

    def visit(self) -> Saying:
        visitors = [self._people.at(urn, "senco") for urn in ("900004", "900008")]
        data = {
            "visit_id": self._id("visit"),
            "trustuid": UID,
            "host": "Stonebridge Primary, in another trust",
            "visitor_ids": [str(visitor.person_id) for visitor in visitors],
            "focus": "How a whole school reads aloud every day.",
            "visit_on": "2026-11-19",
        }
        return _says("visit", "PioneerVisitArranged", data)

    def visited(self) -> Iterator[Saying]:
        learning = (
            f"{self._people.at('900004', 'senco').name} saw books chosen by children, and starts that in January."
        )
        data = {"visit_id": self._id("visit"), "learning": learning, "reported_on": "2026-11-23"}
        yield _says("visited", "PioneerVisitReported", data)

    def needs(self) -> Iterator[Saying]:
        """What those who are not ready yet need, and the programme that answers it."""
        for urn in ("900003", "900004", "900005"):
            data = {
                "need_id": self._id("need", urn),
                "person_id": str(self._people.at(urn, "deputy_headteacher").person_id),
                "capability": "strategy",
                "seen_in": "readiness",
                "programme_ids": [self._id("programme", "senior")],
                "recorded_on": "2026-11-19",
            }
            yield _says(f"need-{urn}", "DevelopmentNeedRecorded", data)

    def need_met(self) -> Saying:
        data = {
            "need_id": self._id("need", "900003"),
            "met_by": self._id("programme", "senior"),
            "met_on": "2026-12-11",
        }
        return _says("need-met", "DevelopmentNeedMet", data)

    def impact(self) -> Iterator[Saying]:
        """Reading ages in three schools, and those of disadvantaged pupils; in thousandths of a year."""
        for number, urn in enumerate(("900001", "900005", "900011")):
            data = {
                "impact_id": self._id("impact", urn),
                "programme_id": self._id("programme", "phonics"),
                "trustuid": UID,
                "urn": urn,
                "level": 5,
                "measure": "Reading age of Year 3, in years",
                "baseline_thousandths": 7_100 + 100 * number,
                "follow_up_thousandths": 7_600 + 150 * number,
                "disadvantaged_baseline_thousandths": 6_400,
                "disadvantaged_follow_up_thousandths": 7_000 + 100 * number,
                "verified_by": str(self._people.central("primary_improvement_lead").person_id),
                "evidenced_on": "2026-12-10",
            }
            yield _says(f"impact-{urn}", "ImpactEvidenced", data)

    def _mentors_and_mentees(self) -> Sequence[tuple[Person, str]]:
        roles = ("assistant_headteacher", "early_career_teacher")
        return [(self._people.at(school.urn, role), school.urn) for role in roles for school in SCHOOLS]

    def _waiting(self) -> Sequence[tuple[Person, str]]:
        return [(self._people.at(urn, "senco"), urn) for urn in ("900002", "900006")]

    def _at(self, urn: str) -> Iterable[Person]:
        return (person for person in self._people.everybody if urn in person.urns[:1])

    def _heads(self) -> Sequence[Person]:
        return list(dict.fromkeys(self._people.at(school.urn, "headteacher") for school in SCHOOLS))

    def _there(self, session: int, person: Person) -> dict[str, str]:
        return {"session_id": self._id("session", session), "person_id": str(person.person_id)}

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))


def _says(id: str, event: str, data: dict[str, Any], *also: str, becomes: str = "") -> Saying:
    return trust_publishes(id, event, data, *also, service="cpd", becomes=becomes)
