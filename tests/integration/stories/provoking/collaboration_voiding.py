"""Every refusal of voiding a record of collaboration's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import Trust
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.reviewing import requests, staffed
from tests.integration.stories.voiding import voids, wrong


async def record_unknown(trust: Trust) -> str:
    body = await wrong(trust, "collaboration", f"review-{await requests(trust)}", "ReviewRequested")
    return await trust.cannot("collaboration", "/records/void", {**body, "event_id": str(uuid4())})


async def put_right_otherwise(trust: Trust) -> str:
    stream = f"review-{await requests(trust)}"
    await voids(trust, "collaboration", stream, "ReviewRequested")
    body = await wrong(trust, "collaboration", stream, "RecordVoided")
    return await trust.cannot("collaboration", "/records/void", body)


async def others_rest_on_it(trust: Trust) -> str:
    review_id, _ = await staffed(trust)
    body = await wrong(trust, "collaboration", f"review-{review_id}", "ReviewRequested")
    return await trust.cannot("collaboration", "/records/void", body)


provoked: Mapping[str, Provoke] = {
    "record_unknown": record_unknown,
    "put_right_otherwise": put_right_otherwise,
    "others_rest_on_it": others_rest_on_it,
}
