"""How `baton` comes to a service's door: it waits as it is told to, and says what it met."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from deploy.door import Door
from deploy.errors import Unmet

RECEIPTS = [{"event_id": "1", "outcome": "accepted"}]


def door(*answers: httpx.Response, told: Callable[[str], None] = print) -> Door:
    given = iter(answers)
    client = httpx.AsyncClient(base_url="http://talent", transport=httpx.MockTransport(lambda _: next(given)))
    return Door("talent", client, pause_s=60, waiting=told)


@pytest.mark.parametrize("status", [429, 503])
async def test_it_waits_as_long_as_it_is_told_to_and_no_longer(status: int) -> None:
    told: list[str] = []
    busy = httpx.Response(status, headers={"Retry-After": "0"})

    assert await door(busy, busy, httpx.Response(200, json=RECEIPTS), told=told.append).publish([{}]) == RECEIPTS

    assert told == [f"Talent cannot be asked: it answers {status}; trying again"] * 2


@pytest.mark.parametrize("said", ["<h1>Not found</h1>", '"Not found"', "[404]", "{}"])
async def test_what_is_no_service_is_said(said: str) -> None:
    with pytest.raises(Unmet, match="http://talent answers 404 and no reason"):
        await door(httpx.Response(404, text=said)).publish([{}])
