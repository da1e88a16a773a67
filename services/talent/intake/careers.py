"""Claims about careers: stages, aspirations, career plans and ratings of capabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.talent.domain.capability import RateCapability, capabilities, capabilities_stream
from services.talent.domain.career import AssessCareerStage, RecordAspiration, career, career_stream
from services.talent.domain.career_plan import (
    AgreeCareerPlan,
    CareerYears,
    ReviewCareerPlan,
    career_plan,
    career_plan_stream,
)
from services.talent.domain.person import line_manager_on, person_stream
from services.talent.intake.about import about
from shared.clock import today
from shared.contracts.talent import careers as events
from shared.contracts.vocabulary import AcademicYear, Code, Cycle, Day, Id, PersonId, Text
from shared.eventstore import Act, Context, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAssessment:
    """`CareerStageAssessed`: where somebody stands, as somebody else sees it."""

    person_id: PersonId
    stage: events.Stage
    pathway: events.Pathway
    assessor_id: PersonId
    evidence: Text | None = None
    assessed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspiration:
    """`CareerAspirationRecorded`: what somebody wants next."""

    person_id: PersonId
    direction: events.Direction
    target_role: Code | None = None
    target_year: AcademicYear | None = None
    recorded_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`CareerPlanAgreed`: up to ten academic years, one after the other."""

    person_id: PersonId
    plan_id: Id
    years: CareerYears
    agreed_with: PersonId
    next_step: Text
    support: Text | None = None
    agreed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReview:
    """`CareerPlanReviewed`: the plan was looked at again."""

    person_id: PersonId
    plan_id: Id
    reviewed_with: PersonId
    on_track: bool
    next_step: Text | None = None
    reviewed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRating:
    """`CapabilityRated`: one person's rating of a capability, in a cycle."""

    person_id: PersonId
    capability: Code
    rating: events.Rating
    rater: events.Rater
    rater_id: PersonId
    cycle: Cycle
    rated_on: Day


def assess_stage(c: StageAssessment, context: Context) -> Act:
    """Assess the stage that somebody's career is at."""

    def command(states: States) -> AssessCareerStage:
        return AssessCareerStage(
            person_id=c.person_id,
            stage=c.stage,
            pathway=c.pathway,
            assessor_id=c.assessor_id,
            evidence=c.evidence,
            assessed_on=c.assessed_on,
            today=today(states.at),
        )

    return about(
        c.person_id,
        on_day(c.assessed_on, context),
        career_stream(c.person_id),
        career,
        command,
        others={"/assessor_id": c.assessor_id},
    )


def record_aspiration(c: Aspiration, context: Context) -> Act:
    """Record what somebody wants next."""

    def command(states: States) -> RecordAspiration:
        return RecordAspiration(
            person_id=c.person_id,
            direction=c.direction,
            target_role=c.target_role,
            target_year=c.target_year,
            recorded_on=c.recorded_on,
            today=today(states.at),
        )

    return about(c.person_id, on_day(c.recorded_on, context), career_stream(c.person_id), career, command)


def agree_plan(c: Plan, context: Context) -> Act:
    """Agree a career plan with somebody."""

    def command(states: States) -> AgreeCareerPlan:
        return AgreeCareerPlan(
            person_id=c.person_id,
            plan_id=c.plan_id,
            years=c.years,
            agreed_with=c.agreed_with,
            next_step=c.next_step,
            support=c.support,
            agreed_on=c.agreed_on,
            today=today(states.at),
        )

    return about(
        c.person_id,
        on_day(c.agreed_on, context),
        career_plan_stream(c.person_id),
        career_plan,
        command,
        others={"/agreed_with": c.agreed_with},
    )


def review_plan(c: PlanReview, context: Context) -> Act:
    """Look at a career plan again."""

    def command(states: States) -> ReviewCareerPlan:
        return ReviewCareerPlan(
            person_id=c.person_id,
            plan_id=c.plan_id,
            reviewed_with=c.reviewed_with,
            on_track=c.on_track,
            next_step=c.next_step,
            reviewed_on=c.reviewed_on,
            today=today(states.at),
        )

    return about(
        c.person_id,
        on_day(c.reviewed_on, context),
        career_plan_stream(c.person_id),
        career_plan,
        command,
        others={"/reviewed_with": c.reviewed_with},
    )


def rate_capability(c: CapabilityRating, context: Context) -> Act:
    """Rate a capability of somebody."""

    def command(states: States) -> RateCapability:
        return RateCapability(
            person_id=c.person_id,
            capability=c.capability,
            rating=c.rating,
            rater=c.rater,
            rater_id=c.rater_id,
            cycle=c.cycle,
            rated_on=c.rated_on,
            line_manager_id=line_manager_on(c.rated_on, states[person_stream(c.person_id)]),
            today=today(states.at),
        )

    return about(
        c.person_id,
        on_day(c.rated_on, context),
        capabilities_stream(c.person_id, c.cycle),
        capabilities,
        command,
        others={"/rater_id": c.rater_id},
    )


taken: Sequence[Taken] = (
    (events.CareerStageAssessed, "/persons/{person_id}/career-stage", Admission(StageAssessment, assess_stage)),
    (events.CareerAspirationRecorded, "/persons/{person_id}/aspiration", Admission(Aspiration, record_aspiration)),
    (events.CareerPlanAgreed, "/career-plans", Admission(Plan, agree_plan)),
    (events.CareerPlanReviewed, "/career-plans/{plan_id}/review", Admission(PlanReview, review_plan)),
    (events.CapabilityRated, "/persons/{person_id}/capabilities", Admission(CapabilityRating, rate_capability)),
)
