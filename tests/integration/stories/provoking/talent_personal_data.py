"""How each refusal about holds, erasures and access to personal data is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from tests.integration.stories.conftest import TODAY, Trust
from tests.integration.stories.data_rights import access, erasure, hold, registered
from tests.integration.stories.provoking import Provoke


async def _hold_unknown(trust: Trust) -> str:
    return await trust.cannot("talent", f"/people/{await registered(trust)}/legal-holds/{uuid4()}/lift", {})


async def _hold_lifted(trust: Trust) -> str:
    holds, placed = f"/people/{await registered(trust)}/legal-holds", hold()
    await trust.does("talent", holds, placed)
    await trust.does("talent", f"{holds}/{placed['hold_id']}/lift", {})
    return await trust.cannot("talent", holds, placed)


async def _person_erased(trust: Trust) -> str:
    person_id = await registered(trust)
    await trust.does("talent", f"/people/{person_id}/erasures", erasure())
    return await trust.cannot("talent", f"/people/{person_id}/subject-access", access())


async def _requested_in_future(trust: Trust) -> str:
    asked = access(requested_on=str(TODAY + timedelta(days=2)))
    return await trust.cannot("talent", f"/people/{await registered(trust)}/subject-access", asked)


provoked: Mapping[str, Provoke] = {
    "hold_unknown": _hold_unknown,
    "hold_lifted": _hold_lifted,
    "person_erased": _person_erased,
    "requested_in_future": _requested_in_future,
}
