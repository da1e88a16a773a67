"""Working days in England: Monday to Friday, but no bank holiday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from services.reporting.london import london


@cache
def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in _bank_holidays()  # noqa: PLR2004  Friday is the fifth


def end_of_working_day(after: datetime, days: int) -> datetime:
    """The end, in London, of the n-th working day that begins after this moment's own day."""
    day = after.astimezone(london).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day + timedelta(days=1), time(), london)


def working_days_since(earlier: datetime, now: datetime) -> int:
    """How many working days there are after the day, in London, of a moment, up to today."""
    day, today = earlier.astimezone(london).date(), now.astimezone(london).date()
    return sum(is_working_day(day + timedelta(days=n)) for n in range(1, (today - day).days + 1))


@cache
def _bank_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG")
