"""Every refusal of voiding a record of cpd's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import HERE, Trust
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.training import schedules
from tests.integration.stories.voiding import wrong


async def _booked(trust: Trust) -> str:
    """Somebody has a place in a session; its stream."""
    session_id, person_id = await schedules(trust, places=2), await trust.employs()
    await trust.does("cpd", f"/sessions/{session_id}/book", {"person_id": person_id, "urn": HERE})
    return f"session-{session_id}"


async def record_unknown(trust: Trust) -> str:
    body = await wrong(trust, "cpd", await _booked(trust), "SessionScheduled")
    return await trust.cannot("cpd", "/records/void", {**body, "event_id": str(uuid4())})


async def put_right_otherwise(trust: Trust) -> str:
    body = await wrong(trust, "cpd", await _booked(trust), "PlaceBooked")
    return await trust.cannot("cpd", "/records/void", body, school=HERE)


async def others_rest_on_it(trust: Trust) -> str:
    body = await wrong(trust, "cpd", await _booked(trust), "SessionScheduled")
    return await trust.cannot("cpd", "/records/void", body)


provoked: Mapping[str, Provoke] = {
    "record_unknown": record_unknown,
    "put_right_otherwise": put_right_otherwise,
    "others_rest_on_it": others_rest_on_it,
}
