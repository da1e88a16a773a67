"""A meeting's team answers from the one-time link of its agenda pack, on a phone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import unquote

import httpx
import pytest
from playwright.async_api import Page, expect

from services.reporting.london import london
from services.reporting.web.answer_links import AnswerLinks, Meeting
from shared.contracts.collaboration.loop import LeadershipTeamMeetingHeld
from tests.browser.conftest import Look, Site
from tests.browser.test_forms import sign_in
from tests.browser.test_home import violations
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import CYCLE, NOW
from tests.support.story import TRUST, named

PHONE = 390
HELD_AT = datetime(2026, 11, 20, 16, 0, tzinfo=london)
MEETING = Meeting(TRUST, "900004", HELD_AT)


async def link_of_the_pack(page: Page, site: Site) -> str:
    """As a leader of the trust prints it for Dene Valley High."""
    await sign_in(page)
    await page.goto(f"{site.address}/schools/900004/agenda")
    await page.get_by_label("When is the meeting?").fill("2026-11-20T16:00")
    await page.get_by_role("button", name="Put it on the sheet").click()
    await expect(page.get_by_role("img", name="The link to your answers, to scan with a phone")).to_be_visible()
    assert await violations(page) == []
    return await page.get_by_role("link", name="the link to your answers").get_attribute("href") or ""


async def test_a_team_answers_from_a_phone_without_an_account(look: Look, site: Site) -> None:
    link = await link_of_the_pack(await look("/"), site)
    phone = await look(link.removeprefix(site.address), width=PHONE, java_script_enabled=False)

    await expect(phone.locator("h1")).to_have_text("Answer the agenda")
    await expect(phone.get_by_label("Time")).to_have_value("16:00")
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    await phone.get_by_label("At risk").check()
    await phone.get_by_label("Comment").fill("Two sets have no teacher.")
    await phone.get_by_role("button", name="Send to the trust").click()

    sent = site.writers.body
    assert (sent["meeting_id"], sent["urns"]) == (str(MEETING.id), ["900004"])
    assert [(answer["rag"], answer["comment"]) for answer in sent["answers"]] == [
        ("amber", "Two sets have no teacher.")
    ]
    assert site.writers.asked[-1].headers["idempotency-key"] == str(MEETING.id)
    await expect(phone.get_by_role("alert")).to_contain_text("The trust has your answers.")


async def test_it_works_once(look: Look, site: Site, ring: KeyRing) -> None:
    page = await look("/")
    event = LeadershipTeamMeetingHeld(meeting_id=MEETING.id, trustuid=TRUST, urns=("900004",), held_at=HELD_AT)
    site.story.tell(event, f"meeting-{MEETING.id}")
    await read_model.receive(site.pool, site.story.told[-1:])
    link = f"{site.address}{AnswerLinks(ring).path(MEETING)}"

    await page.goto(link)

    await expect(page.locator("h1")).to_have_text("Your answers are with the trust")
    assert await page.locator("form").count() == 0
    here = {"sec-fetch-site": "same-origin"}
    site.writers.answer = lambda _: httpx.Response(
        409, json={"code": "meeting_exists", "detail": "This meeting is reported.", "errors": []}
    )
    when = {"day": "20", "month": "11", "year": "2026", "time": "16:00"}
    form: dict[str, str | float | bool] = {
        "urn": "900004",
        f"rag:{named(f'{CYCLE} maths')}/900004": "amber",
        **{f"held_at-{part}": text for part, text in when.items()},
    }
    again = await page.request.post(link, form=form, headers=here)
    assert (again.status, "This meeting is reported." in await again.text()) == (422, True)


async def test_it_expires_a_week_after_its_meeting(look: Look, site: Site, ring: KeyRing) -> None:
    page = await look("/")
    link = f"{site.address}{AnswerLinks(ring).path(MEETING)}"
    site.clock.time = HELD_AT + timedelta(days=7, seconds=1)

    answer = await page.request.get(link)

    assert answer.status == 404
    assert "it worked until 7 days after its meeting" in await answer.text()
    sent = await page.request.post(link, form={"urn": "900004"}, headers={"sec-fetch-site": "same-origin"})
    assert (sent.status, site.writers.asked) == (404, [])


@pytest.mark.parametrize(
    "change",
    [lambda token: token[:-4], lambda token: f"{token[:80]}AAAA{token[84:]}", lambda _: "x", lambda _: "\u2713"],
)
async def test_a_link_that_is_not_whole_is_none(look: Look, site: Site, ring: KeyRing, change: object) -> None:
    page = await look("/")
    token = AnswerLinks(ring).path(MEETING).removeprefix("/a/")

    answer = await page.request.get(f"{site.address}/a/{change(token)}")  # type: ignore[operator]

    assert answer.status == 404
    assert "This link is not complete" in await answer.text()


async def test_who_is_not_signed_in_gets_a_sheet_without_a_link(look: Look, site: Site) -> None:
    page = await look("/schools/900004/agenda?on=2026-11-20T16:00")

    await expect(page.get_by_text("Sign in as a leader of the trust or of this school")).to_be_visible()
    assert await page.locator("a[href*='/a/']").count() == 0


async def test_the_meeting_goes_into_a_calendar(look: Look, site: Site) -> None:
    page = await look("/")
    await sign_in(page, "900004")

    answer = await page.request.get(f"{site.address}/schools/900004/agenda.ics?on=2026-11-20T16:00")

    content = re.sub(r"\r\n ", "", unquote(await answer.text()))
    assert "SUMMARY:Leadership meeting: Dene Valley High" in content
    assert "DTSTART;TZID=Europe/London:20261120T160000" in content
    assert "1. Attendance below 90%" in content
    assert f"{site.address}/a/" in content
    assert site.clock.time == NOW
