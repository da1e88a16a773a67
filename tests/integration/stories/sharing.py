"""What the stories of capacity begin with: offers, requests, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.support.writer import TRUST

FROM_ON, TO_ON = str(TODAY - timedelta(days=30)), str(TODAY + timedelta(days=60))
YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))
WINDOW = {"from_on": FROM_ON, "to_on": TO_ON}


def offer(giver: str | None = HERE, **more: Any) -> dict[str, Any]:
    """The fields of an offer of ten half-days of people, of a school or (without one) of the trust."""
    amount = {"dimension": "people", "quantity": 10, "unit": "half_days"}
    return {"offer_id": str(uuid4()), "trustuid": TRUST, "giver_urn": giver, **amount, **WINDOW, **more}


async def offers(trust: Trust, giver: str | None = HERE, **more: Any) -> str:
    """Somebody offers something; the offer's id."""
    fields = offer(giver, **more)
    await trust.does("collaboration", "/capacity-offers", fields, school=giver)
    return str(fields["offer_id"])


def allocation(taker: str = THERE, **more: Any) -> dict[str, Any]:
    """The fields of an allocation of four of them."""
    return {"allocation_id": str(uuid4()), "taker_urn": taker, "quantity": 4, **WINDOW, **more}


async def allocates(trust: Trust, offer_id: str, taker: str = THERE, **more: Any) -> str:
    """The trust allocates a part of an offer; the path of the allocation."""
    fields = allocation(taker, **more)
    await trust.does("collaboration", f"/capacity-offers/{offer_id}/allocations", fields)
    return f"/capacity-offers/{offer_id}/allocations/{fields['allocation_id']}"


def draw(**more: Any) -> dict[str, Any]:
    """The fields of a draw of three, yesterday."""
    return {"draw_id": str(uuid4()), "quantity": 3, "from_on": YESTERDAY, "to_on": YESTERDAY, **more}


def release(**more: Any) -> dict[str, Any]:
    """The fields of a release of one."""
    return {"release_id": str(uuid4()), "quantity": 1, "released_on": YESTERDAY, **more}


def withdrawal(**more: Any) -> dict[str, Any]:
    """The fields of a withdrawal of one."""
    return {"withdrawal_id": str(uuid4()), "quantity": 1, "withdrawn_on": YESTERDAY, **more}


def request(taker: str = THERE, **more: Any) -> dict[str, Any]:
    """The fields of a school's request."""
    amount = {"dimension": "people", "quantity": 4, "unit": "half_days"}
    return {"request_id": str(uuid4()), "trustuid": TRUST, "taker_urn": taker, **amount, **WINDOW, **more}


async def requests(trust: Trust, taker: str = THERE, **more: Any) -> str:
    """A school asks for something; the request's id."""
    fields = request(taker, **more)
    await trust.does("collaboration", "/capacity-requests", fields, school=taker)
    return str(fields["request_id"])


def confirmation(**more: Any) -> dict[str, Any]:
    """The fields with which the trust confirms a draft."""
    return {"dimension": "people", "quantity": 4, "unit": "half_days", **WINDOW, **more}


def no_more(**more: Any) -> dict[str, Any]:
    """The fields with which a request is withdrawn."""
    return {"reason": "met_otherwise", "withdrawn_on": YESTERDAY, **more}
