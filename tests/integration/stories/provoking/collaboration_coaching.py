"""How each refusal about coaching is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.coaching import (
    LAST_YEAR,
    TOMORROW,
    YESTERDAY,
    end,
    joins,
    manages,
    membership,
    pairing,
    pairs,
    session,
    wish,
)
from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.holding import designation
from tests.integration.stories.provoking import Provoke


async def membership_exists(trust: Trust) -> str:
    said = membership(await trust.employs())
    await trust.does("collaboration", "/coach-pool", said)
    return await trust.cannot("collaboration", "/coach-pool", {**said, "places": 7})


async def designation_needed(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/coach-pool", membership(await trust.employs(), kinds=["lle_head"]))


async def membership_unknown(trust: Trust) -> str:
    said = {"person_id": await trust.employs(), "left_on": YESTERDAY}
    return await trust.cannot("collaboration", f"/coach-pool/{uuid4()}/leave", said)


async def coaching_request_exists(trust: Trust) -> str:
    said = wish(await trust.employs())
    await trust.does("collaboration", "/coaching-requests", said)
    return await trust.cannot("collaboration", "/coaching-requests", {**said, "kind": "mentor"})


async def coaching_request_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/coaching-requests/{uuid4()}/withdraw", {"withdrawn_on": YESTERDAY})


async def coaching_request_answered(trust: Trust) -> str:
    said = wish(await trust.employs())
    await trust.does("collaboration", "/coaching-requests", said)
    await pairs(trust, await trust.employs(), said["person_id"], request_id=said["request_id"])
    again = pairing(await trust.employs(), said["person_id"], request_id=said["request_id"])
    return await trust.cannot("collaboration", "/coaching-pairings", again)


async def coaching_request_withdrawn(trust: Trust) -> str:
    said = wish(await trust.employs())
    await trust.does("collaboration", "/coaching-requests", said)
    withdrawal = {"withdrawn_on": YESTERDAY}
    await trust.does("collaboration", f"/coaching-requests/{said['request_id']}/withdraw", withdrawal)
    late = pairing(await trust.employs(), said["person_id"], request_id=said["request_id"])
    return await trust.cannot("collaboration", "/coaching-pairings", late)


async def other_than_wished(trust: Trust) -> str:
    said = wish(await trust.employs())
    await trust.does("collaboration", "/coaching-requests", said)
    other = pairing(await trust.employs(), said["person_id"], kind="mentor", request_id=said["request_id"])
    return await trust.cannot("collaboration", "/coaching-pairings", other)


async def pairing_exists(trust: Trust) -> str:
    said = pairing(await trust.employs(), await trust.employs())
    await trust.does("collaboration", "/coaching-pairings", said)
    return await trust.cannot("collaboration", "/coaching-pairings", {**said, "kind": "mentor"})


async def named_twice(trust: Trust) -> str:
    person_id = await trust.employs()
    return await _cannot_pair(trust, await trust.employs(), person_id, person_id)


async def coach_is_coachee(trust: Trust) -> str:
    person_id = await trust.employs()
    return await _cannot_pair(trust, person_id, person_id)


async def coach_is_line_manager(trust: Trust) -> str:
    manager, person_id = await trust.employs(), await trust.employs()
    await manages(trust, manager, person_id)
    return await _cannot_pair(trust, manager, person_id)


async def one_at_a_time(trust: Trust) -> str:
    return await _cannot_pair(trust, await trust.employs(), *await trust.staff(2))


async def coachee_is_no_head(trust: Trust) -> str:
    return await _cannot_pair(trust, await trust.employs(), await trust.employs(), kind="lle_head")


async def coachee_is_no_chair(trust: Trust) -> str:
    return await _cannot_pair(trust, await trust.employs(), await trust.employs(), kind="nlg_chair")


async def coach_not_designated(trust: Trust) -> str:
    return await _cannot_pair(trust, await trust.employs(), await trust.employs(), kind="sle_group")


async def coach_has_no_specialism(trust: Trust) -> str:
    specialist = await trust.employs()
    of_long_ago = designation("sle", person_id=specialist, historic=True, from_on=LAST_YEAR)
    await trust.does("talent", "/designations", of_long_ago)
    await joins(trust, specialist)
    return await _cannot_pair(trust, specialist, await trust.employs(), kind="sle_group")


async def no_place_left(trust: Trust) -> str:
    coach = await trust.employs()
    await trust.does("collaboration", "/coach-pool", membership(coach, places=1))
    await pairs(trust, coach, await trust.employs())
    return await _cannot_pair(trust, coach, await trust.employs())


async def pairing_unknown(trust: Trust) -> str:
    return await _cannot(trust, uuid4(), "sessions", session(await trust.employs()))


async def coaching_session_exists(trust: Trust) -> str:
    coach = await trust.employs()
    pairing_id, said = await pairs(trust, coach, await trust.employs()), session(coach)
    await trust.does("collaboration", f"/coaching-pairings/{pairing_id}/sessions", said)
    return await _cannot(trust, pairing_id, "sessions", {**said, "minutes": 5})


async def pairing_ended(trust: Trust) -> str:
    coach = await trust.employs()
    pairing_id = await pairs(trust, coach, await trust.employs())
    await trust.does("collaboration", f"/coaching-pairings/{pairing_id}/end", end(coach))
    return await _cannot(trust, pairing_id, "sessions", session(coach))


async def outside_pairing(trust: Trust) -> str:
    coach = await trust.employs()
    pairing_id = await pairs(trust, coach, await trust.employs())
    return await _cannot(trust, pairing_id, "sessions", session(coach, held_on=LAST_YEAR))


async def ended_too_early(trust: Trust) -> str:
    coach = await trust.employs()
    pairing_id = await pairs(trust, coach, await trust.employs())
    return await _cannot(trust, pairing_id, "end", end(coach, ended_on=LAST_YEAR))


async def in_the_future(trust: Trust) -> str:
    coach = await trust.employs()
    pairing_id = await pairs(trust, coach, await trust.employs())
    return await _cannot(trust, pairing_id, "sessions", session(coach, held_on=TOMORROW))


async def not_your_school(trust: Trust) -> str:
    coach = await trust.employs(urn=THERE)
    pairing_id = await pairs(trust, coach, await trust.employs(urn=THERE), urn=THERE)
    return await _cannot(trust, pairing_id, "sessions", session(coach), school=HERE)


async def ends_before_it_starts(trust: Trust) -> str:
    return await _cannot_pair(trust, await trust.employs(), await trust.employs(), ends_on=LAST_YEAR)


async def trust_only(trust: Trust) -> str:
    said = {name: value for name, value in wish(await trust.employs()).items() if name != "urn"}
    return await trust.cannot("collaboration", "/coaching-requests", said, school=HERE)


async def _cannot_pair(trust: Trust, coach_id: str, *coachee_ids: str, **more: Any) -> str:
    return await trust.cannot("collaboration", "/coaching-pairings", pairing(coach_id, *coachee_ids, **more))


async def _cannot(
    trust: Trust, pairing_id: object, what: str, said: dict[str, Any], *, school: str | None = None
) -> str:
    return await trust.cannot("collaboration", f"/coaching-pairings/{pairing_id}/{what}", said, school=school)


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        membership_exists,
        designation_needed,
        membership_unknown,
        coaching_request_exists,
        coaching_request_unknown,
        coaching_request_answered,
        coaching_request_withdrawn,
        other_than_wished,
        pairing_exists,
        named_twice,
        coach_is_coachee,
        coach_is_line_manager,
        one_at_a_time,
        coachee_is_no_head,
        coachee_is_no_chair,
        coach_not_designated,
        coach_has_no_specialism,
        no_place_left,
        pairing_unknown,
        coaching_session_exists,
        pairing_ended,
        outside_pairing,
        ended_too_early,
        in_the_future,
        not_your_school,
        ends_before_it_starts,
        trust_only,
    )
}
