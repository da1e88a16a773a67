"""Is collaboration strong?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tests.support.fold.history import LONDON, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report

FIVE = ("purpose", "mutuality", "change", "pace", "prioritisation")
ENOUGH = 3


def tests(history: History, at: datetime) -> list[Row]:
    """One row a collaboration; `history` is what was known at `at`."""
    register, today = Register(history, at), at.astimezone(LONDON).date()
    rows = []
    for agreed in of(history, "CollaborationAgreed"):
        told = agreed["data"]
        about = {"collaboration_id": told["collaboration_id"]}
        scores = {event["data"]["test"]: event["data"]["score"] for event in of(history, "FiveTestsAssessed", **about)}
        closed = of(history, "CollaborationClosed", **about)
        names = [_name(partner, told["trustuid"], register) for partner in told["partners"]]
        rows.append(
            {
                **{name: told[name] for name in ("trustuid", "collaboration_id", "title", "purpose")},
                "partners": names,
                "gives": _words(names, told["partners"], "gives"),
                "receives": _words(names, told["partners"], "receives"),
                "starts_on": told["starts_on"],
                "ends_on": told["ends_on"],
                "state": "closed" if closed else _state(told, today),
                "outcome": closed[-1]["data"]["outcome"] if closed else None,
                **{f"{test}_score": scores.get(test) for test in FIVE},
                "strong": _strong(scores),
                **{name: told[name] for name in ("opportunity_cost_days", "opportunity_cost_pence")},
                "commitments": len(of(history, "PracticeChangeCommitted", **about)),
                "event_id": agreed["id"],
            }
        )
    return rows


def _name(partner: Mapping[str, Any], trustuid: str, register: Register) -> str:
    if partner["kind"] == "school":
        return register.name_today(trustuid, partner["urn"])
    return "The trust" if partner["kind"] == "trust" else str(partner["name"])


def _words(names: Sequence[str], partners: Sequence[Mapping[str, Any]], side: str) -> list[str]:
    said = []
    for name, partner in zip(names, partners, strict=True):
        amounts = [f"{_amount(each)} of {_called(each['dimension'])}" for each in partner.get(side, [])]
        if amounts:
            said.append(f"{name}: {', '.join(amounts)}")
    return said


def _called(dimension: str) -> str:
    return {"financial": "money", "intellectual": "knowledge"}.get(dimension, dimension)


def _amount(each: Mapping[str, Any]) -> str:
    quantity, unit = each["quantity"], each["unit"]
    if unit == "pence":
        return f"£{quantity // 100:,}" + (f".{quantity % 100:02}" if quantity % 100 else "")
    if unit == "fte_hundredths":
        return f"{quantity / 100:.2f} of full time"
    called = {"half_days": "half-days", "half_days_a_week": "half-days a week", "places": "places"}[unit]
    return f"{quantity:,} {called.replace('s', '', 1) if quantity == 1 else called}"


def _state(told: Mapping[str, Any], today: date) -> str:
    if date.fromisoformat(told["ends_on"]) < today:
        return "stalled"
    return "planned" if date.fromisoformat(told["starts_on"]) > today else "running"


def _strong(scores: Mapping[str, int]) -> bool | None:
    if any(score < ENOUGH for score in scores.values()):
        return False
    return True if len(scores) == len(FIVE) else None


report = Report(tests, ("collaboration_id",))
