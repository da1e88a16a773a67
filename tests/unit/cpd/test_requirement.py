"""A requirement is followed by another, never edited; what it asks says until when a completion counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.requirement import (
    Requirement,
    SetRequirement,
    counts_until,
    in_force_on,
    months_after,
    requirement,
    requirement_stream,
)
from shared.contracts.cpd.compliance import StatutoryRequirementSet
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

FROM, LATER = date(2025, 9, 1), date(2026, 9, 1)
SET_SAFEGUARDING = SetRequirement(
    trustuid="99001",
    training="safeguarding",
    title="Safeguarding and child protection",
    basis="statutory",
    recurrence_months=12,
    grace_days=30,
    effective_from=FROM,
)
SAFEGUARDING = StatutoryRequirementSet(
    trustuid="99001",
    training="safeguarding",
    title="Safeguarding and child protection",
    basis="statutory",
    recurrence_months=12,
    grace_days=30,
    effective_from=FROM,
)
TWO_YEARLY = replace(SAFEGUARDING, recurrence_months=24, effective_from=LATER)


def test_a_training_is_required_of_everybody() -> None:
    when = given(requirement)

    assert when(SET_SAFEGUARDING) == [SAFEGUARDING]


def test_it_is_required_of_a_role_or_of_some_at_each_site() -> None:
    when = given(requirement)

    assert when(replace(SET_SAFEGUARDING, roles=("site_manager",))) == [replace(SAFEGUARDING, roles=("site_manager",))]
    assert when(replace(SET_SAFEGUARDING, minimum_per_site=2)) == [replace(SAFEGUARDING, minimum_per_site=2)]


def test_it_is_planned_ahead_or_brought_in_later() -> None:
    when = given(requirement)

    for day in (date(2009, 9, 1), date(2035, 9, 1)):
        assert when(replace(SET_SAFEGUARDING, effective_from=day)) == [replace(SAFEGUARDING, effective_from=day)]


def test_another_follows_from_a_later_day() -> None:
    when = given(requirement, SAFEGUARDING)

    assert when(replace(SET_SAFEGUARDING, recurrence_months=24, effective_from=LATER)) == [TWO_YEARLY]


def test_the_same_again_changes_nothing() -> None:
    assert given(requirement, SAFEGUARDING)(SET_SAFEGUARDING) == []
    assert given(requirement, SAFEGUARDING, TWO_YEARLY)(SET_SAFEGUARDING) == []


@pytest.mark.parametrize("day", [FROM, FROM - timedelta(days=1)])
def test_it_is_not_edited(day: date) -> None:
    when = given(requirement, SAFEGUARDING)

    with refused("requirement_not_later", "/effective_from"):
        when(replace(SET_SAFEGUARDING, grace_days=0, effective_from=day))


def test_it_is_of_people_or_of_sites() -> None:
    when = given(requirement)

    with refused("roles_or_minimum", "/minimum_per_site"):
        when(replace(SET_SAFEGUARDING, roles=("site_manager",), minimum_per_site=1))


def test_its_stream_is_named_by_trust_and_training() -> None:
    assert requirement_stream("99001", "first-aid") == "requirement-99001-first-aid"


# Until when a completion counts


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
    ],
)
def test_the_same_day_of_a_later_month_or_its_last(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@over(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(1, 240))
def test_months_never_slip(day: date, months: int) -> None:
    then = months_after(day, months)

    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


def test_a_completion_counts_for_the_recurrence() -> None:
    assert counts_until(date(2025, 10, 31), SAFEGUARDING) == date(2026, 10, 31)
    assert counts_until(FROM, SAFEGUARDING) == date(2026, 9, 1)


def test_once_is_enough_where_nothing_recurs() -> None:
    assert counts_until(date(1999, 1, 1), replace(SAFEGUARDING, recurrence_months=None)) is None


def test_before_it_was_required_nothing_lapses() -> None:
    assert counts_until(date(2019, 3, 4), SAFEGUARDING) == date(2025, 8, 31)  # the last day without a requirement
    assert counts_until(date(2025, 3, 4), SAFEGUARDING) == date(2026, 3, 4)  # young enough to count on


def test_a_completion_is_judged_by_what_was_in_force_on_its_day() -> None:
    state = Requirement(versions=(SAFEGUARDING, TWO_YEARLY))

    assert in_force_on(LATER - timedelta(days=1), state) == SAFEGUARDING
    assert in_force_on(LATER, state) == TWO_YEARLY
    assert in_force_on(date(2019, 3, 4), state) == SAFEGUARDING
    assert in_force_on(LATER, Requirement()) is None


sequences = st.lists(
    st.builds(
        replace,
        st.just(SET_SAFEGUARDING),
        effective_from=st.integers(0, 4).map(lambda days: FROM + timedelta(days=days)),
        grace_days=st.integers(0, 1),
    ),
    max_size=12,
)


@over(sequences)
def test_repeats_never_change_where_it_ends(sequence: list[SetRequirement]) -> None:
    once, taken = after(requirement, sequence)

    assert after(requirement, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(requirement, taken, once) == []
    assert all(a.effective_from < b.effective_from for a, b in pairwise(once.versions))


@over(sequences, st.dates(FROM - timedelta(days=400), FROM + timedelta(days=400)))
def test_a_later_requirement_changes_no_completion_of_before(sequence: list[SetRequirement], day: date) -> None:
    state, _ = after(requirement, sequence)
    judged = in_force_on(day, state)
    if judged is None:
        return
    last = max(day, state.versions[-1].effective_from)
    more = replace(SAFEGUARDING, recurrence_months=1, effective_from=last + timedelta(days=1))

    assert in_force_on(day, requirement.evolve(state, more)) == judged
