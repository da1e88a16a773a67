"""A career plan covers up to ten academic years, is agreed with somebody, reviewed, and replaced by the next one."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.career_plan import (
    AgreeCareerPlan,
    CareerPlanCommand,
    CareerPlans,
    ReviewCareerPlan,
    career_plan,
    career_plan_stream,
)
from shared.contracts.talent.careers import CareerPlanAgreed, CareerPlanReviewed, CareerYear
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, BEN, CLEO = (UUID(int=n) for n in (1, 2, 3))
PLAN, NEXT = UUID(int=11), UUID(int=12)
AGREED_ON, REVIEWED_ON, LATER, TODAY = date(2026, 9, 14), date(2027, 2, 1), date(2027, 6, 1), date(2027, 7, 1)


def years(*first: int, stage: str = "stage_2") -> tuple[CareerYear, ...]:
    return tuple(
        CareerYear(academic_year=f"{year}/{(year + 1) % 100:02}", stage=stage)  # type: ignore[arg-type]  # a stage
        for year in first
    )


AGREE = AgreeCareerPlan(
    person_id=ADA,
    plan_id=PLAN,
    years=years(2026, 2027, 2028),
    agreed_with=BEN,
    next_step="Leads a phase team.",
    support="A coach from another school.",
    agreed_on=AGREED_ON,
    today=TODAY,
)
AGREED = CareerPlanAgreed(
    person_id=ADA,
    plan_id=PLAN,
    years=years(2026, 2027, 2028),
    agreed_with=BEN,
    next_step="Leads a phase team.",
    support="A coach from another school.",
    agreed_on=AGREED_ON,
)
ANOTHER = replace(AGREED, plan_id=NEXT, agreed_on=LATER, years=years(2027, 2028))
REVIEW = ReviewCareerPlan(
    person_id=ADA,
    plan_id=PLAN,
    reviewed_with=BEN,
    on_track=False,
    next_step="Leads the phase team from Easter.",
    reviewed_on=REVIEWED_ON,
    today=TODAY,
)
REVIEWED = CareerPlanReviewed(
    person_id=ADA,
    plan_id=PLAN,
    reviewed_with=BEN,
    on_track=False,
    next_step="Leads the phase team from Easter.",
    reviewed_on=REVIEWED_ON,
)


def test_a_plan_is_agreed() -> None:
    when = given(career_plan)

    assert when(AGREE) == [AGREED]


@pytest.mark.parametrize("number", [1, 10])
def test_it_covers_one_to_ten_years(number: int) -> None:
    when = given(career_plan)
    ahead = years(*range(2026, 2026 + number))

    assert when(replace(AGREE, years=ahead)) == [replace(AGREED, years=ahead)]


def test_it_starts_this_academic_year_or_the_next() -> None:
    when = given(career_plan)

    assert when(replace(AGREE, years=years(2027, 2028)))
    for first in (2025, 2028):
        with refused("plan_starts_in_another_year", "/years/0/academic_year"):
            when(replace(AGREE, years=years(first, first + 1)))


def test_this_year_is_the_one_in_which_it_was_agreed() -> None:
    when = given(career_plan)

    assert when(replace(AGREE, agreed_on=date(2026, 8, 31), years=years(2025)))
    with refused("plan_starts_in_another_year", "/years/0/academic_year"):
        when(replace(AGREE, agreed_on=date(2026, 8, 31), years=years(2027)))


@pytest.mark.parametrize(
    ("ahead", "field"),
    [
        (years(2026, 2028), "/years/1/academic_year"),
        (years(2026, 2026), "/years/1/academic_year"),
        (years(2026, 2027, 2026), "/years/2/academic_year"),
        (years(2027, 2026), "/years/1/academic_year"),
    ],
)
def test_its_years_follow_each_other(ahead: tuple[CareerYear, ...], field: str) -> None:
    when = given(career_plan)

    with refused("years_not_consecutive", field):
        when(replace(AGREE, years=ahead))


def test_its_years_are_years() -> None:
    when = given(career_plan)
    odd = CareerYear(academic_year="2027/29", stage="stage_2")

    with refused("academic_year_not_consecutive", "/years/1/academic_year"):
        when(replace(AGREE, years=(*years(2026), odd)))


def test_nobody_agrees_or_reviews_a_plan_alone() -> None:
    with refused("plans_alone", "/agreed_with"):
        given(career_plan)(replace(AGREE, agreed_with=ADA))
    with refused("plans_alone", "/reviewed_with"):
        given(career_plan, AGREED)(replace(REVIEW, reviewed_with=ADA))


def test_it_has_been_agreed_and_reviewed() -> None:
    tomorrow = date(2027, 7, 2)

    with refused("in_the_future", "/agreed_on"):
        given(career_plan)(replace(AGREE, agreed_on=tomorrow))
    with refused("in_the_future", "/reviewed_on"):
        given(career_plan, AGREED)(replace(REVIEW, reviewed_on=tomorrow))


def test_agreeing_it_again_changes_nothing_also_when_another_has_taken_its_place() -> None:
    assert given(career_plan, AGREED)(AGREE) == []
    assert given(career_plan, AGREED)(replace(AGREE, next_step="In other words.", support=None)) == []
    assert given(career_plan, AGREED, ANOTHER)(AGREE) == []


@pytest.mark.parametrize("other", [{"agreed_with": CLEO}, {"years": years(2026)}, {"agreed_on": date(2026, 9, 15)}])
def test_a_plan_id_names_one_plan(other: dict[str, object]) -> None:
    when = given(career_plan, AGREED)

    with refused("plan_exists", "/plan_id"):
        when(replace(AGREE, **other))  # type: ignore[arg-type]  # one field of the command or another


def test_a_plan_is_reviewed() -> None:
    when = given(career_plan, AGREED)

    assert when(REVIEW) == [REVIEWED]


def test_reviewing_it_again_changes_nothing_also_when_another_has_taken_its_place() -> None:
    assert given(career_plan, AGREED, REVIEWED)(REVIEW) == []
    assert given(career_plan, AGREED, REVIEWED)(replace(REVIEW, next_step=None)) == []
    assert given(career_plan, AGREED, REVIEWED, ANOTHER)(REVIEW) == []


def test_another_word_about_the_same_review_counts() -> None:
    when = given(career_plan, AGREED, REVIEWED)

    assert when(replace(REVIEW, on_track=True)) == [replace(REVIEWED, on_track=True)]


def test_a_plan_that_nobody_agreed_is_unknown() -> None:
    when = given(career_plan, AGREED)

    with refused("plan_unknown", "/plan_id"):
        when(replace(REVIEW, plan_id=NEXT))


def test_a_plan_is_reviewed_after_it_was_agreed() -> None:
    when = given(career_plan, AGREED)

    assert when(replace(REVIEW, reviewed_on=AGREED_ON))
    with refused("review_before_plan", "/reviewed_on"):
        when(replace(REVIEW, reviewed_on=date(2026, 9, 13)))


def test_the_plan_that_stood_on_that_day_is_reviewed() -> None:
    when = given(career_plan, AGREED, ANOTHER)

    assert when(REVIEW) == [REVIEWED]  # the other was agreed later
    assert when(replace(REVIEW, plan_id=NEXT, reviewed_on=LATER))
    with refused("plan_replaced", "/plan_id"):
        when(replace(REVIEW, reviewed_on=LATER))


def test_a_plan_that_is_recorded_late_does_not_take_the_place_of_a_newer_one() -> None:
    when = given(career_plan, ANOTHER, AGREED)

    assert when(replace(REVIEW, plan_id=NEXT, reviewed_on=TODAY))


def test_of_two_plans_of_a_day_the_one_recorded_last_stands() -> None:
    when = given(career_plan, AGREED, replace(ANOTHER, agreed_on=AGREED_ON))

    assert when(replace(REVIEW, plan_id=NEXT))
    with refused("plan_replaced", "/plan_id"):
        when(REVIEW)


def test_no_personal_text_stays_in_the_state() -> None:
    state = repr(career_plan.fold([AGREED, REVIEWED]))

    assert "phase team" not in state
    assert "coach" not in state


def test_its_stream_is_the_persons() -> None:
    assert career_plan_stream(ADA) == f"career-plan-{ADA}"


days = st.sampled_from([AGREED_ON, REVIEWED_ON, LATER, date(2027, 7, 2)])
commands = st.one_of(
    st.builds(
        replace,
        st.just(AGREE),
        plan_id=st.sampled_from([PLAN, NEXT]),
        years=st.sampled_from([years(2026), years(2026, 2027), years(2027), years(2026, 2028)]),
        agreed_with=st.sampled_from([ADA, BEN]),
        agreed_on=days,
    ),
    st.builds(
        replace,
        st.just(REVIEW),
        plan_id=st.sampled_from([PLAN, NEXT]),
        reviewed_with=st.sampled_from([ADA, BEN]),
        reviewed_on=days,
    ),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[CareerPlanCommand]) -> None:
    once, taken = after(career_plan, sequence)

    assert after(career_plan, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(career_plan, taken, once) == []


@over(st.lists(commands, max_size=12))
def test_a_plan_is_whole_and_reviewed_when_it_was_there(sequence: list[CareerPlanCommand]) -> None:
    state: CareerPlans = after(career_plan, sequence)[0]

    for plan in state.plans.values():
        first = [int(year.academic_year[:4]) for year in plan.years]
        assert first == list(range(first[0], first[0] + len(first)))
        assert plan.agreed_with != ADA
    for plan_id, reviewed_on, reviewed_with in state.reviews:
        assert state.plans[plan_id].agreed_on <= reviewed_on <= TODAY
        assert reviewed_with != ADA
