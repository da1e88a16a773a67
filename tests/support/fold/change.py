"""How much change is each school under?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tests.support.fold.history import LONDON, Event, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report


@dataclass(frozen=True, slots=True)
class Change:
    """What is known of a change."""

    proposed: Event
    consultations: Sequence[Event]
    adopted: Row | None
    dropped: bool

    @property
    def told(self) -> Row:
        data: Row = self.proposed["data"]
        return data

    def overlaps(self, other: Change) -> bool:
        if self.adopted is None or other.adopted is None:
            return False
        first = max(self.adopted["from_on"], other.adopted["from_on"])
        last = min(self.adopted["to_on"], other.adopted["to_on"])
        return bool(first <= last)

    def state(self, today: date) -> str:
        if self.dropped:
            return "dropped"
        if self.adopted is None:
            return "proposed"
        if today < date.fromisoformat(self.adopted["from_on"]):
            return "coming"
        return "under_way" if today <= date.fromisoformat(self.adopted["to_on"]) else "over"


def change(history: History, at: datetime) -> list[Row]:
    """One row a school and change, and one a school for decisions about none; `history` is what was known at `at`."""
    register, today = Register(history, at), at.astimezone(LONDON).date()
    changes = _changes(history)
    cells: dict[tuple[str, str, str | None], list[Event]] = defaultdict(list)
    at_school: dict[tuple[str, str], dict[str, Change]] = defaultdict(dict)
    for change_id, one in changes.items():
        for urn in one.told["urns"]:
            cells[one.told["trustuid"], urn, change_id] = []
            now = register.current_urn(one.told["trustuid"], urn)
            at_school[one.told["trustuid"], now][change_id] = one
    for event in of(history, "DecisionCascaded"):
        for urn in event["data"]["urns"]:
            cells[event["data"]["trustuid"], urn, event["data"].get("change_id")].append(event)

    rows = []
    for (trustuid, urn, about), decisions in cells.items():
        now = register.current_urn(trustuid, urn)
        if register.was_member(trustuid, now, today):
            found = changes.get(about or "")
            where = {"trustuid": trustuid, "urn": urn, "school": register.name(trustuid, urn), "change_id": about}
            what = _what(found, urn, at_school[trustuid, now].values(), today)
            rows.append(where | what | _consulted(found) | _understood(history, decisions, urn))
    return rows


def _changes(history: History) -> dict[str, Change]:
    adopted = {event["data"]["change_id"]: event["data"] for event in of(history, "ChangeAdopted")}
    dropped = {event["data"]["change_id"] for event in of(history, "ChangeDropped")}
    return {
        (change_id := event["data"]["change_id"]): Change(
            proposed=event,
            consultations=of(history, "ConsultationClosed", change_id=change_id),
            adopted=adopted.get(change_id),
            dropped=change_id in dropped,
        )
        for event in of(history, "ChangeProposed")
    }


def _what(found: Change | None, urn: str, at_school: Iterable[Change], today: date) -> Row:
    if found is None:
        columns = ("change", "align", "state", "proposed_on", "from_on", "to_on", "concurrent", "days", "cost_pence")
        return dict.fromkeys((*columns, "schools", "event_id"))
    told, adopted, is_here = found.told, found.adopted, urn in found.told["urns"]
    return {
        "change": told["title"],
        "align": told["align"],
        "state": found.state(today) if is_here else None,
        "proposed_on": told["proposed_on"],
        "from_on": adopted["from_on"] if adopted else None,
        "to_on": adopted["to_on"] if adopted else None,
        "concurrent": sum(found.overlaps(other) for other in at_school) if adopted and is_here else None,
        "days": told["days"],
        "cost_pence": told["cost_pence"],
        "schools": len(told["urns"]),
        "event_id": found.proposed["id"],
    }


def _consulted(found: Change | None) -> Row:
    about = ("consulted_days", "days_short", "consulted_groups", "missing_groups")
    if found is None:
        return dict.fromkeys(("consultations", "consultation", *about))
    if not found.consultations:
        without = "none" if found.adopted or found.dropped else "not_yet"
        return {"consultations": 0, "consultation": without, **dict.fromkeys(about)}
    last = found.consultations[-1]["data"]
    meets = last.get("meets_standard")
    return {
        "consultations": len(found.consultations),
        "consultation": "no_standard" if meets is None else "as_asked" if meets else "short",
        "consulted_days": (date.fromisoformat(last["to_on"]) - date.fromisoformat(last["from_on"])).days + 1,
        "days_short": None if meets is None else last.get("days_short", 0),
        "consulted_groups": last["groups"],
        "missing_groups": None if meets is None else last.get("missing_groups", []),
    }


def _understood(history: History, decisions: Sequence[Event], urn: str) -> Row:
    asked = [(event["data"]["decision_id"], role) for event in decisions for role in event["data"]["audience"]]
    last = {
        (event["data"]["decision_id"], event["data"]["role"]): event["data"]
        for event in of(history, "DecisionUnderstood", urn=urn)
    }
    answered = [last[one] for one in asked if one in last]
    understood, expected = (sum(said[of_what] for said in answered) for of_what in ("understood", "expected"))
    return {
        "decisions": len(decisions),
        "roles_asked": len(asked),
        "roles_answered": len(answered),
        "understood": understood if answered else None,
        "expected": expected if answered else None,
        "understood_percent": int(100 * understood / expected + 0.5) if expected else None,
    }


report = Report(change, ("trustuid", "urn", "change_id"))
