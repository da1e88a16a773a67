"""Is the loop closed? One row an answer that is, after corrections, red or asks for help; and the delays of all.

An answer is one school's to one item in one meeting. Every `…_at` is `happenedat` of its event where nothing else is
said. "First … after" goes by the versions of the stream that item and school share.

- trustuid, cycle, focus_id, title, item_id, meeting_id, urn, school: whose answer, to what, where
- rag, needs_help, help_dimension, event_id: the answer as it stands: the highest version of this meeting's
- first_event_id: the event that gave it
- held_at: the end of the meeting
- submitted_at: `submitted_at` of the meeting's first report recorded at or after the answer; null before there is one
- school_delay_ms: submitted_at - held_at
- raised_at: when (`time`) the first answer or correction that was red or asked for help was recorded
- acknowledged_at: the first acknowledgement after that
- responded_at, read_at: the first response after it was raised; the first reading after that response
- actions: how many actions were agreed about it
- action_agreed_at, action_closed_at: the first agreed; the last closed, when all are
- effect_reviewed_at, effect, help_still_needed: when both sides have reviewed every action: the last of those looks;
  the worst of what the sides said last (better, same, worse: rag_after against rag_before); whether either says so
- acknowledged_within_2_working_days: acknowledged_at is before the end, in London, of the second working day after
  the day of raised_at; null while that is still to come
- days_to_acknowledge, days_to_respond, days_to_read, days_to_agree, days_to_close, days_to_effect: from raised_at,
  in days of 24 hours, to two decimals
- visible_at, platform_delay_ms: when this service had the answer, and that - submitted_at. These two are not in any
  event: `from_ledger` names them, and a comparison with the events leaves them out
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns
from services.reporting.reports.working_days import end_of_working_day

title = "What became of each call for help"
about = "Every answer that is off track or asks for help: when the trust knew of it, and what followed."
area: Area = "loop"
key: tuple[str, ...] = ("item_id", "urn", "meeting_id")
needs: tuple[str, ...] = ("register", "loop")

from_ledger = ("visible_at", "platform_delay_ms")

_days = {
    "days_to_acknowledge": "acknowledged_at",
    "days_to_respond": "responded_at",
    "days_to_read": "read_at",
    "days_to_agree": "action_agreed_at",
    "days_to_close": "action_closed_at",
    "days_to_effect": "effect_reviewed_at",
}


@dataclass(frozen=True, slots=True)
class Delay:
    """Milliseconds: the median and the 90th percentile (both interpolated). None when there is nothing to measure."""

    median_ms: int | None
    p90_ms: int | None


@dataclass(frozen=True, slots=True)
class Delays:
    """Over every answer that was given: time_to_feedback = school_delay + platform_delay."""

    time_to_feedback: Delay
    school_delay: Delay
    platform_delay: Delay


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    cycle: str | None = None,
) -> list[dict[str, Any]]:
    found = await fetch(conn, "loop", await urns(conn, school), trust, cycle)
    return [_judged(row, at) for row in found]


async def delays(conn: Connection, *, trust: str | None = None, cycle: str | None = None) -> Delays:
    [found] = await fetch(conn, "loop_delays", trust, cycle)
    measured = ("time_to_feedback", "school_delay", "platform_delay")
    return Delays(*(Delay(found[f"{name}_median"], found[f"{name}_p90"]) for name in measured))


def _judged(row: dict[str, Any], at: datetime) -> dict[str, Any]:
    from_events = {column: value for column, value in row.items() if column not in from_ledger}
    return {
        **from_events,
        "acknowledged_within_2_working_days": in_time(row["raised_at"], row["acknowledged_at"], at),
        **{name: _days_between(row["raised_at"], row[column]) for name, column in _days.items()},
        **{column: row[column] for column in from_ledger},
    }


def in_time(raised_at: datetime, acknowledged_at: datetime | None, at: datetime) -> bool | None:
    """Whether it was acknowledged within two working days; None while it still can be."""
    end = end_of_working_day(raised_at, 2)
    if acknowledged_at is not None:
        return acknowledged_at < end
    return False if at >= end else None


def _days_between(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start).total_seconds() / 86_400, 2)
