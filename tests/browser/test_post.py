"""The page on which somebody says what they want by e-mail: read by axe, on a narrow screen, and without JavaScript."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Look, Site
from tests.browser.test_forms import sign_in
from tests.browser.test_home import NARROWEST, violations


async def test_nothing_scrolls_sideways_and_axe_finds_nothing(look: Look, site: Site) -> None:
    for width in (1280, NARROWEST):
        page = await look("/sign-in", width=width)
        await sign_in(page, "900004")
        await page.goto(f"{site.address}/post")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []


async def test_without_javascript_it_is_turned_on_and_off(look: Look, site: Site) -> None:
    page = await look("/sign-in", java_script_enabled=False)
    await sign_in(page)
    await page.get_by_role("link", name="Post", exact=True).click()
    await page.get_by_label("The weekly digest").check()
    await page.get_by_role("button", name="Save").click()
    error = page.get_by_role("alert").get_by_role("link")
    await expect(error).to_have_text("Give an e-mail address, such as name@school.example")
    await page.get_by_label("At which e-mail address?").fill("anne@northmoor.example")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("You get: The weekly digest.")
    await expect(page.get_by_label("The weekly digest")).to_be_checked()

    await page.get_by_label("The weekly digest").uncheck()
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("alert")).to_contain_text("You get no post")
    await expect(page.get_by_label("At which e-mail address?")).to_have_value("")
    site.faults.clear()  # the browser tells of an answer with the status 422
