"""How each refusal about careers comes about."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.career_bodies import (
    THIS_YEAR,
    ago,
    aspiration,
    plan,
    plan_review,
    rating,
    stage,
    year,
)
from tests.integration.stories.conftest import THERE, Trust
from tests.integration.stories.provoking import Provoke


async def _person_unknown(trust: Trust) -> str:
    teacher = await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/career-stage", stage(str(uuid4())))


async def _not_your_school(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    return await trust.cannot("talent", f"/persons/{teacher}/career-stage", stage(head), school=THERE)


async def _assesses_self(trust: Trust) -> str:
    teacher = await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/career-stage", stage(teacher))


async def _in_the_future(trust: Trust) -> str:
    teacher = await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/aspiration", aspiration(recorded_on=ago(-1)))


async def _target_role_missing(trust: Trust) -> str:
    teacher = await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/aspiration", aspiration(target_role=None))


async def _target_year_in_the_past(trust: Trust) -> str:
    teacher = await trust.employs()
    past = aspiration(target_year=year(THIS_YEAR - 2))
    return await trust.cannot("talent", f"/persons/{teacher}/aspiration", past)


async def _academic_year_not_consecutive(trust: Trust) -> str:
    teacher = await trust.employs()
    odd = aspiration(target_year=f"{THIS_YEAR + 1}/{THIS_YEAR % 100:02}")
    return await trust.cannot("talent", f"/persons/{teacher}/aspiration", odd)


async def _plans_alone(trust: Trust) -> str:
    teacher = await trust.employs()
    return await trust.cannot("talent", "/career-plans", plan(teacher, teacher))


async def _plan_starts_in_another_year(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    late = [{"academic_year": year(THIS_YEAR + 2), "stage": "stage_3"}]
    return await trust.cannot("talent", "/career-plans", plan(teacher, head, years=late))


async def _years_not_consecutive(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    gap = [{"academic_year": year(THIS_YEAR + n), "stage": "stage_3"} for n in (0, 2)]
    return await trust.cannot("talent", "/career-plans", plan(teacher, head, years=gap))


async def _plan_exists(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    agreed = plan(teacher, head)
    await trust.does("talent", "/career-plans", agreed)
    return await trust.cannot("talent", "/career-plans", {**agreed, "years": agreed["years"][:1]})


async def _plan_unknown(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    return await trust.cannot("talent", f"/career-plans/{uuid4()}/review", plan_review(teacher, head))


async def _review_before_plan(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    agreed = plan(teacher, head)
    await trust.does("talent", "/career-plans", agreed)
    early = plan_review(teacher, head, reviewed_on=ago(1))
    return await trust.cannot("talent", f"/career-plans/{agreed['plan_id']}/review", early)


async def _plan_replaced(trust: Trust) -> str:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    first, second = plan(teacher, head), plan(teacher, head)
    for agreed in (first, second):
        await trust.does("talent", "/career-plans", agreed)
    return await trust.cannot("talent", f"/career-plans/{first['plan_id']}/review", plan_review(teacher, head))


async def _rater_not_self(trust: Trust) -> str:
    teacher, peer = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/capabilities", rating("self", peer))


async def _rater_not_manager(trust: Trust) -> str:
    teacher, peer = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/capabilities", rating("manager", peer))


async def _rater_not_peer(trust: Trust) -> str:
    teacher = await trust.employs()
    return await trust.cannot("talent", f"/persons/{teacher}/capabilities", rating("peer", teacher))


provoked: Mapping[str, Provoke] = {
    "person_unknown": _person_unknown,
    "not_your_school": _not_your_school,
    "assesses_self": _assesses_self,
    "in_the_future": _in_the_future,
    "target_role_missing": _target_role_missing,
    "target_year_in_the_past": _target_year_in_the_past,
    "academic_year_not_consecutive": _academic_year_not_consecutive,
    "plans_alone": _plans_alone,
    "plan_starts_in_another_year": _plan_starts_in_another_year,
    "years_not_consecutive": _years_not_consecutive,
    "plan_exists": _plan_exists,
    "plan_unknown": _plan_unknown,
    "review_before_plan": _review_before_plan,
    "plan_replaced": _plan_replaced,
    "rater_not_self": _rater_not_self,
    "rater_not_manager": _rater_not_manager,
    "rater_not_peer": _rater_not_peer,
}
