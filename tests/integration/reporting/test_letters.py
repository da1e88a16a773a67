"""What letters say, to whom, and when: whole letters beside this file, as plain text; their HTML says the same."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.reporting.post.rounds import Rounds
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.mailbox import ANNE, ANNES, MONDAY, Mailbox, part, rounds_of
from tests.support.northmoor import CYCLE, northmoor
from tests.support.pages import Writers
from tests.support.read_model import HandClock
from tests.support.story import Story, named

CASTLE_HILL, DENE, GONE = "900003", "900004", "900013"
OFF = re.compile(r"/post/off/[\w-]+")


@pytest.fixture
def told(ring: KeyRing) -> Story:
    return northmoor(ring)


@pytest.fixture
async def pool(database: str, told: Story) -> AsyncIterator[asyncpg.Pool]:
    async with read_model.telling(database, told.told) as pool:
        yield pool


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
def rounds(pool: asyncpg.Pool, ring: KeyRing, clock: HandClock, box: Mailbox, writers: Writers) -> Rounds:
    return rounds_of(pool, ring, clock, box, writers)


class _Read(HTMLParser):
    """The words of a page, and whatever a browser or a mail program would fetch for it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.fetches: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetches += [tag] if tag in {"img", "link", "script", "iframe", "style"} else []
        self.fetches += [name for name, _ in attrs if name in {"src", "style", "background"}]

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


def check(letter: EmailMessage, golden: str) -> None:
    """It says what is written down, twice, and brings nothing from elsewhere."""
    text, page = part(letter, "plain"), _Read()
    page.feed(part(letter, "html"))
    said = f"Subject: {letter['Subject']}\n\n{OFF.sub('/post/off/…', text)}"
    assert said == (Path(__file__).parent / "letters" / golden).read_text(encoding="utf-8")
    in_page = re.sub(r"\W+", " ", page.words).lower()
    for line in text.splitlines():
        if not re.search(r"https?://", line):
            assert re.sub(r"\W+", " ", line).strip().lower() in in_page, line
    assert page.fetches == []


async def test_the_weekly_digest_goes_out_on_monday_morning_and_says_what_has_changed(
    rounds: Rounds, told: Story, pool: asyncpg.Pool, clock: HandClock, box: Mailbox
) -> None:
    await rounds.subscriptions.ask(ANNE, {"digest"}, ANNES)
    clock.time = datetime(2026, 11, 29, 12, tzinfo=UTC)
    await rounds.go()
    [of_this_week] = box.letters
    assert "This cycle had not been opened then." in part(of_this_week, "plain")
    meeting, item, before = f"{CYCLE} 900011", f"{CYCLE} reading", len(told.told)
    told.now = datetime(2026, 11, 29, 13, tzinfo=UTC)
    told.acknowledges(meeting, item, "900011")
    told.responds(meeting, item, "900011")
    await read_model.receive(pool, told.told[before:])
    clock.time = datetime(2026, 11, 30, 6, 59, tzinfo=UTC)
    await rounds.go()
    assert len(box.letters) == 1

    clock.time = datetime(2026, 11, 30, 7, tzinfo=UTC)
    await rounds.go()
    await rounds.go()

    [_, letter] = box.letters
    check(letter, "digest.txt")
    assert letter["From"] == "post@baton.example"
    assert letter["Date"] == "Mon, 30 Nov 2026 07:00:00 +0000"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    off = letter["List-Unsubscribe"]
    assert re.fullmatch(rf"<https://baton\.example{OFF.pattern}>", off)
    assert off.strip("<>") in part(letter, "plain")
    assert f"\r\nList-Unsubscribe: {off}\r\n".encode() in box.raw[-1]  # whole, as mail programs look for it


async def test_you_said_we_did_goes_out_the_morning_after_a_response_and_the_cycles_end(
    rounds: Rounds, told: Story, pool: asyncpg.Pool, clock: HandClock, box: Mailbox
) -> None:
    ben = replace(ANNE, subject="ben", roles=frozenset({"school_leader"}), urns=frozenset({"900004"}))
    await rounds.subscriptions.ask(ben, {"you_said"}, "ben@dene.example")
    await rounds.go()
    assert box.letters == []
    before = len(told.told)
    for hour, focus in ((9, "attendance"), (15, "reading")):
        told.now = datetime(2026, 11, 24, hour, tzinfo=UTC)
        told.responds(f"{CYCLE} 900004", f"{CYCLE} {focus}", "900004")
    await read_model.receive(pool, told.told[before:])
    for now in ("24T23:00", "25T06:59"):
        clock.time = datetime.fromisoformat(f"2026-11-{now}+00:00")
        await rounds.go()
    assert box.letters == []

    for now in ("25T07:00", "25T09:00", "26T09:00", "28T09:00", "30T07:00", "30T09:00"):
        clock.time = datetime.fromisoformat(f"2026-11-{now}+00:00")
        await rounds.go()

    assert [letter["Date"] for letter in box.letters] == [
        "Wed, 25 Nov 2026 07:00:00 +0000",
        "Mon, 30 Nov 2026 07:00:00 +0000",
    ]
    check(box.letters[0], "you_said.txt")
    for letter in box.letters:
        assert "We come on Monday." not in letter.as_string()
        assert "Two classes are below 80%." not in letter.as_string()
    assert box.recipients == ["ben@dene.example"] * 2


async def test_schools_are_reminded_of_what_is_due_and_of_what_was_and_each_reminder_is_recorded_once(
    rounds: Rounds, told: Story, pool: asyncpg.Pool, clock: HandClock, box: Mailbox, writers: Writers
) -> None:
    cara = replace(ANNE, subject="cara", roles=frozenset({"school_leader"}), urns=frozenset({CASTLE_HILL, DENE, GONE}))
    await rounds.subscriptions.ask(cara, {"reminder"}, "cara@castle.example")
    before = len(told.told)
    told.joins(GONE, "Gone Infants", date(2020, 9, 1))
    told.asks("gone", "maths", CYCLE, [GONE], datetime(2026, 11, 19, 17, tzinfo=UTC))
    told.leaves(GONE, date(2026, 11, 1))
    await read_model.receive(pool, told.told[before:])

    for day in (23, 24, 25, 26, 30):
        clock.time = datetime(2026, 11, day, 7, tzinfo=UTC)
        await rounds.go()
        await rounds.go()

    assert [(letter["Date"][:11], letter["Subject"]) for letter in box.letters] == [
        ("Mon, 23 Nov", "Castle Hill Infants: one answer is overdue"),
        ("Mon, 23 Nov", "Dene Valley High: one answer is due"),
        ("Thu, 26 Nov", "Dene Valley High: one answer is overdue"),
    ]
    check(box.letters[1], "reminder.txt")
    sent = [json.loads(request.content) for request in writers.asked]
    about = {"trustuid": "99001", "channel": "email"}
    assert [{name: each[name] for name in each if name != "reminder_id"} for each in sent] == [
        {**about, "urn": urn, "item_id": str(named(f"{CYCLE} {item}")), "sent_at": f"2026-11-{day}T07:00:00+00:00"}
        for urn, item, day in ((CASTLE_HILL, "mentoring", 23), (DENE, "maths", 23), (DENE, "maths", 26))
    ]
    assert {str(request.url) for request in writers.asked} == {"http://collaboration/reminders"}
    assert [request.headers["idempotency-key"] for request in writers.asked] == [each["reminder_id"] for each in sent]
    assert len({each["reminder_id"] for each in sent}) == 3


async def test_a_reminder_that_the_loops_service_does_not_hear_of_is_told_again(
    rounds: Rounds, pool: asyncpg.Pool, writers: Writers
) -> None:
    dan = replace(ANNE, subject="dan", roles=frozenset({"school_leader"}), urns=frozenset({DENE}))
    await rounds.subscriptions.ask(dan, {"reminder"}, "dan@dene.example")
    heard, writers.answer = writers.answer, lambda _: httpx.Response(503)
    await rounds.go()
    writers.answer = heard
    await rounds.go()
    await rounds.go()

    first, second = writers.asked
    assert first.content == second.content


async def test_a_reminder_is_what_its_writer_takes(rounds: Rounds, writers: Writers) -> None:
    dan = replace(ANNE, subject="dan", roles=frozenset({"school_leader"}), urns=frozenset({DENE}))
    await rounds.subscriptions.ask(dan, {"reminder"}, "dan@dene.example")
    await rounds.go()

    assert import_module("services.collaboration.intake").commands["/reminders"].check(writers.body)


async def test_who_has_answered_is_not_reminded(rounds: Rounds, told: Story, pool: asyncpg.Pool, box: Mailbox) -> None:
    dan = replace(ANNE, subject="dan", roles=frozenset({"school_leader"}), urns=frozenset({DENE}))
    await rounds.subscriptions.ask(dan, {"reminder"}, "dan@dene.example")
    before, held_at = len(told.told), datetime(2026, 11, 22, 9, tzinfo=UTC)
    told.meets("again", [DENE], held_at)
    told.answers("again", f"{CYCLE} maths", DENE, "green", held_at)
    await read_model.receive(pool, told.told[before:])

    await rounds.go()

    assert box.letters == []
