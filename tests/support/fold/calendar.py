"""What training can I go to, where, how?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from tests.support.fold.history import Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report

SESSION_CHANGES = ("SessionScheduled", "SessionRescheduled", "SessionCancelled")


def calendar(history: History, at: datetime) -> list[Row]:
    """One row a session, cancelled ones too; `history` is what was known at `at`."""
    register = Register(history, at)
    programmes = {event["data"]["programme_id"]: event for event in of(history, "ProgrammePublished")}
    changes: dict[str, list[Event]] = defaultdict(list)
    for event in of(history, *SESSION_CHANGES):
        changes[event["data"]["session_id"]].append(event)
    taken_back: dict[str, list[Event]] = defaultdict(list)
    for event in of(history, "RecordVoided"):
        if event["data"]["event_type"].split(".")[3] in SESSION_CHANGES:
            taken_back[event["stream"]].append(event)
    sessions = [
        _session(events, taken_back[events[0]["stream"]], programmes, register)
        for events in changes.values()
        if "SessionScheduled" in events[0]["type"]
    ]
    for one in sessions:
        clashing = sorted(other["session_id"] for other in sessions if other is not one and _clash(one, other))
        one |= {"clashes": len(clashing), "clashing_ids": clashing}
    return sessions


def _session(
    changes: Sequence[Event], taken_back: Sequence[Event], programmes: Mapping[str, Event], register: Register
) -> Row:
    scheduled = changes[0]["data"]
    stands = [event["data"] for event in changes if "starts_at" in event["data"]][-1]
    cancelled = any("SessionCancelled" in event["type"] for event in changes)
    programme = programmes.get(scheduled["programme_id"])
    offer = programme["data"] if programme else {}
    trustuid, urn = scheduled["trustuid"], scheduled.get("urn")
    return {
        **{name: scheduled[name] for name in ("trustuid", "session_id", "programme_id", "scope")},
        "programme": offer.get("title"),
        "kind": offer.get("kind"),
        "urn": urn,
        "school": register.name(trustuid, urn) if urn else None,
        "current_urn": register.current_urn(trustuid, urn) if urn else None,
        "starts_at": instant(stands["starts_at"]),
        "ends_at": instant(stands["ends_at"]),
        "where": stands["where"],
        "how_to_join": scheduled.get("how_to_join"),
        "places": scheduled.get("places"),
        "audience_stages": offer.get("audience_stages", []) if programme else None,
        "audience_roles": offer.get("audience_roles", []) if programme else None,
        "status": "cancelled" if cancelled else "confirmed",
        "sequence": len(changes) - 1 + 2 * len(taken_back),
        "reason": changes[-1]["data"].get("reason"),
        "scheduled_at": instant(changes[0]["time"]),
        "changed_at": max(instant(event["time"]) for event in (*changes, *taken_back, programme) if event),
        "event_id": changes[-1]["id"],
    }


def _clash(one: Row, other: Row) -> bool:
    """Whether somebody is asked to both at the same time."""
    return bool(
        one["trustuid"] == other["trustuid"]
        and one["status"] == other["status"] == "confirmed"
        and max(one["starts_at"], other["starts_at"]) < min(one["ends_at"], other["ends_at"])
        and ("trust" in (one["scope"], other["scope"]) or one["current_urn"] == other["current_urn"])
        and all(
            not one[audience] or not other[audience] or set(one[audience]) & set(other[audience])
            for audience in ("audience_stages", "audience_roles")
        )
    )


report = Report(calendar, ("session_id",))
