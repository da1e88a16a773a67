"""What do schools ask for from day to day, and how soon is it answered?"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from tests.support.fold.history import LONDON, Event, History, Row, instant, of
from tests.support.fold.loop import is_working_day
from tests.support.fold.register import Register
from tests.support.fold.report import Report


def support(history: History, at: datetime) -> list[Row]:
    """One row a school and kind of request; `history` is what was known at `at`."""
    register = Register(history, at)
    answers = {event["data"]["request_id"]: event for event in reversed(of(history, "SupportRequestAnswered"))}
    closed = {event["data"]["request_id"] for event in of(history, "SupportRequestClosed")}
    asked: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in of(history, "SupportRequested"):
        request = event["data"]
        asked[request["trustuid"], request["urn"], request["kind"]].append(event)

    rows = []
    for (trustuid, urn, kind), events in asked.items():
        requests = {event["data"]["request_id"]: instant(event["data"]["opened_at"]) for event in events}
        still_open = requests.keys() - closed
        waits = [
            (instant(answers[request]["data"]["answered_at"]) - opened_at) / timedelta(hours=1)
            for request, opened_at in requests.items()
            if request in answers
        ]
        oldest = min((requests[request] for request in still_open), default=None)
        rows.append(
            {
                "trustuid": trustuid,
                "urn": urn,
                "school": register.name(trustuid, urn),
                "kind": kind,
                "requests": len(requests),
                "open": len(still_open),
                "waiting": len(still_open - answers.keys()),
                "answered": len(waits),
                "closed": len(requests) - len(still_open),
                "oldest_open_at": oldest,
                "oldest_open_working_days": _working_days(oldest, at) if oldest else None,
                "hours_to_first_answer": round(median(waits), 1) if waits else None,
            }
        )
    return rows


def _working_days(since: datetime, at: datetime) -> int:
    day, found = since.astimezone(LONDON).date(), 0
    while day < at.astimezone(LONDON).date():
        day += timedelta(days=1)
        found += is_working_day(day)
    return found


report = Report(support, ("trustuid", "urn", "kind"))
