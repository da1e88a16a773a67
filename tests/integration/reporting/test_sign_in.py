"""Signing in and out: what the browser gets, what it opens, when it ends, and who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from hashlib import sha256

import asyncpg
import httpx
import pytest

from services.reporting.signing_in.sessions import Sessions
from services.reporting.web.site import COOKIE
from shared.identity import Principal
from tests.support import read_model
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.story import TRUST


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    story = northmoor()
    story.becomes("900002", "900052", date(2026, 11, 1))
    story.joins("900052", "Birchfield Academy", date(2026, 11, 1))
    async with read_model.telling(database, [d for d in story.told if d.envelope.service == "talent"]) as pool:
        yield pool


@pytest.fixture
async def client(pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app(pool, HandClock(NOW)), "https://northmoor.example") as client:
        yield client


async def test_a_leader_of_the_trust_signs_in_and_out(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    asked = await client.get("/sign-in?then=/capacity")
    entered = await client.post("/sign-in", data={"who": "trust", "then": "/capacity"})

    assert "A leader" not in asked.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/capacity")
    flags = entered.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=lax", "Secure", "Path=/"} <= set(flags)
    page = await client.get("/")
    assert "Leader of the trust" in page.text
    assert page.headers["cache-control"] == "no-store"

    left = await client.post("/sign-out")

    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert await pool.fetchval("select count(*) from session") == 0
    assert "Leader of the trust" not in (await client.get("/")).text


async def test_a_school_leader_speaks_for_every_urn_of_the_school(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await client.post("/sign-in", data={"who": "900052"})

    person = await Sessions(pool).of(client.cookies[COOKIE])

    assert person is not None
    assert person.called == "Leader of Birchfield Academy"
    assert person.principal == Principal(
        "local-school-leader-900052", frozenset({"school_leader"}), TRUST, frozenset({"900002", "900052"})
    )


async def test_an_auditor_signs_in_and_is_offered_nothing_to_do(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await client.post("/sign-in", data={"who": "auditor"})

    person = await Sessions(pool).of(client.cookies[COOKIE])
    page = (await client.get("/events")).text

    assert person is not None
    assert person.principal == Principal(f"local-auditor-{TRUST}", frozenset({"auditor"}), TRUST)
    assert "<span>Auditor</span>" in page
    assert 'href="/do"' not in page
    await client.post("/sign-in", data={"who": "trust"})
    assert 'href="/do"' in (await client.get("/events")).text


async def test_the_table_does_not_hold_what_the_browser_holds(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await client.post("/sign-in", data={"who": "trust"})

    [row] = await pool.fetch("select s::text as text, secret_hash from session s")

    assert client.cookies[COOKIE] not in row["text"]
    assert row["secret_hash"] == sha256(client.cookies[COOKIE].encode()).digest()


async def test_a_session_ends_by_itself(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await client.post("/sign-in", data={"who": "trust"})
    await pool.execute("update session set expires_at = clock_timestamp() - interval '1 second'")

    assert "Leader of the trust" not in (await client.get("/")).text


async def test_who_chooses_nobody_is_asked_again(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data={"who": "", "then": "/capacity"})

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert 'name="then" value="/capacity"' in answer.text


async def test_nobody_is_led_elsewhere(client: httpx.AsyncClient) -> None:
    asked = await client.get("/sign-in", params={"then": "//elsewhere.example"})
    entered = await client.post("/sign-in", data={"who": "trust", "then": "//elsewhere.example"})

    assert 'name="then" value="/"' in asked.text
    assert entered.headers["location"] == "/"


async def test_another_site_signs_nobody_in_or_out(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await client.post("/sign-in", data={"who": "trust"})
    elsewhere = {"sec-fetch-site": "cross-site"}
    answers = [await client.post(path, data={"who": "900001"}, headers=elsewhere) for path in ("/sign-in", "/sign-out")]

    assert [answer.json()["code"] for answer in answers] == ["cross_site"] * 2
    assert await pool.fetchval("select count(*) from session") == 1


async def test_without_the_built_in_issuer_nobody_signs_in(pool: asyncpg.Pool) -> None:
    async with browsing(app(pool, HandClock(NOW), signs_in=False)) as client:
        asked, entered = await client.get("/sign-in"), await client.post("/sign-in", data={"who": "trust"})

        assert [asked.json()["code"], entered.json()["code"]] == ["sign_in_closed"] * 2
        assert "Sign in" not in (await client.get("/")).text
