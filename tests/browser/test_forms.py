"""The forms as people fill them in: with the keyboard, without JavaScript, on a phone, and with something wrong."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import Page, expect

from services.reporting.web.forms import forms
from services.reporting.web.forms.form import Form
from shared.identity import Role
from shared.identity.rights import RIGHTS
from tests.browser.conftest import Look, Site
from tests.browser.test_home import NARROWEST, violations
from tests.support.busy import DENE, busy
from tests.support.key_ring import KeyRing
from tests.support.story import Story


@pytest.fixture
async def story(ring: KeyRing) -> Story:
    return busy(ring)


def only(role: Role, form: Form) -> bool:
    """Each form once: with a leader of the trust, where one may use it."""
    return role in RIGHTS[form.who] and (role == "trust_leader" or "trust_leader" not in RIGHTS[form.who])


async def sign_in(page: Page, who: str = "trust") -> None:
    await page.goto(re.sub(r"(?<=\d)/.*", "/sign-in", page.url))
    await page.get_by_label("Who are you?").select_option(who)
    await page.get_by_role("button", name="Sign in").click()


async def test_nothing_scrolls_sideways_and_axe_finds_nothing(look: Look, site: Site) -> None:
    for width in (1280, NARROWEST):
        page = await look("/sign-in", width=width)
        assert await violations(page) == []
        leaders: dict[str, Role] = {"trust": "trust_leader", DENE: "school_leader"}
        for who, role in leaders.items():
            await sign_in(page, who)
            theirs = [f"/do/{name}" for name, form in forms.items() if only(role, form)]
            assert theirs
            for path in ("/do", *theirs):
                await page.goto(f"{site.address}{path}")
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
                if width != NARROWEST:
                    assert await violations(page) == [], path


async def test_a_response_is_sent_with_the_keyboard_alone(look: Look, site: Site) -> None:
    page = await look("/")
    await sign_in(page)
    await page.get_by_role("link", name=re.compile("Respond.*Dene Valley High")).focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_title(re.compile("^Respond to an answer"))
    await expect(page.get_by_text("Two classes are below 80%.")).to_be_visible()
    while await page.evaluate("document.activeElement.id") != "response":
        await page.keyboard.press("Tab")
    await page.keyboard.type("We come on Monday.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text("The response is with the school.")
    assert site.writers.body["response"] == "We come on Monday."
    await page.reload()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_who_is_signed_out_meanwhile_signs_in_on_another_page_and_sends_it_again(look: Look, site: Site) -> None:
    page = await look("/")
    await sign_in(page)
    await page.get_by_role("link", name=re.compile("Respond.*Dene Valley High")).click()
    await page.get_by_label("What does the trust say to it?").fill("We come on Monday.")
    await page.context.clear_cookies()
    await page.get_by_role("button").last.click()
    await expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    assert await violations(page) == []
    async with page.context.expect_page() as opened:
        await page.get_by_role("alert").get_by_role("link").press("Enter")
    await sign_in(await opened.value)
    await page.get_by_role("button").last.press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text("The response is with the school.")
    assert site.writers.body["response"] == "We come on Monday."
    site.faults.clear()  # the browser tells of an answer with the status 401


async def test_without_javascript_a_refusal_is_read_and_what_was_typed_is_still_there(look: Look, site: Site) -> None:
    page = await look("/", java_script_enabled=False)
    await sign_in(page)
    await page.goto(f"{site.address}/do/request-capacity")
    await page.get_by_label("Which school?").select_option(label="Dene Valley High")
    await page.get_by_label("People", exact=True).check()
    await page.get_by_label("How much?").fill("4")
    await page.get_by_label("Half-days", exact=True).check()
    await page.get_by_role("button", name="Ask for it").click()

    summary = page.get_by_role("alert")
    await expect(summary.get_by_role("link")).to_have_text(["Fill in: From", "Fill in: To"])
    await expect(page.get_by_label("How much?")).to_have_value("4")
    for group, day in (("From", "1"), ("To", "18")):
        when = page.get_by_role("group", name=group)
        for part, text in (("Day", day), ("Month", "12"), ("Year", "2026")):
            await when.get_by_label(part).fill(text)
    problem = {"code": "x", "detail": "No.", "errors": [{"pointer": "/quantity", "message": "Ask for less."}]}
    site.writers.answer = lambda _: httpx.Response(422, json=problem)
    await page.get_by_role("button", name="Ask for it").click()

    await expect(summary.get_by_role("link")).to_have_text("Ask for less.")
    await expect(page.get_by_label("How much?")).to_have_attribute("aria-describedby", re.compile("quantity-error"))
    await expect(page.get_by_role("group", name="From").get_by_label("Day")).to_have_value("1")
    await expect(page.get_by_label("Half-days", exact=True)).to_be_checked()
    site.faults.clear()  # the browser tells of an answer with the status 422
