"""A training is completed, counts until a day, lapses once, and is completed again."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.required_training import (
    CompleteTraining,
    LapseTraining,
    RequiredTraining,
    RequiredTrainingCommand,
    RequiredTrainingEvent,
    required_training,
    training_stream,
)
from services.cpd.domain.requirement import Requirement
from shared.contracts.cpd.compliance import (
    StatutoryRequirementSet,
    StatutoryTrainingCompleted,
    StatutoryTrainingLapsed,
)
from shared.decider import Rejected
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA = UUID(int=1)
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
REQUIRED = StatutoryRequirementSet(
    trustuid="99001",
    training="first-aid",
    title="First aid at work",
    basis="statutory",
    minimum_per_site=1,
    recurrence_months=36,
    grace_days=0,
    effective_from=date(2020, 9, 1),
)
EVERY_THREE_YEARS = Requirement(versions=(REQUIRED,))
ONCE = Requirement(versions=(replace(REQUIRED, recurrence_months=None),))
NOBODY_YET = Requirement()
ON = date(2024, 3, 14)
UNTIL = date(2027, 3, 14)

COMPLETE = CompleteTraining(
    person_id=ADA,
    trustuid="99001",
    urn="900001",
    training="first-aid",
    completed_on=ON,
    provider="Example First Aid",
    requirement=EVERY_THREE_YEARS,
    today=TODAY,
)
COMPLETED = StatutoryTrainingCompleted(
    person_id=ADA,
    trustuid="99001",
    urn="900001",
    training="first-aid",
    completed_on=ON,
    expires_on=UNTIL,
    dated_by="requirement",
    provider="Example First Aid",
)
UNDATED = replace(COMPLETED, expires_on=None, dated_by="nobody_yet")


def asks(on: date, requirement: Requirement = EVERY_THREE_YEARS) -> LapseTraining:
    """The clock asks on a day."""
    return LapseTraining(person_id=ADA, training="first-aid", requirement=requirement, today=on)


def lapsed(on: date, of: date = ON) -> StatutoryTrainingLapsed:
    return StatutoryTrainingLapsed(person_id=ADA, training="first-aid", completed_on=of, lapsed_on=on)


# Completed


def test_a_completion_counts_for_the_recurrence() -> None:
    when = given(required_training)

    assert when(COMPLETE) == [COMPLETED]


def test_the_certificates_own_last_day_wins() -> None:
    when = given(required_training)
    day = date(2027, 3, 13)

    assert when(replace(COMPLETE, expires_on=day)) == [replace(COMPLETED, expires_on=day, dated_by="certificate")]
    assert when(replace(COMPLETE, expires_on=ON)) == [replace(COMPLETED, expires_on=ON, dated_by="certificate")]


def test_once_is_enough_where_nothing_recurs() -> None:
    when = given(required_training)

    assert when(replace(COMPLETE, requirement=ONCE)) == [replace(COMPLETED, expires_on=None)]


def test_nobody_has_to_require_it() -> None:
    when = given(required_training)

    assert when(replace(COMPLETE, requirement=NOBODY_YET)) == [UNDATED]


def test_what_was_done_for_a_former_employer_counts() -> None:
    when = given(required_training)
    elsewhere = replace(COMPLETE, urn=None, provider="Another Trust")

    assert when(elsewhere) == [replace(COMPLETED, urn=None, provider="Another Trust")]


def test_an_older_completion_is_kept_too() -> None:
    when = given(required_training, COMPLETED)
    older = replace(COMPLETE, completed_on=date(2021, 3, 1))

    assert when(older) == [replace(COMPLETED, completed_on=date(2021, 3, 1), expires_on=date(2024, 3, 1))]


@pytest.mark.parametrize("known", [COMPLETED, UNDATED, replace(COMPLETED, expires_on=ON, dated_by="certificate")])
def test_the_same_again_changes_nothing(known: StatutoryTrainingCompleted) -> None:
    when = given(required_training, known)

    assert when(COMPLETE) == []
    if known.expires_on is not None:
        assert when(replace(COMPLETE, expires_on=known.expires_on)) == []


def test_a_certificate_may_come_later() -> None:
    when = given(required_training, COMPLETED)
    day = date(2025, 3, 13)

    assert when(replace(COMPLETE, expires_on=day)) == [replace(COMPLETED, expires_on=day, dated_by="certificate")]


def test_a_completion_that_cannot_be_is_refused() -> None:
    when = given(required_training)

    with refused("in_the_future", "/completed_on"):
        when(replace(COMPLETE, completed_on=TODAY + DAY))
    with refused("expires_before_completed", "/expires_on"):
        when(replace(COMPLETE, expires_on=ON - DAY))


def test_its_stream_is_named_by_its_person_and_training() -> None:
    assert training_stream(ADA, "first-aid") == "training-00000000-0000-0000-0000-000000000001-first-aid"


# Lapsed


def test_it_counts_on_its_last_day_and_has_lapsed_on_the_next() -> None:
    when = given(required_training, COMPLETED)

    assert when(asks(UNTIL)) == []
    assert when(asks(UNTIL + DAY)) == [lapsed(UNTIL + DAY)]
    assert when(asks(UNTIL + 100 * DAY)) == [lapsed(UNTIL + DAY)]


def test_it_lapses_once() -> None:
    when = given(required_training, COMPLETED, lapsed(UNTIL + DAY))

    assert when(asks(UNTIL + DAY)) == []
    assert when(asks(UNTIL + 100 * DAY)) == []


def test_completed_again_it_counts_again_and_lapses_again() -> None:
    again = replace(COMPLETED, completed_on=date(2027, 5, 1), expires_on=date(2030, 5, 1))
    when = given(required_training, COMPLETED, lapsed(UNTIL + DAY), again)

    assert when(asks(date(2030, 5, 1))) == []
    assert when(asks(date(2030, 5, 2))) == [lapsed(date(2030, 5, 2), of=date(2027, 5, 1))]


def test_an_older_completion_told_later_neither_lapses_nor_shortens_anything() -> None:
    older = replace(COMPLETED, completed_on=date(2021, 3, 1), expires_on=date(2024, 3, 1))

    assert given(required_training, COMPLETED, older)(asks(UNTIL)) == []
    assert given(required_training, COMPLETED, older)(asks(UNTIL + DAY)) == [lapsed(UNTIL + DAY)]
    assert given(required_training, COMPLETED, lapsed(UNTIL + DAY), older)(asks(UNTIL + 2 * DAY)) == []


def test_a_corrected_certificate_takes_the_place_of_the_first() -> None:
    certified = replace(COMPLETED, expires_on=date(2028, 1, 1), dated_by="certificate")
    corrected = replace(certified, expires_on=date(2025, 1, 1))
    when = given(required_training, certified, corrected)

    assert when(asks(TODAY)) == [lapsed(date(2025, 1, 2))]


def test_a_certificate_that_is_shortened_after_it_lapsed_does_not_lapse_again() -> None:
    certified = replace(COMPLETED, dated_by="certificate")
    shortened = replace(certified, expires_on=date(2026, 3, 14))
    when = given(required_training, certified, lapsed(UNTIL + DAY), shortened)

    assert when(asks(UNTIL + 2 * DAY)) == []


def test_what_counts_for_good_never_lapses() -> None:
    for_good = replace(COMPLETED, expires_on=None)

    assert given(required_training, for_good)(asks(date(2099, 1, 1))) == []
    assert given(required_training, for_good, replace(COMPLETED, completed_on=TODAY))(asks(date(2099, 1, 1))) == []
    assert given(required_training)(asks(date(2099, 1, 1))) == []


def test_what_nobody_required_is_judged_by_the_first_requirement_that_comes() -> None:
    later = Requirement(versions=(replace(REQUIRED, effective_from=date(2030, 9, 1)),))
    when = given(required_training, UNDATED)

    assert when(asks(date(2099, 1, 1), NOBODY_YET)) == []
    assert when(asks(UNTIL + DAY)) == [lapsed(UNTIL + DAY)]
    assert when(asks(date(2030, 8, 31), later)) == []
    assert when(asks(date(2030, 9, 1), later)) == [lapsed(date(2030, 9, 1))]


# What holds after anything

days = st.integers(0, 12).map(lambda months: date(2024, 1 + months % 12, 28))
requirements = st.sampled_from([EVERY_THREE_YEARS, ONCE, NOBODY_YET])
commands: st.SearchStrategy[RequiredTrainingCommand] = st.one_of(
    st.builds(
        replace,
        st.just(COMPLETE),
        completed_on=days,
        expires_on=st.none() | days,
        requirement=requirements,
    ),
    st.builds(asks, days.map(lambda day: day.replace(year=2027)), requirements),
)


@over(st.lists(commands, max_size=14))
def test_repeats_never_change_where_it_ends(sequence: list[RequiredTrainingCommand]) -> None:
    once, taken = after(required_training, sequence)

    assert after(required_training, twice_each(sequence)) == (once, twice_each(taken))
    # Certificates are left out: the latest counts, so an older one that is sent again is a new correction.
    told = [c for c in taken if isinstance(c, CompleteTraining) and c.expires_on is None]
    assert events_of(required_training, told, once) == []


@over(st.lists(commands, max_size=14))
def test_no_last_day_lapses_twice_and_none_before_it_is_over(sequence: list[RequiredTrainingCommand]) -> None:
    state, days_of_lapsing = RequiredTraining(), Counter[date]()
    for command in sequence:
        events: list[RequiredTrainingEvent] = []
        with suppress(Rejected):
            events = required_training.decide(command, state)
        state = required_training.fold(events, state)
        lapses = [event.lapsed_on for event in events if isinstance(event, StatutoryTrainingLapsed)]
        assert all(day <= command.today for day in lapses)
        days_of_lapsing.update(lapses)

    assert set(days_of_lapsing.values()) <= {1}
