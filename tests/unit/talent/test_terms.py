"""The half-terms and closure days of one academic year."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.terms import SetTermDates, terms, terms_stream
from shared.contracts.talent.register import HalfTerm, HalfTermName, TermDatesSet
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, twice_each


def half_term(name: HalfTermName, starts_on: date, ends_on: date) -> HalfTerm:
    return HalfTerm(name=name, starts_on=starts_on, ends_on=ends_on)


A1 = half_term("A1", date(2026, 9, 2), date(2026, 10, 23))
A2 = half_term("A2", date(2026, 11, 2), date(2026, 12, 18))
S1 = half_term("S1", date(2027, 1, 4), date(2027, 2, 12))
CLOSURES = (date(2026, 9, 2), date(2027, 1, 4))
SET = SetTermDates(trustuid="99001", academic_year="2026/27", half_terms=(A1, A2, S1), closures=CLOSURES)
DATES = TermDatesSet(trustuid="99001", academic_year="2026/27", half_terms=(A1, A2, S1), closures=CLOSURES)


def test_a_trust_sets_its_term_dates() -> None:
    when = given(terms)

    assert when(SET) == [DATES]


def test_a_school_sets_its_own() -> None:
    when = given(terms)

    assert when(replace(SET, urn="900001")) == [replace(DATES, urn="900001")]


@pytest.mark.parametrize("again", [SET, replace(SET, closures=(CLOSURES[1], CLOSURES[0], CLOSURES[1]))])
def test_setting_the_same_again_changes_nothing(again: SetTermDates) -> None:
    when = given(terms, DATES)

    assert when(again) == []


def test_changed_dates_are_set_anew() -> None:
    when = given(terms, DATES)

    assert when(replace(SET, closures=())) == [replace(DATES, closures=())]


def test_a_half_term_may_touch_both_ends_of_the_year() -> None:
    whole = half_term("A1", date(2026, 9, 1), date(2027, 8, 31))

    assert given(terms)(replace(SET, half_terms=(whole,), closures=()))


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(SET, half_terms=()), "half_terms_missing", "/half_terms"),
        (replace(SET, half_terms=(A2, A1)), "half_terms_out_of_order", "/half_terms/1/name"),
        (replace(SET, half_terms=(A1, A2, replace(A1))), "half_term_named_twice", "/half_terms/2/name"),
        (
            replace(SET, half_terms=(A1, replace(A2, starts_on=A1.ends_on))),
            "half_terms_overlap",
            "/half_terms/1/starts_on",
        ),
        (
            replace(SET, half_terms=(replace(A2, name="A1"), replace(A1, name="A2"))),
            "half_terms_overlap",
            "/half_terms/1/starts_on",
        ),
        (
            replace(SET, half_terms=(replace(A1, starts_on=date(2026, 8, 31)),)),
            "half_term_outside_year",
            "/half_terms/0/starts_on",
        ),
        (
            replace(SET, half_terms=(A1, replace(S1, ends_on=date(2027, 9, 1)))),
            "half_term_outside_year",
            "/half_terms/1/ends_on",
        ),
        (
            replace(SET, half_terms=(replace(A1, ends_on=date(2026, 9, 1)),)),
            "half_term_ends_before_it_starts",
            "/half_terms/0/ends_on",
        ),
        (replace(SET, closures=(*CLOSURES, date(2027, 9, 1))), "closure_outside_year", "/closures/2"),
        (replace(SET, academic_year="2026/28"), "academic_year_not_consecutive", "/academic_year"),
    ],
)
def test_dates_that_cannot_be_are_refused(command: SetTermDates, code: str, field: str) -> None:
    when = given(terms)

    with pytest.raises(Rejected) as refusal:
        when(command)

    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_the_century_turns() -> None:
    when = given(terms)
    only = half_term("A1", date(2099, 9, 1), date(2099, 10, 1))

    assert when(replace(SET, academic_year="2099/00", half_terms=(only,), closures=()))


def test_its_stream_is_named_by_trust_or_school_and_year() -> None:
    assert terms_stream("99001", "2026/27") == "terms-99001-2026-27"
    assert terms_stream("99001", "2026/27", "900001") == "terms-99001-900001-2026-27"


@over(st.lists(st.lists(st.sampled_from([A1, A2, S1]), max_size=3)))
def test_repeats_never_change_where_it_ends(sequence: list[list[HalfTerm]]) -> None:
    commands = [replace(SET, half_terms=tuple(half_terms)) for half_terms in sequence]

    once, taken = after(terms, commands)

    assert after(terms, twice_each(commands)) == (once, twice_each(taken))
