"""Who has the training that is required: histories whose outcome can be worked out by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.reporting.reports import compliance
from tests.support import read_model
from tests.support.learning import Learning
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import Story, named

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY, LONG_AGO = NOW.date(), date(2020, 9, 1)
ASHBY, BIRCH = "900001", "900002"

Rows = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def story() -> Story:
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.joins(ASHBY, "Ashby", LONG_AGO)
    story.joins(BIRCH, "Birch", LONG_AGO)
    return story


@pytest.fixture
def staffing(story: Story) -> Staffing:
    return Staffing(story)


@pytest.fixture
def learning(story: Story) -> Learning:
    return Learning(story)


@pytest.fixture
def rows(pool: asyncpg.Pool, story: Story) -> Rows:
    """The report, of what the story has told."""

    async def of(school: str | None = None) -> list[dict[str, Any]]:
        await read_model.receive(pool, story.told)
        story.told.clear()
        async with read_model.reading(pool, HandClock(NOW))(compliance.needs) as view:
            return await compliance.rows(view.conn, at=view.at, school=school)

    return of


def works(staffing: Staffing, who: str, urn: str | None = ASHBY, role: str = "teacher", name: str = "") -> None:
    if not name:
        staffing.enters(who)
    staffing.starts(who, name or who, urn, role, LONG_AGO)


def states(rows: list[dict[str, Any]], *people: str) -> list[str]:
    by_person = {row["person_id"]: row["state"] for row in rows}
    return [by_person[str(named(who))] for who in people]


async def test_a_training_counts_to_its_last_day_and_grace_begins_the_day_after(
    rows: Rows, staffing: Staffing, learning: Learning
) -> None:
    learning.requires("fire", LONG_AGO, grace_days=28)
    last_days = {
        31: "compliant",
        30: "due_in_30_days",
        0: "due_in_30_days",
        -1: "in_grace",
        -28: "in_grace",
        -29: "lapsed",
    }
    for days in last_days:
        works(staffing, f"in {days}")
        learning.completes(f"in {days}", "fire", LONG_AGO, TODAY + timedelta(days=days), "certificate")
    works(staffing, "once")
    learning.completes("once", "fire", LONG_AGO, None)
    learning.completes("once", "fire", TODAY, TODAY, "certificate")
    works(staffing, "never")

    found = await rows()

    assert states(found, *(f"in {days}" for days in last_days), "once", "never") == [
        *last_days.values(),
        "compliant",
        "never",
    ]
    assert {row["person_id"] for row in found if row["counts"]} == {
        str(named(who)) for who in ("in 31", "in 30", "in 0", "once")
    }


async def test_what_is_required_later_changes_nothing_about_what_was_done(
    rows: Rows, staffing: Staffing, learning: Learning
) -> None:
    """Each would have lapsed by the formula of the requirement that stands today."""
    for who in ("before any", "by the first"):
        works(staffing, who)
    learning.completes("before any", "fire", date(2020, 1, 31), None, "nobody_yet")
    learning.requires("fire", TODAY - timedelta(days=5), recurrence_months=1)
    learning.completes("by the first", "fire", date(2026, 10, 1), date(2027, 10, 1))
    learning.requires("fire", TODAY - timedelta(days=1), recurrence_months=1, grace_days=5)

    found = {row["person_id"]: row for row in await rows()}
    before, by_the_first = found[str(named("before any"))], found[str(named("by the first"))]

    assert (before["state"], before["counts_until"]) == ("lapsed", TODAY - timedelta(days=6))
    assert (by_the_first["state"], by_the_first["counts_until"]) == ("compliant", date(2027, 10, 1))


async def test_nothing_is_required_before_its_day(rows: Rows, staffing: Staffing, learning: Learning) -> None:
    works(staffing, "Ana")
    learning.requires("fire", TODAY + timedelta(days=1))

    assert await rows() == []


async def test_the_longest_counts_of_whatever_entry(rows: Rows, staffing: Staffing, learning: Learning) -> None:
    learning.requires("fire", LONG_AGO)
    works(staffing, "Ana")
    staffing.enters("Ana again")
    learning.completes("Ana", "fire", date(2026, 10, 1), TODAY, "certificate")
    learning.completes("Ana again", "fire", date(2026, 6, 1), date(2027, 6, 1))
    learning.completes("Ana again", "fire", date(2026, 7, 1), date(2028, 1, 1), "certificate")
    learning.completes("Ana again", "fire", date(2026, 7, 1), date(2027, 1, 1), "certificate")  # put right
    staffing.is_also("Ana again", "Ana")

    [row] = await rows()

    assert (row["person_id"], row["state"]) == (str(named("Ana")), "compliant")
    assert (row["completed_on"], row["counts_until"], row["grace_until"]) == (
        date(2026, 6, 1),
        date(2027, 6, 1),
        date(2027, 6, 29),
    )


async def test_paused_engagements_and_schools_that_left_are_left_out(
    rows: Rows, story: Story, staffing: Staffing, learning: Learning
) -> None:
    learning.requires("recruiting", LONG_AGO, roles=("headteacher",))
    works(staffing, "Ana", ASHBY, "headteacher")
    works(staffing, "Ana", BIRCH, "teacher", name="second")
    works(staffing, "Bea", ASHBY, "headteacher")
    works(staffing, "Cat", "900003", "headteacher")
    for who in ("Ana", "Bea"):
        staffing.pauses(who, who, TODAY)
    story.joins("900003", "Cedar", LONG_AGO)
    story.leaves("900003", TODAY)

    found = {row["person_id"]: row for row in await rows()}
    ana, bea = found[str(named("Ana"))], found[str(named("Bea"))]

    assert len(found) == 2
    assert (ana["away"], ana["state"], ana["schools"], ana["roles"]) == (
        False,
        "not_applicable",
        ["Birch"],
        ["teacher"],
    )
    assert (bea["away"], bea["state"], bea["schools"]) == (True, "not_applicable", ["Ashby"])


async def test_with_a_school_people_are_judged_by_what_they_do_there(
    rows: Rows, story: Story, staffing: Staffing, learning: Learning
) -> None:
    learning.requires("recruiting", LONG_AGO, roles=("headteacher",))
    works(staffing, "Ana", ASHBY, "headteacher")
    works(staffing, "Ana", BIRCH, "teacher", name="second")
    story.becomes(BIRCH, "900009", TODAY)

    [everywhere], [here] = await rows(), await rows("900009")

    assert (everywhere["urns"], everywhere["schools"]) == (["900009", ASHBY], ["900009", "Ashby"])
    assert (everywhere["state"], here["state"]) == ("never", "not_applicable")
    assert (here["urns"], here["roles"]) == (["900009"], ["teacher"])


async def test_a_site_has_enough_or_not(rows: Rows, staffing: Staffing, learning: Learning) -> None:
    learning.requires("first_aid", LONG_AGO, minimum_per_site=2, grace_days=10)
    for urn, days in ((ASHBY, (90, 90, 5)), (BIRCH, (90, 5)), ("900003", (90, -10)), (None, (90, -11))):
        works(staffing, f"nobody {urn}", urn)
        for number, left in enumerate(days):
            works(staffing, f"{urn} {number}", urn)
            learning.completes(f"{urn} {number}", "first_aid", LONG_AGO, TODAY + timedelta(days=left), "certificate")

    found = await rows()

    assert states(found, "nobody None", "900002 1") == ["not_applicable", "due_in_30_days"]
    assert [(site["urn"], site["needed"], site["counted"], site["state"]) for site in compliance.sites(found)] == [
        ("900003", 2, 1, "in_grace"),
        (ASHBY, 2, 3, "compliant"),
        (BIRCH, 2, 2, "due_in_30_days"),
        (None, 2, 1, "below_minimum"),
    ]
    assert compliance.shares(found, "school") == []


async def test_shares_say_of_how_many(rows: Rows, staffing: Staffing, learning: Learning) -> None:
    learning.requires("fire", LONG_AGO)
    learning.requires("recruiting", LONG_AGO, basis="trust", roles=("headteacher",))
    works(staffing, "Ana", ASHBY, "headteacher")
    works(staffing, "Ana", BIRCH, "headteacher", name="second")
    works(staffing, "Bea", ASHBY)
    works(staffing, "Cat", ASHBY)
    for who, days in (("Ana", 90), ("Bea", 5)):
        learning.completes(who, "fire", LONG_AGO, TODAY + timedelta(days=days), "certificate")

    found = await rows()

    def told(by: Any) -> list[tuple[Any, ...]]:
        return [(s["group"], s["counts"], s["of"], s["percent"]) for s in compliance.shares(found, by)]

    assert told("school") == [("Ashby", 2, 4, 50), ("Birch", 1, 2, 50)]
    assert told("role") == [("headteacher", 1, 2, 50), ("teacher", 1, 2, 50)]
    assert told("basis") == [("statutory", 2, 3, 66), ("trust", 0, 1, 0)]
    [fire, _] = compliance.shares(found, "basis")
    assert {state: fire[state] for state in compliance.states} == {
        "compliant": 1,
        "due_in_30_days": 1,
        "in_grace": 0,
        "lapsed": 0,
        "never": 1,
    }
