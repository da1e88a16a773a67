"""The forms between a browser and a writer: what is asked, what is sent, and what is shown when it is not taken."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.support import form_filling, read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import CYCLE, NOW, northmoor
from tests.support.pages import Writers, app, browsing
from tests.support.read_model import HandClock
from tests.support.story import Story, named

DENE = f"{named(f'{CYCLE} attendance')}/900004/{named(f'{CYCLE} 900004')}"
KINGSMEAD = "900010"
RESPOND = f"/do/respond?{urlencode({'answer': DENE})}"
SAID = {"answer": DENE, "response": "Six half-days\r\nof an attendance lead. <3"}


@pytest.fixture
def told(ring: KeyRing) -> Story:
    return northmoor(ring)


@pytest.fixture
async def pool(database: str, told: Story) -> AsyncIterator[asyncpg.Pool]:
    async with read_model.telling(database, told.told) as pool:
        yield pool


@pytest.fixture
async def client(pool: asyncpg.Pool, ring: KeyRing, writers: Writers) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app(pool, HandClock(NOW), ring=ring, writers=writers)) as client:
        await client.post("/sign-in", data={"who": "trust"})
        yield client


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def filled(page: str, **fields: str) -> dict[str, str]:
    return hidden(page) | fields


async def test_a_response_goes_to_the_writer_and_the_person_where_they_came_from(
    client: httpx.AsyncClient, writers: Writers
) -> None:
    page = (await client.get(RESPOND, headers={"referer": f"http://reporting/?cycle={CYCLE}"})).text
    assert "Two classes are below 80%." in page
    assert f'<option value="{DENE}" selected>' in page

    sent = await client.post("/do/respond", data=filled(page, **SAID))

    [request] = writers.asked
    item, urn, meeting = DENE.split("/")
    assert str(request.url) == f"http://collaboration/answers/{item}/{urn}/respond"
    assert request.headers["authorization"] == "Bearer local-trust-leader-99001"
    assert str(UUID(request.headers["idempotency-key"])) == request.headers["idempotency-key"]
    assert writers.body == {
        "item_id": item,
        "urn": urn,
        "meeting_id": meeting,
        "response": "Six half-days\nof an attendance lead. <3",
    }
    assert (sent.status_code, sent.headers["location"]) == (303, f"/?cycle={CYCLE}")
    assert "The response is with the school." in (await client.get("/")).text
    assert "The response is with the school." not in (await client.get("/")).text


async def test_a_schools_leader_says_on_its_page_that_a_response_is_read(
    client: httpx.AsyncClient, writers: Writers, told: Story, pool: asyncpg.Pool
) -> None:
    sheet = f"/schools/{KINGSMEAD}/you-said?{urlencode({'cycle': CYCLE})}"
    by_the_trust = (await client.get(sheet)).text
    await client.post("/sign-in", data={"who": KINGSMEAD})
    page = (await client.get(sheet)).text
    earlier = (await client.get(f"{sheet}&as_of=2026-11-20")).text
    pressed = form_filling.fill(page)

    sent = await client.post("/do/mark-read", data=pressed)

    [request] = writers.asked
    item, meeting = f"{CYCLE} reading", f"{CYCLE} {KINGSMEAD}"
    assert str(request.url) == f"http://collaboration/answers/{named(item)}/{KINGSMEAD}/mark-read"
    assert request.headers["authorization"] == f"Bearer local-school-leader-{KINGSMEAD}"
    where = {"item_id": str(named(item)), "urn": KINGSMEAD, "meeting_id": str(named(meeting))}
    assert writers.body == {**where, "by_role": "school_leader"}
    assert (sent.status_code, sent.headers["location"]) == (303, sheet)
    told.reads(meeting, item, KINGSMEAD)
    await read_model.receive(pool, told.told[-1:])
    read = (await client.get(sheet)).text
    assert "The school read the response at 17:30 today." in read
    assert ["We have read this" in each for each in (by_the_trust, page, earlier, read)] == [False, True, False, False]


async def test_sent_twice_it_is_one_command(client: httpx.AsyncClient, writers: Writers) -> None:
    form = filled((await client.get(RESPOND)).text, **SAID)
    for _ in range(2):
        await client.post("/do/respond", data=form)

    first, second = writers.asked
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.content == second.content


async def test_a_meeting_sent_twice_is_one_command_though_its_items_are_answered_by_now(
    client: httpx.AsyncClient, writers: Writers, told: Story, pool: asyncpg.Pool
) -> None:
    await client.post("/sign-in", data={"who": "900004"})
    form = form_filling.fill((await client.get("/do/answer")).text)
    await client.post("/do/answer", data=form)
    [given], held_at = writers.body["answers"], datetime.fromisoformat(writers.body["held_at"])
    before = len(told.told)
    told.meets("now", ["900004"], held_at)
    told.answers("now", f"{CYCLE} maths", "900004", given["rag"], held_at)
    await read_model.receive(pool, told.told[before:])

    await client.post("/do/answer", data=form)

    first, second = writers.asked
    assert given["item_id"] == str(named(f"{CYCLE} maths"))
    assert first.content == second.content
    assert "Year 9 curriculum in maths" not in (await client.get("/do/answer")).text


async def test_what_is_said_of_an_item_without_its_state_is_not_lost(
    client: httpx.AsyncClient, writers: Writers
) -> None:
    await client.post("/sign-in", data={"who": "900004"})
    form = form_filling.fill((await client.get("/do/answer")).text)
    item = f"{named(f'{CYCLE} maths')}/900004"
    of_item = [name for name in form if name.endswith(item)]

    without_state = await client.post("/do/answer", data=form | {f"rag:{item}": [""]})
    nothing = await client.post("/do/answer", data=form | {name: [""] for name in of_item})
    await client.post("/sign-out")
    signed_out = await client.post("/do/answer", data=form)

    assert "Choose a state, or leave out what you say of it" in without_state.text
    assert "Answer one of the items below" in nothing.text
    assert (without_state.status_code, nothing.status_code, signed_out.status_code) == (422, 422, 401)
    assert form_filling.read(signed_out.text) == form
    assert writers.asked == []


async def test_what_is_refused_in_an_answer_is_shown_at_that_answer(
    client: httpx.AsyncClient, writers: Writers
) -> None:
    await client.post("/sign-in", data={"who": "900004"})
    form = form_filling.fill((await client.get("/do/answer")).text)
    errors = [{"pointer": "/answers/0/needs_help", "message": "Ask for help with something else."}]
    problem = {"code": "not_applicable_needs_no_help", "detail": "No.", "errors": errors}
    writers.answer = lambda _: httpx.Response(422, json=problem)

    page = (await client.post("/do/answer", data=form)).text

    field = f"help_dimension:{named(f'{CYCLE} maths')}/900004"
    assert f'<a href="#{field}">Ask for help with something else.</a>' in page
    assert form_filling.read(page) == form | {"form_id": form_filling.read(page)["form_id"]}


async def test_what_is_refused_is_shown_at_its_field_with_all_that_was_typed(
    client: httpx.AsyncClient, writers: Writers
) -> None:
    form = filled((await client.get(RESPOND)).text, **SAID)
    problem = {
        "code": "already_responded",
        "detail": "The trust has responded.",
        "errors": [
            {"pointer": "/meeting_id", "message": "The trust has responded."},
            {"pointer": "/nowhere", "message": "And this."},
        ],
    }
    writers.answer = lambda _: httpx.Response(422, json=problem)

    answer = await client.post("/do/respond", data=form)

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "<title>Error: Respond to an answer" in page
    assert '<a href="#answer">The trust has responded.</a>' in page
    assert page.count("The trust has responded.") == 2
    assert "And this." in page
    assert f'<option value="{DENE}" selected>' in page
    assert ">Six half-days\r\nof an attendance lead. <3</textarea>" in page
    assert hidden(answer.text)["form_id"] != form["form_id"]


async def test_a_writer_that_is_down_loses_nothing_and_gets_the_same_again(
    client: httpx.AsyncClient, writers: Writers
) -> None:
    def down(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    form = filled((await client.get(RESPOND)).text, **SAID)
    writers.answer = down

    answer = await client.post("/do/respond", data=form)

    assert answer.status_code == 503
    assert "does not answer at the moment" in answer.text
    assert "of an attendance lead." in answer.text
    assert hidden(answer.text) == hidden((await client.post("/do/respond", data=form)).text)
    assert hidden(answer.text)["form_id"] == form["form_id"]


async def test_what_is_missing_is_asked_for_and_nothing_is_sent(client: httpx.AsyncClient, writers: Writers) -> None:
    form = filled((await client.get(RESPOND)).text, answer="", response="  ")

    answer = await client.post("/do/respond", data=form)

    assert answer.status_code == 422
    assert '<a href="#answer">Choose: Which answer?</a>' in answer.text
    assert '<a href="#response">Fill in: What does the trust say to it?</a>' in answer.text
    assert writers.asked == []


async def test_whose_session_has_ended_keeps_what_they_typed(client: httpx.AsyncClient, writers: Writers) -> None:
    form = filled((await client.get(RESPOND)).text, **SAID)
    await client.post("/sign-out")

    answer = await client.post("/do/respond", data=form)

    assert answer.status_code == 401
    assert "You are signed out." in answer.text
    assert "of an attendance lead." in answer.text
    assert "Two classes are below 80%." not in answer.text
    await client.post("/sign-in", data={"who": "trust"})
    assert (await client.post("/do/respond", data=filled(answer.text, **SAID))).status_code == 303


async def test_each_form_is_for_those_who_may_use_it(client: httpx.AsyncClient, writers: Writers) -> None:
    assert "/do/respond" in (await client.get("/do")).text
    assert (await client.get("/do/nothing")).status_code == 404
    await client.post("/sign-in", data={"who": "900004"})
    assert "/do/respond" not in (await client.get("/do")).text
    for answer in (await client.get(RESPOND), await client.post("/do/respond", data=SAID)):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_do")
    await client.post("/sign-out")
    asked = await client.get(RESPOND)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/sign-in?{urlencode({'then': RESPOND})}")
    assert writers.asked == []


async def test_the_first_page_offers_a_leader_of_the_trust_what_to_do(client: httpx.AsyncClient) -> None:
    acts = re.findall(r'href="(/do/[^"]+)"', unescape((await client.get("/")).text))
    assert f"/do/respond?{urlencode({'answer': DENE})}" in acts
    assert f"/do/acknowledge?{urlencode({'answer': DENE})}" not in acts  # it is acknowledged already
    assert [act for act in acts if act.startswith("/do/acknowledge?")]
    past = (await client.get("/?as_of=2026-11-20T13:00:00Z")).text
    await client.post("/sign-in", data={"who": "900004"})

    assert "/do/respond?" not in past
    assert "/do/respond?" not in (await client.get("/")).text
