"""The half term's careers: where everybody stands, who plans what, who is inducted, where each school is heading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.people import People, Person
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import trust_publishes
from deploy.demo.trust import SCHOOLS, UID, named

_STANDING = {  # by role: a stage and a pathway; everybody who works in a school has one
    "headteacher": ("stage_5", "headship"),
    "executive_headteacher": ("late_career", "headship"),
    "deputy_headteacher": ("stage_4", "headship"),
    "assistant_headteacher": ("stage_3", "headship"),
    "senco": ("stage_3", "specialist"),
    "early_career_teacher": ("stage_1", "teaching"),
    "business_manager": ("stage_4", "business"),
    "attendance_officer": ("stage_2", "pastoral"),
}
_TRAJECTORIES = ("improving", "steady", "improving", "declining")
_NEARLY_DONE = "900012"
_PLANNING = ("900001", "900004", "900006", "900012")


def progress(diary: Diary, people: People, seed: int) -> None:
    """Careers and inductions, and what the improvement lead says of each school."""
    told = _Careers(people, seed)
    morning = datetime(2026, 10, 30, 9, 30, tzinfo=UTC)
    for minutes, sayings in enumerate((told.stages(), told.inductions(), told.trajectories())):
        diary.say(morning + timedelta(minutes=minutes), *sayings)
    diary.say(datetime(2026, 11, 10, 12, tzinfo=UTC), *told.plans(), *told.aspirations())
    diary.say(datetime(2026, 11, 24, 12, tzinfo=UTC), *told.ratings())
    diary.say(datetime(2026, 12, 3, 12, tzinfo=UTC), *told.reviews(), *told.pauses())
    diary.say(datetime(2026, 12, 16, 12, tzinfo=UTC), *told.looked_back())


class _Careers:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed

    def stages(self) -> Iterator[Saying]:
        for person in self._people.everybody:
            if person.role in _STANDING and person.manager_id is not None:
                stage, pathway = _STANDING[person.role]
                data = {
                    "person_id": str(person.person_id),
                    "stage": stage,
                    "pathway": pathway,
                    "assessor_id": str(person.manager_id),
                    "assessed_on": "2026-10-30",
                }
                yield trust_publishes(f"stage-{person.staff_ref}", "CareerStageAssessed", data)

    def inductions(self) -> Iterator[Saying]:
        """Every school's early-career teacher has a mentor, who does not judge, and a tutor, who does."""
        for school in SCHOOLS:
            ect = self._people.at(school.urn, "early_career_teacher")
            data = {
                **self._induction(ect),
                "mentor_id": str(self._people.at(school.urn, "assistant_headteacher").person_id),
                "tutor_id": str(self._people.at(school.urn, "deputy_headteacher").person_id),
                "appropriate_body": "Northmoor Teaching School Hub",
                "fte_hundredths": ect.fte_hundredths,
                "started_on": "2024-09-02" if school.urn == _NEARLY_DONE else "2026-09-01",
            }
            yield trust_publishes(f"induction-{ect.staff_ref}", "EctInductionStarted", data)

    def reviews(self) -> Iterator[Saying]:
        """All are on track but two."""
        for school in SCHOOLS:
            ect = self._people.at(school.urn, "early_career_teacher")
            data = {
                **self._induction(ect),
                "review_id": self._id("ect-review", school.urn),
                "on_track": school.urn not in ("900004", "900008"),
                "reviewed_by": str(self._people.at(school.urn, "deputy_headteacher").person_id),
                "reviewed_on": "2026-12-02",
            }
            yield trust_publishes(f"ect-review-{ect.staff_ref}", "EctProgressReviewed", data)

    def pauses(self) -> Iterator[Saying]:
        ect = self._people.at("900010", "early_career_teacher")
        yield trust_publishes("ect-pauses", "EctInductionPaused", {**self._induction(ect), "from_on": "2026-12-03"})

    def looked_back(self) -> Iterator[Saying]:
        """A plan is looked at again; one induction goes on, one has another mentor, one is passed."""
        assistant = self._people.at("900001", "assistant_headteacher")
        review = {
            "person_id": str(assistant.person_id),
            "plan_id": self._id("career-plan", "900001"),
            "reviewed_with": str(self._people.at("900001", "headteacher").person_id),
            "on_track": True,
            "next_step": f"{assistant.name} stands in for the deputy in January.",
            "reviewed_on": "2026-12-16",
        }
        yield trust_publishes("career-plan-review", "CareerPlanReviewed", review)
        resting, moved, done = (
            self._people.at(urn, "early_career_teacher") for urn in ("900010", "900004", _NEARLY_DONE)
        )
        back = {**self._induction(resting), "from_on": "2026-12-14"}
        yield trust_publishes("ect-resumes", "EctInductionResumed", back)
        arranged = {
            **self._induction(moved),
            "mentor_id": str(self._people.at("900004", "senco").person_id),
            "tutor_id": str(self._people.at("900004", "deputy_headteacher").person_id),
            "appropriate_body": "Northmoor Teaching School Hub",
            "fte_hundredths": moved.fte_hundredths,
            "from_on": "2026-12-14",
        }
        yield trust_publishes("ect-other-mentor", "EctInductionChanged", arranged)
        passed = {**self._induction(done), "outcome": "passed", "completed_on": "2026-12-16"}
        yield trust_publishes("ect-passed", "EctInductionCompleted", passed)

    def _induction(self, ect: Person) -> dict[str, str]:
        return {"induction_id": self._id("induction", ect.staff_ref), "person_id": str(ect.person_id)}

    def trajectories(self) -> Iterator[Saying]:
        lead = str(self._people.central("primary_improvement_lead").person_id)
        for number, school in enumerate(SCHOOLS):
            data = {
                "trustuid": UID,
                "urn": school.urn,
                "trajectory": _TRAJECTORIES[number % len(_TRAJECTORIES)],
                "basis": "Results of the summer, and two visits in September.",
                "assessed_by": lead,
                "assessed_on": "2026-10-30",
            }
            yield trust_publishes(f"trajectory-{school.urn}", "SchoolTrajectoryAssessed", data)

    def plans(self) -> Iterator[Saying]:
        """Four assistant heads plan the next ten years with their head."""
        for urn in _PLANNING:
            person = self._people.at(urn, "assistant_headteacher")
            stages = ("stage_3", "stage_3", "stage_4", "stage_4", "stage_4", *("stage_5",) * 5)
            years: list[dict[str, Any]] = [
                {"academic_year": f"{2026 + n}/{27 + n}", "stage": stage} for n, stage in enumerate(stages)
            ]
            years[4]["role"] = "deputy_headteacher"
            data = {
                "person_id": str(person.person_id),
                "plan_id": self._id("career-plan", urn),
                "years": years,
                "agreed_with": str(self._people.at(urn, "headteacher").person_id),
                "next_step": f"{person.name} leads the next moderation across three schools.",
                "support": "A coach from another school, and half a day a fortnight.",
                "agreed_on": "2026-11-10",
            }
            yield trust_publishes(f"career-plan-{urn}", "CareerPlanAgreed", data)

    def aspirations(self) -> Iterator[Saying]:
        """Up, sideways, a specialism, or to stay and do this well: all four are good answers."""
        wishes: tuple[dict[str, str], ...] = (
            {"direction": "up", "target_role": "headteacher", "target_year": "2028/29"},
            {"direction": "lateral"},
            {"direction": "specialist", "target_role": "specialist_leader"},
            {"direction": "stay"},
        )
        for number, school in enumerate(SCHOOLS):
            person = self._people.at(school.urn, "senco")
            data = {"person_id": str(person.person_id), **wishes[number % len(wishes)], "recorded_on": "2026-11-10"}
            yield trust_publishes(f"aspiration-{school.urn}", "CareerAspirationRecorded", data)

    def ratings(self) -> Iterator[Saying]:
        """Each deputy's strategy, as they see it and as their head does."""
        for number, school in enumerate(SCHOOLS):
            deputy, head = (self._people.at(school.urn, role) for role in ("deputy_headteacher", "headteacher"))
            for rater, by, rating in (("self", deputy, 1 + number % 4), ("manager", head, 1 + (number + 1) % 4)):
                data = {
                    "person_id": str(deputy.person_id),
                    "capability": "strategy",
                    "rating": rating,
                    "rater": rater,
                    "rater_id": str(by.person_id),
                    "cycle": "2026/27-A2.2",
                    "rated_on": "2026-11-24",
                }
                yield trust_publishes(f"rating-{school.urn}-{rater}", "CapabilityRated", data)

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
