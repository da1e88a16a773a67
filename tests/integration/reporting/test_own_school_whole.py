"""A head sees the own school whole: small groups are hidden from everybody else, and from what is passed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest

from tests.support import read_model
from tests.support.learning import Learning
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import Story

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LONG_AGO = date(2020, 9, 1)
ASHBY, BIRCH = "900001", "900002"
OWN = "This is your own school"


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.registers("Northmoor")
    story.joins(ASHBY, "Ashby", LONG_AGO)
    story.joins(BIRCH, "Birch", LONG_AGO)
    staffing = Staffing(story)
    for who in ("Ana", "Bea"):
        staffing.enters(who)
        staffing.starts(who, who, ASHBY, "deputy_headteacher", LONG_AGO)
    Learning(story).holds("Ana", "npq-headship")
    async with read_model.telling(database, story.told) as pool, browsing(app(pool, HandClock(NOW))) as client:
        yield client


@pytest.mark.parametrize(("who", "sees"), [("trust", False), (ASHBY, True), (BIRCH, False)])
async def test_only_its_own_head_sees_a_school_whole(client: httpx.AsyncClient, who: str, *, sees: bool) -> None:
    await client.post("/sign-in", data={"who": who})

    page = await client.get(f"/reports/qualifications?school={ASHBY}")
    behind = await client.get(f"/reports/qualifications/behind?school={ASHBY}&leaders=all&figure=npqh_only")

    assert (OWN in page.text) is sees
    assert ("figure=npqh_only" in page.text) is sees
    assert ("npqh only: 1" in behind.text.lower()) is sees


async def test_a_file_and_a_receipt_hide_small_groups_from_a_head_too(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data={"who": ASHBY})

    file = (await client.get(f"/reports/qualifications.json?school={ASHBY}")).json()
    still = await client.get(f"/reports/qualifications?school={ASHBY}&as_of=receipt:{file['receipt']}")

    assert [row["npqh_only"] for row in file["rows"]] == [None, None]
    assert OWN not in still.text


async def test_career_stages_of_the_own_school_are_all_there(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data={"who": ASHBY})

    page = await client.get(f"/reports/pipeline?school={ASHBY}")
    without = await client.get("/reports/pipeline")

    assert OWN in page.text
    assert "figure=people" in page.text
    assert (OWN in without.text, "figure=people" in without.text) == (False, False)
