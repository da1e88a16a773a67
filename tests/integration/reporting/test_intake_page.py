"""What schools' systems sent that was not taken: asked at the writers in somebody's own name, told by what is wrong."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.reporting.signing_in.sessions import Person, Sessions
from services.reporting.web.site import COOKIE
from shared.identity import Principal
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import NOT_TAKEN, Writers, app, browsing
from tests.support.read_model import HandClock

DENE = "900004"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    async with read_model.telling(database, northmoor().told) as pool:
        yield pool


@pytest.fixture
async def client(pool: asyncpg.Pool, writers: Writers) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app(pool, HandClock(NOW), ring=KeyRing(), writers=writers)) as client:
        await client.post("/sign-in", data={"who": "trust"})
        yield client


def of_talent(*answers: dict[str, Any]) -> Any:
    """Writers of which talent alone has not taken something."""

    def answer(request: httpx.Request) -> httpx.Response:
        mine = answers if request.url.host == "talent" else ()
        return httpx.Response(200, json={"answers": list(mine), "next": None})

    return answer


async def page(client: httpx.AsyncClient, address: str = "/intake") -> str:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])).strip()


async def test_it_says_what_is_wrong_where_and_what_became_of_it(client: httpx.AsyncClient, writers: Writers) -> None:
    writers.answer = of_talent(*NOT_TAKEN)

    text = await page(client)

    assert "One event was refused, one waits" in text
    assert "Input should be a valid integer at /data/disadvantaged_follow_up_thousandths , invalid" in text
    assert "Dene Valley High" in text
    assert "Waits at talent" in text
    assert "lesson-4711 from /harbour-mis , uk.mat.talent.EngagementStarted.v1" in text
    assert "20 November 2026 one refused 19 November 2026 one waiting" in text
    asked = writers.asked[-1]
    assert (asked.url.path, asked.headers["authorization"]) == ("/answers", "Bearer local-trust-leader-99001")
    assert asked.url.params.get_list("outcome") == ["refused", "parked"]


async def test_it_can_be_asked_by_school_service_and_day(client: httpx.AsyncClient, writers: Writers) -> None:
    writers.answer = of_talent(*NOT_TAKEN)
    yesterday = datetime.fromisoformat(NOT_TAKEN[1]["answered_at"]).date()

    assert "One event waits" in await page(client, f"/intake?day={yesterday}")
    assert "One event was refused, one waits" in await page(client, f"/intake?school={DENE}&service=talent")
    for elsewhere in ("school=900010", "service=cpd"):
        text = await page(client, f"/intake?{elsewhere}")
        assert "Nothing like this was turned away" in text
    for wrong in ("school=x", "service=x", "day=x", "day=2026-02-30"):
        assert (await client.get(f"/intake?{wrong}")).status_code == 400


async def test_where_all_was_taken_it_says_so(client: httpx.AsyncClient, writers: Writers) -> None:
    writers.answer = of_talent()

    text = await page(client)

    assert "Nothing was turned away" in text
    assert "systems sent was taken." in text


async def test_who_does_not_answer_is_named(client: httpx.AsyncClient, writers: Writers) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cpd":
            raise httpx.ConnectError("gone")
        return httpx.Response(200, json={"answers": [], "next": None})

    writers.answer = silent

    text = await page(client)

    assert "Of cpd nothing is known at the moment" in text
    assert "was taken, as far as is known." in text


async def test_what_people_did_at_pages_is_not_a_schools_system(client: httpx.AsyncClient, writers: Writers) -> None:
    writers.answer = of_talent({**NOT_TAKEN[0], "source": "http/somebody"})

    assert "Nothing was turned away" in await page(client)


async def test_further_pages_are_asked_for(client: httpx.AsyncClient, writers: Writers) -> None:
    def pages(request: httpx.Request) -> httpx.Response:
        further = "cursor" if request.url.host == "talent" and "before" not in request.url.params else None
        return httpx.Response(200, json={"answers": NOT_TAKEN[:1], "next": further})

    writers.answer = pages

    assert "Four events were refused" in await page(client)


async def test_it_is_for_leaders(client: httpx.AsyncClient, writers: Writers) -> None:
    assert 'href="/intake"' in (await client.get("/intake")).text
    await client.post("/sign-out")
    answer = await client.get("/intake")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fintake")

    await client.post("/sign-in", data={"who": DENE})
    await page(client)
    assert writers.asked[-1].headers["authorization"] == f"Bearer local-school-leader-{DENE}"
    assert (
        writers.asked[-1].url.params["since"]
        == (NOW - timedelta(days=13)).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()
    )


async def test_who_only_reads_is_told_whose_it_is(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    auditor = Person(Principal("auditor", frozenset({"auditor"}), "99001"), "Auditor")
    client.cookies.set(COOKIE, await Sessions(pool).begin(auditor))

    answer = await client.get("/intake")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_see")
