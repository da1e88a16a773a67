"""What travels between schools?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.fold.history import Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report


@dataclass
class Thing:
    """Something that travels: what it is, how often, and where to."""

    what: str = ""
    shared_by: str | None = None
    times: int = 0
    schools: set[str] = field(default_factory=set)
    happened: list[datetime] = field(default_factory=list)


def practice(history: History, at: datetime) -> list[Row]:
    """One row a thing that travels; `history` is what was known at `at`."""
    register = Register(history, at)
    things: dict[tuple[str, str, str], Thing] = defaultdict(Thing)

    def told(kind: str, thing_id: str, event: Event, *, trustuid: str) -> Thing:
        thing = things[trustuid, kind, thing_id]
        thing.what = thing.what or thing_id
        thing.happened.append(instant(event["happenedat"]))
        return thing

    trust_of = {}
    for event in of(history, "PracticeTemplateShared"):
        template = event["data"]
        trust_of[template["template_id"]] = template["trustuid"]
        thing = told("template", template["template_id"], event, trustuid=template["trustuid"])
        thing.what, thing.times = template["title"], thing.times + 1
        urn = template.get("urn")
        thing.shared_by = register.name(template["trustuid"], urn) if urn else "The trust"
    for event in of(history, "PracticeTemplateAdopted"):
        template_id = event["data"]["template_id"]
        thing = told("template", template_id, event, trustuid=trust_of[template_id])
        thing.schools.add(event["data"]["urn"])
    for event in of(history, "ResearchGroupFormed"):
        group = event["data"]
        trust_of[group["group_id"]] = group["trustuid"]
        thing = told("research", group["group_id"], event, trustuid=group["trustuid"])
        thing.what, thing.schools = group["question"], set(group["urns"])
    for event in of(history, "ResearchFindingShared"):
        group_id = event["data"]["group_id"]
        told("research", group_id, event, trustuid=trust_of[group_id]).times += 1
    for event in of(history, "PeerVisitHeld"):
        visit = event["data"]
        thing = told("visit", visit["kind"], event, trustuid=visit["trustuid"])
        thing.times, thing.schools = thing.times + 1, thing.schools | {visit["from_urn"], visit["to_urn"]}
    subjects = {e["data"]["moderation_id"]: e["data"] for e in of(history, "ModerationPlanned")}
    for event in of(history, "ModerationHeld"):
        planned = subjects[event["data"]["moderation_id"]]
        thing = told("moderation", planned["subject"], event, trustuid=planned["trustuid"])
        thing.times, thing.schools = thing.times + 1, thing.schools | set(event["data"]["urns"])
    for kind, name in (("success", "SuccessShared"), ("challenge", "ChallengeRaised")):
        for event in of(history, name):
            thing = told(kind, event["data"]["theme"], event, trustuid=event["data"]["trustuid"])
            thing.times, thing.schools = thing.times + 1, thing.schools | {event["data"]["urn"]}

    return [
        {
            "trustuid": trustuid,
            "kind": kind,
            "thing_id": thing_id,
            "what": thing.what,
            "shared_by": thing.shared_by,
            "times": thing.times,
            "schools": len(thing.schools),
            "school_names": sorted(register.name(trustuid, urn) for urn in thing.schools),
            "last_at": max(thing.happened),
        }
        for (trustuid, kind, thing_id), thing in things.items()
    ]


report = Report(practice, ("trustuid", "kind", "thing_id"))
