"""Working days in England: Monday to Friday, but no bank holiday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

_london = ZoneInfo("Europe/London")


def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in _bank_holidays()  # noqa: PLR2004  Friday is the fifth


def end_of_working_day(after: datetime, days: int) -> datetime:
    """The end, in London, of the n-th working day that begins after this moment's own day."""
    day = after.astimezone(_london).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day + timedelta(days=1), time(), _london)


@cache
def _bank_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG")
