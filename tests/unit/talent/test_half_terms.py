"""When the half-term of a day ends, by a trust's own dates and by the common ones."""

from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.half_terms import academic_years_from, half_term_end
from shared.contracts.talent.register import HalfTerm, TermDatesSet

YEAR = TermDatesSet(
    trustuid="99001",
    academic_year="2027/28",
    half_terms=(
        HalfTerm(name="A1", starts_on=date(2027, 9, 2), ends_on=date(2027, 10, 22)),
        HalfTerm(name="A2", starts_on=date(2027, 11, 1), ends_on=date(2027, 12, 17)),
        HalfTerm(name="S1", starts_on=date(2028, 1, 4), ends_on=date(2028, 2, 11)),
        HalfTerm(name="S2", starts_on=date(2028, 2, 21), ends_on=date(2028, 3, 31)),
        HalfTerm(name="U1", starts_on=date(2028, 4, 17), ends_on=date(2028, 5, 26)),
        HalfTerm(name="U2", starts_on=date(2028, 6, 5), ends_on=date(2028, 7, 21)),
    ),
)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2027, 9, 1), date(2027, 10, 31)),
        (date(2027, 10, 31), date(2027, 10, 31)),
        (date(2027, 11, 1), date(2027, 12, 31)),
        (date(2028, 1, 1), date(2028, 2, 15)),
        (date(2028, 2, 16), date(2028, 3, 31)),
        (date(2028, 4, 1), date(2028, 5, 31)),
        (date(2028, 6, 1), date(2028, 8, 31)),
        (date(2028, 8, 31), date(2028, 8, 31)),
    ],
)
def test_half_terms_end_as_they_commonly_do_where_nothing_is_set(day: date, end: date) -> None:
    assert half_term_end(day, ()) == end


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2027, 9, 2), date(2027, 10, 22)),
        (date(2027, 10, 22), date(2027, 10, 22)),
        (date(2028, 5, 1), date(2028, 5, 26)),
    ],
)
def test_what_the_trust_has_set_counts(day: date, end: date) -> None:
    assert half_term_end(day, (YEAR,)) == end


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2027, 10, 23), date(2027, 12, 17)),
        (date(2027, 12, 27), date(2028, 2, 11)),
        (date(2028, 8, 1), date(2028, 10, 31)),
    ],
)
def test_a_holiday_counts_to_the_half_term_after_it(day: date, end: date) -> None:
    assert half_term_end(day, (YEAR,)) == end


def test_a_half_term_that_was_left_out_ends_as_it_commonly_does() -> None:
    only_autumn = TermDatesSet(trustuid="99001", academic_year="2027/28", half_terms=YEAR.half_terms[:2])

    assert half_term_end(date(2028, 1, 10), (only_autumn,)) == date(2028, 2, 15)


def test_another_years_dates_say_nothing() -> None:
    assert half_term_end(date(2026, 10, 25), (YEAR,)) == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2027, 8, 31), ("2026/27", "2027/28")),
        (date(2027, 9, 1), ("2027/28", "2028/29")),
        (date(2098, 12, 1), ("2098/99", "2099/00")),
    ],
)
def test_an_academic_year_begins_in_september(day: date, years: tuple[str, str]) -> None:
    assert academic_years_from(day) == years


@over(day=st.dates(date(2020, 1, 1), date(2040, 1, 1)), is_set=st.booleans())
def test_a_half_term_never_ends_before_its_days(*, day: date, is_set: bool) -> None:
    end = half_term_end(day, (YEAR,) if is_set else ())

    assert 0 <= (end - day).days <= 110
    assert half_term_end(end, (YEAR,) if is_set else ()) == end
