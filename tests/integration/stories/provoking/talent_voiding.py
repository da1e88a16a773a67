"""Every refusal of voiding a record of talent's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import Trust
from tests.integration.stories.leading import YESTERDAY, nominated
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.voiding import wrong


async def record_unknown(trust: Trust) -> str:
    stream = f"person-{await trust.employs()}"
    body = await wrong(trust, "talent", stream, "PersonRegistered")
    return await trust.cannot("talent", "/records/void", {**body, "event_id": str(uuid4())})


async def put_right_otherwise(trust: Trust) -> str:
    leader_id, _ = await nominated(trust)
    closing = {"closed_on": YESTERDAY, "reason": "mistake"}
    await trust.does("talent", f"/leaders/{leader_id}/close", closing)
    body = await wrong(trust, "talent", f"leader-{leader_id}", "LeaderRecordClosed")
    return await trust.cannot("talent", "/records/void", body)


async def others_rest_on_it(trust: Trust) -> str:
    body = await wrong(trust, "talent", f"person-{await trust.employs()}", "PersonRegistered")
    return await trust.cannot("talent", "/records/void", body)


provoked: Mapping[str, Provoke] = {
    "record_unknown": record_unknown,
    "put_right_otherwise": put_right_otherwise,
    "others_rest_on_it": others_rest_on_it,
}
