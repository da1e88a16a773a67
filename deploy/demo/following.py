"""What follows from what is said without anybody saying it: reactions between the services, and the clock.

It is worked out from the sayings in the order in which they are accepted, as the services do it on their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from deploy.demo.plan import Key, Moment, Saying, answers, key_of

Made = tuple[str, str]
"""A service, and the name of an event that it records."""

_london = ZoneInfo("Europe/London")
_POOLED = ("nle", "lle", "sle", "nlg")


class Following:
    """Looks at a plan moment by moment."""

    def __init__(self) -> None:
        self._drafts: dict[Key, Literal["open", "confirmed", "gone"]] = {}
        self._programmes: set[tuple[str, str]] = set()
        self._reviewers: dict[str, list[str]] = {}
        self._sessions: Counter[str] = Counter()
        self._offers: dict[str, Mapping[str, Any]] = {}
        self._actions: dict[str, date] = {}
        self._pooled: set[str] = set()

    def of(self, moment: Moment) -> Counter[Made]:
        """What follows from a moment."""
        made = Counter[Made](self._overdue(moment.at))
        for saying in (*moment.sayings, *moment.brought_back):
            if saying.is_accepted:
                made += Counter(self._reactions(saying))
        return made

    def _overdue(self, at: datetime) -> Iterator[Made]:
        """Actions whose last day is over when the clock comes here, and that nobody has closed."""
        today = at.astimezone(_london).date()
        for action in [action for action, due_on in self._actions.items() if due_on < today]:
            del self._actions[action]
            yield "collaboration", "ActionOverdue"

    def _reactions(self, saying: Saying) -> Iterator[Made]:
        self._note(saying)
        for answer in answers(saying):
            yield from self._draft(answer)
        follow = _simple.get(saying.event)
        if follow is not None:
            yield from follow(saying.data)
        match saying.event:
            case "ReviewCompleted":
                for _ in self._reviewers[saying.data["review_id"]]:
                    yield "talent", "ExperienceGained"
            case "CoachingEnded" if self._sessions[saying.data["pairing_id"]]:
                yield "talent", "ExperienceGained"
            case "CapacityAllocated" if self._is_somebodys_time(saying.data):
                yield "talent", "DeploymentProposed"
            case "RoleDesignated" if "person_id" in saying.data and saying.data["scheme"] in _POOLED:
                self._pooled.add(saying.data["designation_id"])
                yield "collaboration", "CoachPoolJoined"
            case "RoleDesignationWithdrawn" if saying.data["designation_id"] in self._pooled:
                yield "collaboration", "CoachPoolLeft"
            case "ModerationPlanned":
                yield from self._calendar("moderation", saying.data["subject"])
            case "TrustInductionPlanned":
                yield from self._calendar("induction", saying.data["title"])
            case _:
                pass

    def _note(self, saying: Saying) -> None:
        data = saying.data
        match saying.event:
            case "ReviewerAgreed":
                self._reviewers.setdefault(data["review_id"], []).append(data["reviewer_id"])
            case "CoachingSessionLogged":
                self._sessions[data["pairing_id"]] += 1
            case "CapacityOffered":
                self._offers[data["offer_id"]] = data
            case "CapacityRequestConfirmed" if (key := saying.confirms) is not None:
                self._drafts[key] = "confirmed"
            case "ActionAgreed":
                self._actions[data["action_id"]] = date.fromisoformat(data["due_on"])
            case "ActionClosed":
                self._actions.pop(data["action_id"], None)
            case _:
                pass

    def _draft(self, answer: Mapping[str, Any]) -> Iterator[Made]:
        """Help that is asked for is drafted once for a school and an item, until it is not asked for any more."""
        key = key_of(answer)
        state = self._drafts.get(key)
        if answer.get("needs_help") and state in (None, "gone"):
            self._drafts[key] = "open"
            yield "collaboration", "CapacityRequested"
        elif not answer.get("needs_help") and state == "open":
            self._drafts[key] = "gone"
            yield "collaboration", "CapacityRequestWithdrawn"

    def _is_somebodys_time(self, allocated: Mapping[str, Any]) -> bool:
        offer = self._offers[allocated["offer_id"]]
        return (offer["dimension"], offer["unit"]) == ("people", "half_days") and "person_id" in offer

    def _calendar(self, kind: str, title: str) -> Iterator[Made]:
        if (kind, title) not in self._programmes:
            self._programmes.add((kind, title))
            yield "cpd", "ProgrammePublished"
        yield "cpd", "SessionScheduled"


def _of_qualification(data: Mapping[str, Any]) -> Iterator[Made]:
    if data["outcome"] == "passed":
        yield "talent", "ExperienceGained"


def _of_readiness(data: Mapping[str, Any]) -> Iterator[Made]:
    if data["readiness"] != "ready_now" and len(data["assessor_ids"]) > 1:
        yield "cpd", "DevelopmentNeedRecorded"


def _of_finding(data: Mapping[str, Any]) -> Iterator[Made]:
    if data["kind"] == "development" and "responsible_id" in data:
        yield "cpd", "DevelopmentNeedRecorded"


_simple = {
    "QualificationOutcomeRecorded": _of_qualification,
    "ReadinessAssessed": _of_readiness,
    "ReviewFindingRecorded": _of_finding,
}


def with_what_follows(moments: Sequence[Moment]) -> tuple[Moment, ...]:
    """The moments, each with what follows from it."""
    following = Following()
    return tuple(moment.followed_by(following.of(moment)) for moment in moments)
