"""An auditor at the pages: from a sealed text to the reason for it and to the text, without scripts, on a phone too."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Look, Site
from tests.browser.test_home import violations
from tests.support.northmoor import CYCLE
from tests.support.story import named

ITEM = named(f"{CYCLE} attendance")
ANSWER = f"/events/{named(f'answer-{ITEM}-900004/1')}"
COMMENT = "Two classes are below 80%."


async def looking(look: Look, width: int, **options: object) -> Page:
    """An auditor who has signed in and looks at an answer."""
    page = await look(f"/sign-in?then={ANSWER}", width=width, **options)
    await page.get_by_label("Who are you?").select_option("Auditor")
    async with page.expect_navigation():
        await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name="What you can do")).to_have_count(0)
    return page


def form_came_back(site: Site) -> None:
    """The browser tells of the status; that is no fault of the page."""
    assert {fault.partition("(")[0] for fault in site.faults} == {
        "Failed to load resource: the server responded with a status of 422 "
    }
    site.faults.clear()


async def test_a_text_is_shown_once_to_who_says_why(look: Look, site: Site) -> None:
    page = await looking(look, 1280, java_script_enabled=False)

    await expect(page.get_by_text(COMMENT)).to_have_count(0)
    await page.get_by_role("link", name=re.compile("^Show this text")).click()
    await page.get_by_role("button", name="Record this and show it once").click()
    await expect(page.get_by_role("alert")).to_contain_text("Say why you have to see this.")
    await page.get_by_role("link", name="Say why you have to see this.").click()
    await page.get_by_label("Your reason").fill("A complaint about how attendance was counted.")
    await page.get_by_role("button", name="Record this and show it once").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Shown to you once")
    await expect(page.locator("blockquote")).to_have_text(COMMENT)
    await page.get_by_role("link", name="Agenda item feedback given").click()
    await expect(page.get_by_text(COMMENT)).to_have_count(0)
    form_came_back(site)


@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_the_form_and_the_text_fit_and_axe_finds_nothing(look: Look, site: Site, width: int) -> None:
    page = await looking(look, width)
    steps = (
        page.get_by_role("link", name=re.compile("^Show this text")),
        page.get_by_role("button", name="Record this and show it once"),
        page.get_by_role("button", name="Record this and show it once"),
    )
    for step in steps:
        if await page.get_by_role("alert").count():
            await page.get_by_label("Your reason").fill("A complaint about how attendance was counted.")
        async with page.expect_navigation():  # until its style sheet is there
            await step.click()

        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []
    await expect(page.locator("blockquote")).to_have_text(COMMENT)
    form_came_back(site)
