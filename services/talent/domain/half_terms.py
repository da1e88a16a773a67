"""When half-terms end: by the term dates that a trust has set, and by common ones where it has set none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from shared.contracts.talent.register import HalfTermName, TermDatesSet
from shared.contracts.vocabulary import AcademicYear, Day

_SEPTEMBER = 9
_COMMON_ENDS: Mapping[HalfTermName, tuple[int, int]] = {
    "A1": (10, 31),
    "A2": (12, 31),
    "S1": (2, 15),
    "S2": (3, 31),
    "U1": (5, 31),
    "U2": (8, 31),
}
"""Month and day. They leave no gap, so that where nothing is set a year has no holidays."""


def academic_years_from(day: Day) -> tuple[AcademicYear, AcademicYear]:
    """The academic year of a day, written as 2026/27, and the one after it."""
    starts = _first_year(day)
    return _written(starts), _written(starts + 1)


def half_term_end(day: Day, term_dates: Sequence[TermDatesSet]) -> Day:
    """The last day of a day's half-term.

    A holiday counts to the half-term after it, so this is never before the day.

    Args:
        term_dates: what the trust has set for the `academic_years_from` the day. A half-term that it left out ends as
            it commonly does.
    """
    set_by_trust = {dates.academic_year: dates for dates in term_dates}
    starts = _first_year(day)
    ends = [end for year in (starts, starts + 1) for end in _ends(year, set_by_trust.get(_written(year)))]
    return min(end for end in ends if end >= day)


def _ends(starts: int, dates: TermDatesSet | None) -> Iterator[Day]:
    named = {half_term.name: half_term.ends_on for half_term in dates.half_terms} if dates else {}
    for name, (month, day) in _COMMON_ENDS.items():
        yield named.get(name) or date(starts if month >= _SEPTEMBER else starts + 1, month, day)


def _first_year(day: Day) -> int:
    return day.year if day.month >= _SEPTEMBER else day.year - 1


def _written(starts: int) -> AcademicYear:
    return f"{starts}/{(starts + 1) % 100:02}"
