"""How each refusal about the induction of early-career teachers comes about."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.career_bodies import Body, ago, induction, is_in_induction, progress
from tests.integration.stories.conftest import THERE, Trust
from tests.integration.stories.provoking import Provoke


async def _start(trust: Trust, **other: object) -> str:
    """The refusal of an induction that differs in this from one that would be taken."""
    teacher, mentor, tutor = [await trust.employs() for _ in range(3)]
    return await trust.cannot("talent", "/ect-inductions", induction(teacher, mentor, tutor, **other))


async def _person_unknown(trust: Trust) -> str:
    teacher, tutor = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", "/ect-inductions", induction(teacher, str(uuid4()), tutor))


async def _not_your_school(trust: Trust) -> str:
    teacher, mentor, tutor = [await trust.employs() for _ in range(3)]
    return await trust.cannot("talent", "/ect-inductions", induction(teacher, mentor, tutor), school=THERE)


async def _in_the_future(trust: Trust) -> str:
    return await _start(trust, started_on=ago(-1))


async def _ect_supports_self(trust: Trust) -> str:
    teacher, tutor = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", "/ect-inductions", induction(teacher, teacher, tutor))


async def _mentor_is_tutor(trust: Trust) -> str:
    teacher, mentor = await trust.employs(), await trust.employs()
    return await trust.cannot("talent", "/ect-inductions", induction(teacher, mentor, mentor))


async def _fte_missing(trust: Trust) -> str:
    return await _start(trust, fte_hundredths=0)


async def _fte_above_full_time(trust: Trust) -> str:
    return await _start(trust, fte_hundredths=101)


async def _induction_exists(trust: Trust) -> str:
    teacher, tutor, induction_id = await is_in_induction(trust)
    same_id = induction(teacher, await trust.employs(), tutor, induction_id=induction_id)
    return await trust.cannot("talent", "/ect-inductions", same_id)


async def _induction_running(trust: Trust) -> str:
    teacher, tutor, _ = await is_in_induction(trust)
    return await trust.cannot("talent", "/ect-inductions", induction(teacher, await trust.employs(), tutor))


async def _induction_over(trust: Trust) -> str:
    teacher, tutor, induction_id = await is_in_induction(trust)
    passed = {"person_id": teacher, "outcome": "passed", "completed_on": ago(30)}
    await trust.does("talent", f"/ect-inductions/{induction_id}/complete", passed)
    late = progress(teacher, tutor, reviewed_on=ago(29))
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/review", late)


async def _induction_unknown(trust: Trust) -> str:
    teacher, tutor, _ = await is_in_induction(trust)
    return await trust.cannot("talent", f"/ect-inductions/{uuid4()}/review", progress(teacher, tutor))


async def _before_induction(trust: Trust) -> str:
    teacher, _, induction_id = await is_in_induction(trust)
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/pause", _from(teacher, 401))


async def _induction_paused(trust: Trust) -> str:
    teacher, _, induction_id = await is_in_induction(trust)
    await trust.does("talent", f"/ect-inductions/{induction_id}/pause", _from(teacher, 300))
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/pause", _from(teacher, 200))


async def _pauses_overlap(trust: Trust) -> str:
    teacher, _, induction_id = await is_in_induction(trust)
    await trust.does("talent", f"/ect-inductions/{induction_id}/pause", _from(teacher, 300))
    await trust.does("talent", f"/ect-inductions/{induction_id}/resume", _from(teacher, 200))
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/pause", _from(teacher, 250))


async def _induction_not_paused(trust: Trust) -> str:
    teacher, _, induction_id = await is_in_induction(trust)
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/resume", _from(teacher, 200))


async def _resumed_before_paused(trust: Trust) -> str:
    teacher, _, induction_id = await is_in_induction(trust)
    await trust.does("talent", f"/ect-inductions/{induction_id}/pause", _from(teacher, 200))
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/resume", _from(teacher, 300))


async def _review_exists(trust: Trust) -> str:
    teacher, tutor, induction_id = await is_in_induction(trust)
    reviewed = progress(teacher, tutor)
    await trust.does("talent", f"/ect-inductions/{induction_id}/review", reviewed)
    other = {**reviewed, "on_track": False}
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/review", other)


async def _reviews_self(trust: Trust) -> str:
    teacher, _, induction_id = await is_in_induction(trust)
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/review", progress(teacher, teacher))


async def _reviewed_since(trust: Trust) -> str:
    teacher, tutor, induction_id = await is_in_induction(trust)
    await trust.does("talent", f"/ect-inductions/{induction_id}/review", progress(teacher, tutor))
    before = {"person_id": teacher, "outcome": "passed", "completed_on": ago(201)}
    return await trust.cannot("talent", f"/ect-inductions/{induction_id}/complete", before)


def _from(person_id: str, days_ago: int) -> Body:
    return {"person_id": person_id, "from_on": ago(days_ago)}


provoked: Mapping[str, Provoke] = {
    "person_unknown": _person_unknown,
    "not_your_school": _not_your_school,
    "in_the_future": _in_the_future,
    "ect_supports_self": _ect_supports_self,
    "mentor_is_tutor": _mentor_is_tutor,
    "fte_missing": _fte_missing,
    "fte_above_full_time": _fte_above_full_time,
    "induction_exists": _induction_exists,
    "induction_running": _induction_running,
    "induction_over": _induction_over,
    "induction_unknown": _induction_unknown,
    "before_induction": _before_induction,
    "induction_paused": _induction_paused,
    "pauses_overlap": _pauses_overlap,
    "induction_not_paused": _induction_not_paused,
    "resumed_before_paused": _resumed_before_paused,
    "review_exists": _review_exists,
    "reviews_self": _reviews_self,
    "reviewed_since": _reviewed_since,
}
