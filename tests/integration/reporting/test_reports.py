"""The reports' figures, from stories whose outcome can be worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.reporting.read_models.reading import View
from services.reporting.reports import agenda, focus, loop, roles
from services.reporting.web.home import home
from tests.support import read_model
from tests.support.northmoor import BEFORE, CYCLE, NOW, northmoor
from tests.support.read_model import HandClock
from tests.support.story import Story

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
DUE = datetime(2026, 11, 18, 17, tzinfo=UTC)
NEEDS = ("register", "people", "loop", "roles", "one_to_ones")


@asynccontextmanager
async def told(pool: asyncpg.Pool, story: Story, at: datetime) -> AsyncIterator[View]:
    """A view of a story's read models at a time."""
    await read_model.receive(pool, story.told)
    async with read_model.reading(pool, HandClock(at))(NEEDS) as view:
        yield view


@pytest.fixture
def story() -> Story:
    """Two schools, one focus area, one cycle, one item that is due on Wednesday."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.joins("900001", "Ashby", date(2020, 9, 1))
    story.joins("900002", "Birch", date(2020, 9, 1))
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.opens("2026/27-2", date(2026, 11, 16), date(2026, 11, 27))
    story.asks("item", "reading", "2026/27-2", ["900001", "900002"], DUE)
    story.now = MONDAY + timedelta(hours=1)
    return story


async def states(view: View) -> dict[str, str]:
    return {row["urn"]: row["state"] for row in await focus.rows(view.conn, at=view.at, school=None)}


async def test_an_item_is_overdue_after_its_due_time(pool: asyncpg.Pool, story: Story) -> None:
    story.meets("meeting", ["900001"], MONDAY)
    story.answers("meeting", "item", "900001", "green", MONDAY)

    async with told(pool, story, DUE + timedelta(seconds=1)) as view:
        assert await states(view) == {"900001": "green", "900002": "overdue"}


async def test_on_the_due_time_itself_it_is_not_overdue(pool: asyncpg.Pool, story: Story) -> None:
    async with told(pool, story, DUE) as view:
        assert await states(view) == {"900001": "no_answer", "900002": "no_answer"}


async def test_items_due_outside_a_membership_are_never_overdue(pool: asyncpg.Pool, story: Story) -> None:
    story.leaves("900001", date(2026, 11, 18))
    story.joins("900003", "Cedar", date(2026, 11, 19))
    story.asks("other", "reading", "2026/27-2", ["900003", "900004"], DUE)

    async with told(pool, story, DUE + timedelta(days=3)) as view:
        assert await states(view) == {
            "900001": "no_answer",  # left on the day itself
            "900002": "overdue",
            "900003": "no_answer",  # joined the day after
            "900004": "overdue",  # the register does not know it
        }


async def test_a_correction_stands_in_the_place_of_what_it_corrects(pool: asyncpg.Pool, story: Story) -> None:
    story.answers("meeting", "item", "900001", "red", MONDAY, needs_help=True, help_dimension="people")
    story.later(days=1)
    story.corrects("meeting", "item", "900001", "amber")

    async with told(pool, story, DUE) as view:
        [row, _] = await focus.rows(view.conn, at=view.at, school=None)
        raised = await loop.rows(view.conn, at=view.at, school=None)

    assert (row["state"], row["needs_help"], row["corrections"], row["answered_at"]) == ("amber", False, 1, MONDAY)
    assert raised == []


async def test_across_items_the_latest_happening_counts(pool: asyncpg.Pool, story: Story) -> None:
    story.asks("again", "reading", "2026/27-2", ["900001"], DUE + timedelta(days=7))
    story.answers("late meeting", "again", "900001", "green", MONDAY + timedelta(days=1))
    story.answers("meeting", "item", "900001", "red", MONDAY)  # recorded later, happened before

    async with told(pool, story, DUE) as view:
        rows = await focus.rows(view.conn, at=view.at, school="900001")

    assert [(row["state"], row["due_by"]) for row in rows] == [("green", DUE)]


async def test_a_trend_follows_a_school_to_its_new_urn(pool: asyncpg.Pool, story: Story) -> None:
    story.opens("2026/27-1", date(2026, 11, 2), date(2026, 11, 13))
    story.asks("before", "reading", "2026/27-1", ["900099"], DUE)
    story.answers("old meeting", "before", "900099", "red", MONDAY - timedelta(days=14))
    story.becomes("900099", "900001", date(2026, 11, 14))
    story.answers("meeting", "item", "900001", "amber", MONDAY)

    async with told(pool, story, DUE) as view:
        rows = await focus.rows(view.conn, at=view.at, school="900001")

    assert [(row["urn"], row["current_urn"], row["state"], row["trend"]) for row in rows] == [
        ("900099", "900001", "red", None),
        ("900001", "900001", "amber", "better"),
    ]


async def test_not_applicable_is_in_no_total(pool: asyncpg.Pool, story: Story) -> None:
    story.answers("meeting", "item", "900001", "not_applicable", MONDAY)

    async with told(pool, story, DUE) as view:
        [row, _] = await focus.rows(view.conn, at=view.at, school=None)
        [total] = focus.totals(await focus.rows(view.conn, at=view.at, school=None))

    assert (row["state"], row["rag"]) == ("not_applicable", None)
    assert row["answered"] is None
    assert (total["of"], total["not_applicable"], total["silent_schools"]) == (
        1,
        1,
        [{"urn": "900002", "school": "Birch"}],
    )


async def test_a_call_for_help_is_followed_to_its_effect(pool: asyncpg.Pool, story: Story) -> None:
    where = ("meeting", "item", "900001")
    story.meets("meeting", ["900001"], MONDAY)
    story.answers(*where, "red", MONDAY)
    story.reports("meeting", 1, 1)
    raised_at = story.now
    for step in (story.acknowledges, story.responds, story.reads):
        story.later(hours=12)
        step(*where)
    story.later(hours=12)
    story.acts("action", *where[:2], "reading", "900001")
    story.later(days=3)
    story.closes("action", "900001", "green")
    story.reviews("action", "item", "reading", "900001", "school", "red", "green")

    async with told(pool, story, story.now) as view:
        [row] = await loop.rows(view.conn, at=view.at, school=None)
        delays = await loop.delays(view.conn)

    assert row["submitted_at"] == row["raised_at"] == raised_at
    assert (row["school_delay_ms"], row["platform_delay_ms"]) == (3_600_000, 400)
    assert row["acknowledged_within_2_working_days"] is True
    assert [row[f"days_to_{step}"] for step in ("acknowledge", "respond", "read", "agree", "close")] == [
        *(0.5, 1.0, 1.5, 2.0, 5.0)
    ]
    assert (row["effect"], row["effect_reviewed_at"]) == (None, None)  # the trust has not looked yet
    assert delays.time_to_feedback == loop.Delay(3_600_400, 3_600_400)


async def test_the_effect_is_the_worse_of_what_both_sides_see(pool: asyncpg.Pool, story: Story) -> None:
    story.answers("meeting", "item", "900001", "red", MONDAY)
    story.acts("action", "meeting", "item", "reading", "900001")
    story.closes("action", "900001", "green")
    story.reviews("action", "item", "reading", "900001", "school", "red", "red")
    story.reviews("action", "item", "reading", "900001", "trust", "red", "green")

    async with told(pool, story, DUE) as view:
        [row] = await loop.rows(view.conn, at=view.at, school=None)

    assert row["effect"] == "same"


async def test_what_was_acknowledged_before_it_turned_red_is_not_acknowledged(pool: asyncpg.Pool, story: Story) -> None:
    story.answers("meeting", "item", "900001", "green", MONDAY)
    story.acknowledges("meeting", "item", "900001")
    story.later(hours=1)
    story.corrects("meeting", "item", "900001", "red")

    async with told(pool, story, DUE) as view:
        [row] = await loop.rows(view.conn, at=view.at, school=None)

    assert (row["acknowledged_at"], row["raised_at"]) == (None, story.now)


async def test_a_late_answer_is_measured_from_the_report_that_brought_it(pool: asyncpg.Pool, story: Story) -> None:
    story.meets("meeting", ["900001", "900002"], MONDAY)
    story.answers("meeting", "item", "900001", "red", MONDAY)
    story.reports("meeting", 1, 2)
    first = story.now
    story.later(days=4)
    story.answers("meeting", "item", "900002", "red", MONDAY)
    story.reports("meeting", 2, 2)

    async with told(pool, story, story.now) as view:
        rows = await loop.rows(view.conn, at=view.at, school=None)
        met = await agenda.rows(view.conn, at=view.at, school=None)

    assert {row["urn"]: row["submitted_at"] for row in rows} == {"900001": first, "900002": story.now}
    assert [(row["urn"], row["complete"], row["late_answers"], row["meetings_complete"]) for row in met] == [
        ("900001", True, 0, 1),
        ("900002", True, 1, 1),
    ]


async def test_who_met_and_who_did_not(pool: asyncpg.Pool, story: Story) -> None:
    story.meets("meeting", ["900001"], MONDAY)
    story.joins("900003", "Cedar", date(2026, 11, 20))
    story.joins("900004", "Dean", date(2026, 12, 1))
    story.opens("2026/27-3", date(2026, 11, 30), date(2026, 12, 11))

    async with told(pool, story, DUE) as view:
        rows = await agenda.rows(view.conn, at=view.at, school=None)

    found = {(row["cycle"], row["school"]): (row["meetings_held"], row["no_meeting"]) for row in rows}
    assert found == {
        ("2026/27-2", "Ashby"): (1, False),
        ("2026/27-2", "Birch"): (0, True),
        ("2026/27-2", "Cedar"): (0, True),
        ("2026/27-3", "Ashby"): (0, None),
        ("2026/27-3", "Birch"): (0, None),
        ("2026/27-3", "Cedar"): (0, None),
        ("2026/27-3", "Dean"): (0, None),
    }


async def test_roles_come_out_as_declared(pool: asyncpg.Pool) -> None:
    story = Story(now=MONDAY)
    on = date(2013, 1, 1)
    story.declares("Leicestershire", "SLE", "Specialist Leader", not_known_reason="no central data", as_at=on)
    story.declares("Leicestershire", "MAT", "Multi-Academy Trust", count=9, schools_sponsored=33, as_at=on)

    async with told(pool, story, MONDAY) as view:
        mat, sle = await roles.rows(view.conn, at=view.at, school=None)

    assert (mat["scheme"], mat["basis"], mat["count"], mat["schools_sponsored"]) == ("MAT", "declared", 9, 33)
    assert (sle["count"], sle["not_known_reason"]) == (None, "no central data")
    assert all(row["functions"] for row in (mat, sle))


async def test_before_anything_is_recorded_a_report_is_empty_and_the_page_says_so(pool: asyncpg.Pool) -> None:
    async with told(pool, Story(now=MONDAY), MONDAY) as view:
        for report in (focus, loop, agenda, roles):
            rows: list[dict[str, Any]] = await report.rows(view.conn, at=view.at, school=None)
            assert rows == []
        page = await home(view)

    assert page.heading == "Nothing has been recorded yet"
    assert page.cycle is None


async def test_the_first_page_of_a_whole_trust(pool: asyncpg.Pool) -> None:
    async with told(pool, northmoor(), NOW) as view:
        page = await home(view)
        before = await home(view, BEFORE)

    assert page.heading == "Two of four priorities need you this week"
    assert page.period == "Cycle 2026/27-A2.3, 16 to 27 November 2026. Leadership meetings 16 to 18 November 2026."
    assert [(step.done, step.of) for step in page.steps] == [(12, 12), (36, 42), (36, 36), (2, 4), (1, 4), (0, 4)]
    assert Counter(cell.look.name for school in page.schools for cell in school.cells if cell.look) == {
        "red": 3,
        "amber": 8,
        "green": 25,
        "overdue": 3,
        "no-answer": 3,
        "not-applicable": 6,
    }
    assert (page.previous, page.following) == (BEFORE, None)
    assert (before.previous, before.following) == (None, CYCLE)
    assert before.steps[5].text == "1 of 3"
    assert page.trust == "Northmoor Learning Trust"
