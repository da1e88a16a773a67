"""What schools work on and ask for: plans and what they need, priorities, how they see themselves, daily support."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from deploy.demo.people import People
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import at, school_says, trust_reports, trust_says
from deploy.demo.story import CYCLES, FOCUS_AREAS
from deploy.demo.trust import SCHOOLS, UID, named

_NEEDS = (
    {"dimension": "people", "quantity": 6, "unit": "half_days"},
    {"dimension": "time", "quantity": 2, "unit": "half_days_a_week"},
    {"dimension": "intellectual", "quantity": 4, "unit": "places"},
    {"dimension": "financial", "quantity": 250_000, "unit": "pence"},
    {"dimension": "collaboration", "quantity": 3, "unit": "half_days"},
)
_NO_LENS = ("900005", "900009", "900012")
_NOTE = "{name} sees to it that pupils eligible for free meals read with an adult every day."
_PRIORITIES = (
    ("reading", "Reading aloud every day in every year", "900001", "teacher"),
    ("workload", "Marking that takes half the time", "900006", "middle"),
    ("attendance", "One call home on the first morning", "900004", "support"),
    ("headship", "A deputy ready for every headship", None, "trust"),
)
_VOTERS = (
    ("headteacher", "head", (0, 3, 2, 1)),
    ("deputy_headteacher", "senior", (0, 1, 3, 2)),
    ("senco", "middle", (0, 2, 1, 3)),
    ("early_career_teacher", "teacher", (1, 0, 2)),
)
_PRINCIPLES = (
    *("culture", "children_first", "community", "clarity", "communication"),
    *("collaboration", "change_management", "capability", "consistency", "capacity"),
)
_SCALE = ("we_do_this", "we_talk_about_it", "we_should", "we_dont", "never_thought_about_it")
_SUPPORT = (  # school, kind, what, opened, answered after hours, closed after days
    ("900001", "site", "The boiler house door does not lock. {name} has the only key.", "2026-11-03T09:00", 3, 1),
    ("900004", "hr", "{name} asks for phased hours after a long absence.", "2026-11-05T10:00", 24, 12),
    ("900006", "compliance", "Who checks the lift's certificate? {name} cannot find it.", "2026-11-23T10:00", 2, 7),
    ("900009", "other", "{name} would like the trust's template for a parents' survey.", "2026-11-24T12:30", 48, None),
    ("900011", "site", "Water comes through the hall's roof again, says {name}.", "2026-12-08T12:30", None, None),
)
_SHARED = (
    ("SuccessShared", "900002", "reading", "{name}'s Year 8 group read four months further in seven weeks."),
    ("SuccessShared", "900007", "mentoring", "{name} and three mentors watched each other teach, and it shows."),
    ("ChallengeRaised", "900006", "maths", "{name} has two sets without a teacher of maths until January."),
    ("ChallengeRaised", "900010", "attendance", "{name} counts more holidays in term than last year."),
)


def improve(diary: Diary, people: People, seed: int) -> None:
    """All of it, as the half term goes on."""
    told = _Improving(people, seed)
    for when, sayings in (
        ("2026-11-03T09:00", [*told.plans(), *told.proposed()]),
        ("2026-11-06T10:00", told.voted()),
        ("2026-11-10T09:00", told.agreed()),
        ("2026-11-13T10:00", told.assessed_themselves()),
        ("2026-11-27T10:00", told.amended()),
        ("2026-12-16T12:00", told.closed()),
    ):
        diary.say(at(when), *sayings)
    for said_at, saying in (*told.supported(), *told.shared()):
        diary.say(said_at, saying)


class _Improving:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed

    def plans(self) -> Iterator[Saying]:
        """Each school's, some without a word about disadvantaged pupils, and the trust's own."""
        for number, school in enumerate(SCHOOLS):
            lens = {} if school.urn in _NO_LENS else {"disadvantaged_note": _NOTE.format(name=self._head(school.urn))}
            needs = [_NEEDS[number % 5], _NEEDS[(number + 2) % 5]]
            yield self._plan(school.urn, needs, number, urn=school.urn, **lens)
        yield self._plan("trust", list(_NEEDS), 12, disadvantaged_note="Every school's plan names who gains least.")

    def _plan(self, name: str, needs: list[dict[str, Any]], number: int, **more: Any) -> Saying:
        focus = list(FOCUS_AREAS)[number % len(FOCUS_AREAS)]
        data = {
            "plan_id": self._id("plan", name),
            "trustuid": UID,
            "title": "Improvement plan 2026/27",
            "objectives": [f"{FOCUS_AREAS[focus]['title']}: every school on track by July."],
            "focus_ids": [self._id("focus", focus)],
            "needs": needs,
            "cost_pence": 120_000 + 10_000 * number,
            "starts_on": "2026-09-01",
            "ends_on": "2027-07-21",
            **more,
        }
        return trust_reports(f"plan-{name}", "ImprovementPlanAgreed", data)

    def amended(self) -> Iterator[Saying]:
        plan = self._plan("900006", [_NEEDS[0], _NEEDS[4]], 5).data
        data = {name: value for name, value in plan.items() if name != "trustuid"}
        data |= {"reason": "Two teachers of maths leave at Christmas.", "amended_on": "2026-11-27"}
        yield trust_reports("plan-900006-amended", "ImprovementPlanAmended", data)

    def closed(self) -> Iterator[Saying]:
        data = {"plan_id": self._id("plan", "900005"), "outcome": "green", "closed_on": "2026-12-15"}
        yield trust_reports("plan-900005-closed", "ImprovementPlanClosed", data)

    def proposed(self) -> Iterator[Saying]:
        """What schools, and the trust, would work on first."""
        for name, title, urn, level in _PRIORITIES:
            data = {
                "priority_id": self._id("priority", name),
                "trustuid": UID,
                "cycle": CYCLES[0].name,
                "title": title,
                "role_level": level,
                "proposed_on": "2026-11-03",
                **({} if urn is None else {"urn": urn}),
            }
            yield trust_reports(f"priority-{name}", "PriorityProposed", data)

    def voted(self) -> Iterator[Saying]:
        """Leaders of all levels put them in their order; not every school the same way."""
        for number, school in enumerate(SCHOOLS):
            for role, level, order in _VOTERS:
                if role == "headteacher" and school.urn == "900010":
                    continue  # the head of two schools votes once
                turned = order if number % 3 else tuple(reversed(order))
                data = {
                    "trustuid": UID,
                    "cycle": CYCLES[0].name,
                    "urn": school.urn,
                    "person_id": str(self._people.at(school.urn, role).person_id),
                    "role_level": level,
                    "ranking": [self._id("priority", _PRIORITIES[one][0]) for one in turned],
                    "voted_on": "2026-11-06",
                }
                yield trust_reports(f"vote-{school.urn}-{role}", "PriorityVoted", data)

    def agreed(self) -> Iterator[Saying]:
        for rank, name in enumerate(("reading", "headship", "attendance"), start=1):
            data = {
                "priority_id": self._id("priority", name),
                "trustuid": UID,
                "cycle": CYCLES[0].name,
                "rank": rank,
                "agreed_on": "2026-11-10",
            }
            yield trust_says(f"priority-{name}-agreed", "PriorityAgreed", data)

    def assessed_themselves(self) -> Iterator[Saying]:
        """The trust thinks that it does most of it; not every school says so."""
        for number, urn in enumerate((None, *(school.urn for school in SCHOOLS))):
            items = [
                {"item": item, "answer": _SCALE[0 if urn is None else (number * place) % 7 % len(_SCALE)]}
                for place, item in enumerate(_PRINCIPLES)
            ]
            yield self._assessed(urn, "ten_principles", items)
        dimensions = ("people", "time", "intellectual", "financial", "collaboration")
        for number, school in enumerate(SCHOOLS[:6]):
            items = [{"item": d, "answer": _SCALE[(number + place) % 4]} for place, d in enumerate(dimensions)]
            yield self._assessed(school.urn, "capacity", items)

    def _assessed(self, urn: str | None, instrument: str, items: list[dict[str, str]]) -> Saying:
        data = {
            "assessment_id": self._id("assessment", urn, instrument),
            "trustuid": UID,
            "instrument": instrument,
            "answers": items,
            "submitted_on": "2026-11-13",
            **({} if urn is None else {"urn": urn}),
        }
        return trust_reports(f"assessment-{urn or 'trust'}-{instrument}", "SelfAssessmentSubmitted", data)

    def supported(self) -> Iterator[tuple[datetime, Saying]]:
        """What schools ask from day to day: answered in hours, after two days, or not yet."""
        for number, (urn, kind, what, opened, hours, days) in enumerate(_SUPPORT):
            when, request_id = at(opened), self._id("support", number)
            asks = {
                "request_id": request_id,
                "trustuid": UID,
                "urn": urn,
                "kind": kind,
                "request": what.format(name=self._people.at(urn, "business_manager").name),
                "opened_at": when.isoformat(),
            }
            yield when, school_says(urn, f"support-{number}", "SupportRequested", asks)
            if hours is None:
                continue
            when += timedelta(hours=hours)
            answers = {
                "request_id": request_id,
                "answer": f"Somebody comes today. Ask {self._people.central('head_of_people').name} if nobody does.",
                "answered_at": when.isoformat(),
            }
            yield when, trust_says(f"support-{number}-answered", "SupportRequestAnswered", answers)
            if days is not None:
                when += timedelta(days=days)
                closes = {"request_id": request_id, "closed_at": when.isoformat()}
                yield when, school_says(urn, f"support-{number}-closed", "SupportRequestClosed", closes)

    def shared(self) -> Iterator[tuple[datetime, Saying]]:
        for number, (event, urn, theme, text) in enumerate(_SHARED):
            when = at("2026-11-13T10:00") + timedelta(days=7 * number)
            name, field = ("success_id", "shared_at") if event == "SuccessShared" else ("challenge_id", "raised_at")
            data = {
                name: self._id("shared", number),
                "trustuid": UID,
                "urn": urn,
                "theme": theme,
                "text": text.format(name=self._head(urn)),
                field: when.isoformat(),
            }
            yield when, school_says(urn, f"shared-{number}", event, data)

    def _head(self, urn: str) -> str:
        return self._people.at(urn, "headteacher").name

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
