"""Every page there is, over a history in which every report has rows, on a desk and on a phone; and where none is."""

from __future__ import annotations

import random

import pytest
from playwright.async_api import expect

from services.reporting.reports import reports
from tests.browser.conftest import Look, Site
from tests.browser.test_forms import sign_in
from tests.browser.test_home import violations
from tests.support.chapters import CHAPTERS
from tests.support.key_ring import KeyRing
from tests.support.northmoor import northmoor
from tests.support.story import Story
from tests.support.teller import Teller

ELSEWHERE = {
    "/a/{token}": "test_answer_link",
    "/brand.css": "no page",
    "/do/{name}": "test_forms",
    "/history": "leads on to /events",
    "/partials/loop": "a part of the first page",
    "/events/{event_id}/reveal": "test_revealing",
    "/post/off/{token}": "test_post_pages",
    "/reports/{model}/behind": "test_history",
    "/schools/{urn}/agenda.ics": "no page",
    "/static/{name}": "no page",
    "/verify/{code}": "test_time_and_receipts",
}
"""What is no page by itself, or is looked at in another test."""


@pytest.fixture
async def story(ring: KeyRing) -> Story:
    """A trust's cycle, and after it something of everything."""
    story = northmoor(ring)
    for chapter in CHAPTERS:
        Teller(random.Random(2), story, chapters=[chapter] * 3).tell(40)
    return story


def _pages(site: Site) -> list[str]:
    """An address of each page: of `/reports/{model}` one a report."""
    person = next(d.envelope.stream for d in site.story.told if d.envelope.stream.startswith("person-"))
    parts = {
        "{model}": sorted(reports),
        "{urn}": ["900001"],
        "{event_id}": [str(site.story.told[0].envelope.id)],
        "{person_id}": [person.removeprefix("person-")],
    }
    found = []
    for path in sorted(site.pages - ELSEWHERE.keys()):
        part = next((part for part in parts if part in path), "")
        found += [path.replace(part, value) for value in parts[part]] if part else [path]
    return found


@pytest.mark.parametrize("part", [0, 1])
async def test_axe_finds_nothing_and_nothing_scrolls_sideways(look: Look, site: Site, part: int) -> None:
    site.clock.time = site.story.now
    page = await look("/sign-in")
    await sign_in(page)
    for path in _pages(site)[part::2]:
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(f"{site.address}{path}")
        assert await page.get_by_text("Nothing has been recorded yet").count() == 0, path
        assert await violations(page) == [], path
        await page.set_viewport_size({"width": 320, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/nothing", "There is no such page"),
        ("/schools/999999", "There is no such page"),
        ("/reports/focus?colour=red", "This address cannot be read"),
        ("/do/answer", "This is not yours to do"),
    ],
)
async def test_what_is_wrong_is_said_on_a_page(look: Look, site: Site, path: str, heading: str) -> None:
    page = await look("/sign-in", width=320)
    await sign_in(page)
    await page.goto(f"{site.address}{path}")

    await expect(page.locator("h1")).to_have_text(heading)
    await expect(page.get_by_role("link", name="Go to the first page")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await violations(page) == []
    assert (await page.request.get(f"{site.address}{path}", headers={"Accept": "*/*"})).headers["content-type"] == (
        "application/problem+json"
    )
    site.faults.clear()  # the browser's own word for the status
