"""A round of the loop at the pages, on a real stack: a school without a system answers, and the trust responds."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from deploy.demo.trust import UID
from deploy.settings import StackSettings
from deploy.tokens import development_token
from services.reporting.london import london
from shared.identity import Principal
from tests.browser.conftest import chromium, playwright  # noqa: F401  fixtures
from tests.support.writer import COLLABORATION, claim

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(600)]

HIGHFIELDS = "900008"
"""It let the last cycle pass without an answer."""
SignedIn = Callable[..., Awaitable[Page]]


@pytest.fixture
async def signed_in(lived_in: StackSettings, chromium: Browser) -> AsyncIterator[SignedIn]:  # noqa: F811
    """A function that signs somebody in, each in a browser of their own."""
    contexts = []

    async def sign_in(who: str, **options: Any) -> Page:
        context = await chromium.new_context(base_url=f"http://127.0.0.1:{lived_in.reporting_port}", **options)
        contexts.append(context)
        page = await context.new_page()
        await page.goto("/sign-in")
        await page.get_by_label("Who are you?").select_option(who)
        await page.get_by_role("button", name="Sign in").click()
        return page

    yield sign_in
    for context in contexts:
        await context.close()


async def test_a_school_answers_the_trust_responds_and_the_school_reads_it(
    signed_in: SignedIn, lived_in: StackSettings, record_property: Callable[[str, object], None]
) -> None:
    """The school has no scripts, the trust no mouse; how soon the trust sees it is measured."""
    trust = await signed_in("trust")
    school = await signed_in(HIGHFIELDS, java_script_enabled=False)
    await school.goto("/do/answer")
    asked = await school.locator("main h2").first.inner_text()
    await _ended(school, await _now(lived_in) - timedelta(hours=1))
    await school.get_by_label("Off track").first.check()
    await school.get_by_label("Comment").first.fill("Two of three readers left.")
    await school.get_by_label("Do you need help?").first.select_option("people")
    sent = monotonic()
    await school.get_by_role("button", name="Send to the trust").click()
    mine = trust.locator(".problems li", has_text="Highfields Primary").filter(has_text=asked)
    await expect(mine).to_contain_text("Asks for help: people.", timeout=15_000)  # by itself
    record_property("seconds from the school's button to the trust's open page", round(monotonic() - sent, 2))
    await expect(school.get_by_role("alert")).to_contain_text("The trust has your answers.")
    await _choose(trust, mine.get_by_role("link", name="Acknowledge"))
    await expect(trust.get_by_text("Two of three readers left.")).to_be_visible()
    await _choose(trust, trust.get_by_role("button", name="Acknowledge"))
    await expect(mine).to_contain_text("Acknowledged at")
    await expect(mine.get_by_role("link", name="Acknowledge")).to_have_count(0)
    await _choose(trust, mine.get_by_role("link", name="Respond"))
    await _step_to(trust, trust.get_by_label("What does the trust say to it?"))
    await trust.keyboard.type("A reader comes on Monday.")
    await _choose(trust, trust.get_by_role("button", name="Send the response"))
    await expect(trust.get_by_role("alert")).to_contain_text("The response is with the school.")
    await expect(mine).to_have_count(0)

    await school.goto(f"/reports/focus?school={HIGHFIELDS}")
    await expect(school.get_by_text("A reader comes on Monday.")).to_be_visible()


async def test_what_a_writer_refuses_is_read_at_its_field(signed_in: SignedIn, lived_in: StackSettings) -> None:
    school = await signed_in(HIGHFIELDS, java_script_enabled=False)
    await school.goto("/do/answer")
    await _ended(school, await _now(lived_in) + timedelta(days=1))
    await school.get_by_label("On track").last.check()
    await school.get_by_label("Comment").last.fill("Done before it began.")
    await school.get_by_role("button", name="Send to the trust").click()

    await expect(school).to_have_title(re.compile("^Error: "))
    await expect(school.get_by_role("alert")).to_contain_text("Record the meeting when it has been held.")
    await expect(school.get_by_label("Comment").last).to_have_value("Done before it began.")


async def test_what_a_writer_refused_is_read_at_the_page_of_whom_it_concerns(lived_in: StackSettings) -> None:
    forest, dene = "900002", "900004"
    system = Principal("forest-mis", frozenset({"school_system"}), UID, frozenset({forest}))
    spoken = claim("SupportRequested", {"urn": dene}, "for-dene", service="collaboration")
    headers = {
        "authorization": f"Bearer {development_token(lived_in, system, lasts=timedelta(minutes=5))}",
        "content-type": "application/cloudevents+json",
    }
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        door = f"{lived_in.url(COLLABORATION)}/events"
        refused = await client.post(door, content=json.dumps(spoken), headers=headers)
    pages = {who: await _intake(lived_in, who) for who in ("trust", forest, dene)}

    assert (refused.status_code, refused.json()["code"]) == (422, "not_your_school")
    assert {who: ("for-dene" in page, "<code>not_your_school</code>" in page) for who, page in pages.items()} == {
        "trust": (True, True),
        forest: (True, True),
        dene: (False, False),
    }


async def _intake(stack: StackSettings, who: str) -> str:
    """What somebody is shown of what was not taken."""
    here = {"sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{stack.reporting_port}", headers=here, follow_redirects=True, trust_env=False
    ) as browser:
        shown = await browser.post("/sign-in", data={"who": who, "then": "/intake"})
    return shown.raise_for_status().text


async def _step_to(page: Page, target: Locator) -> None:
    """By the Tab key, as often as it takes."""
    await expect(target).to_be_visible()
    for _ in range(300):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {target}.")


async def _choose(page: Page, target: Locator) -> None:
    await _step_to(page, target)
    await page.keyboard.press("Enter")


async def _now(stack: StackSettings) -> datetime:
    """What time the stack believes it is."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{stack.reporting_port}/clock")
    return datetime.fromisoformat(answer.json()["now"]).astimezone(london)


async def _ended(page: Page, at: datetime) -> None:
    when = page.get_by_role("group", name="When did the meeting end?")
    for part, text in (("Day", at.day), ("Month", at.month), ("Year", at.year), ("Time", f"{at:%H:%M}")):
        await when.get_by_label(part).fill(str(text))
