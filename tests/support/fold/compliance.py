"""Who has the training that is required?"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.support.fold.history import LONDON, Event, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Engagement, Staff

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, order=True)
class Completed:
    """Until when a completion counts, `date.max` for good, and what it is: the greatest counts for longest."""

    until: date
    on: date
    event_id: str


def compliance(history: History, at: datetime) -> list[Row]:
    """One row a person who works today and a training that is required; `history` is what was known at `at`."""
    register, staff, today = Register(history, at), Staff(history, at), at.astimezone(LONDON).date()
    required: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in of(history, "StatutoryRequirementSet"):
        required[event["data"]["trustuid"], event["data"]["training"]].append(event)
    completed = _completed(history, required, staff)
    people: dict[tuple[str, str], list[tuple[str, str | None, Engagement]]] = defaultdict(list)
    for one in staff.working():
        urn = register.current_urn(one.trustuid, one.urn) if one.urn else None
        if urn is None or register.was_member(one.trustuid, urn, today):
            school = register.name(one.trustuid, urn) if urn else "the trust"
            people[one.trustuid, one.person_id].append((school, urn, one))

    rows = []
    for (trustuid, person_id), everything in people.items():
        away = all(one.paused for *_, one in everything)
        engaged = everything if away else [about for about in everything if not about[-1].paused]
        sites = sorted({(school, urn) for school, urn, _ in engaged}, key=lambda site: (site[0], site[1] or ""))
        roles = sorted({one.role for *_, one in engaged})
        for (asking, training), versions in required.items():
            begun = [event for event in versions if date.fromisoformat(event["data"]["effective_from"]) <= today]
            if asking == trustuid and begun:
                stands = max(completed[person_id, training], default=None)
                rows.append(
                    {
                        "trustuid": trustuid,
                        "training": training,
                        "person_id": person_id,
                        "urns": [urn for _, urn in sites],
                        "schools": [school for school, _ in sites],
                        "roles": roles,
                        "away": away,
                        "required_event_id": begun[-1]["id"],
                        **_judged(begun[-1]["data"], roles, stands, today, away=away),
                    }
                )
    return rows


def _completed(
    history: History, required: Mapping[tuple[str, str], Sequence[Event]], staff: Staff
) -> dict[tuple[str, str], list[Completed]]:
    """What each person has completed of each training; of two records of one entry and day the last."""
    last: dict[tuple[str, str, str], Event] = {}
    for event in of(history, "StatutoryTrainingCompleted"):
        last[event["data"]["person_id"], event["data"]["training"], event["data"]["completed_on"]] = event
    found: dict[tuple[str, str], list[Completed]] = defaultdict(list)
    for (entry, training, _), event in last.items():
        data = event["data"]
        until = data.get("expires_on")
        if data["dated_by"] == "nobody_yet" and required.get((data["trustuid"], training)):
            until = _by_formula(data["completed_on"], required[data["trustuid"], training][0]["data"])
        one = Completed(
            date.fromisoformat(until or "9999-12-31"), date.fromisoformat(data["completed_on"]), event["id"]
        )
        found[staff.person(entry), training].append(one)
    return found


def _by_formula(completed_on: str, first: Mapping[str, Any]) -> str | None:
    """So many months later, and not before the requirement took effect."""
    if first.get("recurrence_months") is None:
        return None
    day = date.fromisoformat(completed_on)
    years, month = divmod(day.month - 1 + first["recurrence_months"], 12)
    year = day.year + years
    later = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return str(max(later, date.fromisoformat(first["effective_from"]) - timedelta(days=1)))


def _judged(
    asked: Mapping[str, Any], roles: Sequence[str], stands: Completed | None, today: date, *, away: bool
) -> Row:
    minimum, wanted = asked.get("minimum_per_site"), asked.get("roles", [])
    required = not away and minimum is None and (not wanted or bool(set(wanted) & set(roles)))
    until = stands.until if stands and stands.until != date.max else None
    grace = timedelta(days=asked["grace_days"])
    if away or (not required and (minimum is None or not stands)):
        state = "not_applicable"
    elif stands is None:
        state = "never"
    elif until is None or until - today > MONTH:
        state = "compliant"
    elif today <= until:
        state = "due_in_30_days"
    else:
        state = "in_grace" if today <= until + grace else "lapsed"
    return {
        "requirement": asked["title"],
        "basis": asked["basis"],
        "minimum_per_site": minimum,
        "required": required,
        "state": state,
        "counts": stands is not None and today <= stands.until,
        "completed_on": str(stands.on) if stands else None,
        "counts_until": str(until) if until else None,
        "grace_until": str(until + grace) if until else None,
        "event_id": stands.event_id if stands else None,
    }


report = Report(compliance, ("trustuid", "training", "person_id"))
