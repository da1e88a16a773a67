"""The post goes out once, whatever the mail server or this service does, and nobody's address stands in clear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY

from services.reporting.post.kind import Content, Occasion
from services.reporting.post.letters import Letter
from services.reporting.post.mail import Server
from services.reporting.post.rounds import Rounds
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.mailbox import ANNE, ANNES, MONDAY, Mailbox, rounds_of
from tests.support.northmoor import northmoor
from tests.support.read_model import HandClock
from tests.support.writer import until


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    async with read_model.telling(database, northmoor().told) as pool:
        yield pool


@pytest.fixture
async def rounds(pool: asyncpg.Pool, box: Mailbox) -> Rounds:
    rounds = rounds_of(pool, KeyRing(), HandClock(MONDAY), box)
    await rounds.subscriptions.ask(ANNE, {"digest"}, ANNES)
    return rounds


async def an_hour_later(pool: asyncpg.Pool) -> None:
    """In the real time, by which the post counts its tries."""
    await pool.execute("update letter set changed_at = changed_at - $1::interval", timedelta(hours=1))
    await pool.execute("update letter set again_at = again_at - $1::interval", timedelta(hours=1))


async def states(pool: asyncpg.Pool) -> list[tuple[str, int]]:
    return [(row["state"], row["tries"]) for row in await pool.fetch("select state, tries from letter")]


async def test_two_workers_send_it_once(rounds: Rounds, pool: asyncpg.Pool, box: Mailbox) -> None:
    await asyncio.gather(*(rounds.go() for _ in range(4)))
    await rounds.go()

    assert box.recipients == [ANNES]
    assert await states(pool) == [("sent", 1)]


async def test_who_dies_over_it_has_perhaps_sent_it_so_nobody_sends_it_again(
    rounds: Rounds, pool: asyncpg.Pool, box: Mailbox
) -> None:
    [subscription] = await rounds.subscriptions.all()
    letter = Letter(subscription, "digest", Occasion("2026-W48"))
    assert await rounds.letters.claim(letter, Content("…"))
    assert not await rounds.letters.claim(letter, Content("…"))

    await rounds.go()
    assert await states(pool) == [("sending", 1)]
    await an_hour_later(pool)
    await rounds.go()

    assert await states(pool) == [("unknown", 1)]
    assert box.letters == []


async def test_what_the_server_puts_off_is_tried_again_later(rounds: Rounds, pool: asyncpg.Pool, box: Mailbox) -> None:
    box.says = ["451 Later, anne@northmoor.example"]
    await rounds.go()
    await rounds.go()
    assert (await states(pool), box.letters) == ([("put_off", 1)], [])
    pause = await pool.fetchval("select again_at - changed_at from letter")
    assert pause == timedelta(minutes=5)

    await an_hour_later(pool)
    box.says = ["250 OK", "452 Full"]
    await rounds.go()
    assert await states(pool) == [("put_off", 2)]
    assert await pool.fetchval("select again_at - changed_at from letter") == timedelta(minutes=10)
    await an_hour_later(pool)
    await rounds.go()

    assert await states(pool) == [("sent", 3)]
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"]


async def test_what_the_server_refuses_is_not_tried_again(
    rounds: Rounds, pool: asyncpg.Pool, box: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    box.says = ["550 No such person as anne@northmoor.example"]
    await rounds.go()
    await an_hour_later(pool)
    await rounds.go()

    assert (await states(pool), box.letters) == ([("refused", 1)], [])
    log = capsys.readouterr().out
    assert "code=550" in log
    assert "northmoor.example" not in log


async def test_without_a_mail_server_it_waits(rounds: Rounds, pool: asyncpg.Pool, box: Mailbox) -> None:
    there, rounds.server = rounds.server, Server.at("smtp://127.0.0.1:1")
    await rounds.go()
    assert await states(pool) == [("put_off", 1)]

    rounds.server = there
    await an_hour_later(pool)
    await rounds.go()
    assert await states(pool) == [("sent", 2)]


async def test_a_server_that_takes_it_and_says_nothing_has_perhaps_taken_it(
    rounds: Rounds, pool: asyncpg.Pool, box: Mailbox
) -> None:
    box.hangs_up = True
    await rounds.go()
    await an_hour_later(pool)
    await rounds.go()

    assert (await states(pool), len(box.letters)) == ([("unknown", 1)], 1)


async def test_no_address_stands_in_the_database_or_in_the_log(
    rounds: Rounds, pool: asyncpg.Pool, box: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    await rounds.go()

    assert box.recipients == [ANNES]
    kept = [
        str(list(row.values())) for table in ("subscription", "letter") for row in await pool.fetch(f"table {table}")
    ]
    assert len(kept) == 2
    for text in (*kept, capsys.readouterr().out):
        assert "northmoor.example" not in text


async def test_a_letter_that_cannot_be_written_keeps_no_other(rounds: Rounds, pool: asyncpg.Pool, box: Mailbox) -> None:
    await pool.execute("update subscription set address = 'unreadable'")
    await rounds.subscriptions.ask(replace(ANNE, subject="ben"), {"digest"}, "ben@northmoor.example")

    await rounds.go()

    assert box.recipients == ["ben@northmoor.example"]


async def test_it_counts_from_the_start_and_stopping_lets_the_letter_in_hand_go_out(
    rounds: Rounds, pool: asyncpg.Pool, box: Mailbox
) -> None:
    await rounds.start()
    refused = {"service": "reporting", "kind": "reminder", "outcome": "refused"}
    assert REGISTRY.get_sample_value("baton_letters_total", refused) == 0
    await until(lambda: states(pool))
    await rounds.stop()

    assert await states(pool) == [("sent", 1)]
