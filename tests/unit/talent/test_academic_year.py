"""Academic years run from September to August and are written as 2026/27."""

from datetime import date

import pytest

from services.talent.domain.academic_year import academic_year_of, began_in, begins_in
from tests.unit.given import refused


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 8, 31), "2025/26"),
        (date(2026, 9, 1), "2026/27"),
        (date(2027, 8, 31), "2026/27"),
        (date(1999, 9, 1), "1999/00"),
    ],
)
def test_the_year_of_a_day(day: date, written: str) -> None:
    assert academic_year_of(day) == written
    assert began_in(day) == begins_in(written, field="/academic_year")


@pytest.mark.parametrize("written", ["2026/28", "2026/26", "2099/01"])
def test_its_two_years_follow_each_other(written: str) -> None:
    with refused("academic_year_not_consecutive", "/target_year"):
        begins_in(written, field="/target_year")
