"""An improvement plan of a school, or of the trust: agreed, amended as things change, and closed with its outcome.

What it says of disadvantaged pupils is personal and not in the state. So a new wording of it is an amendment with a
reason of its own: the same reason, day and all else are taken for the same amendment again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.units import check_unit
from shared.contracts.collaboration.capacity import Amount
from shared.contracts.collaboration.planning import ImprovementPlanAgreed, ImprovementPlanAmended, ImprovementPlanClosed
from shared.contracts.vocabulary import Count, Day, Id, Name, Rag, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def improvement_plan_stream(plan_id: Id) -> str:
    return f"improvement-plan-{plan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a plan says, when it is agreed and when it is amended."""

    plan_id: Id
    title: Name
    objectives: Annotated[tuple[Text, ...], MinLen(1), MaxLen(20)]
    focus_ids: Annotated[tuple[Id, ...], MaxLen(20)] = ()
    needs: Annotated[tuple[Amount, ...], MaxLen(30)] = ()
    cost_pence: Count
    disadvantaged_note: Text | None = None
    starts_on: Day
    ends_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreePlan(Plan):
    trustuid: TrustUid
    urn: Urn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendPlan(Plan):
    reason: Text
    amended_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePlan:
    plan_id: Id
    outcome: Rag
    closed_on: Day


PlanCommand = AgreePlan | AmendPlan | ClosePlan
PlanEvent = ImprovementPlanAgreed | ImprovementPlanAmended | ImprovementPlanClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementPlan:
    """`agreed` and `amended` are without what they say of disadvantaged pupils."""

    agreed: ImprovementPlanAgreed | None = None
    amended: tuple[ImprovementPlanAmended, ...] = ()
    closed: ImprovementPlanClosed | None = None


def decide(asked: Dated[PlanCommand], state: ImprovementPlan) -> list[PlanEvent]:
    match asked.command:
        case AgreePlan():
            return _agree(asked.command, state)
        case AmendPlan():
            return _amend(asked.command, state, asked.today)
        case ClosePlan():
            return _close(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _agree(c: AgreePlan, state: ImprovementPlan) -> list[PlanEvent]:
    agreed = ImprovementPlanAgreed(
        plan_id=c.plan_id,
        trustuid=c.trustuid,
        urn=c.urn,
        title=c.title,
        objectives=c.objectives,
        focus_ids=c.focus_ids,
        needs=c.needs,
        cost_pence=c.cost_pence,
        disadvantaged_note=c.disadvantaged_note,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
    )
    if state.agreed == replace(agreed, disadvantaged_note=None):
        return []
    if state.agreed is not None:
        raise Rejected(
            "plan_exists", "This plan is agreed with other content: amend it, or use a new id.", field="/plan_id"
        )
    _check_content(c)
    return [agreed]


def _amend(c: AmendPlan, state: ImprovementPlan, today: Day) -> list[PlanEvent]:
    known = _require_agreed(state)
    amended = ImprovementPlanAmended(
        plan_id=c.plan_id,
        urn=known.urn,
        title=c.title,
        objectives=c.objectives,
        focus_ids=c.focus_ids,
        needs=c.needs,
        cost_pence=c.cost_pence,
        disadvantaged_note=c.disadvantaged_note,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
        reason=c.reason,
        amended_on=c.amended_on,
    )
    if replace(amended, disadvantaged_note=None) in state.amended:
        return []
    if state.closed is not None:
        raise Rejected("plan_closed", "This plan is closed: agree a new one to go on.", field="/plan_id")
    check_happened(c.amended_on, today, "/amended_on")
    _check_content(c)
    return [amended]


def _check_content(c: Plan) -> None:
    if c.ends_on <= c.starts_on:
        raise Rejected("plan_ends_before_it_starts", "Let the plan end after its first day.", field="/ends_on")
    for number, need in enumerate(c.needs):
        check_unit(need.dimension, need.unit, f"/needs/{number}/unit")


def _close(c: ClosePlan, state: ImprovementPlan, today: Day) -> list[PlanEvent]:
    known = _require_agreed(state)
    closed = ImprovementPlanClosed(plan_id=c.plan_id, urn=known.urn, outcome=c.outcome, closed_on=c.closed_on)
    if state.closed == closed:
        return []
    if state.closed is not None:
        raise Rejected("plan_closed", "This plan is closed already: agree a new one to go on.", field="/plan_id")
    check_happened(c.closed_on, today, "/closed_on")
    stands = state.amended[-1] if state.amended else known
    if c.closed_on < stands.starts_on:
        raise Rejected("plan_closed_before_it_starts", "Close the plan on its first day or later.", field="/closed_on")
    return [closed]


def _require_agreed(state: ImprovementPlan) -> ImprovementPlanAgreed:
    if state.agreed is None:
        raise Rejected("plan_unknown", "There is no such plan: check its id, or agree it first.", field="/plan_id")
    return state.agreed


def evolve(state: ImprovementPlan, event: PlanEvent) -> ImprovementPlan:
    match event:
        case ImprovementPlanAgreed():
            return replace(state, agreed=replace(event, disadvantaged_note=None))
        case ImprovementPlanAmended():
            return replace(state, amended=(*state.amended, replace(event, disadvantaged_note=None)))
        case ImprovementPlanClosed():
            return replace(state, closed=event)
        case _:
            assert_never(event)


improvement_plan: Decider[Dated[PlanCommand], ImprovementPlan, PlanEvent] = Decider(ImprovementPlan(), decide, evolve)
