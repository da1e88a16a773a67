"""Coaching and one-to-ones: the pool, who wishes for a coach, the pairings, and the template of all one-to-ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.demo.people import People, Person
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import at, school_says, trust_reports
from deploy.demo.trust import JOINT, SCHOOLS, UID, named

_COACHES = (  # school, role, kinds, specialism, places
    ("900002", "deputy_headteacher", ["coach", "mentor"], "maths", 2),
    ("900007", "assistant_headteacher", ["mentor", "ect_mentor"], None, 3),
    ("900001", "senco", ["coach"], "phonics", 1),
    ("900009", "deputy_headteacher", ["coach"], None, 2),
)
_WISHES = (  # school, role, kind, specialism: the first two are answered, one is withdrawn
    ("900006", "deputy_headteacher", "coach", "maths"),
    ("900011", "early_career_teacher", "ect_mentor", None),
    ("900005", "assistant_headteacher", "coach", "phonics"),
    ("900008", "senco", "coach", None),
    ("900012", "deputy_headteacher", "mentor", None),
    ("900003", "senco", "coach", "phonics"),
)
_ANSWERED_BY = (("900002", "deputy_headteacher"), ("900007", "assistant_headteacher"))
_THEMES = ("curriculum", "feedback", "behaviour")
_TOPICS = ["How are you?", "What have pupils gained?", "What is in the way?"]
_CONTENT = "{name} would like to lead the spring term's training and asks who else could."


def coach(diary: Diary, people: People, seed: int) -> None:
    """All of it, as the half term goes on."""
    told = _Coaching(people, seed)
    for when, sayings in (
        ("2026-11-03T09:00", [*told.pool(), *told.wishes(), told.template("2026-11-02", _TOPICS)]),
        ("2026-11-05T10:00", told.paired()),
        ("2026-11-09T10:00", told.planned()),
        ("2026-11-19T12:30", [*told.sessions(0), *told.held()]),
        ("2026-11-30T10:00", [told.template("2026-11-30", [*_TOPICS, "Who covers for whom?"]), told.second_thought()]),
        ("2026-12-03T12:30", told.sessions(1)),
        ("2026-12-17T12:30", [*told.ended(), told.left()]),
    ):
        diary.say(at(when), *sayings)


class _Coaching:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed

    def pool(self) -> Iterator[Saying]:
        for urn, role, kinds, specialism, places in _COACHES:
            data = {
                "membership_id": self._id("pool", urn),
                "trustuid": UID,
                "urn": urn,
                "person_id": self._at(urn, role),
                "basis": "training" if places > 1 else "experience",
                "kinds": kinds,
                "places": places,
                "from_on": "2026-11-02",
                **({} if specialism is None else {"specialism": specialism}),
            }
            yield trust_reports(f"pool-{urn}", "CoachPoolJoined", data)

    def left(self) -> Saying:
        data = {
            "membership_id": self._id("pool", "900001"),
            "person_id": self._at("900001", "senco"),
            "left_on": "2026-12-17",
        }
        return trust_reports("pool-900001-left", "CoachPoolLeft", data)

    def wishes(self) -> Iterator[Saying]:
        for urn, role, kind, specialism in _WISHES:
            data = {
                "request_id": self._id("wish", urn),
                "trustuid": UID,
                "urn": urn,
                "person_id": self._at(urn, role),
                "kind": kind,
                "from_on": "2026-11-02",
                **({} if specialism is None else {"specialism": specialism}),
            }
            yield trust_reports(f"wish-{urn}", "CoachingRequested", data)

    def second_thought(self) -> Saying:
        data = {"request_id": self._id("wish", "900008"), "withdrawn_on": "2026-11-27"}
        return trust_reports("wish-900008-withdrawn", "CoachingRequestWithdrawn", data)

    def paired(self) -> Iterator[Saying]:
        """Two wishes are answered; a specialist leader takes a group on."""
        for (urn, role, kind, _), (of, as_) in zip(_WISHES, _ANSWERED_BY, strict=False):
            data = {
                **self._pairing(urn, of, as_),
                "trustuid": UID,
                "urn": urn,
                "coachee_ids": [self._at(urn, role)],
                "kind": kind,
                "request_id": self._id("wish", urn),
                "starts_on": "2026-11-09",
            }
            yield trust_reports(f"pair-{urn}", "CoachingPaired", data, "CoachingRequestAnswered")
        group = {
            **self._pairing("group", "900006", "assistant_headteacher"),
            "trustuid": UID,
            "coachee_ids": [self._at(urn, "early_career_teacher") for urn in ("900001", "900003", "900005")],
            "kind": "sle_group",
            "starts_on": "2026-11-09",
        }
        yield trust_reports("pair-group", "CoachingPaired", group)

    def sessions(self, number: int) -> Iterator[Saying]:
        for place, (name, of, as_) in enumerate(self._pairs()):
            pairing = self._pairing(name, of, as_)
            data = {
                **pairing,
                "session_id": self._id("coaching-session", name, number),
                "theme": _THEMES[(place + number) % len(_THEMES)],
                "minutes": 45 + 15 * place,
                "held_on": ("2026-11-18", "2026-12-02")[number],
            }
            yield trust_reports(f"coaching-{name}-{number}", "CoachingSessionLogged", data)

    def ended(self) -> Iterator[Saying]:
        """One is over; the others go on."""
        name, of, as_ = self._pairs()[0]
        data = {**self._pairing(name, of, as_), "outcome": "met", "ended_on": "2026-12-16"}
        yield trust_reports(f"pair-{name}-ended", "CoachingEnded", data)

    def _pairs(self) -> list[tuple[str, str, str]]:
        answered = [(urn, *by) for (urn, *_), by in zip(_WISHES, _ANSWERED_BY, strict=False)]
        return [*answered, ("group", "900006", "assistant_headteacher")]

    def _pairing(self, name: str, urn: str, role: str) -> dict[str, str]:
        return {"pairing_id": self._id("pairing", name), "coach_id": self._at(urn, role)}

    def template(self, from_on: str, topics: list[str]) -> Saying:
        data = {"trustuid": UID, "template": "leaders", "topics": topics, "from_on": from_on}
        return trust_reports(f"one-to-one-template-{from_on}", "OneToOneTemplateSet", data)

    def planned(self) -> Iterator[Saying]:
        """Deputies with their heads, heads with the chief executive; the executive head once."""
        for name, leader, manager_id, urn in self._conversations():
            data = {
                **self._two(name, leader, manager_id),
                "trustuid": UID,
                "urn": urn,
                "planned_on": "2026-11-18",
            }
            yield trust_reports(f"one-to-one-{name}", "OneToOneScheduled", data)

    def held(self) -> Iterator[Saying]:
        """Most of them: two schools have missed theirs."""
        for name, leader, manager_id, urn in self._conversations():
            if urn in ("900008", "900009"):
                continue
            data = {
                **self._two(name, leader, manager_id),
                "topics": _TOPICS[:2],
                "content": _CONTENT.format(name=leader.name),
                "held_on": "2026-11-18",
                "next_on": "2026-12-14",
            }
            yield school_says(urn, f"one-to-one-{name}-held", "OneToOneHeld", data)

    def _conversations(self) -> Iterator[tuple[str, Person, str, str]]:
        for school in SCHOOLS:
            deputy, head = (self._people.at(school.urn, role) for role in ("deputy_headteacher", "headteacher"))
            yield f"{school.urn}-deputy", deputy, str(head.person_id), school.urn
            if school.urn != JOINT[1]:
                yield f"{school.urn}-head", head, str(head.manager_id), school.urn

    def _two(self, name: str, leader: Person, manager_id: str) -> dict[str, Any]:
        return {
            "one_to_one_id": self._id("one-to-one", name),
            "leader_id": str(leader.person_id),
            "manager_id": manager_id,
            "template": "leaders",
        }

    def _at(self, urn: str, role: str) -> str:
        return str(self._people.at(urn, role).person_id)

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
