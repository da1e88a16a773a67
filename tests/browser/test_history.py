"""From a figure to its events, and from event to event: on a desk, on a phone, by keyboard, without scripts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.async_api import expect

from shared.contracts.collaboration.capacity import CapacityRequested
from shared.contracts.collaboration.support import SupportRequested
from shared.contracts.talent.bookkeeping import ReactionRefused
from tests.browser.conftest import Look, Site
from tests.browser.test_home import violations
from tests.support.northmoor import CYCLE, northmoor
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, again, named

ANA, ASHBY, DENE = named("Ana"), "900001", "900004"
ANSWER = named(f"answer-{named(f'{CYCLE} attendance')}-{DENE}/1")
"""The id of Dene Valley's answer, which is corrected, and of which a request follows."""
BEHIND = f"/reports/support/behind?figure=open&trustuid={TRUST}&urn={ASHBY}&kind=site"
PAGES = (
    "/events",
    "/events?school=900004&kind=uk.mat.collaboration.AgendaItemFeedbackGiven.v1",
    f"/events/{ANSWER}",
    "/reports/support",
    BEHIND,
    f"/history/compare?about=answer-{named(f'{CYCLE} attendance')}-{DENE}&from=2026-11-18",
    f"/people/{ANA}/history",
    f"/schools/{ASHBY}/history",
    f"/reports/history?school={ASHBY}",
)


@pytest.fixture
async def story() -> Story:
    story = northmoor()
    staffing = Staffing(story)
    staffing.enters("Ana")
    staffing.starts("Ana", "headship", ASHBY, "headteacher", date(2020, 9, 1))
    for number in range(3):
        event = SupportRequested(
            request_id=named(f"request {number}"),
            trustuid=TRUST,
            urn=ASHBY,
            kind="site",
            request="The boiler is out again.",
            opened_at=story.now,
        )
        story.tell(event, f"support-{event.request_id}")
    drafted = CapacityRequested(
        request_id=named("help"), trustuid=TRUST, taker_urn=DENE, dimension="people", drafted=True, basis=ANSWER
    )
    caused = story.tell(drafted, f"capacity-request-{named('help')}")
    story.told[-1] = again(caused, causation_id=str(ANSWER), actor="reaction/draft_capacity_request")
    for number in range(8):
        refused = ReactionRefused(
            reaction="try_it", fact_id=ANSWER, fact_type="x", target="y", code="z", message="It was late."
        )
        told = story.tell(refused, f"reaction-{number}")
        story.told[-1] = again(told, causation_id=str(caused.envelope.id if number < 3 else ANSWER))
    story.corrects(f"{CYCLE} {DENE}", f"{CYCLE} attendance", DENE, "amber")
    return story


@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_nothing_scrolls_sideways_and_axe_finds_nothing(look: Look, site: Site, width: int) -> None:
    page = await look("/events", width=width)
    for path in PAGES:
        await page.goto(f"{site.address}{path}")

        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width != 320:  # it is laid out as at 390
            assert await violations(page) == [], path


async def test_a_figure_leads_to_its_events_and_those_to_each_other(look: Look) -> None:
    page = await look("/reports/support", java_script_enabled=False)

    await expect(page.get_by_role("link", name="0", exact=True)).to_have_count(0)
    await page.get_by_role("link", name="3 Open: Ashby Park Primary, site").click()
    await expect(page.locator("h1")).to_have_text("Open: 3")
    await expect(page.locator("table.rows tbody tr")).to_have_count(3)
    await page.get_by_role("link", name=re.compile("^Support requested")).first.click()
    await expect(page.locator("h1")).to_have_text("Support requested")
    await expect(page.locator("#says + .facts")).to_contain_text("a text, kept sealed")
    await page.get_by_role("link", name="Ashby Park Primary").first.click()
    await expect(page.locator("h1")).to_have_text("Everything about Ashby Park Primary")
    await page.get_by_role("link", name=re.compile("^person ")).click()
    await expect(page.locator("h1")).to_have_text("Everything about one person")
    await expect(page.locator("table.rows tbody tr")).to_have_count(2)


async def test_an_event_says_what_it_caused_and_what_stands_in_its_place(look: Look) -> None:
    page = await look(f"/events/{ANSWER}", java_script_enabled=False)

    await expect(page.locator(".put-right")).to_contain_text("another stands in its place")
    await (
        page.get_by_role("figure", name="Nothing else led to this one, and nine events followed from it")
        .get_by_role("link", name="Capacity requested")
        .click()
    )
    await expect(page.locator("h1")).to_have_text("Capacity requested")
    await expect(page.get_by_text("Caused by: Agenda item feedback given")).to_be_visible()
    await page.get_by_role("link", name="Agenda item feedback given", exact=True).first.click()
    await page.get_by_role("link", name="After: Trust acknowledged").click()
    await expect(page.locator("tr[aria-current] b")).to_have_text("Trust acknowledged")
    await page.get_by_role("link", name="just before this").click()
    await expect(page.locator("#step-4")).to_contain_text("0 of 4")
    await page.go_back()
    await page.get_by_role("link", name="just after this").click()
    await expect(page.locator("#step-4")).to_contain_text("1 of 4")


async def test_events_are_chosen_and_paged_without_scripts(look: Look) -> None:
    page = await look("/events", java_script_enabled=False)

    await expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="History")).to_have_attribute(
        "aria-current", "page"
    )
    await page.get_by_role("link", name="Older events").click()
    await expect(page.locator("table.rows tbody tr")).to_have_count(50)
    await page.get_by_role("link", name="Newest first").click()
    await page.get_by_text("Choose which").click()
    await page.get_by_label("Kind").select_option("Trust acknowledged (collaboration)")
    await page.get_by_label("School").select_option("Dene Valley High")
    await page.get_by_role("button", name="Show these").click()
    await expect(page.locator("table.rows tbody tr")).to_have_count(1)
    await page.get_by_text("See it as of another day").click()
    await page.get_by_label("What was known at the end of").fill("2026-11-17")
    await page.get_by_role("button", name="Show that day").click()
    await expect(page.get_by_text("Nothing like this has been recorded.")).to_be_visible()


@pytest.mark.parametrize("path", PAGES[1:5])
async def test_the_keyboard_reaches_everything(look: Look, path: str) -> None:
    page = await look(path)
    stops = page.locator("a:visible, button:visible, summary:visible, input:visible, select:visible")
    name = "e => e.tagName + e.id + e.name + e.href + e.textContent.trim()"
    reached = set()
    for _ in range(await stops.count() + 20):  # a day's field has several
        await page.keyboard.press("Tab")
        reached.add(await page.evaluate(f"({name})(document.activeElement)"))

    assert set(await stops.evaluate_all(f"all => all.map({name})")) - reached == set()
