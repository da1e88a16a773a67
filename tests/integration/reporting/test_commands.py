"""What a page sends to a writer, whose word it is, and what becomes of each answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import asyncpg
import httpx
import pytest

from services.reporting.signing_in.sessions import Person
from services.reporting.web import commands
from services.reporting.web.commands import Command, Commands, Recorded, Refused, Unanswered
from shared.identity import Principal
from tests.support import read_model
from tests.support.northmoor import northmoor
from tests.support.story import TRUST

LEADER = Person(Principal("leader-1", frozenset({"trust_leader"}), TRUST), "Leader of the trust")
CLOSE = Command("collaboration", "/focus-areas/7/close", {"closed_on": "2026-11-20"}, "form-1")
Answer = Callable[[httpx.Request], httpx.Response]


def sending(pool: asyncpg.Pool, answer: Answer) -> Commands:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), headers={"authorization": "Bearer reporting"})
    return Commands(
        client, {"collaboration": "http://collaboration"}, pool, lambda who: f"token-of-{who.principal.subject}"
    )


async def test_a_command_is_sent_once_in_the_persons_name(pool: asyncpg.Pool) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201, json={"outcome": "accepted", "streams": {}})

    assert await sending(pool, answer).send(LEADER, CLOSE) == Recorded(seen=True)
    [request] = asked
    assert (request.method, str(request.url)) == ("POST", "http://collaboration/focus-areas/7/close")
    assert request.headers.get_list("authorization") == ["Bearer token-of-leader-1"]
    assert request.headers["idempotency-key"] == "form-1"
    assert json.loads(request.content) == CLOSE.body


async def test_what_was_recorded_is_waited_for_until_reporting_has_it(pool: asyncpg.Pool) -> None:
    story = northmoor()
    last = story.told[-1].envelope
    recorded = httpx.Response(201, json={"outcome": "accepted", "streams": {last.stream: last.version}})
    await read_model.receive(pool, story.told[:-1])
    sent = asyncio.create_task(sending(pool, lambda _: recorded).send(LEADER, CLOSE))
    done, _ = await asyncio.wait({sent}, timeout=0.1)
    assert not done

    await read_model.receive(pool, story.told[-1:])

    assert await sent == Recorded(seen=True)


async def test_but_not_for_ever(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "patience_s", 0.1)
    recorded = httpx.Response(200, json={"outcome": "duplicate", "streams": {"focus-7": 2}})

    assert await sending(pool, lambda _: recorded).send(LEADER, CLOSE) == Recorded(seen=False, again=True)


async def test_a_refusal_says_what_is_wrong_and_where(pool: asyncpg.Pool) -> None:
    problem = {
        "code": "already_closed",
        "detail": "It is closed.",
        "errors": [{"pointer": "/closed_on", "message": "Later."}],
    }

    answer = await sending(pool, lambda _: httpx.Response(422, json=problem)).send(LEADER, CLOSE)

    assert answer == Refused("already_closed", "It is closed.", (("/closed_on", "Later."),))


def down(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    "answer",
    [
        down,
        lambda _: httpx.Response(503, json={"code": "unavailable", "detail": "We cannot say."}),
        lambda _: httpx.Response(502, text="<h1>Bad gateway</h1>"),
        lambda _: httpx.Response(403, json=["no problem of ours"]),
    ],
)
async def test_a_writer_that_does_not_answer_leaves_it_open(pool: asyncpg.Pool, answer: Answer) -> None:
    assert await sending(pool, answer).send(LEADER, CLOSE) == Unanswered("collaboration")
