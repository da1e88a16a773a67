"""A person's career plans: up to ten academic years ahead, agreed with somebody and looked at again.

The plan that was agreed last by a day stands on that day. Its texts are personal and are not compared: they are not in
the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, assert_never

from services.talent.domain.academic_year import began_in, begins_in
from services.talent.domain.facts import check_happened
from shared.contracts.talent.careers import CareerPlanAgreed, CareerPlanReviewed, CareerYear
from shared.contracts.vocabulary import Day, Id, Len, PersonId, Text
from shared.decider import Decider, Rejected

CareerYears = Annotated[tuple[CareerYear, ...], Len(1, 10)]


def career_plan_stream(person_id: Id) -> str:
    return f"career-plan-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeCareerPlan:
    person_id: PersonId
    plan_id: Id
    years: CareerYears
    agreed_with: PersonId
    next_step: Text
    support: Text | None = None
    agreed_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCareerPlan:
    person_id: PersonId
    plan_id: Id
    reviewed_with: PersonId
    on_track: bool
    next_step: Text | None = None
    reviewed_on: Day
    today: Day


CareerPlanCommand = AgreeCareerPlan | ReviewCareerPlan
CareerPlanEvent = CareerPlanAgreed | CareerPlanReviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class CareerPlan:
    years: tuple[CareerYear, ...]
    agreed_with: PersonId
    agreed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CareerPlans:
    plans: Mapping[Id, CareerPlan] = field(default_factory=dict)  # as they were recorded
    reviews: Mapping[tuple[Id, Day, PersonId], bool] = field(default_factory=dict)  # of a plan, on a day, with somebody


def decide(command: CareerPlanCommand, state: CareerPlans) -> list[CareerPlanEvent]:
    match command:
        case AgreeCareerPlan():
            return _agree(command, state)
        case ReviewCareerPlan():
            return _review(command, state)
        case _:
            assert_never(command)


def _agree(c: AgreeCareerPlan, state: CareerPlans) -> list[CareerPlanEvent]:
    known = state.plans.get(c.plan_id)
    if known == CareerPlan(years=c.years, agreed_with=c.agreed_with, agreed_on=c.agreed_on):
        return []
    if known is not None:
        raise Rejected(
            "plan_exists",
            "This plan is agreed with other details: agree a new one under an id of its own.",
            field="/plan_id",
        )
    _check_together(c.agreed_with, c.person_id, field="/agreed_with")
    check_happened(c.agreed_on, c.today, field="/agreed_on")
    _check_years(c)
    return [
        CareerPlanAgreed(
            person_id=c.person_id,
            plan_id=c.plan_id,
            years=c.years,
            agreed_with=c.agreed_with,
            next_step=c.next_step,
            support=c.support,
            agreed_on=c.agreed_on,
        )
    ]


def _check_years(c: AgreeCareerPlan) -> None:
    begin = [begins_in(year.academic_year, field=f"/years/{i}/academic_year") for i, year in enumerate(c.years)]
    agreed_in = began_in(c.agreed_on)
    if begin[0] not in (agreed_in, agreed_in + 1):
        raise Rejected(
            "plan_starts_in_another_year",
            "Let the plan start in the academic year in which it is agreed, or in the next one.",
            field="/years/0/academic_year",
        )
    for i, year in enumerate(begin):
        if year != begin[0] + i:
            raise Rejected(
                "years_not_consecutive",
                "Give each academic year once, in order and without a gap.",
                field=f"/years/{i}/academic_year",
            )


def _review(c: ReviewCareerPlan, state: CareerPlans) -> list[CareerPlanEvent]:
    if state.reviews.get((c.plan_id, c.reviewed_on, c.reviewed_with)) == c.on_track:
        return []
    known = state.plans.get(c.plan_id)
    if known is None:
        raise Rejected(
            "plan_unknown",
            "This person has no such career plan: check its id, or agree the plan first.",
            field="/plan_id",
        )
    _check_together(c.reviewed_with, c.person_id, field="/reviewed_with")
    check_happened(c.reviewed_on, c.today, field="/reviewed_on")
    if c.reviewed_on < known.agreed_on:
        raise Rejected("review_before_plan", "Give the day the plan was agreed or a later one.", field="/reviewed_on")
    if _standing_on(c.reviewed_on, state) != c.plan_id:
        raise Rejected(
            "plan_replaced",
            "Another plan had taken this one's place by then: review that one.",
            field="/plan_id",
        )
    return [
        CareerPlanReviewed(
            person_id=c.person_id,
            plan_id=c.plan_id,
            reviewed_with=c.reviewed_with,
            on_track=c.on_track,
            next_step=c.next_step,
            reviewed_on=c.reviewed_on,
        )
    ]


def _standing_on(day: Day, state: CareerPlans) -> Id | None:
    """Which plan stood on a day; of two that were agreed on the same day, the one recorded last."""
    agreed = [(plan.agreed_on, number, plan_id) for number, (plan_id, plan) in enumerate(state.plans.items())]
    return max((plan for plan in agreed if plan[0] <= day), default=(day, 0, None))[2]


def _check_together(other: PersonId, person_id: PersonId, *, field: str) -> None:
    if other == person_id:
        raise Rejected(
            "plans_alone",
            "Name the other person: a career plan is agreed and reviewed with somebody.",
            field=field,
        )


def evolve(state: CareerPlans, event: CareerPlanEvent) -> CareerPlans:
    match event:
        case CareerPlanAgreed():
            plan = CareerPlan(years=event.years, agreed_with=event.agreed_with, agreed_on=event.agreed_on)
            return replace(state, plans={**state.plans, event.plan_id: plan})
        case CareerPlanReviewed():
            review = (event.plan_id, event.reviewed_on, event.reviewed_with)
            return replace(state, reviews={**state.reviews, review: event.on_track})
        case _:
            assert_never(event)


career_plan: Decider[CareerPlanCommand, CareerPlans, CareerPlanEvent] = Decider(CareerPlans(), decide, evolve)
