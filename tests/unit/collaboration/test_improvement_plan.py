"""An improvement plan is agreed, amended and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.improvement_plan import (
    AgreePlan,
    AmendPlan,
    ClosePlan,
    PlanCommand,
    improvement_plan,
    improvement_plan_stream,
)
from shared.contracts.collaboration.capacity import Amount
from shared.contracts.collaboration.planning import ImprovementPlanAgreed, ImprovementPlanAmended, ImprovementPlanClosed
from tests.unit.collaboration.facts import FOCUS, ITEM, OAK, STARTS, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

PLAN = ITEM
TODAY = date(2026, 11, 25)
ENDS = date(2027, 7, 20)
NEED = Amount(dimension="people", quantity=6, unit="half_days")
AGREE = AgreePlan(
    plan_id=PLAN,
    trustuid=TRUST,
    urn=OAK,
    title="Reading",
    objectives=("Every pupil reads every day.",),
    focus_ids=(FOCUS,),
    needs=(NEED,),
    cost_pence=250_000,
    disadvantaged_note="Books at home.",
    starts_on=STARTS,
    ends_on=ENDS,
)
AGREED = ImprovementPlanAgreed(
    plan_id=PLAN,
    trustuid=TRUST,
    urn=OAK,
    title="Reading",
    objectives=("Every pupil reads every day.",),
    focus_ids=(FOCUS,),
    needs=(NEED,),
    cost_pence=250_000,
    disadvantaged_note="Books at home.",
    starts_on=STARTS,
    ends_on=ENDS,
)
AMEND = AmendPlan(
    plan_id=PLAN,
    title="Reading and writing",
    objectives=("Every pupil writes every day.",),
    cost_pence=0,
    disadvantaged_note="Pens at home.",
    starts_on=STARTS,
    ends_on=ENDS,
    reason="Reading has become a habit.",
    amended_on=TODAY,
)
AMENDED = ImprovementPlanAmended(
    plan_id=PLAN,
    urn=OAK,
    title="Reading and writing",
    objectives=("Every pupil writes every day.",),
    cost_pence=0,
    disadvantaged_note="Pens at home.",
    starts_on=STARTS,
    ends_on=ENDS,
    reason="Reading has become a habit.",
    amended_on=TODAY,
)
CLOSE = ClosePlan(plan_id=PLAN, outcome="green", closed_on=TODAY)
CLOSED = ImprovementPlanClosed(plan_id=PLAN, urn=OAK, outcome="green", closed_on=TODAY)


def on(command: PlanCommand, today: date = TODAY) -> Dated[PlanCommand]:
    return Dated(command, today)


def test_a_plan_is_agreed_with_what_it_needs() -> None:
    when = given(improvement_plan)

    assert when(on(AGREE)) == [AGREED]


def test_the_trust_has_plans_of_its_own() -> None:
    when = given(improvement_plan)

    assert when(on(replace(AGREE, urn=None))) == [replace(AGREED, urn=None)]


def test_agreeing_it_again_changes_nothing() -> None:
    assert given(improvement_plan, AGREED)(on(AGREE)) == []
    assert given(improvement_plan, AGREED, AMENDED, CLOSED)(on(AGREE)) == []


def test_another_plan_has_an_id_of_its_own() -> None:
    when = given(improvement_plan, AGREED)

    with refused("plan_exists", "/plan_id"):
        when(on(replace(AGREE, title="Writing")))


def test_a_plan_lasts_longer_than_its_first_day() -> None:
    when = given(improvement_plan)

    with refused("plan_ends_before_it_starts", "/ends_on"):
        when(on(replace(AGREE, ends_on=STARTS)))


def test_needs_are_counted_in_units_of_their_dimension() -> None:
    when = given(improvement_plan)
    money = Amount(dimension="financial", quantity=1, unit="half_days")

    with refused("unit_of_other_dimension", "/needs/1/unit"):
        when(on(replace(AGREE, needs=(NEED, money))))


def test_a_plan_is_amended() -> None:
    when = given(improvement_plan, AGREED)

    assert when(on(AMEND)) == [AMENDED]


def test_amending_it_again_changes_nothing() -> None:
    other = replace(AMENDED, title="Maths")

    assert given(improvement_plan, AGREED, AMENDED)(on(AMEND)) == []
    assert given(improvement_plan, AGREED, AMENDED, other)(on(AMEND)) == []
    assert given(improvement_plan, AGREED, AMENDED, CLOSED)(on(AMEND)) == []


def test_a_new_wording_for_disadvantaged_pupils_is_an_amendment_with_a_reason_of_its_own() -> None:
    when = given(improvement_plan, AGREED, AMENDED)
    worded = replace(AMEND, disadvantaged_note="Paper at home.", reason="The note names what is given.")

    assert when(on(worded)) == [
        replace(AMENDED, disadvantaged_note="Paper at home.", reason="The note names what is given.")
    ]


def test_an_amended_plan_is_whole_too() -> None:
    when = given(improvement_plan, AGREED)

    with refused("plan_ends_before_it_starts", "/ends_on"):
        when(on(replace(AMEND, ends_on=STARTS)))
    with refused("unit_of_other_dimension", "/needs/0/unit"):
        when(on(replace(AMEND, needs=(replace(NEED, unit="pence"),))))
    with refused("in_the_future", "/amended_on"):
        when(on(replace(AMEND, amended_on=TODAY + timedelta(days=1))))


def test_a_plan_that_is_not_there_is_not_amended_or_closed() -> None:
    when = given(improvement_plan)

    with refused("plan_unknown", "/plan_id"):
        when(on(AMEND))
    with refused("plan_unknown", "/plan_id"):
        when(on(CLOSE))


def test_a_plan_is_closed_with_its_outcome() -> None:
    when = given(improvement_plan, AGREED, AMENDED)

    assert when(on(CLOSE)) == [CLOSED]


def test_closing_it_again_changes_nothing() -> None:
    assert given(improvement_plan, AGREED, CLOSED)(on(CLOSE)) == []


def test_a_closed_plan_stays_as_it_is() -> None:
    when = given(improvement_plan, AGREED, CLOSED)

    with refused("plan_closed", "/plan_id"):
        when(on(AMEND))
    with refused("plan_closed", "/plan_id"):
        when(on(replace(CLOSE, outcome="red")))


def test_a_plan_is_closed_when_it_has_begun_and_not_in_the_future() -> None:
    moved = replace(AMENDED, starts_on=TODAY)

    with refused("plan_closed_before_it_starts", "/closed_on"):
        given(improvement_plan, AGREED)(on(replace(CLOSE, closed_on=STARTS - timedelta(days=1))))
    with refused("plan_closed_before_it_starts", "/closed_on"):
        given(improvement_plan, AGREED, moved)(on(replace(CLOSE, closed_on=TODAY - timedelta(days=1))))
    with refused("in_the_future", "/closed_on"):
        given(improvement_plan, AGREED)(on(replace(CLOSE, closed_on=TODAY + timedelta(days=1))))


def test_what_it_says_of_disadvantaged_pupils_is_in_no_state() -> None:
    state = improvement_plan.fold([AGREED, AMENDED])

    assert "at home" not in repr(state)


def test_its_stream_is_named_by_its_id() -> None:
    assert improvement_plan_stream(PLAN) == f"improvement-plan-{PLAN}"


DAYS = st.integers(-1, 1).map(lambda days: TODAY + timedelta(days=days))
COMMANDS: st.SearchStrategy[list[Dated[PlanCommand]]] = st.lists(
    (
        st.builds(replace, st.just(AGREE), title=st.sampled_from(["Reading", "Writing"]), ends_on=DAYS)
        | st.builds(replace, st.just(AMEND), amended_on=DAYS, disadvantaged_note=st.sampled_from([None, "Pens."]))
        | st.builds(replace, st.just(CLOSE), closed_on=DAYS)
    ).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[PlanCommand]]) -> None:
    assert_repeats_change_nothing(improvement_plan, commands)
    assert_late_repeats_change_nothing(improvement_plan, commands)
