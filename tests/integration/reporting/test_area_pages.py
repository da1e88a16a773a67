"""The first page of a part of the dashboard: its picture, and its reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from services.reporting.reports import reports
from services.reporting.web.areas import AREAS
from shared.contracts.collaboration.reviews import PeerVisitHeld
from tests.support import read_model
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.story import TRUST, Story, named

HOST, GUEST = "900001", "900002"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
LISTS = {area: part for area, part in AREAS.items() if not part.own_page}


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Of a trust of which one school visited another."""
    story = Story(now=NOW - timedelta(days=10))
    story.registers("Northmoor Learning Trust")
    story.joins(HOST, "Ashby", date(2020, 9, 1))
    story.joins(GUEST, "Birch", date(2020, 9, 1))
    story.tell(
        PeerVisitHeld(
            visit_id=named("visit"),
            trustuid=TRUST,
            from_urn=GUEST,
            to_urn=HOST,
            kind="learning_walk",
            focus="reading",
            visitors=2,
            held_on=TODAY,
        ),
        "visit-1",
    )
    async with read_model.telling(database, story.told) as pool, browsing(app(pool, HandClock(NOW))) as client:
        yield client


async def test_what_each_shows_is_of_a_report_that_it_lists(client: httpx.AsyncClient) -> None:
    for area, part in LISTS.items():
        page = await client.get(part.path)

        assert page.status_code == 200
        assert reports[part.shows].area == area
        assert f'<a href="/reports/{part.shows}">' in page.text


async def test_the_picture_leads_on_as_of_the_same_day(client: httpx.AsyncClient) -> None:
    page = await client.get("/reviews", params={"as_of": "2026-11-20"})

    assert "Peer visits: who gave and who received" in page.text
    assert f'<a href="/schools/{GUEST}?as_of=2026-11-20">Birch</a>' in page.text
    assert "1 made" in page.text
