"""The stories of who gives and who takes: in each dimension, by whom, and by many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.stories.conftest import HERE, OTHER_TRUST, THERE, TODAY, Trust
from tests.integration.stories.sharing import (
    FROM_ON,
    YESTERDAY,
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

CLIENTS = 32
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("dimension", "unit"),
    [
        ("people", "half_days"),
        ("time", "half_days_a_week"),
        ("intellectual", "places"),
        ("financial", "pence"),
        ("collaboration", "fte_hundredths"),
    ],
)
async def test_in_each_dimension_one_school_gives_what_another_takes(trust: Trust, dimension: str, unit: str) -> None:
    """S4f: offered, asked for, allocated and drawn; each event says who gives and who takes."""
    of = {"dimension": dimension, "unit": unit}
    offer_id = await offers(trust, HERE, **of)
    request_id = await requests(trust, THERE, **of)

    path = await allocates(trust, offer_id, request_id=request_id)
    await trust.does("collaboration", f"{path}/draw", draw(), school=THERE)
    await trust.does("collaboration", f"{path}/release", release(released_on=str(TODAY)), school=THERE)
    await trust.does("collaboration", f"/capacity-offers/{offer_id}/withdraw", withdrawal(), school=HERE)

    (_, offered), *given = await trust.history("collaboration", f"capacity-offer-{offer_id}")
    assert [(name, data["quantity"]) for name, data in given] == [
        ("CapacityAllocated", 4),
        ("CapacityDrawn", 3),
        ("CapacityReleased", 1),
        ("CapacityOfferWithdrawn", 1),
    ]
    assert {(data["giver_urn"], data["dimension"], data["unit"]) for _, data in given} == {(HERE, dimension, unit)}
    assert {data["taker_urn"] for _, data in given[:3]} == {THERE}
    assert (offered["giver_urn"], offered["dimension"], offered["unit"]) == (HERE, dimension, unit)


async def test_a_school_gives_in_one_dimension_and_takes_in_another(trust: Trust) -> None:
    """S4f."""
    people = await offers(trust, HERE)
    money = await offers(trust, THERE, dimension="financial", unit="pence", quantity=500_000)

    given = await allocates(trust, people, THERE)
    taken = await allocates(trust, money, HERE, quantity=100_000)
    await trust.does("collaboration", f"{given}/draw", draw(), school=THERE)
    await trust.does("collaboration", f"{taken}/draw", draw(quantity=80_000), school=HERE)


async def test_what_a_plan_needs_is_asked_for_and_covered(trust: Trust) -> None:
    """S4f: for a plan; more may be allocated than was asked for."""
    plan_id = str(uuid4())
    request_id = await requests(trust, plan_id=plan_id, priority="high", specialism="phonics", quantity=3)

    offer_id = await offers(trust, specialism="phonics")
    await allocates(trust, offer_id, request_id=request_id, plan_id=plan_id)

    [(_, asked)] = await trust.history("collaboration", f"capacity-request-{request_id}")
    *_, (_, allocated) = await trust.history("collaboration", f"capacity-offer-{offer_id}")
    assert (asked["plan_id"], asked["priority"], asked["specialism"]) == (plan_id, "high", "phonics")
    assert (allocated["plan_id"], allocated["request_id"], allocated["quantity"]) == (plan_id, request_id, 4)


@pytest.mark.parametrize(
    ("role", "kind", "urn"),
    [("teacher", "permanent", HERE), ("trustee", "trustee", None), ("governor", "governor", HERE)],
)
async def test_the_time_of_staff_trustees_and_governors_is_given(
    trust: Trust, role: str, kind: str, urn: str | None
) -> None:
    """S4f: it is one person's time, and the allocation says whose."""
    person_id = await trust.employs(role, urn=urn, kind=kind)
    offer_id = await offers(trust, urn, dimension="time", unit="half_days_a_week", quantity=2, person_id=person_id)

    await allocates(trust, offer_id, quantity=1)

    *_, (name, allocated) = await trust.history("collaboration", f"capacity-offer-{offer_id}")
    assert (name, allocated["person_id"], allocated.get("giver_urn")) == ("CapacityAllocated", person_id, urn)


async def test_a_supplier_outside_gives_through_the_trust(trust: Trust) -> None:
    """S4f: what comes from outside says so, and is nobody's gift within the trust."""
    places = {"dimension": "intellectual", "unit": "places", "outside": "Saltmarsh University"}
    offer_id = await offers(trust, None, **places)

    path = await allocates(trust, offer_id, HERE)
    await trust.does("collaboration", f"{path}/draw", draw(), school=HERE)

    for _, data in await trust.history("collaboration", f"capacity-offer-{offer_id}"):
        assert (data["outside"], data.get("giver_urn")) == ("Saltmarsh University", None)
    assert await trust.cannot("collaboration", "/capacity-offers", offer(None, **places), school=HERE) == "trust_only"
    assert await trust.cannot("collaboration", "/capacity-offers", offer(HERE, **places), school=HERE) == "two_givers"


async def test_places_in_training_for_reviewers_are_capacity_that_the_trust_gives(trust: Trust) -> None:
    """S0b: training in school reviews, for leaders of several schools."""
    training = {"dimension": "intellectual", "unit": "places", "specialism": "school_reviews", "quantity": 5}
    offer_id = await offers(trust, None, **training)

    for school, places in ((HERE, 2), (THERE, 3)):
        await allocates(trust, offer_id, school, quantity=places)

    path, more = f"/capacity-offers/{offer_id}/allocations", allocation(HERE, quantity=1)
    assert await trust.cannot("collaboration", path, more) == "more_than_offered"


async def test_a_rate_goes_to_one_school_after_the_other(trust: Trust) -> None:
    offer_id = await offers(trust, None, dimension="people", unit="fte_hundredths", quantity=60)

    path = await allocates(trust, offer_id, HERE, quantity=60)
    await trust.does("collaboration", f"{path}/release", release(quantity=60, released_on=str(TODAY)), school=HERE)
    await allocates(trust, offer_id, THERE, quantity=60, from_on=str(TODAY))

    too_soon = allocation(THERE, quantity=1, from_on=YESTERDAY, to_on=YESTERDAY)
    path = f"/capacity-offers/{offer_id}/allocations"
    assert await trust.cannot("collaboration", path, too_soon) == "more_than_offered"


async def test_who_gives_and_who_takes_say_so_and_nobody_else(trust: Trust) -> None:
    """Each school for its own: a taker releases, a giver withdraws, both may say what was used."""
    offer_id = await offers(trust, HERE)
    path = await allocates(trust, offer_id, THERE)
    of_the_trust = await offers(trust, None)
    for_me = await allocates(trust, of_the_trust, THERE)

    async def not_theirs(path: str, body: dict[str, Any], school: str) -> bool:
        return await trust.cannot("collaboration", path, body, school=school) == "not_your_school"

    assert await not_theirs("/capacity-offers", offer(HERE), THERE)
    assert await not_theirs("/capacity-requests", request(HERE), THERE)
    assert await not_theirs(f"/capacity-offers/{offer_id}/withdraw", withdrawal(), THERE)
    assert await not_theirs(f"/capacity-offers/{of_the_trust}/withdraw", withdrawal(), HERE)
    assert await not_theirs(f"{path}/release", release(), HERE)
    assert await not_theirs(f"{for_me}/draw", draw(), HERE)
    allocations = f"/capacity-offers/{offer_id}/allocations"
    assert await trust.cannot("collaboration", allocations, allocation(), school=HERE) == "trust_only"
    await trust.does("collaboration", f"{path}/draw", draw(quantity=1), school=HERE)
    await trust.does("collaboration", f"{path}/draw", draw(quantity=1), school=THERE)
    await trust.does("collaboration", f"{path}/draw", draw(quantity=1))
    await trust.does("collaboration", f"{path}/release", release())
    await trust.does("collaboration", f"/capacity-offers/{offer_id}/withdraw", withdrawal())


async def test_a_school_withdraws_its_own_request_and_no_other(trust: Trust) -> None:
    path = f"/capacity-requests/{await requests(trust, THERE)}/withdraw"

    assert await trust.cannot("collaboration", path, no_more(), school=HERE) == "not_your_school"
    await trust.does("collaboration", path, no_more(), school=THERE)
    await trust.does("collaboration", path, no_more(reason="again"), school=THERE)


async def test_nobody_says_from_outside_that_something_was_drafted(trust: Trust) -> None:
    """A draft is made of an answer alone."""
    for said in ({"drafted": True}, {"basis": str(uuid4())}, {"quantity": None, "unit": None}):
        response = await trust.command("collaboration", "/capacity-requests", request(**said), school=THERE)
        assert response.json()["code"] == "invalid"
        receipt = await trust.claims("collaboration", "CapacityRequested", request(**said), school=THERE)
        assert receipt["code"] == "invalid"


async def test_another_trust_knows_nothing_of_this_ones_offers_and_requests(trust: Trust) -> None:
    offer_id, request_id = await offers(trust), await requests(trust)
    path = await allocates(trust, offer_id)
    theirs = offer(None, trustuid=OTHER_TRUST)

    assert await _stranger(trust, "/capacity-offers", theirs) is None
    for at, body, code in (
        (f"/capacity-offers/{offer_id}/withdraw", withdrawal(), "offer_unknown"),
        (f"{path}/draw", draw(), "offer_unknown"),
        (f"{path}/release", release(), "offer_unknown"),
        (f"/capacity-requests/{request_id}/confirm", confirmation(), "request_unknown"),
        (f"/capacity-requests/{request_id}/withdraw", no_more(), "request_unknown"),
        (f"/capacity-offers/{offer_id}/allocations", allocation(), "school_not_member"),
        ("/capacity-offers", offer(None, offer_id=offer_id, trustuid=OTHER_TRUST), "not_your_trust"),
    ):
        assert await _stranger(trust, at, body) == code


async def test_what_is_said_twice_has_one_effect(trust: Trust) -> None:
    fields = offer()
    for _ in range(2):
        await trust.does("collaboration", "/capacity-offers", fields, school=HERE)
    path, part, used = f"/capacity-offers/{fields['offer_id']}", allocation(), draw()

    for _ in range(2):
        await trust.does("collaboration", f"{path}/allocations", part)
    for _ in range(2):
        await trust.does("collaboration", f"{path}/allocations/{part['allocation_id']}/draw", used, school=THERE)

    happened = await trust.happened("collaboration", f"capacity-offer-{fields['offer_id']}")
    assert happened == ["CapacityOffered", "CapacityAllocated", "CapacityDrawn"]


# Many at once


async def test_ten_half_days_are_allocated_once_though_thirty_two_ask_at_once(trust: Trust) -> None:
    offer_id = await offers(trust)
    path = f"/capacity-offers/{offer_id}/allocations"

    codes = await _at_once(_asks(trust, path, allocation(quantity=1)) for _ in range(CLIENTS))

    assert codes == {None: 10, "more_than_offered": 22}
    happened = Counter(await trust.happened("collaboration", f"capacity-offer-{offer_id}"))
    assert happened == {"CapacityOffered": 1, "CapacityAllocated": 10}


async def test_a_rate_is_exceeded_on_no_day_though_thirty_two_windows_overlap(trust: Trust) -> None:
    offer_id = await offers(trust, unit="half_days_a_week", quantity=5)
    path = f"/capacity-offers/{offer_id}/allocations"
    first = date.fromisoformat(FROM_ON)
    windows = [(first + n * DAY, first + (n + 9) * DAY) for n in range(CLIENTS)]

    codes = await _at_once(
        _asks(trust, path, allocation(quantity=2, from_on=str(begins), to_on=str(ends))) for begins, ends in windows
    )

    _, *allocated = await trust.history("collaboration", f"capacity-offer-{offer_id}")
    levels = {
        first + n * DAY: sum(
            data["quantity"] for _, data in allocated if data["from_on"] <= str(first + n * DAY) <= data["to_on"]
        )
        for n in range(CLIENTS + 9)
    }
    assert codes.keys() == {None, "more_than_offered"}
    assert codes[None] == len(allocated)
    assert max(levels.values()) == 4  # of 5; another 2 would be too much
    got = {data["from_on"] for _, data in allocated}
    for begins, ends in windows:
        assert str(begins) in got or max(levels[begins + n * DAY] for n in range((ends - begins).days + 1)) == 4


async def test_an_allocation_is_drawn_once_though_thirty_two_draw_at_once(trust: Trust) -> None:
    offer_id = await offers(trust)
    path = await allocates(trust, offer_id, quantity=10)

    codes = await _at_once(_asks(trust, f"{path}/draw", draw(quantity=1), school=THERE) for _ in range(CLIENTS))

    assert codes == {None: 10, "more_than_allocated": 22}
    happened = Counter(await trust.happened("collaboration", f"capacity-offer-{offer_id}"))
    assert happened["CapacityDrawn"] == 10


async def test_what_is_withdrawn_is_not_allocated_though_both_happen_at_once(trust: Trust) -> None:
    offer_id = await offers(trust)
    path = f"/capacity-offers/{offer_id}"
    half = CLIENTS // 2

    codes = await _at_once(
        [
            *(_asks(trust, f"{path}/withdraw", withdrawal(), school=HERE) for _ in range(half)),
            *(_asks(trust, f"{path}/allocations", allocation(quantity=1)) for _ in range(half)),
        ]
    )

    happened = Counter(await trust.happened("collaboration", f"capacity-offer-{offer_id}"))
    assert codes[None] == 10
    assert happened["CapacityAllocated"] + happened["CapacityOfferWithdrawn"] == 10
    assert codes["more_than_offered"] == half - happened["CapacityAllocated"]
    assert codes["only_the_rest_can_be_withdrawn"] == half - happened["CapacityOfferWithdrawn"]


async def test_what_is_drawn_is_not_released_though_both_happen_at_once(trust: Trust) -> None:
    path = await allocates(trust, await offers(trust), quantity=10)
    half = CLIENTS // 2

    codes = await _at_once(
        [
            *(_asks(trust, f"{path}/draw", draw(quantity=1), school=HERE) for _ in range(half)),
            *(_asks(trust, f"{path}/release", release(), school=THERE) for _ in range(half)),
        ]
    )

    assert codes[None] == 10
    assert codes["more_than_allocated"] + codes["more_than_undrawn"] == CLIENTS - 10


async def test_nothing_is_allocated_for_a_request_that_was_withdrawn_meanwhile(trust: Trust) -> None:
    """They stand in two streams: whoever allocates holds the request as it was read."""
    request_id, other = await requests(trust), {"unit": "half_days", "quantity": 1_000}
    made = [await offers(trust, None, **other) for _ in range(CLIENTS - 1)]

    await _at_once(
        [
            *(
                _asks(trust, f"/capacity-offers/{offer_id}/allocations", allocation(request_id=request_id))
                for offer_id in made
            ),
            _asks(trust, f"/capacity-requests/{request_id}/withdraw", no_more(), school=THERE),
        ]
    )

    of_service = trust.writers["collaboration"].place
    withdrawn_at: int = await of_service.fetchval(
        "select max(position) from event where stream = $1", f"capacity-request-{request_id}"
    )
    allocated_after: int = await of_service.fetchval(
        """select count(*) from event where position > $1 and type like '%.CapacityAllocated.%'
           and convert_from(record, 'utf8') like $2""",
        withdrawn_at,
        f"%{request_id}%",
    )
    assert allocated_after == 0
    assert await trust.cannot(
        "collaboration", f"/capacity-offers/{made[0]}/allocations", allocation(request_id=request_id)
    ) == ("request_withdrawn")


async def _at_once(asking: Iterable[Awaitable[str | None]]) -> Counter[str | None]:
    """How often each code was answered; None: it was done."""
    return Counter(await asyncio.gather(*asking))


async def _asks(trust: Trust, path: str, body: dict[str, Any], *, school: str | None = None) -> str | None:
    """The code of a command's refusal, if it is refused."""
    response = await trust.command("collaboration", path, body, school=school)
    if response.status_code == httpx.codes.CREATED:
        return None
    code: str = response.json()["code"]
    return code


async def _stranger(trust: Trust, path: str, body: dict[str, Any]) -> str | None:
    """The same by the leader of another trust."""
    writer = trust.writers["collaboration"]
    token = writer.place.token("trust_leader", trust=OTHER_TRUST)
    headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
    response = await writer.client.post(path, json=body, headers=headers)
    return None if response.status_code == httpx.codes.CREATED else str(response.json()["code"])
