"""A change is proposed with its cost, consulted on by a standard, and adopted or dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.change import (
    AdoptChange,
    ChangeCommand,
    CloseConsultation,
    DropChange,
    ProposeChange,
    change,
    change_stream,
)
from services.collaboration.domain.consultation_standard import (
    ConsultationStandard,
    SetConsultationStandard,
    consultation_standard,
    consultation_standard_stream,
)
from services.collaboration.domain.days import Dated
from shared.contracts.collaboration.change import (
    ChangeAdopted,
    ChangeDropped,
    ChangeProposed,
    ConsultationClosed,
    ConsultationStandardSet,
)
from tests.unit.collaboration.facts import ELM, ITEM, OAK, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PROPOSED_ON = date(2026, 10, 1)
SET = SetConsultationStandard(trustuid=TRUST, min_days=20, groups=("staff", "parents"), from_on=date(2026, 9, 1))
STANDARD = ConsultationStandardSet(trustuid=TRUST, min_days=20, groups=("staff", "parents"), from_on=date(2026, 9, 1))
STRICTER = replace(STANDARD, min_days=30, from_on=date(2026, 11, 1))
IN_FORCE = ConsultationStandard(versions=(STANDARD, STRICTER))
PROPOSE = ProposeChange(
    change_id=ITEM,
    trustuid=TRUST,
    title="One timetable",
    urns=(OAK, ELM),
    align="align",
    cost_pence=0,
    days=0,
    disadvantaged_note="Clubs stay at lunch.",
    proposed_on=PROPOSED_ON,
)
PROPOSED = ChangeProposed(
    change_id=ITEM,
    trustuid=TRUST,
    title="One timetable",
    urns=(OAK, ELM),
    align="align",
    cost_pence=0,
    days=0,
    disadvantaged_note="Clubs stay at lunch.",
    proposed_on=PROPOSED_ON,
)
CONSULT = CloseConsultation(
    change_id=ITEM,
    groups=("parents", "staff"),
    from_on=date(2026, 10, 5),
    to_on=date(2026, 10, 24),
    standard=IN_FORCE,
)
CONSULTED = ConsultationClosed(
    change_id=ITEM,
    groups=("parents", "staff"),
    from_on=date(2026, 10, 5),
    to_on=date(2026, 10, 24),
    meets_standard=True,
)
ADOPT = AdoptChange(change_id=ITEM, from_on=date(2027, 1, 4), to_on=date(2027, 7, 20), adopted_on=TODAY)
ADOPTED = ChangeAdopted(
    change_id=ITEM,
    trustuid=TRUST,
    urns=(OAK, ELM),
    consulted=True,
    from_on=date(2027, 1, 4),
    to_on=date(2027, 7, 20),
    adopted_on=TODAY,
)
DROP = DropChange(change_id=ITEM, reason="It costs more than it gives.", dropped_on=TODAY)
DROPPED = ChangeDropped(change_id=ITEM, reason="It costs more than it gives.", dropped_on=TODAY)


def on(command: ChangeCommand, today: date = TODAY) -> Dated[ChangeCommand]:
    return Dated(command, today)


def test_a_standard_is_set_and_another_follows_it() -> None:
    assert given(consultation_standard)(SET) == [STANDARD]
    assert given(consultation_standard, STANDARD)(replace(SET, min_days=30, from_on=STRICTER.from_on)) == [STRICTER]


def test_setting_a_standard_again_changes_nothing() -> None:
    assert given(consultation_standard, STANDARD, STRICTER)(SET) == []


def test_a_standard_is_not_edited() -> None:
    with refused("standard_not_later", "/from_on"):
        given(consultation_standard, STANDARD)(replace(SET, min_days=5))


def test_a_standard_holds_from_its_day_until_the_next_ones() -> None:
    days = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 1))

    assert [IN_FORCE.in_force_on(day) for day in days] == [None, STANDARD, STANDARD, STRICTER]


def test_a_change_is_proposed_and_no_cost_is_said_as_zero() -> None:
    assert given(change)(on(PROPOSE)) == [PROPOSED]


def test_each_school_of_a_change_counts_once() -> None:
    assert given(change)(on(replace(PROPOSE, urns=(OAK, ELM, OAK)))) == [PROPOSED]


def test_proposing_it_again_changes_nothing() -> None:
    assert given(change, PROPOSED)(on(PROPOSE)) == []
    assert given(change, PROPOSED, DROPPED)(on(PROPOSE)) == []


def test_another_change_has_an_id_of_its_own() -> None:
    with refused("change_exists", "/change_id"):
        given(change, PROPOSED)(on(replace(PROPOSE, align="leave")))


def test_nothing_is_proposed_in_the_future() -> None:
    with refused("in_the_future", "/proposed_on"):
        given(change)(on(replace(PROPOSE, proposed_on=TOMORROW)))


def test_a_consultation_meets_the_standard_of_its_first_day() -> None:
    assert given(change, PROPOSED)(on(CONSULT)) == [CONSULTED]


def test_it_is_said_what_a_consultation_lacked() -> None:
    short = replace(CONSULT, groups=("staff", "staff"), from_on=date(2026, 11, 2), to_on=date(2026, 11, 20))

    assert given(change, PROPOSED)(on(short)) == [
        replace(
            CONSULTED,
            groups=("staff",),
            from_on=date(2026, 11, 2),
            to_on=date(2026, 11, 20),
            meets_standard=False,
            missing_groups=("parents",),
            days_short=11,
        )
    ]


@pytest.mark.parametrize(("to_on", "meets", "days_short"), [(23, False, 1), (24, True, 0), (25, True, 0)])
def test_the_first_and_the_last_day_count(to_on: int, *, meets: bool, days_short: int) -> None:
    [closed] = given(change, PROPOSED)(on(replace(CONSULT, to_on=date(2026, 10, to_on))))

    assert isinstance(closed, ConsultationClosed)
    assert (closed.meets_standard, closed.days_short) == (meets, days_short)


def test_without_a_standard_nothing_is_to_be_met() -> None:
    [closed] = given(change, PROPOSED)(on(replace(CONSULT, standard=ConsultationStandard())))

    assert closed == replace(CONSULTED, meets_standard=None)


def test_closing_it_again_changes_nothing_also_under_another_standard() -> None:
    when = given(change, PROPOSED, CONSULTED, ADOPTED)

    assert when(on(CONSULT)) == []
    assert when(on(replace(CONSULT, standard=ConsultationStandard()))) == []


def test_the_trust_consults_again_where_it_was_not_enough() -> None:
    again = replace(CONSULT, to_on=date(2026, 10, 30))

    assert given(change, PROPOSED, CONSULTED)(on(again)) == [replace(CONSULTED, to_on=date(2026, 10, 30))]


def test_a_consultation_is_over_and_ends_after_it_starts() -> None:
    when = given(change, PROPOSED)

    with refused("in_the_future", "/to_on"):
        when(on(replace(CONSULT, to_on=TOMORROW)))
    with refused("consultation_ends_before_it_starts", "/to_on"):
        when(on(replace(CONSULT, to_on=date(2026, 10, 4))))


def test_a_change_is_adopted() -> None:
    assert given(change, PROPOSED, CONSULTED)(on(ADOPT)) == [ADOPTED]


def test_a_change_may_be_adopted_without_consultation_and_that_shows() -> None:
    assert given(change, PROPOSED)(on(ADOPT)) == [replace(ADOPTED, consulted=False)]


def test_adopting_it_again_changes_nothing() -> None:
    assert given(change, PROPOSED, CONSULTED, ADOPTED)(on(ADOPT)) == []


def test_a_change_is_dropped() -> None:
    assert given(change, PROPOSED)(on(DROP)) == [DROPPED]


def test_dropping_it_again_changes_nothing() -> None:
    assert given(change, PROPOSED, DROPPED)(on(DROP)) == []


@pytest.mark.parametrize("decided", [ADOPTED, DROPPED])
def test_a_change_is_decided_on_once(decided: ChangeAdopted | ChangeDropped) -> None:
    when = given(change, PROPOSED, decided)

    for command in (CONSULT, replace(ADOPT, to_on=date(2027, 4, 1)), replace(DROP, reason="No money.")):
        with refused("change_already_decided", "/change_id"):
            when(on(command))


def test_a_change_is_decided_on_after_its_proposal_and_not_in_the_future() -> None:
    when = given(change, PROPOSED)
    before = PROPOSED_ON - timedelta(days=1)

    with refused("decided_before_proposed", "/adopted_on"):
        when(on(replace(ADOPT, adopted_on=before)))
    with refused("decided_before_proposed", "/dropped_on"):
        when(on(replace(DROP, dropped_on=before)))
    with refused("in_the_future", "/adopted_on"):
        when(on(replace(ADOPT, adopted_on=TOMORROW)))
    with refused("in_the_future", "/dropped_on"):
        when(on(replace(DROP, dropped_on=TOMORROW)))


def test_a_change_is_business_as_usual_after_it_begins() -> None:
    with refused("change_ends_before_it_starts", "/to_on"):
        given(change, PROPOSED)(on(replace(ADOPT, to_on=date(2027, 1, 3))))


@pytest.mark.parametrize("command", [CONSULT, ADOPT, DROP])
def test_what_was_not_proposed_is_unknown(command: ChangeCommand) -> None:
    with refused("change_unknown", "/change_id"):
        given(change)(on(command))


def test_what_it_says_of_disadvantaged_pupils_is_in_no_state() -> None:
    assert "Clubs" not in repr(change.fold([PROPOSED]))


def test_streams_are_named_by_their_id() -> None:
    assert change_stream(ITEM) == f"change-{ITEM}"
    assert consultation_standard_stream(TRUST) == f"consultation-standard-{TRUST}"


DAYS = st.sampled_from([PROPOSED_ON - timedelta(days=1), YESTERDAY, TODAY, TOMORROW])
COMMANDS: st.SearchStrategy[list[Dated[ChangeCommand]]] = st.lists(
    (
        st.builds(replace, st.just(PROPOSE), title=st.sampled_from(["One timetable", "Two"]))
        | st.builds(replace, st.just(CONSULT), to_on=DAYS)
        | st.builds(replace, st.just(ADOPT), adopted_on=DAYS)
        | st.builds(replace, st.just(DROP), dropped_on=DAYS)
    ).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[ChangeCommand]]) -> None:
    assert_repeats_change_nothing(change, commands)
    assert_late_repeats_change_nothing(change, commands)


@over(st.lists(st.builds(replace, st.just(SET), min_days=st.integers(1, 3), from_on=DAYS), max_size=8))
def test_any_standards_may_come_more_than_once(commands: list[SetConsultationStandard]) -> None:
    assert_repeats_change_nothing(consultation_standard, commands)
    assert_late_repeats_change_nothing(consultation_standard, commands)
