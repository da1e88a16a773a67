"""The calendar, as a report and as a feed, from stories whose outcome can be worked out by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
import vobject  # type: ignore[import-untyped]  # no stubs, and none of its own
from fastapi import FastAPI

from services.reporting import api
from services.reporting.feed import Feed
from services.reporting.reports import calendar, reports
from services.reporting.web import ics
from shared import problems
from tests.support import read_model
from tests.support.read_model import HandClock
from tests.support.story import Story, named

ASHBY, BIRCH = "900001", "900002"
NINE = datetime(2026, 11, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def story() -> Story:
    """A trust with two schools and a programme for everybody."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.registers("Harbour Trust")
    story.joins(ASHBY, "Ashby", date(2020, 9, 1))
    story.joins(BIRCH, "Birch", date(2020, 9, 1))
    story.publishes("Mentoring")
    story.later(hours=1)
    return story


async def rows(pool: asyncpg.Pool, story: Story, school: str | None = None) -> dict[str, dict[str, Any]]:
    """The report's rows by the place of their session, which these tests call each by another name."""
    await read_model.receive(pool, story.told)
    async with read_model.reading(pool, HandClock(NOW))(calendar.needs) as view:
        found = await calendar.rows(view.conn, at=view.at, school=school)
    return {row["where"]: row for row in found}


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def of(urn: str) -> dict[str, Any]:
    return {"scope": "school", "urn": urn}


def clashes(found: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Where each session is, and where those are that it clashes with."""
    places = {row["session_id"]: where for where, row in found.items()}
    assert all(row["clashes"] == len(row["clashing_ids"]) for row in found.values())
    return {where: {places[id] for id in row["clashing_ids"]} for where, row in found.items() if row["clashes"]}


async def test_a_session_that_moved_stands_where_it_moved_to(pool: asyncpg.Pool, story: Story) -> None:
    story.schedules("one", "Mentoring", NINE, where="A", places=24, how_to_join="Book a place.")
    scheduled_at = story.now
    story.later(days=1)
    story.moves("one", at(24), where="B", reason="The hall is let.")

    [row] = (await rows(pool, story)).values()

    assert row == {
        "trustuid": story.trust,
        "session_id": str(named("one")),
        "programme_id": str(named("Mentoring")),
        "programme": "Mentoring",
        "kind": "course",
        "scope": "trust",
        "urn": None,
        "school": None,
        "current_urn": None,
        "starts_at": at(24),
        "ends_at": at(25),
        "where": "B",
        "how_to_join": "Book a place.",
        "places": 24,
        "audience_stages": [],
        "audience_roles": [],
        "status": "confirmed",
        "sequence": 1,
        "reason": "The hall is let.",
        "scheduled_at": scheduled_at,
        "changed_at": story.now,
        "event_id": str(story.told[-1].envelope.id),
        "clashes": 0,
        "clashing_ids": [],
    }


async def test_a_cancelled_session_is_kept_with_its_times_and_clashes_with_nothing(
    pool: asyncpg.Pool, story: Story
) -> None:
    story.schedules("one", "Mentoring", NINE, where="A")
    story.schedules("two", "Mentoring", NINE, where="B")
    story.moves("one", at(1), where="A")
    story.moves("one", NINE, where="A")
    story.cancels("one", "The speaker is ill.")

    found = await rows(pool, story)

    assert [found["A"][column] for column in ("status", "sequence", "starts_at", "reason")] == [
        *("cancelled", 3, NINE, "The speaker is ill.")
    ]
    assert clashes(found) == {}


async def test_who_is_asked_to_both_at_once_has_a_clash(pool: asyncpg.Pool, story: Story) -> None:
    story.schedules("trust", "Mentoring", NINE, 90, where="trust")
    story.schedules("touches", "Mentoring", at(1.5), where="touches")
    story.schedules("ashby", "Mentoring", at(1), 30, where="ashby", **of(ASHBY))
    story.schedules("birch", "Mentoring", at(1.25), 30, where="birch", **of(BIRCH))

    found = await rows(pool, story)

    assert clashes(found) == {
        "trust": {"ashby", "birch"},
        "ashby": {"trust"},
        "birch": {"trust", "touches"},
        "touches": {"birch"},
    }


async def test_audiences_without_anybody_in_common_do_not_clash(pool: asyncpg.Pool, story: Story) -> None:
    story.publishes("Senior", audience_roles=("deputy", "head"), audience_stages=("stage_4",))
    story.publishes("Phonics", audience_roles=("teacher",))
    story.publishes("Finance", audience_roles=("head",), audience_stages=("stage_5",))
    for programme in ("Mentoring", "Senior", "Phonics", "Finance"):
        story.schedules(programme, programme, NINE, where=programme)

    found = await rows(pool, story)

    assert clashes(found) == {
        "Mentoring": {"Senior", "Phonics", "Finance"},
        "Senior": {"Mentoring"},
        "Phonics": {"Mentoring"},
        "Finance": {"Mentoring"},
    }


async def test_a_school_sees_its_own_sessions_and_the_trusts(pool: asyncpg.Pool, story: Story) -> None:
    story.schedules("trust", "Mentoring", NINE, where="trust")
    story.schedules("hosted", "Mentoring", at(1), where="hosted by Birch for all", urn=BIRCH)
    story.schedules("ashby", "Mentoring", at(2), where="ashby", **of(ASHBY))
    story.schedules("birch", "Mentoring", NINE, where="birch", **of(BIRCH))

    found = await rows(pool, story, ASHBY)

    assert set(found) == {"trust", "hosted by Birch for all", "ashby"}
    assert clashes(found) == {}  # what it clashes with is another school's


async def test_a_school_sees_the_trusts_sessions_of_its_days_there_under_any_urn(
    pool: asyncpg.Pool, story: Story
) -> None:
    story.joins("900003", "Cedar", date(2026, 11, 6))
    story.becomes("900003", "900053", date(2026, 11, 10))
    story.leaves("900003", date(2026, 11, 12))
    for day in (5, 6, 11, 12):
        story.schedules(f"on {day}", "Mentoring", datetime(2026, 11, day, 9, tzinfo=UTC), where=f"on {day}")
    story.schedules("own", "Mentoring", at(0), where="own", **of("900003"))
    story.trust = "99002"
    story.schedules("theirs", "Mentoring", datetime(2026, 11, 6, 9, tzinfo=UTC), where="theirs")

    assert set(await rows(pool, story, "900053")) == {"on 6", "on 11", "own"}


async def test_before_anything_is_recorded_it_is_empty(pool: asyncpg.Pool) -> None:
    assert await rows(pool, Story(now=NOW)) == {}


# The feed


@asynccontextmanager
async def door(pool: asyncpg.Pool, story: Story) -> AsyncIterator[httpx.AsyncClient]:
    """Reporting's address, with a story's events in it."""
    await read_model.receive(pool, story.told)
    reading = read_model.reading(pool, HandClock(NOW))
    app = FastAPI()
    problems.install(app, "reporting")
    app.include_router(api.router(reading, reports, Feed(pool)))
    app.include_router(ics.router(reading))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as client:
        yield client


def some_sessions(story: Story) -> None:
    story.schedules("trust", "Mentoring", NINE, where="trust")
    story.schedules("ashby", "Mentoring", at(2), where="ashby", **of(ASHBY))
    story.schedules("birch", "Mentoring", at(0.5), where="birch", **of(BIRCH))
    story.later(days=1)
    story.moves("trust", at(24), where="trust")
    story.cancels("birch")


@pytest.mark.parametrize("asked", [{}, {"school": ASHBY}, {"as_of": "2026-09-01"}], ids=str)
async def test_the_feed_holds_what_the_report_holds(pool: asyncpg.Pool, story: Story, asked: dict[str, str]) -> None:
    some_sessions(story)

    async with door(pool, story) as client:
        answer = await client.get("/calendar.ics", params=asked)
        report = (await client.get("/reports/calendar.json", params=asked)).json()["rows"]

    events = vobject.readOne(answer.text).vevent_list
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert [
        (
            event.uid.value.split("@")[0],
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            event.location.value,
            event.summary.value,
            event.status.value.lower(),
            int(event.sequence.value),
        )
        for event in events
    ] == [
        (
            row["session_id"],
            datetime.fromisoformat(row["starts_at"]),
            datetime.fromisoformat(row["ends_at"]),
            row["where"],
            row["programme"],
            row["status"],
            row["sequence"],
        )
        for row in report
    ]
    assert {int(event.sequence.value) for event in events} == ({0} if "as_of" in asked else {0, 1})


async def test_a_feed_that_has_not_changed_is_not_sent_again(pool: asyncpg.Pool, story: Story) -> None:
    some_sessions(story)

    async with door(pool, story) as client:
        first = await client.get("/calendar.ics")
        again = await client.get("/calendar.ics", headers={"If-None-Match": first.headers["etag"]})
        told = len(story.told)
        story.cancels("ashby")
        await read_model.receive(pool, story.told[told:])
        changed = await client.get("/calendar.ics", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (changed.status_code, changed.headers["etag"] != first.headers["etag"]) == (200, True)
    assert first.headers["cache-control"] == "no-cache"


async def test_the_feed_is_of_one_trust(pool: asyncpg.Pool, story: Story) -> None:
    some_sessions(story)
    story.trust = "99002"
    story.registers("Other Trust")
    story.schedules("theirs", "Mentoring", NINE, where="theirs")

    async with door(pool, story) as client:
        answer = await client.get("/calendar.ics")

    assert {event.location.value for event in vobject.readOne(answer.text).vevent_list} == {"trust", "ashby", "birch"}


async def test_before_anything_is_recorded_the_feed_is_a_calendar_without_events(pool: asyncpg.Pool) -> None:
    async with door(pool, Story(now=NOW)) as client:
        answer = await client.get("/calendar.ics")

    assert answer.status_code == 200
    assert "vevent" not in vobject.readOne(answer.text).contents


@pytest.mark.parametrize(
    ("asked", "code"), [({"school": "12"}, "school_unreadable"), ({"as_of": "soon"}, "as_of_unreadable")]
)
async def test_a_feed_that_cannot_be_made_is_a_problem(pool: asyncpg.Pool, asked: dict[str, str], code: str) -> None:
    async with door(pool, Story(now=NOW)) as client:
        answer = await client.get("/calendar.ics", params=asked)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
