"""How each refusal about daily requests, successes and challenges is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import THERE, Trust
from tests.integration.stories.improving import asks, minutes_ago, request, success
from tests.integration.stories.provoking import Provoke


async def support_request_exists(trust: Trust) -> str:
    other = request(request_id=await asks(trust), kind="hr")
    return await trust.cannot("collaboration", "/support-requests", other)


async def support_request_unknown(trust: Trust) -> str:
    answer = {"answer": "Yes.", "answered_at": minutes_ago(1)}
    return await trust.cannot("collaboration", f"/support-requests/{uuid4()}/answer", answer)


async def support_request_closed(trust: Trust) -> str:
    path = f"/support-requests/{await asks(trust)}/close"
    await trust.does("collaboration", path, {"closed_at": minutes_ago(2)})
    return await trust.cannot("collaboration", path, {"closed_at": minutes_ago(1)})


async def before_support_was_requested(trust: Trust) -> str:
    path = f"/support-requests/{await asks(trust)}/close"
    return await trust.cannot("collaboration", path, {"closed_at": minutes_ago(600)})


async def not_your_school(trust: Trust) -> str:
    path = f"/support-requests/{await asks(trust)}/close"
    return await trust.cannot("collaboration", path, {"closed_at": minutes_ago(1)}, school=THERE)


async def in_the_future(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/successes", success(shared_at=minutes_ago(-60)))


async def experience_exists(trust: Trust) -> str:
    told = success()
    await trust.does("collaboration", "/successes", told)
    return await trust.cannot("collaboration", "/successes", {**told, "theme": "writing"})


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        support_request_exists,
        support_request_unknown,
        support_request_closed,
        before_support_was_requested,
        not_your_school,
        in_the_future,
        experience_exists,
    )
}
