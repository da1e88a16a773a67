"""What letters say, to whom, and when: whole letters beside this file, as plain text; their HTML says the same."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import asyncpg
import pytest

from services.reporting.post.rounds import Rounds
from services.reporting.web import home
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.mailbox import ANNE, ANNES, MONDAY, Mailbox, mailbox, part, rounds_of
from tests.support.northmoor import CYCLE, northmoor
from tests.support.read_model import HandClock
from tests.support.story import Story

OFF = re.compile(r"/post/off/[\w-]+")


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing()


@pytest.fixture
def told(ring: KeyRing) -> Story:
    return northmoor(ring)


@pytest.fixture
async def pool(database: str, told: Story) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        await read_model.create(pool, only=home.needs)
        await read_model.receive(pool, told.told)
        yield pool


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
def rounds(pool: asyncpg.Pool, ring: KeyRing, clock: HandClock, box: Mailbox) -> Rounds:
    return rounds_of(pool, ring, clock, box)


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
