"""The page of the answers shows what was said, and the trust's response, to those who may read it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services.reporting.seeing.texts import ERASED
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import BEFORE, CYCLE, NOW, northmoor
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock

PAGE = f"/reports/focus?cycle={CYCLE}"


@pytest.fixture
async def client(database: str, ring: KeyRing) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        read_model.telling(database, northmoor(ring).told) as pool,
        browsing(app(pool, HandClock(NOW), ring=ring)) as client,
    ):
        yield client


async def test_leaders_read_what_was_said_where_they_may(client: httpx.AsyncClient, ring: KeyRing) -> None:
    nobody = (await client.get(PAGE)).text
    assert "What was said" not in nobody

    await client.post("/sign-in", data={"who": "trust"})
    trust = (await client.get(PAGE)).text
    assert trust.count("Two classes are below 80%.") == 1
    assert trust.count("We come on Monday.") == 1

    await client.post("/sign-in", data={"who": "900010"})
    head = (await client.get(PAGE)).text
    assert "Two classes are below 80%." not in head
    assert head.count("We come on Monday.") == 1
    assert "We come on Monday." not in (await client.get("/reports/focus.json")).text

    for subject in list(ring.keys):
        ring.erase(subject)
    assert (await client.get(PAGE)).text.count(ERASED) == 1


async def test_as_of_another_day_too(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data={"who": "trust"})

    before = (await client.get(f"/reports/focus?cycle={BEFORE}&as_of=2026-11-04")).text
    after = (await client.get(f"/reports/focus?cycle={BEFORE}&as_of=2026-11-05")).text

    assert ("We come on Monday." in before, "We come on Monday." in after) == (False, True)
