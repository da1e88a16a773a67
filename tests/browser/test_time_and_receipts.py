"""Time on the pages: from event to event, over the days, two days beside each other; and receipts on paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Look, Site
from tests.browser.test_home import violations
from tests.support import read_model
from tests.support.northmoor import CYCLE, NOW

PAGES = ("/reports/focus?school=900004&as_of=event:collaboration:140&compare=2026-11-15", "/verify?code=7K3Q-9FTM")


async def goes_on(site: Site) -> None:
    """The trust responds, a quarter of an hour later."""
    told = len(site.story.told)
    site.clock.time = site.story.now = NOW + timedelta(minutes=15)
    site.story.responds(f"{CYCLE} 900004", f"{CYCLE} attendance", "900004")
    await read_model.receive(site.pool, site.story.told[told:])


async def code_of(page: Page) -> str:
    """A receipt of the page that is open; then the page is as the receipt is of it."""
    await page.get_by_role("button", name="Print with a receipt").click()
    await expect(page.locator(".receipt")).to_contain_text("Receipt")
    found = re.search(r"Receipt (\S{4}-\S{4})", await page.locator(".receipt").inner_text())
    assert found
    return found[1]


@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_nothing_scrolls_sideways_and_axe_finds_nothing(look: Look, site: Site, width: int) -> None:
    page = await look("/reports/loop", width=width)
    receipt = f"/verify/{await code_of(page)}"
    await goes_on(site)
    for path in (*PAGES, receipt, page.url.removeprefix(site.address)):
        await page.goto(f"{site.address}{path}")
        for summary in await page.locator("summary").all():
            await summary.click()

        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width != 320:  # it is laid out as at 390
            assert await violations(page) == [], path
    site.faults.clear()  # the browser tells of the code that is none


async def test_from_event_to_event(look: Look) -> None:
    page = await look("/?cycle=2026%2F27-A2.3", java_script_enabled=False)
    await expect(page.get_by_role("link", name="Event after")).to_have_count(0)
    await expect(page.locator("#step-5")).to_contain_text("1 of 4")

    await page.get_by_role("link", name="Event before").click()
    await expect(page.get_by_text("Up to collaboration event 162")).to_be_visible()
    await expect(page.locator("#step-5")).to_contain_text("0 of 4")
    await page.get_by_role("link", name="Event before").click()
    await expect(page.get_by_text("Up to collaboration event 161")).to_be_visible()
    await page.get_by_role("link", name="Event after").click()
    await page.get_by_role("link", name="Event after").click()
    await expect(page.locator("#step-5")).to_contain_text("1 of 4")
    await expect(page.get_by_role("link", name="Event after")).to_have_count(0)
    await page.get_by_role("link", name="Back to now").click()
    assert page.url.endswith("/?cycle=2026%2F27-A2.3")


async def test_before_the_first_event_there_is_none(look: Look) -> None:
    page = await look("/reports/roles?as_of=2026-08-31")

    await expect(page.get_by_role("link", name="Event before")).to_have_count(0)
    await page.get_by_role("link", name="Event after").click()
    await expect(page.get_by_text("Up to collaboration event 0")).to_be_visible()


async def test_a_slider_goes_over_the_days_by_keyboard(look: Look) -> None:
    page = await look("/reports/agenda")
    await page.get_by_text("See it as of another day").click()
    slider, field = page.get_by_label("Or slide to a day").first, page.get_by_label("What was known at the end of")

    await slider.press("ArrowLeft")
    await expect(field).to_have_value("2026-11-19")
    await expect(slider).to_have_attribute("aria-valuetext", "19 November 2026")
    await slider.press("Home")
    await expect(field).to_have_value("2026-09-01")
    await field.fill("2026-11-17")
    await expect(slider).to_have_attribute("aria-valuetext", "17 November 2026")
    await page.get_by_role("button", name="Show that day").press("Enter")
    await expect(page.get_by_text("As it was known at the end of 17 November 2026.")).to_be_visible()


async def test_without_javascript_there_is_the_field_alone(look: Look) -> None:
    page = await look("/reports/agenda", java_script_enabled=False)

    await expect(page.locator("input[type=range]")).to_have_count(0)
    await expect(page.get_by_role("button", name="Print", exact=True)).to_have_count(0)


async def test_two_days_beside_each_other(look: Look) -> None:
    page = await look("/reports/focus?school=900004", java_script_enabled=False)
    await page.get_by_text("Compare with another day").click()
    await page.get_by_label("What was different at the end of").fill("2026-11-16")
    await page.get_by_role("button", name="Compare", exact=True).click()

    await expect(page.get_by_text("Compared with the end of 16 November 2026: three rows changed.")).to_be_visible()
    row = page.locator("tr", has_text="Attendance below 90%").filter(has_text="2026/27-A2.3")
    await expect(row.locator("td").first).to_contain_text("changed")
    await expect(row).to_contain_text("Off track (was No answer yet)")
    await page.get_by_role("link", name="Do not compare").click()
    await expect(page.get_by_text("Compared with")).to_have_count(0)
    assert page.url.endswith("/reports/focus?school=900004")


async def test_a_later_day_is_spoken_of_as_later(look: Look) -> None:
    page = await look("/reports/focus?as_of=2026-11-16&compare=2026-11-20&school=900004")

    await expect(page.locator(".rows")).to_contain_text("No answer yet (later Off track)")


async def test_a_day_to_compare_with_that_is_none(look: Look, site: Site) -> None:
    page = await look("/reports/focus")
    answer = await page.request.get(f"{site.address}/reports/focus?compare=soon")

    assert answer.status == 400
    assert "Give a day, such as 2026-11-20." in await answer.text()


async def test_a_print_is_checked_by_its_code(look: Look, site: Site) -> None:
    page = await look("/reports/loop", java_script_enabled=False)
    code = await code_of(page)
    await goes_on(site)

    await page.reload()
    await expect(page.get_by_text("As it was known at 20 November 2026, 17:30.")).to_be_visible()
    await page.goto(f"{site.address}/verify")
    await page.get_by_label("The code of the receipt").fill(code.lower().replace("-", " "))
    await page.get_by_role("button", name="Check").click()

    await expect(page.locator("h1")).to_have_text("These figures were so, and some have changed since")
    await expect(page.get_by_text("The same.")).to_be_visible()
    await expect(page.get_by_text("One row changed.")).to_be_visible()
    await expect(page.locator(".rows")).to_contain_text("(now 20 November 2026, 17:45)")
    await expect(page.locator(".events li")).to_have_text(
        re.compile(r"Trust response given, 20 November 2026, 17:45\s+collaboration 164")
    )
    event = site.story.told[-1].envelope.id
    await expect(page.locator(".events a")).to_have_attribute("href", f"/events/{event}")
    await page.get_by_role("link", name="what was known then").click()
    await expect(page.locator(".receipt")).to_contain_text(code)


async def test_another_page_of_the_same_moment_has_not_that_receipt(look: Look, site: Site) -> None:
    page = await look("/reports/loop")
    code = await code_of(page)
    await page.goto(f"{site.address}/reports/loop?as_of=receipt:{code}&school=900004")

    await expect(page.locator(".receipt")).to_have_count(0)
    await expect(page.get_by_role("button", name="Print with a receipt")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/reports/focus?school=900004"])
async def test_on_paper_stand_the_code_and_the_moment_and_no_navigation(look: Look, path: str) -> None:
    page = await look(path)
    await page.emulate_media(media="print")
    await expect(page.get_by_text("Printed without a receipt.")).to_be_visible()
    await page.emulate_media(media="screen")
    code = await code_of(page)
    await page.emulate_media(media="print")

    await expect(page.locator(".receipt")).to_contain_text(f"Receipt {code}")
    await expect(page.get_by_text("As it was known at 20 November 2026, 17:30.")).to_be_visible()
    await expect(page.locator("#positions")).to_contain_text("Up to collaboration event 163; talent event 13.")
    await expect(page.locator("h1")).to_be_visible()
    for gone in ("nav a", "summary", ".fresh a", "button", ".files a"):
        assert await page.locator(gone).locator("visible=true").count() == 0, gone
    assert len(re.findall(rb"/Type\s*/Page\b", await page.pdf(prefer_css_page_size=True))) == 1


async def test_a_button_prints(look: Look) -> None:
    page = await look("/reports/roles")
    await code_of(page)
    await page.evaluate("window.print = () => { window.printed = true }")
    await page.get_by_role("button", name="Print", exact=True).click()

    assert await page.evaluate("window.printed")
