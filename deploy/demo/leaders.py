"""The half term's leaders: who is seen as one, what they lead, what they are ready for, which posts they could take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from deploy.demo.people import People, Person
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import trust_publishes, trust_says
from deploy.demo.trust import JOINT, SCHOOLS, UID, School, named

SEEN_ON = date(2026, 10, 30)
ASSESSED_ON = date(2026, 11, 18)
_POTENTIAL = ("headship", "specialist", "trust", "same_level", "unsure")
_READY = ("ready_now", "1_year", "2_3_years", "4_5_years", "not_ready", "ready_now", "1_year", "2_3_years")
_PROJECTS = {  # school: what its deputy leads, and how it ended by December
    "900001": ("Reading across the trust", "green"),
    "900004": ("Year 9 curriculum in maths", "amber"),
    "900006": ("One timetable for two sites", None),
    "900007": ("Mentors who observe every fortnight", "green"),
    "900012": ("A behaviour policy that pupils can say by heart", "red"),
}
_EVIDENCE = (
    "{name} turned the worst-attended parents' evening into the best in one year.",
    "Colleagues ask {name} first, and leave with an answer.",
    "{name} led the school for five weeks without anybody outside noticing.",
)
_NATIONAL_LEADERS = ("900002", "900007")
_LEAVES_IN_AUGUST = ("900005", "900009")


def lead(diary: Diary, people: People, seed: int) -> None:
    """Everything that happens to leaders, the posts that they could take, and the roles that they have."""
    told = _Leaders(people, seed)
    morning = datetime.combine(SEEN_ON, time(9, 20), UTC)
    steps = (told.posts(), told.seen(), told.endorsed(), told.designated(), told.elsewhere())
    for minutes, sayings in enumerate(steps):
        diary.say(morning + timedelta(minutes=minutes), *sayings)
    diary.say(datetime(2026, 11, 3, 9, tzinfo=UTC), *told.projects())
    diary.say(datetime(2026, 11, 6, 9, tzinfo=UTC), *told.declined())
    diary.say(datetime(2026, 11, 12, 9, tzinfo=UTC), *told.deployed())
    diary.say(datetime.combine(ASSESSED_ON, time(11), UTC), *told.ready())
    diary.say(datetime(2026, 11, 20, 9, tzinfo=UTC), *told.successors())
    diary.say(datetime(2026, 12, 4, 9, tzinfo=UTC), *told.second_thoughts())
    diary.say(datetime(2026, 12, 9, 9, tzinfo=UTC), *told.completed(), *told.experienced())
    diary.say(datetime(2026, 12, 11, 14, tzinfo=UTC), *told.thought_again())
    diary.say(datetime(2026, 12, 14, 9, tzinfo=UTC), *told.back())
    diary.say(datetime(2026, 12, 15, 9, tzinfo=UTC), *told.asks_ahead())


class _Leaders:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed
        self._education = people.central("director_of_education")
        self._chief = people.central("chief_executive")

    def posts(self) -> Iterator[Saying]:
        """Every headship, the one of two schools once, and the chief executive's."""
        for school in SCHOOLS:
            if school.urn == JOINT[1]:
                continue
            urns = JOINT if school.urn in JOINT else (school.urn,)
            leaves = {"expected_vacancy_on": "2027-09-01", "expected_vacancy_reason": "retirement"}
            more = leaves if school.urn in _LEAVES_IN_AUGUST else {}
            yield self._post(school.urn, "headteacher", urns, self._head(school), **more)
        yield self._post("trust", "chief_executive", (), self._chief)
        yield self._post("maths", "director_of_mathematics", (), None)

    def _post(self, name: str, post_type: str, urns: tuple[str, ...], holder: Person | None, **more: str) -> Saying:
        """A post; when it will be vacant is a fact of its own."""
        held = [holder] if holder else []
        data = {
            "post_id": self._id("post", name),
            "trustuid": UID,
            "urns": list(urns),
            "post_type": post_type,
            "incumbents": [
                {"person_id": str(one.person_id), "share_hundredths": 100, "from_on": str(one.started_on)}
                for one in held
            ],
            "registered_on": str(SEEN_ON),
            **more,
        }
        return trust_publishes(f"post-{name}", "CriticalPostRegistered", data, *(("PostVacated",) if more else ()))

    def seen(self) -> Iterator[Saying]:
        """Each deputy by their head; an assistant head who puts themselves forward, and one who does not want it."""
        for number, school in enumerate(SCHOOLS):
            deputy, head = self._deputy(school), self._head(school)
            evidence = _EVIDENCE[number % len(_EVIDENCE)].format(name=deputy.name)
            yield self._identified(
                deputy,
                head,
                urn=school.urn,
                source="appraisal" if number % 2 else "nomination",
                potential_for=["headteacher"],
                ambition=_POTENTIAL[number % len(_POTENTIAL)],
                evidence=evidence,
            )
        forward, shy = self._assistant("900005"), self._assistant("900008")
        yield self._identified(forward, forward, urn="900005", source="self", ambition="headship")
        yield self._identified(shy, self._people.at("900008", "headteacher"), source="nomination", ambition="unsure")

    def _identified(self, leader: Person, by: Person, **more: Any) -> Saying:
        data = {"person_id": str(leader.person_id), "identified_by": str(by.person_id), **more}
        return trust_publishes(f"leader-{leader.staff_ref}", "LeaderIdentified", data)

    def endorsed(self) -> Iterator[Saying]:
        """The director of education stands behind them and tells them."""
        leaders = [*(self._deputy(school) for school in SCHOOLS), self._assistant("900005")]
        by = str(self._education.person_id)
        for leader in leaders:
            data = {"leader_id": str(leader.person_id), "endorsed_by": by, "endorsed_on": str(SEEN_ON)}
            yield trust_publishes(f"endorsed-{leader.staff_ref}", "LeaderEndorsed", data)
        for leader in leaders[:-1]:
            data = {"leader_id": str(leader.person_id), "informed_by": by, "informed_on": str(SEEN_ON)}
            yield trust_publishes(f"informed-{leader.staff_ref}", "LeaderInformed", data)

    def declined(self) -> Iterator[Saying]:
        shy = self._assistant("900008")
        data = {
            "leader_id": str(shy.person_id),
            "declined_by": "person",
            "declined_on": "2026-11-06",
            "reason": f"{shy.name} wants to teach for some more years first.",
        }
        yield trust_publishes("declined", "LeaderNominationDeclined", data)

    def projects(self) -> Iterator[Saying]:
        for urn, (project, _) in _PROJECTS.items():
            data = {
                **self._project(urn),
                "project": project,
                "scope_urns": [] if "trust" in project else [urn],
                "given_on": "2026-11-03",
            }
            yield trust_publishes(f"project-{urn}", "ProjectLeadershipGiven", data)

    def completed(self) -> Iterator[Saying]:
        """Done is done, well or not; what was led counts as experience."""
        for urn, (_, outcome) in _PROJECTS.items():
            if outcome is not None:
                data = {**self._project(urn), "outcome": outcome, "completed_on": "2026-12-08"}
                yield trust_publishes(f"project-{urn}-done", "ProjectLeadershipCompleted", data, "ExperienceGained")

    def _project(self, urn: str) -> dict[str, str]:
        leader = self._people.at(urn, "deputy_headteacher")
        return {"leader_id": str(leader.person_id), "project_id": self._id("project", urn)}

    def ready(self) -> Iterator[Saying]:
        """Two say what each deputy is ready for, one of them from outside their school; of the last only the head."""
        for number, school in enumerate(SCHOOLS):
            alone = school is SCHOOLS[-1]
            assessors = [self._head(school), *(() if alone else (self._education,))]
            data = {
                "leader_id": str(self._deputy(school).person_id),
                "assessment_id": self._id("readiness", school.urn),
                "post_type": "headteacher",
                "readiness": _READY[number % len(_READY)],
                "assessor_ids": [str(assessor.person_id) for assessor in assessors],
                "assessed_on": str(ASSESSED_ON),
            }
            yield trust_publishes(f"readiness-{school.urn}", "ReadinessAssessed", data)

    def successors(self) -> Iterator[Saying]:
        """For each headship two names, one of them from the next school; for one of them nobody."""
        for number, school in enumerate(SCHOOLS):
            if school.urn in (JOINT[1], "900009"):
                continue
            for leader in (self._deputy(school), self._deputy(SCHOOLS[(number + 1) % len(SCHOOLS)])):
                data = {
                    "post_id": self._id("post", school.urn),
                    "leader_id": str(leader.person_id),
                    "nominated_on": "2026-11-20",
                }
                yield trust_publishes(f"successor-{school.urn}-{leader.staff_ref}", "SuccessorNominated", data)

    def designated(self) -> Iterator[Saying]:
        """Two heads are national leaders, so their schools are support schools; a specialist, and a chair."""
        for urn in _NATIONAL_LEADERS:
            head = self._people.at(urn, "headteacher")
            yield self._role(f"nle-{urn}", head, "nle", "Department for Education")
        assistant, chair = self._assistant("900006"), self._people.at("900001", "chair_of_governors")
        hub = "Northmoor Teaching School Hub"
        yield self._role("sle-900006", assistant, "sle", hub, specialism="Early reading")
        yield self._role("nlg-900001", chair, "nlg", hub)

    def _role(self, name: str, holder: Person, scheme: str, body: str, *, specialism: str = "") -> Saying:
        data = {
            "designation_id": self._id("designation", name),
            "trustuid": UID,
            "person_id": str(holder.person_id),
            "scheme": scheme,
            "awarding_body": body,
            "from_on": "2026-09-01",
            **({"specialism": specialism} if specialism else {}),
        }
        also = ("NationalSupportSchoolRecognised",) if scheme == "nle" else ()
        return trust_publishes(f"designation-{name}", "RoleDesignated", data, *also)

    def elsewhere(self) -> Iterator[Saying]:
        """Two deputies can be elsewhere for some days this year; a proposal for each."""
        for urn, to_urn, days in (("900007", "900012", 12), ("900001", "900005", 6)):
            deputy = str(self._people.at(urn, "deputy_headteacher").person_id)
            terms = {"person_id": deputy, "days_a_year": 20, "from_on": "2026-09-01"}
            yield trust_publishes(f"terms-{urn}", "DeploymentTermsSet", terms)
            data = {
                "deployment_id": self._id("deployment", urn),
                "person_id": deputy,
                "from_urn": urn,
                "to_urn": to_urn,
                "days": days,
                "starts_on": "2026-11-16",
                "ends_on": "2026-12-11",
                "purpose": "Help the mathematics department to plan the spring term.",
            }
            yield trust_publishes(f"deployment-{urn}", "DeploymentProposed", data)

    def deployed(self) -> Iterator[Saying]:
        """The releasing head and the deputy confirm one of the two."""
        data = {
            "deployment_id": self._id("deployment", "900007"),
            "person_id": str(self._people.at("900007", "deputy_headteacher").person_id),
            "academic_year": "2026/27",
            "confirmed_by_head": str(self._people.at("900007", "headteacher").person_id),
            "confirmed_by_head_on": "2026-11-11",
            "confirmed_by_person_on": "2026-11-12",
        }
        yield trust_publishes("deployment-900007-confirmed", "LeaderDeployed", data)

    def second_thoughts(self) -> Iterator[Saying]:
        """A head means to go in spring; a deputy finds another path; the new post is taken by somebody from here."""
        leaves = {
            "post_id": self._id("post", "900012"),
            "person_id": str(self._people.at("900012", "headteacher").person_id),
            "vacated_on": "2027-04-12",
            "reason": "resignation",
        }
        yield trust_publishes("means-to-go", "PostVacated", leaves)
        closed = {**self._of_langley(), "closed_on": "2026-12-04", "reason": "another_path"}
        yield trust_publishes("another-path", "LeaderRecordClosed", closed)
        taken = {
            "post_id": self._id("post", "maths"),
            "person_id": str(self._assistant("900004").person_id),
            "share_hundredths": 100,
            "filled_on": "2027-01-04",
        }
        yield trust_publishes("director-of-maths", "PostFilled", taken)

    def thought_again(self) -> Iterator[Saying]:
        """The head stays and the deputy is back on the list; somebody is no successor, and a chair's role ends."""
        stays = {
            "post_id": self._id("post", "900012"),
            "person_id": str(self._people.at("900012", "headteacher").person_id),
        }
        yield trust_publishes("stays", "PostVacancyWithdrawn", stays)
        reopened = {
            **self._of_langley(),
            "reopened_by": str(self._education.person_id),
            "reopened_on": "2026-12-11",
            "reason": "second_thought",
        }
        yield trust_publishes("another-path-after-all", "LeaderRecordReopened", reopened)
        removed = {
            "post_id": self._id("post", "900001"),
            "leader_id": str(self._people.at("900002", "deputy_headteacher").person_id),
            "removed_on": "2026-12-11",
            "reason": "wants_to_stay",
        }
        yield trust_publishes("no-successor", "SuccessorRemoved", removed)
        ends = {
            "designation_id": self._id("designation", "nlg-900001"),
            "person_id": str(self._people.at("900001", "chair_of_governors").person_id),
            "withdrawn_on": "2026-12-11",
            "reason": "term_ended",
        }
        yield trust_publishes("nlg-ends", "RoleDesignationWithdrawn", ends)

    def _of_langley(self) -> dict[str, str]:
        return {"leader_id": str(self._people.at("900011", "deputy_headteacher").person_id)}

    def experienced(self) -> Iterator[Saying]:
        """Two deputies took part in reviews at other schools."""
        for urn in ("900002", "900006"):
            data = {
                "leader_id": str(self._people.at(urn, "deputy_headteacher").person_id),
                "experience": "review",
                "basis": self._id("review", urn),
                "gained_on": "2026-12-02",
            }
            yield trust_publishes(f"experience-{urn}", "ExperienceGained", data)

    def back(self) -> Iterator[Saying]:
        deputy = self._people.at("900007", "deputy_headteacher")
        data = {
            "deployment_id": self._id("deployment", "900007"),
            "person_id": str(deputy.person_id),
            "academic_year": "2026/27",
            "ended_on": "2026-12-11",
            "days_given": 11,
            "outcome": "amber",
            "impact": f"All sets are on the planned unit since {deputy.name} planned with them.",
        }
        yield trust_publishes("deployment-900007-ends", "DeploymentEnded", data)

    def asks_ahead(self) -> Iterator[Saying]:
        """The trust asks how many heads it will be short of in five years, whether things go well or badly."""
        for scenario in ("low", "expected", "high"):
            data = {
                "forecast_id": self._id("forecast", scenario),
                "trustuid": UID,
                "scenario": scenario,
                "post_type": "headteacher",
                "horizon_years": 5,
            }
            yield trust_says(f"forecast-{scenario}", "SkillsGapForecast", data, service="talent")

    def _head(self, school: School) -> Person:
        return self._people.at(school.urn, "headteacher")

    def _deputy(self, school: School) -> Person:
        return self._people.at(school.urn, "deputy_headteacher")

    def _assistant(self, urn: str) -> Person:
        return self._people.at(urn, "assistant_headteacher")

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
