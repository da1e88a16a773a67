"""Our bank of leaders: what have they done, and what do they coach now?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.support.fold.history import LONDON, Event, History, Row, of
from tests.support.fold.periods import academic_year
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff

KINDS = {
    "project": "projects",
    "review": "reviews",
    "coaching": "coaching",
    "deployment": "deployments",
    "qualification": "other",
    "other": "other",
}
Thing = tuple[str, str, str, str]
"""A trust, a person, a kind, and the id of what it was."""


def network(history: History, at: datetime) -> list[Row]:
    """One row a member and academic year; `history` is what was known at `at`."""
    register, staff, today = Register(history, at), Staff(history, at), at.astimezone(LONDON).date()
    gained, working = _gained(history, staff), staff.working()
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event, whose in (*_leaders(history), *_coaches(history, today), *_designated(history, today)):
        entry = event["data"].get("leader_id") or event["data"]["person_id"]
        members[event["trustuid"], staff.person(entry)].add(whose)

    rows = []
    for (trustuid, person), member_as in members.items():
        theirs = {thing: year for thing, year in gained.items() if thing[:2] == (trustuid, person)}
        works = sorted({e.urn for e in working if (e.trustuid, e.person_id) == (trustuid, person) and e.urn})
        for year in {academic_year(today), *theirs.values()}:
            kinds = [kind for (_, _, kind, _), when in theirs.items() if when == year]
            counts = {column: sum(KINDS.get(kind) == column for kind in kinds) for column in KINDS.values()}
            now = year == academic_year(today)
            rows.append(
                {
                    "trustuid": trustuid,
                    "person_id": person,
                    "urns": works,
                    "schools": [register.name(trustuid, urn) for urn in works],
                    "member_as": sorted(member_as),
                    "academic_year": year,
                    "experience": sum(counts.values()),
                    **counts,
                    "coaching_received": kinds.count("coached"),
                    "coaching_load": _load(history, staff, trustuid, person, today) if now else None,
                    "coaching_places": _places(history, staff, trustuid, person, today) if now else None,
                }
            )
    return rows


def _leaders(history: History) -> Iterator[tuple[Event, str]]:
    """Who has a record that somebody else stands behind, and knows it."""
    records: dict[str, list[Event]] = defaultdict(list)
    names = ("Identified", "Endorsed", "Informed", "RecordClosed", "RecordReopened", "NominationDeclined")
    for event in of(history, *(f"Leader{name}" for name in names)):
        records[event["data"]["leader_id"]].append(event)
    for leader_id, events in records.items():
        supported = informed = is_open = False
        for event in events:
            told = event["data"]
            match event["type"].split(".")[3]:
                case "LeaderIdentified":
                    by_self = told["source"] == "self" or told["identified_by"] == leader_id
                    supported, informed = not by_self, by_self or "informed_on" in told
                    is_open = True
                case "LeaderEndorsed":
                    supported = True
                case "LeaderInformed":
                    informed = True
                case "LeaderRecordReopened":
                    by_self = told["reopened_by"] == leader_id
                    supported, informed = not by_self, informed or by_self
                    is_open = True
                case "LeaderNominationDeclined":
                    informed = informed or told["declined_by"] == "person"
                    is_open = False
                case _:
                    is_open = False
        if is_open and supported and informed:
            yield events[0], "leader"


def _coaches(history: History, today: date) -> Iterator[tuple[Event, str]]:
    left = {e["data"]["membership_id"]: e["data"]["left_on"] for e in of(history, "CoachPoolLeft")}
    for event in of(history, "CoachPoolJoined"):
        if _runs(event["data"], left.get(event["data"]["membership_id"]), today):
            yield event, "coach"


def _designated(history: History, today: date) -> Iterator[tuple[Event, str]]:
    ended = {e["data"]["designation_id"]: e["data"]["withdrawn_on"] for e in of(history, "RoleDesignationWithdrawn")}
    for event in of(history, "RoleDesignated"):
        held = event["data"]
        if "person_id" in held and _runs(held, ended.get(held["designation_id"]), today):
            yield event, held["scheme"]


def _runs(spell: Any, first_day_without: str | None, today: date) -> bool:
    day = today.isoformat()
    return bool(
        spell["from_on"] <= day <= spell.get("to_on", day) and (first_day_without is None or day < first_day_without)
    )


def _gained(history: History, staff: Staff) -> dict[Thing, str]:
    """The academic year in which each thing was gained: that of what happened, else that of what was banked."""
    found: dict[Thing, str] = {}
    for trustuid, person, kind, basis, day in sorted(_banked(history), key=lambda one: one[-1]):
        found.setdefault((trustuid, staff.person(person), kind, basis), academic_year(date.fromisoformat(day)))
    happened: dict[Thing, str] = {}
    for trustuid, person, kind, basis, day in sorted(_happened(history), key=lambda one: one[-1]):
        happened.setdefault((trustuid, staff.person(person), kind, basis), academic_year(date.fromisoformat(day)))
    return found | happened


def _banked(history: History) -> Iterator[tuple[str, str, str, str, str]]:
    for event in of(history, "ExperienceGained"):
        told = event["data"]
        yield event["trustuid"], told["leader_id"], told["experience"], told["basis"], told["gained_on"]


def _happened(history: History) -> Iterator[tuple[str, str, str, str, str]]:
    for event in of(history, "ProjectLeadershipCompleted"):
        told = event["data"]
        yield event["trustuid"], told["leader_id"], "project", told["project_id"], told["completed_on"]
    for event in of(history, "ReviewCompleted"):
        told = event["data"]
        for reviewer in told["reviewer_ids"]:
            yield event["trustuid"], reviewer, "review", told["review_id"], told["completed_on"]
    for event in of(history, "CoachingEnded"):
        told = event["data"]
        if told["sessions"]:
            yield event["trustuid"], told["coach_id"], "coaching", told["pairing_id"], told["ended_on"]
            for paired in of(history, "CoachingPaired", pairing_id=told["pairing_id"]):
                for coachee in paired["data"]["coachee_ids"]:
                    yield event["trustuid"], coachee, "coached", told["pairing_id"], told["ended_on"]
    for event in of(history, "DeploymentEnded"):
        told = event["data"]
        for deployed in of(history, "LeaderDeployed", deployment_id=told["deployment_id"]):
            if deployed["data"]["starts_on"] <= told["ended_on"]:
                yield event["trustuid"], told["person_id"], "deployment", told["deployment_id"], told["ended_on"]


def _load(history: History, staff: Staff, trustuid: str, person: str, today: date) -> int:
    ended = {event["data"]["pairing_id"] for event in of(history, "CoachingEnded")}
    return sum(
        event["trustuid"] == trustuid
        and staff.person(event["data"]["coach_id"]) == person
        and event["data"]["pairing_id"] not in ended
        and event["data"].get("ends_on", "9999") >= today.isoformat()
        for event in of(history, "CoachingPaired")
    )


def _places(history: History, staff: Staff, trustuid: str, person: str, today: date) -> int:
    return sum(
        event["data"].get("places", 1)
        for event, _ in _coaches(history, today)
        if (event["trustuid"], staff.person(event["data"]["person_id"])) == (trustuid, person)
    )


report = Report(network, ("trustuid", "person_id", "academic_year"))
