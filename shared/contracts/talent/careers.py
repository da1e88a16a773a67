"""Careers: stages and pathways, plans of up to ten years, aspirations, capabilities, and early-career induction."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len

from shared.contracts.vocabulary import AcademicYear, Code, Count, Cycle, Day, Id, Name, Personal, PersonId, Text, event

Stage = Literal["trainee", "stage_1", "stage_2", "stage_3", "stage_4", "stage_5", "late_career"]
Pathway = Literal["teaching", "specialist", "headship", "trust", "business", "pastoral", "support"]
Direction = Literal["up", "lateral", "specialist", "stay"]
Rater = Literal["self", "manager", "peer"]
Rating = Annotated[int, Ge(1), Le(4)]


@event
class CareerStageAssessed:
    """Where somebody stands in their career: one of five stages, or trainee, or late career, on one of the pathways.

    Of several the one of the latest day stands, whenever it was recorded.
    """

    person_id: PersonId
    stage: Stage
    pathway: Pathway
    assessor_id: PersonId
    evidence: Annotated[Text, Personal(subject="person_id")] | None = None
    assessed_on: Day


@event
class CareerYear:
    """One year of a career plan: what the person means to do, as which kind of role."""

    academic_year: AcademicYear
    stage: Stage
    role: Code | None = None


@event
class CareerPlanAgreed:
    """A career plan for up to ten years, agreed between a person and whoever plans with them.

    It takes the place of the plan that was agreed before it.
    """

    person_id: PersonId
    plan_id: Id
    years: Annotated[tuple[CareerYear, ...], Len(1, 10)]
    agreed_with: PersonId
    next_step: Annotated[Text, Personal(subject="person_id")]
    support: Annotated[Text, Personal(subject="person_id")] | None = None
    agreed_on: Day


@event
class CareerPlanReviewed:
    """A career plan was looked at again: it stands as it is, or the next step is another."""

    person_id: PersonId
    plan_id: Id
    reviewed_with: PersonId
    on_track: bool
    next_step: Annotated[Text, Personal(subject="person_id")] | None = None
    reviewed_on: Day


@event
class CareerAspirationRecorded:
    """What somebody wants next: up, sideways, a specialism, or to stay and do this well.

    Of several the one of the latest day stands, whenever it was recorded.
    """

    person_id: PersonId
    direction: Direction
    target_role: Code | None = None
    target_year: AcademicYear | None = None
    recorded_on: Day


@event
class CapabilityRated:
    """Somebody rated a capability of a person in a cycle, from 1 (beginning) to 4 (others learn from them).

    Of one rater's ratings of a capability in a cycle the last one recorded counts.
    """

    person_id: PersonId
    capability: Code
    rating: Rating
    rater: Rater
    rater_id: PersonId
    cycle: Cycle
    rated_on: Day


@event
class EctInductionStarted:
    """An early-career teacher's induction began: two years of full time, with a mentor and an induction tutor."""

    induction_id: Id
    person_id: PersonId
    mentor_id: PersonId
    tutor_id: PersonId
    appropriate_body: Name
    fte_hundredths: Count
    started_on: Day


@event
class EctInductionChanged:
    """From a day on an induction has another mentor, induction tutor, appropriate body or share of full time."""

    induction_id: Id
    person_id: PersonId
    mentor_id: PersonId
    tutor_id: PersonId
    appropriate_body: Name
    fte_hundredths: Count
    from_on: Day


@event
class EctInductionPaused:
    """An induction pauses from this day on. It says no reason."""

    induction_id: Id
    person_id: PersonId
    from_on: Day


@event
class EctInductionResumed:
    """A paused induction goes on from this day."""

    induction_id: Id
    person_id: PersonId
    from_on: Day


@event
class EctProgressReviewed:
    """A progress review, or with `formal` a formal assessment, of an early-career teacher."""

    induction_id: Id
    person_id: PersonId
    review_id: Id
    formal: bool = False
    on_track: bool
    reviewed_by: PersonId
    reviewed_on: Day


@event
class EctInductionCompleted:
    """The appropriate body's decision about an induction: passed or failed ends it, extended lets it go on."""

    induction_id: Id
    person_id: PersonId
    outcome: Literal["passed", "failed", "extended"]
    completed_on: Day


events = (
    CareerStageAssessed,
    CareerPlanAgreed,
    CareerPlanReviewed,
    CareerAspirationRecorded,
    CapabilityRated,
    EctInductionStarted,
    EctInductionChanged,
    EctInductionPaused,
    EctInductionResumed,
    EctProgressReviewed,
    EctInductionCompleted,
)
