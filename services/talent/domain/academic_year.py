"""Academic years: from 1 September to 31 August, written as 2026/27."""

from __future__ import annotations

from shared.contracts.vocabulary import AcademicYear, Day
from shared.decider import Rejected

_SEPTEMBER = 9


def began_in(day: Day) -> int:
    """The calendar year in which a day's academic year began."""
    return day.year if day.month >= _SEPTEMBER else day.year - 1


def begins_in(academic_year: AcademicYear, *, field: str) -> int:
    """The calendar year in which an academic year begins.

    Raises:
        Rejected: its two years do not follow each other.
    """
    first = int(academic_year[:4])
    if academic_year != _written(first):
        raise Rejected(
            "academic_year_not_consecutive",
            "Write the academic year as two years that follow each other, such as 2026/27.",
            field=field,
        )
    return first


def academic_year_of(day: Day) -> AcademicYear:
    return _written(began_in(day))


def _written(first: int) -> AcademicYear:
    return f"{first}/{(first + 1) % 100:02}"
