"""How each refusal about plans, priorities and self-assessments is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.improving import (
    TOMORROW,
    UNKNOWN_SCHOOL,
    YESTERDAY,
    agreement,
    agrees_plan,
    amendment,
    assessment,
    ballot,
    opens_cycle,
    plan,
    proposal,
    proposes,
)
from tests.integration.stories.provoking import Provoke

_closing = {"outcome": "green", "closed_on": str(TODAY)}


async def plan_exists(trust: Trust) -> str:
    plan_id = await agrees_plan(trust)
    return await trust.cannot("collaboration", "/improvement-plans", plan(plan_id=plan_id, title="Writing"))


async def plan_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/improvement-plans/{uuid4()}/amend", amendment())


async def plan_closed(trust: Trust) -> str:
    path = f"/improvement-plans/{await agrees_plan(trust)}"
    await trust.does("collaboration", f"{path}/close", _closing)
    return await trust.cannot("collaboration", f"{path}/amend", amendment())


async def plan_ends_before_it_starts(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/improvement-plans", plan(ends_on=YESTERDAY))


async def plan_closed_before_it_starts(trust: Trust) -> str:
    plan_id = await agrees_plan(trust, starts_on=TOMORROW)
    return await trust.cannot("collaboration", f"/improvement-plans/{plan_id}/close", _closing)


async def unit_of_other_dimension(trust: Trust) -> str:
    needs = [{"dimension": "financial", "quantity": 5, "unit": "half_days"}]
    return await trust.cannot("collaboration", "/improvement-plans", plan(needs=needs))


async def focus_area_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/improvement-plans", plan(focus_ids=[str(uuid4())]))


async def trust_only(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/improvement-plans", plan(urn=None), school=HERE)


async def not_your_school(trust: Trust) -> str:
    path = f"/improvement-plans/{await agrees_plan(trust)}/close"
    return await trust.cannot("collaboration", path, _closing, school=THERE)


async def school_not_member(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/improvement-plans", plan(urn=UNKNOWN_SCHOOL))


async def in_the_future(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/self-assessments", assessment(submitted_on=TOMORROW))


async def cycle_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/priorities", proposal("2026/27-never"))


async def priority_exists(trust: Trust) -> str:
    cycle = await opens_cycle(trust)
    other = proposal(cycle, priority_id=await proposes(trust, cycle), title="Writing")
    return await trust.cannot("collaboration", "/priorities", other)


async def priority_unknown(trust: Trust) -> str:
    cycle, earlier = await opens_cycle(trust), await opens_cycle(trust)
    vote = ballot(cycle, await trust.employs(), await proposes(trust, earlier))
    return await trust.cannot("collaboration", "/priority-votes", vote)


async def ranked_twice(trust: Trust) -> str:
    cycle = await opens_cycle(trust)
    priority_id = await proposes(trust, cycle)
    vote = ballot(cycle, await trust.employs(), priority_id, priority_id)
    return await trust.cannot("collaboration", "/priority-votes", vote)


async def later_one_stands(trust: Trust) -> str:
    cycle, person_id = await opens_cycle(trust), await trust.employs()
    vote = ballot(cycle, person_id, await proposes(trust, cycle))
    await trust.does("collaboration", "/priority-votes", vote)
    return await trust.cannot("collaboration", "/priority-votes", {**vote, "voted_on": YESTERDAY})


async def voting_closed(trust: Trust) -> str:
    cycle = await opens_cycle(trust)
    priority_id = await proposes(trust, cycle)
    await trust.does("collaboration", f"/priorities/{priority_id}/agree", agreement(cycle, 1))
    return await trust.cannot("collaboration", "/priority-votes", ballot(cycle, await trust.employs(), priority_id))


async def rank_taken(trust: Trust) -> str:
    cycle = await opens_cycle(trust)
    first, second = await proposes(trust, cycle), await proposes(trust, cycle)
    await trust.does("collaboration", f"/priorities/{first}/agree", agreement(cycle, 1))
    return await trust.cannot("collaboration", f"/priorities/{second}/agree", agreement(cycle, 1))


async def priority_already_agreed(trust: Trust) -> str:
    cycle = await opens_cycle(trust)
    path = f"/priorities/{await proposes(trust, cycle)}/agree"
    await trust.does("collaboration", path, agreement(cycle, 1))
    return await trust.cannot("collaboration", path, agreement(cycle, 2))


async def assessment_exists(trust: Trust) -> str:
    said = assessment()
    await trust.does("collaboration", "/self-assessments", said)
    return await trust.cannot("collaboration", "/self-assessments", {**said, "submitted_on": YESTERDAY})


async def item_of_other_instrument(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/self-assessments", assessment(instrument="capacity"))


async def item_answered_twice(trust: Trust) -> str:
    answers = [{"item": "culture", "answer": answer} for answer in ("we_do_this", "we_dont")]
    return await trust.cannot("collaboration", "/self-assessments", assessment(answers=answers))


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        plan_exists,
        plan_unknown,
        plan_closed,
        plan_ends_before_it_starts,
        plan_closed_before_it_starts,
        unit_of_other_dimension,
        focus_area_unknown,
        trust_only,
        not_your_school,
        school_not_member,
        in_the_future,
        cycle_unknown,
        priority_exists,
        priority_unknown,
        ranked_twice,
        later_one_stands,
        voting_closed,
        rank_taken,
        priority_already_agreed,
        assessment_exists,
        item_of_other_instrument,
        item_answered_twice,
    )
}
