"""The first page of a trust with more schools than anybody reads at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from tests.support import pages, read_model
from tests.support.read_model import HandClock
from tests.support.story import Story

NOW = datetime(2026, 11, 20, 16, tzinfo=UTC)
URNS = [str(100_001 + n) for n in range(42)]
LAST = URNS[-1]
_school = re.compile(r'id="school-(\d+)"')
_problem = re.compile(r'id="help-\d+"')


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW + timedelta(days=1))


@pytest.fixture
async def browser(database: str, clock: HandClock) -> AsyncIterator[httpx.AsyncClient]:
    """The last of the schools by name is red; the other ones have not answered, and it is not too late."""
    story = Story(now=NOW)
    story.registers("A trust")
    for urn in URNS:
        story.joins(urn, f"School {urn}", date(2020, 9, 1))
    story.opens("2026/27-2", date(2026, 11, 16), date(2026, 11, 27))
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.asks("item", "reading", "2026/27-2", URNS, NOW + timedelta(days=3))
    story.answers("meeting", "item", LAST, "red", NOW)
    async with read_model.telling(database, story.told) as pool, pages.browsing(pages.app(pool, clock)) as client:
        yield client


async def test_it_shows_the_schools_to_look_at_first_counts_all_and_shows_all_when_asked(
    browser: httpx.AsyncClient,
) -> None:
    first = (await browser.get("/")).raise_for_status().text
    whole = (await browser.get("/?schools=all")).raise_for_status().text

    assert _school.findall(first) == [*URNS[:39], LAST]
    assert "Show all 42 schools" in first
    assert "41 no answer yet" in first
    assert "1 of 42 questions" in first
    assert _school.findall(whole) == URNS
    assert "Show all" not in whole
    assert 'hx-get="/partials/loop?schools=all"' in whole


async def test_so_many_problems_are_told_and_the_others_are_one_link_away(
    browser: httpx.AsyncClient, clock: HandClock
) -> None:
    clock.time = NOW + timedelta(days=4)  # all but one are overdue

    first = (await browser.get("/")).raise_for_status().text
    whole = (await browser.get("/?schools=all")).raise_for_status().text

    assert (len(_problem.findall(first)), len(_problem.findall(whole))) == (40, 42)
    assert "Show 2 more" in first
