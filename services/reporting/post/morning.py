"""When post goes out: at seven in the morning, in London, of each working day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from services.reporting.london import london
from services.reporting.reports.working_days import is_working_day

longest = timedelta(days=7)
"""What happened longer ago than this is no occasion for a letter any more."""


def at_seven(day: date) -> datetime:
    return datetime.combine(day, time(7), london)


def latest_morning(now: datetime) -> date:
    """The day of the latest morning that has come."""
    here = now.astimezone(london)
    day = here.date() if here >= at_seven(here.date()) else here.date() - timedelta(days=1)
    return working_day_up_to(day)


def working_day_up_to(day: date) -> date:
    """The day itself, if it is a working day; else the last one before."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_day_from(day: date) -> date:
    """The day itself, if it is a working day; else the next one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
