"""What is worked on: improvement plans with what they need, the order of priorities, and how schools see themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from shared.contracts.collaboration.capacity import Amount
from shared.contracts.vocabulary import (
    Count,
    Cycle,
    Day,
    Id,
    Name,
    Personal,
    PersonId,
    Rag,
    Text,
    TrustUid,
    Urn,
    event,
)

RoleLevel = Literal["trainee", "support", "teacher", "middle", "senior", "head", "trust", "governor"]
SelfAnswer = Literal["we_do_this", "we_talk_about_it", "we_dont", "never_thought_about_it", "we_should"]
SelfAssessed = Literal[
    "culture",
    "children_first",
    "community",
    "clarity",
    "communication",
    "collaboration",
    "change_management",
    "capability",
    "consistency",
    "capacity",
    "people",
    "time",
    "intellectual",
    "financial",
]
Rank = Annotated[int, Ge(1), Le(50)]


@event
class ImprovementPlanAgreed:
    """A school's plan, or the trust's (no `urn`): its objectives, the focus areas it serves, and what it needs.

    `cost_pence` is what it costs beside the needs. What it does for disadvantaged pupils is said, or is missing.
    """

    plan_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    title: Name
    objectives: Annotated[tuple[Text, ...], MinLen(1), MaxLen(20)]
    focus_ids: Annotated[tuple[Id, ...], MaxLen(20)] = ()
    needs: Annotated[tuple[Amount, ...], MaxLen(30)] = ()
    cost_pence: Count
    disadvantaged_note: Annotated[Text, Personal()] | None = None
    starts_on: Day
    ends_on: Day


@event
class ImprovementPlanAmended:
    """A plan is as said here from now on: what is left out is no part of it any more."""

    plan_id: Id
    urn: Urn | None = None
    title: Name
    objectives: Annotated[tuple[Text, ...], MinLen(1), MaxLen(20)]
    focus_ids: Annotated[tuple[Id, ...], MaxLen(20)] = ()
    needs: Annotated[tuple[Amount, ...], MaxLen(30)] = ()
    cost_pence: Count
    disadvantaged_note: Annotated[Text, Personal()] | None = None
    starts_on: Day
    ends_on: Day
    reason: Text
    amended_on: Day


@event
class ImprovementPlanClosed:
    """A plan came to its end, on its day or before."""

    plan_id: Id
    urn: Urn | None = None
    outcome: Rag
    closed_on: Day


@event
class PriorityProposed:
    """Something that a school, or the trust (no `urn`), would work on first in a cycle."""

    priority_id: Id
    trustuid: TrustUid
    cycle: Cycle
    urn: Urn | None = None
    title: Name
    role_level: RoleLevel
    proposed_on: Day


@event
class PriorityVoted:
    """A leader, of any level, put a cycle's priorities in order, the first one first. A later vote takes its place."""

    trustuid: TrustUid
    cycle: Cycle
    urn: Urn | None = None
    person_id: PersonId
    role_level: RoleLevel
    ranking: Annotated[tuple[Id, ...], MinLen(1), MaxLen(50)]
    voted_on: Day


@event
class PriorityAgreed:
    """The trust agreed which place a priority has in a cycle."""

    priority_id: Id
    trustuid: TrustUid
    cycle: Cycle
    rank: Rank
    agreed_on: Day


@event
class SelfAssessmentAnswer:
    """What a school, or the trust, says of itself about one of the ten principles, or one dimension of capacity."""

    item: SelfAssessed
    answer: SelfAnswer


@event
class SelfAssessmentSubmitted:
    """A school, or the trust (no `urn`), assessed itself on the five-point scale; the latest of each item counts."""

    assessment_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    instrument: Literal["ten_principles", "capacity"]
    answers: Annotated[tuple[SelfAssessmentAnswer, ...], MinLen(1), MaxLen(10)]
    submitted_on: Day


events = (
    ImprovementPlanAgreed,
    ImprovementPlanAmended,
    ImprovementPlanClosed,
    PriorityProposed,
    PriorityVoted,
    PriorityAgreed,
    SelfAssessmentSubmitted,
)
