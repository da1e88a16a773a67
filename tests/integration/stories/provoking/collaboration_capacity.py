"""How each refusal about offers of capacity, what becomes of them, and requests is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.asking import HELP, becomes, draft_of, issues, meets
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.sharing import (
    FROM_ON,
    TO_ON,
    TOMORROW,
    allocates,
    allocation,
    confirmation,
    draw,
    no_more,
    offer,
    offers,
    release,
    request,
    requests,
    withdrawal,
)


async def offer_exists(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-offers", offer(offer_id=await offers(trust), quantity=11))


async def offer_unknown(trust: Trust) -> str:
    return await _cannot_allocate(trust, str(uuid4()))


async def two_givers(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-offers", offer(outside="Saltmarsh University"))


async def unit_of_other_dimension(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-offers", offer(unit="pence"))


async def ends_before_it_starts(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-requests", request(from_on=TO_ON, to_on=FROM_ON))


async def school_not_member(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-offers", offer("900077"))


async def trust_only(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-offers", offer(None), school=HERE)


async def not_your_school(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/capacity-offers", offer(THERE), school=HERE)


async def withdrawal_exists(trust: Trust) -> str:
    path, first = f"/capacity-offers/{await offers(trust)}/withdraw", withdrawal()
    await trust.does("collaboration", path, first)
    return await trust.cannot("collaboration", path, {**first, "quantity": 2})


async def only_the_rest_can_be_withdrawn(trust: Trust) -> str:
    return await trust.cannot(
        "collaboration", f"/capacity-offers/{await offers(trust)}/withdraw", withdrawal(quantity=11)
    )


async def in_the_future(trust: Trust) -> str:
    return await trust.cannot(
        "collaboration", f"{await _allocated(trust)}/draw", draw(from_on=str(TODAY), to_on=TOMORROW)
    )


async def outside_window(trust: Trust) -> str:
    return await _cannot_allocate(trust, await offers(trust, from_on=str(TODAY)))


async def giver_is_taker(trust: Trust) -> str:
    return await _cannot_allocate(trust, await offers(trust, HERE), taker_urn=HERE)


async def more_than_offered(trust: Trust) -> str:
    return await _cannot_allocate(trust, await offers(trust), quantity=11)


async def allocation_exists(trust: Trust) -> str:
    offer_id, first = await offers(trust), allocation()
    await trust.does("collaboration", f"/capacity-offers/{offer_id}/allocations", first)
    return await _cannot_allocate(trust, offer_id, **{**first, "quantity": 5})


async def allocation_unknown(trust: Trust) -> str:
    path = f"/capacity-offers/{await offers(trust)}/allocations/{uuid4()}/draw"
    return await trust.cannot("collaboration", path, draw())


async def draw_exists(trust: Trust) -> str:
    path, first = f"{await _allocated(trust)}/draw", draw()
    await trust.does("collaboration", path, first)
    return await trust.cannot("collaboration", path, {**first, "quantity": 1})


async def more_than_allocated(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"{await _allocated(trust)}/draw", draw(quantity=5))


async def release_exists(trust: Trust) -> str:
    path, first = f"{await _allocated(trust)}/release", release()
    await trust.does("collaboration", path, first)
    return await trust.cannot("collaboration", path, {**first, "quantity": 2})


async def more_than_undrawn(trust: Trust) -> str:
    path = await _allocated(trust)
    await trust.does("collaboration", f"{path}/draw", draw())
    return await trust.cannot("collaboration", f"{path}/release", release(quantity=2))


async def request_exists(trust: Trust) -> str:
    again = request(request_id=await requests(trust), quantity=5)
    return await trust.cannot("collaboration", "/capacity-requests", again)


async def request_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/capacity-requests/{uuid4()}/withdraw", no_more())


async def request_is_a_draft(trust: Trust) -> str:
    request_id = await _drafted(trust)
    return await _cannot_allocate(trust, await offers(trust, THERE), taker_urn=HERE, request_id=request_id)


async def request_withdrawn(trust: Trust) -> str:
    request_id = await requests(trust)
    await trust.does("collaboration", f"/capacity-requests/{request_id}/withdraw", no_more())
    return await _cannot_allocate(trust, await offers(trust), request_id=request_id)


async def request_of_other_school(trust: Trust) -> str:
    request_id = await requests(trust, HERE)
    return await _cannot_allocate(trust, await offers(trust), request_id=request_id)


async def other_than_requested(trust: Trust) -> str:
    request_id = await requests(trust, dimension="time")
    return await _cannot_allocate(trust, await offers(trust), request_id=request_id)


async def request_is_no_draft(trust: Trust) -> str:
    path = f"/capacity-requests/{await requests(trust)}/confirm"
    return await trust.cannot("collaboration", path, confirmation())


async def draft_withdrawn(trust: Trust) -> str:
    path = f"/capacity-requests/{await _drafted(trust)}"
    await trust.does("collaboration", f"{path}/withdraw", no_more())
    return await trust.cannot("collaboration", f"{path}/confirm", confirmation())


async def _allocated(trust: Trust) -> str:
    return await allocates(trust, await offers(trust))


async def _cannot_allocate(trust: Trust, offer_id: str, **more: Any) -> str:
    return await trust.cannot("collaboration", f"/capacity-offers/{offer_id}/allocations", allocation(**more))


async def _drafted(trust: Trust) -> str:
    """A school asked for help in a meeting; the request that was drafted of it."""
    item_id = await issues(trust)
    await meets(trust, item_id, **HELP)
    await becomes(trust, draft_of(item_id), "CapacityRequested")
    return draft_of(item_id)


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        offer_exists,
        offer_unknown,
        two_givers,
        unit_of_other_dimension,
        ends_before_it_starts,
        school_not_member,
        trust_only,
        not_your_school,
        withdrawal_exists,
        only_the_rest_can_be_withdrawn,
        in_the_future,
        outside_window,
        giver_is_taker,
        more_than_offered,
        allocation_exists,
        allocation_unknown,
        draw_exists,
        more_than_allocated,
        release_exists,
        more_than_undrawn,
        request_exists,
        request_unknown,
        request_is_a_draft,
        request_withdrawn,
        request_of_other_school,
        other_than_requested,
        request_is_no_draft,
        draft_withdrawn,
    )
}
