"""A school's own pages: what is due, what came back, and the papers for its meetings."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Look, Site
from tests.browser.test_forms import sign_in
from tests.browser.test_home import violations
from tests.support.northmoor import BEFORE, CYCLE

PAGES = ("/schools/900004", f"/schools/900004/you-said?cycle={BEFORE}", f"/schools/900010/agenda?cycle={CYCLE}")


@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_nothing_scrolls_sideways_and_axe_finds_nothing(look: Look, width: int) -> None:
    page = await look("/schools/900004", width=width)
    for path in PAGES:
        await page.goto(re.sub(r"(?<=\d)/schools.*", path, page.url))

        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width != 320:  # it is laid out as at 390
            assert await violations(page) == [], path


async def test_it_says_what_is_due_and_what_came_back(look: Look) -> None:
    page = await look("/schools/900004", java_script_enabled=False)

    await expect(page.locator("h1")).to_have_text("One answer is still to come")
    await expect(page.locator(".problems li")).to_have_count(1)
    await expect(page.locator(".problems")).to_contain_text("Year 9 curriculum in maths")
    row = page.locator(".said tbody tr", has_text="Attendance below 90%")
    await expect(row).to_contain_text("Off track")
    await expect(row).to_contain_text("Acknowledged at 12:00 today.")
    await expect(row).to_contain_text("Still owed: a response, for")
    await page.get_by_role("link", name=re.compile("^Cycle before")).click()
    await expect(page.locator(".said tbody tr")).to_have_count(4)


async def test_a_school_of_the_first_page_leads_to_its_own(look: Look) -> None:
    page = await look()
    await page.get_by_role("link", name="Dene Valley High").first.click()

    await expect(page.locator(".over")).to_have_text("Dene Valley High")


async def test_a_schools_leader_says_that_a_response_is_read(look: Look, site: Site) -> None:
    sheet = f"{site.address}/schools/900010/you-said?cycle={CYCLE}"
    page = await look("/sign-in")
    await sign_in(page, "900010")
    await page.goto(sheet)
    assert await violations(page) == []
    page = await look("/sign-in", java_script_enabled=False)
    await sign_in(page, "900010")
    await page.goto(sheet)
    await page.get_by_role("button", name=re.compile(r"^We have read this\s*: Reading")).click()

    await expect(page.get_by_role("alert")).to_contain_text("The trust sees that you have read its response.")
    assert site.writers.body["urn"] == "900010"


@pytest.mark.parametrize("path", PAGES[1:])
async def test_a_paper_is_one_sheet(look: Look, path: str) -> None:
    page = await look(path)

    sheets = await page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1


async def test_a_school_that_the_trust_does_not_have(look: Look) -> None:
    page = await look("/reports/roles")

    assert (await page.request.get(re.sub(r"/reports.*", "/schools/999999", page.url))).status == 404
    assert (await page.request.get(re.sub(r"/reports.*", "/schools/nonsense", page.url))).status == 400
