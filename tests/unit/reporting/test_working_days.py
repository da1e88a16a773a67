"""Two working days in England: weekends and bank holidays do not count."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.reporting.reports.loop import in_time
from services.reporting.reports.working_days import end_of_working_day, is_working_day


@pytest.mark.parametrize(
    ("raised", "end"),
    [
        (datetime(2026, 11, 16, 16, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC)),  # Monday: to Wednesday's end
        (datetime(2026, 11, 19, 16, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)),  # Thursday: to Monday's
        (datetime(2026, 11, 21, 16, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)),  # Saturday: to Tuesday's
        (datetime(2026, 12, 24, 9, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)),  # 25 and 28 December are off
        (datetime(2026, 7, 6, 23, 30, tzinfo=UTC), datetime(2026, 7, 9, 23, tzinfo=UTC)),  # Tuesday in London already
        (datetime(2026, 10, 22, 9, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC)),  # the clocks go back in between
    ],
)
def test_the_end_of_the_second_working_day(raised: datetime, end: datetime) -> None:
    assert end_of_working_day(raised, 2) == end


def test_england_has_its_own_bank_holidays() -> None:
    assert is_working_day(date(2026, 11, 30))  # Saint Andrew's is Scotland's
    assert not is_working_day(date(2026, 8, 31))
    assert not is_working_day(date(2026, 4, 6))
    assert not is_working_day(date(2026, 11, 22))


def test_in_time_is_open_until_it_is_known() -> None:
    raised, end = datetime(2026, 11, 16, 16, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC)
    before, after = end.replace(day=18), end.replace(hour=1)

    assert in_time(raised, before, after) is True
    assert in_time(raised, after, after) is False
    assert in_time(raised, None, before) is None
    assert in_time(raised, None, end) is False
