"""What travels between schools?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.fold.history import Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report


@dataclass
class Thing:
    """Something that travels: what it is, how often, and where to."""

    what: str = ""
    found: str | None = None
    shared_by: str | None = None
    times: int = 0
    schools: set[str] = field(default_factory=set)
    happened: list[datetime] = field(default_factory=list)


class Things:
    """By trust, kind and which."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.found: dict[tuple[str, str, str], Thing] = defaultdict(Thing)

    def __call__(self, trustuid: str, kind: str, thing_id: str, event: Event, *, at: Iterable[str] = ()) -> Thing:
        """What an event tells of, with the schools that have part in it by that."""
        thing = self.found[trustuid, kind, thing_id]
        thing.what = thing.what or thing_id
        thing.schools |= {self._register.current_urn(trustuid, urn) for urn in at}
        thing.happened.append(instant(event["happenedat"]))
        return thing


def practice(history: History, at: datetime) -> list[Row]:
    """One row a thing that travels; `history` is what was known at `at`."""
    register = Register(history, at)
    things = Things(register)
    _templates(history, things, register)
    _research(history, things)
    for event in of(history, "PeerVisitHeld"):
        visit = event["data"]
        between = (visit["from_urn"], visit["to_urn"])
        things(visit["trustuid"], "visit", visit["kind"], event, at=between).times += 1
    for planned in of(history, "ModerationPlanned"):
        plan = planned["data"]
        for event in of(history, "ModerationHeld", moderation_id=plan["moderation_id"]):
            things(plan["trustuid"], "moderation", plan["subject"], event, at=event["data"]["urns"]).times += 1
    for kind, name in (("success", "SuccessShared"), ("challenge", "ChallengeRaised")):
        for event in of(history, name):
            told = event["data"]
            things(told["trustuid"], kind, told["theme"], event, at=[told["urn"]]).times += 1
    return [
        {
            "trustuid": trustuid,
            "kind": kind,
            "thing_id": thing_id,
            "what": thing.what,
            "found": thing.found,
            "shared_by": thing.shared_by,
            "times": thing.times,
            "schools": len(thing.schools),
            "school_names": sorted(register.name(trustuid, urn) for urn in thing.schools),
            "last_at": max(thing.happened),
        }
        for (trustuid, kind, thing_id), thing in things.found.items()
    ]


def _templates(history: History, things: Things, register: Register) -> None:
    for event in of(history, "PracticeTemplateShared"):
        template = event["data"]
        trustuid, template_id, urn = template["trustuid"], template["template_id"], template.get("urn")
        thing = things(trustuid, "template", template_id, event)
        thing.what = template["title"]
        thing.shared_by = register.name_today(trustuid, urn) if urn else "The trust"
        thing.times += 1
        for adopted in of(history, "PracticeTemplateAdopted", template_id=template_id):
            things(trustuid, "template", template_id, adopted, at=[adopted["data"]["urn"]])


def _research(history: History, things: Things) -> None:
    for event in of(history, "ResearchGroupFormed"):
        group = event["data"]
        things(group["trustuid"], "research", group["group_id"], event, at=group["urns"]).what = group["question"]
        for found in of(history, "ResearchFindingShared", group_id=group["group_id"]):
            thing = things(group["trustuid"], "research", group["group_id"], found)
            thing.times, thing.found = thing.times + 1, found["data"]["finding"]


report = Report(practice, ("trustuid", "kind", "thing_id"))
