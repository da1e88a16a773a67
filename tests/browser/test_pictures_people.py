"""The pictures of capacity and of the people as they are met, on a desk and on a phone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Look, Site
from tests.browser.test_home import NARROWEST, violations
from tests.support.helping import ASHBY, BIRCH, Helping
from tests.support.leading import Leading
from tests.support.learning import Learning
from tests.support.staffing import Staffing
from tests.support.story import Story

REPORTS = ("capacity", "network", "bench", "gap", "pipeline", "roles", "qualifications", "compliance")
LONG_AGO = date(2020, 9, 1)


@pytest.fixture
async def story() -> Story:
    """Each of the reports has something to draw."""
    helping = Helping()
    helping.offers("near", BIRCH, 6)
    helping.asks("help", ASHBY, 8)
    helping.allocates("all of it", "near", "help", ASHBY, 6)
    helping.can_coach("Ana", BIRCH)
    story = helping.story
    story.opens("2026/27-A2.3", date(2026, 10, 1), date(2026, 11, 27))
    story.declares("Northmoor", "NLE", "National Leader of Education", count=2, as_at=date(2026, 9, 1))
    leading, learning, staffing = Leading(story), Learning(story), Staffing(story)
    leading.is_critical("head of Ashby", ASHBY, held_by=("Hal",))
    leading.is_critical("head of the trust")
    leading.is_seen("Ana")
    leading.is_assessed("Ana", "ready_now", date(2027, 7, 1))
    leading.could_follow("Ana", "head of Ashby")
    leading.is_forecast("gap", 150)
    learning.requires("prevent", LONG_AGO)
    learning.requires("first_aid", LONG_AGO, minimum_per_site=2)
    for who, urn in (("Ana", BIRCH), ("Hal", ASHBY)):
        staffing.enters(who)
        staffing.starts(who, f"job of {who}", urn, "headteacher", LONG_AGO)
    return story


async def test_axe_finds_nothing_and_nothing_scrolls_sideways(look: Look) -> None:
    page = await look(f"/schools/{ASHBY}")
    for path in (f"/schools/{ASHBY}", *(f"/reports/{model}" for model in REPORTS)):
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(re.sub(r"(?<=\d)/.*", path, page.url))

        assert await page.locator(".picture").count() > 0, path
        assert await violations(page) == [], path
        await page.set_viewport_size({"width": NARROWEST, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, path


async def test_a_school_sees_what_it_gives_and_takes_and_comes_to_its_rows(look: Look, site: Site) -> None:
    page = await look(f"/schools/{ASHBY}?as_of=2026-11-19")

    picture = page.get_by_role("figure", name="People, in half-days: who gives and who takes")
    await expect(picture.get_by_role("listitem").filter(has_text="Ashby")).to_contain_text(
        "2 half-days still asked for"
    )
    await picture.get_by_role("link", name="Ashby").click()

    await expect(page).to_have_url(
        f"{site.address}/reports/capacity?school={ASHBY}&dimension=people&unit=half_days&as_of=2026-11-19"
    )
    await expect(page.locator("table.rows tbody tr")).to_have_count(1)
