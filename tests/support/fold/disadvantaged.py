"""What is said of disadvantaged pupils, and what says nothing?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.support.fold.answers import answers_by_item_and_school, titles_of
from tests.support.fold.history import Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report


def disadvantaged(history: History, at: datetime) -> list[Row]:
    """One row a thing that should say something of them; `history` is what was known at `at`."""
    register = Register(history, at)
    return [row for find in (_plans, _focus_areas, _changes, _answers, _impact) for row in find(history, register)]


def _plans(history: History, register: Register) -> list[Row]:
    rows = []
    for agreed in of(history, "ImprovementPlanAgreed"):
        plan = agreed["data"]
        stands = [agreed, *of(history, "ImprovementPlanAmended", plan_id=plan["plan_id"])][-1]
        urns = [plan["urn"]] if "urn" in plan else []
        note = "disadvantaged_note" in stands["data"]
        rows.append(_row("plan", stands, register, urns, stands["data"]["title"], has_note=note))
    return rows


def _focus_areas(history: History, register: Register) -> list[Row]:
    rows = []
    for event in of(history, "FocusAreaSet"):
        lens = event["data"].get("disadvantaged_lens")
        row = _row("focus", event, register, [], event["data"]["title"], has_note=lens is not None)
        rows.append(row | {"lens": lens})
    return rows


def _changes(history: History, register: Register) -> list[Row]:
    return [
        _row("change", e, register, e["data"]["urns"], e["data"]["title"], has_note="disadvantaged_note" in e["data"])
        for e in of(history, "ChangeProposed")
    ]


def _answers(history: History, register: Register) -> list[Row]:
    """One a meeting, item and school: the last correction of it."""
    rows, titles = [], titles_of(history)
    for (_, urn), events in answers_by_item_and_school(history).items():
        focus_id = events[0]["data"]["focus_id"]
        for stands in {event["data"]["meeting_id"]: event for event in events}.values():
            if stands["data"]["rag"] != "not_applicable":
                note = "disadvantaged_note" in stands["data"]
                rows.append(_row("answer", stands, register, [urn], titles.get(focus_id), has_note=note))
    return rows


def _impact(history: History, register: Register) -> list[Row]:
    rows = []
    for event in of(history, "ImpactEvidenced"):
        found = event["data"]
        before, after = (found.get(f"disadvantaged_{when}_thousandths") for when in ("baseline", "follow_up"))
        row = _row("impact", event, register, [found["urn"]], found["measure"], has_note=before is not None)
        rows.append(row | {"baseline_thousandths": before, "follow_up_thousandths": after})
    return rows


def _row(
    kind: str, event: Event, register: Register, urns: list[str], what: str | None, *, has_note: bool
) -> dict[str, Any]:
    return {
        "trustuid": event["trustuid"],
        "kind": kind,
        "what": what,
        "urns": urns,
        "schools": [register.name(event["trustuid"], urn) for urn in urns],
        "has_note": has_note,
        "lens": None,
        "baseline_thousandths": None,
        "follow_up_thousandths": None,
        "said_at": instant(event["happenedat"]),
        "event_id": event["id"],
    }


report = Report(disadvantaged, ("event_id",))
