"""How every refusal about critical posts and who could follow in them is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.holding import (
    LONG_AGO,
    SOON,
    YESTERDAY,
    critical_post,
    filling,
    leads,
    nomination,
    registration,
)
from tests.integration.stories.provoking import Provoke

_LEAVING = {"vacated_on": str(SOON), "reason": "retirement"}


async def _registers(trust: Trust, **more: Any) -> str:
    return await trust.cannot("talent", "/posts", registration(str(uuid4()), **more))


def _held(person_id: str, **more: Any) -> dict[str, Any]:
    return {"person_id": person_id, "share_hundredths": 60, "from_on": str(LONG_AGO), **more}


async def _post_exists(trust: Trust) -> str:
    post_id = await critical_post(trust)
    return await trust.cannot("talent", "/posts", registration(post_id, post_type="business_manager"))


async def _registered_in_the_future(trust: Trust) -> str:
    return await _registers(trust, registered_on=str(SOON))


async def _incumbent_named_twice(trust: Trust) -> str:
    head = await trust.employs("headteacher")
    return await _registers(trust, incumbents=[_held(head, share_hundredths=50)] * 2)


async def _incumbent_from_later(trust: Trust) -> str:
    return await _registers(trust, incumbents=[_held(await trust.employs("headteacher"), from_on=str(SOON))])


async def _share_above_whole(trust: Trust) -> str:
    return await _registers(trust, incumbents=[_held(await trust.employs("headteacher")) for _ in range(2)])


async def _nobody_to_leave(trust: Trust) -> str:
    return await trust.cannot("talent", f"/posts/{await critical_post(trust)}/vacate", _LEAVING)


async def _vacancy_not_ahead(trust: Trust) -> str:
    head = await trust.employs("headteacher")
    return await _registers(trust, incumbents=[_held(head)], expected_vacancy_on=str(TODAY))


async def _vacated_before_filled(trust: Trust) -> str:
    head = await trust.employs("headteacher")
    post_id = await critical_post(trust, {head: 100})
    early = {**_LEAVING, "person_id": head, "vacated_on": str(LONG_AGO - timedelta(days=1))}
    return await trust.cannot("talent", f"/posts/{post_id}/vacate", early)


async def _not_incumbent(trust: Trust) -> str:
    post_id = await critical_post(trust)
    return await trust.cannot("talent", f"/posts/{post_id}/stay", {"person_id": await trust.employs()})


async def _already_left(trust: Trust) -> str:
    head = await trust.employs("headteacher")
    post_id = await critical_post(trust, {head: 100})
    await trust.does("talent", f"/posts/{post_id}/vacate", {**_LEAVING, "vacated_on": str(YESTERDAY)})
    return await trust.cannot("talent", f"/posts/{post_id}/stay", {"person_id": head})


async def _already_incumbent(trust: Trust) -> str:
    head = await trust.employs("headteacher")
    return await trust.cannot("talent", f"/posts/{await critical_post(trust, {head: 100})}/fill", filling(head))


async def _source_not_theirs(trust: Trust) -> str:
    post_id, deputy = await critical_post(trust), await trust.employs("deputy_headteacher")
    return await trust.cannot("talent", f"/posts/{post_id}/fill", filling(deputy, source_urn=THERE))


async def _post_unknown(trust: Trust) -> str:
    return await trust.cannot("talent", f"/posts/{uuid4()}/vacate", _LEAVING)


async def _school_not_member(trust: Trust) -> str:
    return await _registers(trust, urns=["900099"])


async def _person_unknown(trust: Trust) -> str:
    return await trust.cannot("talent", f"/posts/{await critical_post(trust)}/fill", filling(str(uuid4())))


async def _not_your_school(trust: Trust) -> str:
    post_id = await critical_post(trust, {await trust.employs("headteacher"): 100})
    return await trust.cannot("talent", f"/posts/{post_id}/vacate", _LEAVING, school=THERE)


async def _trust_only(trust: Trust) -> str:
    post_id, deputy = await critical_post(trust), await trust.employs("deputy_headteacher")
    return await trust.cannot("talent", f"/posts/{post_id}/successors", nomination(deputy), school=HERE)


async def _leader_not_active(trust: Trust) -> str:
    post_id, deputy = await critical_post(trust), await trust.employs("deputy_headteacher")
    return await trust.cannot("talent", f"/posts/{post_id}/successors", nomination(deputy))


async def _successor_is_incumbent(trust: Trust) -> str:
    head = await leads(trust, await trust.employs("headteacher"))
    post_id = await critical_post(trust, {head: 100})
    return await trust.cannot("talent", f"/posts/{post_id}/successors", nomination(head))


async def _nomination_has_ended(trust: Trust) -> str:
    post_id, deputy = await critical_post(trust), await leads(trust, await trust.employs("deputy_headteacher"))
    await trust.does("talent", f"/posts/{post_id}/successors", nomination(deputy))
    removed = {"removed_on": str(TODAY), "reason": "moved_on"}
    await trust.does("talent", f"/posts/{post_id}/successors/{deputy}/remove", removed)
    return await trust.cannot("talent", f"/posts/{post_id}/successors", nomination(deputy))


async def _not_a_successor(trust: Trust) -> str:
    post_id, deputy = await critical_post(trust), await trust.employs("deputy_headteacher")
    removed = {"removed_on": str(TODAY), "reason": "moved_on"}
    return await trust.cannot("talent", f"/posts/{post_id}/successors/{deputy}/remove", removed)


async def _removed_before_nominated(trust: Trust) -> str:
    post_id, deputy = await critical_post(trust), await trust.employs("deputy_headteacher")
    await trust.does("talent", f"/posts/{post_id}/successors", nomination(deputy, emergency_cover=True))
    removed = {"removed_on": str(LONG_AGO), "reason": "moved_on"}
    return await trust.cannot("talent", f"/posts/{post_id}/successors/{deputy}/remove", removed)


provoked: Mapping[str, Provoke] = {
    "post_exists": _post_exists,
    "in_the_future": _registered_in_the_future,
    "incumbent_named_twice": _incumbent_named_twice,
    "incumbent_from_later": _incumbent_from_later,
    "share_above_whole": _share_above_whole,
    "nobody_to_leave": _nobody_to_leave,
    "vacancy_not_ahead": _vacancy_not_ahead,
    "vacated_before_filled": _vacated_before_filled,
    "not_incumbent": _not_incumbent,
    "already_left": _already_left,
    "already_incumbent": _already_incumbent,
    "source_not_theirs": _source_not_theirs,
    "post_unknown": _post_unknown,
    "school_not_member": _school_not_member,
    "person_unknown": _person_unknown,
    "not_your_school": _not_your_school,
    "trust_only": _trust_only,
    "leader_not_active": _leader_not_active,
    "successor_is_incumbent": _successor_is_incumbent,
    "nomination_has_ended": _nomination_has_ended,
    "not_a_successor": _not_a_successor,
    "removed_before_nominated": _removed_before_nominated,
}
