"""What somebody gets by e-mail they turn on and off themselves: on the page Post, or from a letter."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting.post.subscriptions import Subscriptions
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.mailbox import MONDAY, Mailbox, rounds_of
from tests.support.northmoor import northmoor
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock

ADDRESS = "head@dene.example"
CHECKED = re.compile(r'value="(\w+)"[^>]* checked')


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    async with read_model.telling(database, northmoor().told) as pool:
        yield pool


@pytest.fixture
def made(pool: asyncpg.Pool, ring: KeyRing) -> FastAPI:
    return app(pool, HandClock(MONDAY), ring=ring)


@pytest.fixture
async def client(made: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(made) as client:
        await client.post("/sign-in", data={"who": "900004"})
        yield client


async def test_somebody_turns_on_what_is_for_them_and_off_again(
    client: httpx.AsyncClient, pool: asyncpg.Pool, ring: KeyRing
) -> None:
    page = (await client.get("/post")).text
    assert re.findall(r'name="kinds" type="checkbox" value="(\w+)"', page) == ["you_said", "reminder"]
    assert CHECKED.findall(page) == []

    both = {"kinds": ["you_said", "reminder", "digest"], "address": f" {ADDRESS} "}
    saved = await client.post("/post", data=both)
    assert (saved.status_code, saved.headers["location"]) == (303, "/post")
    page = (await client.get("/post")).text
    assert "You get: You said, we did, Reminders." in page
    assert CHECKED.findall(page) == ["you_said", "reminder"]
    assert f'value="{ADDRESS}"' in page
    [kept] = await Subscriptions(pool, ring).all()
    assert kept.urns == {"900004"}

    await client.post("/post", data={"kinds": ["reminder"], "address": ADDRESS})
    assert CHECKED.findall((await client.get("/post")).text) == ["reminder"]
    await client.post("/post", data={"address": ADDRESS})

    page = (await client.get("/post")).text
    assert "You get no post, and no address of yours is kept here." in page
    assert ADDRESS not in page
    assert await pool.fetchval("select count(*) from subscription") == 0


async def test_an_address_that_is_none_is_asked_for_again(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    for address in ("", "head", "head@dene", "a b@dene.example", "head@dene.example\nBcc: x@y.example"):
        again = await client.post("/post", data={"kinds": ["reminder"], "address": address})

        assert again.status_code == 422
        assert "Give an e-mail address, such as name@school.example" in again.text
        assert CHECKED.findall(again.text) == ["reminder"]
    assert await pool.fetchval("select count(*) from subscription") == 0


async def test_it_is_for_those_who_are_signed_in_and_from_the_page_alone(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    wanted = {"kinds": ["reminder"], "address": ADDRESS}
    from_elsewhere = await client.post("/post", data=wanted, headers={"sec-fetch-site": "cross-site"})
    await client.post("/sign-out")

    for answer in (await client.get("/post"), await client.post("/post", data=wanted)):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fpost")
    assert from_elsewhere.status_code == 403
    assert await pool.fetchval("select count(*) from subscription") == 0


async def test_a_letter_has_a_link_that_ends_its_kind_with_one_click_and_only_with_it(
    client: httpx.AsyncClient, made: FastAPI, pool: asyncpg.Pool, ring: KeyRing, box: Mailbox
) -> None:
    await client.post("/post", data={"kinds": ["you_said", "reminder"], "address": ADDRESS})
    await rounds_of(pool, ring, HandClock(MONDAY), box).go()
    [letter] = box.letters
    link = letter["List-Unsubscribe"].strip("<>").removeprefix("https://baton.example")
    subscriptions = Subscriptions(pool, ring)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://reporting") as program:
        looked = await program.get(link)
        [kept] = await subscriptions.all()
        assert (looked.status_code, set(kept.kinds)) == (200, {"you_said", "reminder"})
        assert "Get no more of: Reminders" in looked.text
        ended = await program.post(link, data={"List-Unsubscribe": "One-Click"})
        [kept] = await subscriptions.all()
        assert (ended.status_code, set(kept.kinds)) == (200, {"you_said"})
        assert "You get no more of: Reminders" in ended.text
        for wrong in (link[:-3], "/post/off/nonsense"):
            assert [(await ask(wrong)).status_code for ask in (program.get, program.post)] == [404, 404]
    [kept] = await subscriptions.all()
    await subscriptions.turn_off(kept.id, "you_said")

    assert await subscriptions.all() == []
    assert await pool.fetchval("select count(*) from letter") == 0


async def test_where_no_post_is_sent_no_page_offers_it(pool: asyncpg.Pool) -> None:
    async with browsing(app(pool, HandClock(MONDAY), posts=False)) as client:
        await client.post("/sign-in", data={"who": "900004"})

        assert (await client.get("/post")).status_code == 404
        assert 'href="/post"' not in (await client.get("/")).text
