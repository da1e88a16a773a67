"""What was recorded wrongly and is voided, and recorded as it should be."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.demo.people import People
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import TRUST, at, trust_publishes
from deploy.demo.trust import UID, named

_COMMANDS = uuid5(NAMESPACE_URL, "uk.mat/commands")


def put_right(diary: Diary, people: People, seed: int) -> None:
    """One record of each service: a visit of another day, a stage of somebody else, a qualification that is none."""
    senco = str(people.at("900004", "senco").person_id)
    visit_id = str(named(seed, "peer-visit", "wrong"))
    visit = {
        "visit_id": visit_id,
        "trustuid": UID,
        "from_urn": "900004",
        "to_urn": "900007",
        "kind": "learning_walk",
        "focus": "Starts of lessons",
        "visitors": 30,
        "held_on": "2026-12-01",
    }
    held = {"person_id": senco, "course": "masters", "awarded_on": "2019-07-12"}
    stage = {
        "person_id": senco,
        "stage": "late_career",
        "pathway": "teaching",
        "assessor_id": str(people.at("900004", "headteacher").person_id),
        "assessed_on": "2026-12-01",
    }
    wrong = (
        ("collaboration", "PeerVisitHeld", visit, f"peer-visit-{visit_id}", "Three came, not thirty."),
        ("cpd", "QualificationHeld", held, f"qualification-{senco}-masters", "The certificate is a namesake's."),
        ("talent", "CareerStageAssessed", stage, f"career-{senco}", "This was said of somebody else."),
    )
    for service, event, data, _, _ in wrong:
        diary.say(at("2026-12-03T12:30"), trust_publishes(_id(service), event, data, service=service))
    for service, _, _, stream, reason in wrong:
        diary.say(at("2026-12-07T10:00"), _voided(service, stream, reason))
    again = {**visit, "visit_id": str(named(seed, "peer-visit", "right")), "visitors": 3}
    diary.say(at("2026-12-07T10:00"), trust_publishes("visit-again", "PeerVisitHeld", again, service="collaboration"))


def _voided(service: str, stream: str, reason: str) -> Saying:
    data: dict[str, Any] = {"stream": stream, "event_id": str(_event_id(_id(service))), "reason": reason}
    return trust_publishes(f"void-{service}", "RecordVoided", data, service=service)


def _id(service: str) -> str:
    return f"wrong-{service}"


def _event_id(claim_id: str) -> UUID:
    """The id of the first event that a claim of the trust's system became."""
    return uuid5(uuid5(_COMMANDS, f"{UID}\n{TRUST.source}\n{claim_id}"), "0")
