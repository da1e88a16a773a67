"""Claims about improvement plans. A school says what its own plan is, the trust what its own and any school's is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from services.collaboration.domain.days import Dated
from services.collaboration.domain.focus import focus_area, focus_stream
from services.collaboration.domain.improvement_plan import (
    AgreePlan,
    AmendPlan,
    ClosePlan,
    ImprovementPlan,
    improvement_plan,
    improvement_plan_stream,
)
from services.collaboration.intake.acts import dated
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_names_school, check_own_school
from shared.clock import today
from shared.contracts.collaboration import planning as events
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def agree_plan(c: AgreePlan, context: Context) -> Act:
    """Agree an improvement plan, with what it needs."""
    check_names_school(c.urn, context)
    return _with_focus_areas(c, context)


def amend_plan(c: AmendPlan, context: Context) -> Act:
    """Say what an improvement plan is from now on."""
    return _with_focus_areas(c, on_day(c.amended_on, context))


def close_plan(c: ClosePlan, context: Context) -> Act:
    """Close an improvement plan with its outcome."""
    stream = improvement_plan_stream(c.plan_id)
    return dated(improvement_plan, stream, c, c.closed_on, context, partial(_known, context))


_of_member = names_members("urn")
taken: Sequence[Taken] = (
    (
        events.ImprovementPlanAgreed,
        "/improvement-plans",
        Admission(AgreePlan, agree_plan, look_up=_of_member),
    ),
    (events.ImprovementPlanAmended, "/improvement-plans/{plan_id}/amend", Admission(AmendPlan, amend_plan)),
    (events.ImprovementPlanClosed, "/improvement-plans/{plan_id}/close", Admission(ClosePlan, close_plan)),
)


def _with_focus_areas(c: AgreePlan | AmendPlan, context: Context) -> Act:
    """What a plan serves are focus areas of the trust."""
    stream = improvement_plan_stream(c.plan_id)
    served = [focus_stream(focus_id) for focus_id in c.focus_ids]

    def decide(states: States) -> Decision:
        for number, of in enumerate(served):
            if states[of].agreed is None:
                raise Rejected("focus_area_unknown", "The trust has no such focus area.", field=f"/focus_ids/{number}")
        return {stream: improvement_plan.decide(Dated(c, today(states.at)), _known(context, states[stream]))}

    reads: dict[str, AnyDecider] = {stream: improvement_plan, **dict.fromkeys(served, focus_area)}
    return Act(context, reads, decide, writes=frozenset({stream}))


def _known(context: Context, state: ImprovementPlan) -> ImprovementPlan:
    """A school has its own only."""
    if state.agreed is not None:
        check_own_school(context, "/plan_id", state.agreed.urn)
    return state
