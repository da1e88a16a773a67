"""Days in London: the one on which something is decided, and when what has a day of its own happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from shared.contracts.vocabulary import Day
from shared.eventstore import Context

_LONDON = ZoneInfo("Europe/London")


def today(at: datetime) -> Day:
    """The day in London at a time."""
    return at.astimezone(_LONDON).date()


def beginning_of(day: date) -> datetime:
    """When a day begins in London."""
    return datetime.combine(day, time.min, _LONDON)


def on_day(day: Day, context: Context) -> Context:
    """What has a day of its own happened when that day began."""
    return replace(context, happened_at=beginning_of(day))
