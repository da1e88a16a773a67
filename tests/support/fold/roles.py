"""Which system leaders are there?"""

from __future__ import annotations

from datetime import datetime

from tests.support.fold.history import History, Row, of
from tests.support.fold.report import Report


def roles(history: History, _at: datetime) -> list[Row]:
    """One row an area and scheme, as last declared. What a scheme's holders do (`functions`) stands in no event."""
    last = {event["stream"]: event for event in of(history, "RoleCountDeclared")}
    return [
        {
            **{name: event["data"][name] for name in ("trustuid", "area", "scheme", "role", "as_at")},
            **{name: event["data"].get(name) for name in ("count", "not_known_reason", "schools_sponsored")},
            "basis": "declared",
            "event_id": event["id"],
        }
        for event in last.values()
    ]


report = Report(roles, ("trustuid", "area", "scheme"), frozenset({"functions"}))
