"""Calls for help: those that wait for a response, each with its days; and how many days a response took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from statistics import median_low

from services.reporting.london import london
from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.words import day, of
from services.reporting.wording import sentence

_to_now = "In days since each was raised, the longest first."
_fills: tuple[tuple[Fill, str], ...] = (("full", "not acknowledged"), ("hatched", "acknowledged"))
_by_day = "How many responses came on which day. Day 1 is the first 24 hours after the call was raised."
_last_day = 7


def pictures(rows: Sequence[Row], at: datetime) -> tuple[Picture, ...]:
    waiting = sorted((row for row in rows if row["responded_at"] is None), key=lambda row: row["raised_at"])
    took = [row["days_to_respond"] for row in rows if row["days_to_respond"] is not None]
    return (*([_waiting(waiting, at)] if waiting else []), *([_responses(took)] if took else []))


def _waiting(rows: Sequence[Row], at: datetime) -> Bars:
    title = sentence(f"{of(len(rows), 'call for help has', 'calls for help have')} no response yet")
    return Bars(title, _to_now, _fills, tuple(_since_raised(row, at) for row in rows))


def _since_raised(row: Row, at: datetime) -> Bar:
    days = (at - row["raised_at"]).total_seconds() / 86_400
    acknowledged = row["days_to_acknowledge"]
    until = days if acknowledged is None else min(max(acknowledged, 0), days)
    so_far = number(int(days), "day") if days >= 1 else "less than a day"
    since = day(row["raised_at"], near=at.astimezone(london).date())
    return Bar(
        f"{row['school']}: {row['title']}",
        f"{so_far}, since {since}, {'not ' if acknowledged is None else ''}acknowledged",
        (Part(until, "full"), Part(days - until, "hatched")),
        href=f"/events/{row['event_id']}",
    )


def _responses(took: Sequence[float]) -> Bars:
    counts = Counter(min(_day(days), _last_day + 1) for days in took)
    bars = (
        Bar(
            f"Day {nth}" if nth <= _last_day else f"After day {_last_day}",
            number(counts[nth], "response"),
            (Part(counts[nth], "full"),),
        )
        for nth in range(1, max(counts) + 1)
    )
    title = f"Half of all responses came by day {_day(median_low(took))}"
    return Bars(title, _by_day, (("full", "responses"),), tuple(bars))


def _day(days: float) -> int:
    return max(ceil(days), 1)
