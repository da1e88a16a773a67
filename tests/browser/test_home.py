"""The first page as people meet it: on a desk, on a phone, by keyboard, in print, without JavaScript, and live."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import WEB, Look, Site
from tests.support import read_model
from tests.support.helping import ASHBY, BIRCH, CEDAR, Helping
from tests.support.northmoor import BEFORE, CYCLE, NOW
from tests.support.story import Story

NARROWEST = 320
WIDTHS = (1280, 390, NARROWEST)
PAGES = ("/", "/reports/focus?school=900004", "/reports/loop", f"/reports/agenda?cycle={CYCLE}", "/reports/roles")


async def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with where."""
    await page.evaluate((WEB / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    run = "tags => axe.run({runOnly: tags, resultTypes: ['violations']}).then(found => found.violations)"
    found: list[dict[str, Any]] = await page.evaluate(run, tags)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.mark.parametrize("width", WIDTHS)
async def test_nothing_scrolls_sideways_and_axe_finds_nothing(look: Look, width: int) -> None:
    page = await look("/", width=width)
    for path in PAGES:
        await page.goto(re.sub(r"(?<=\d)/.*", path, page.url))

        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width != NARROWEST:  # it is laid out as at 390
            assert await violations(page) == [], path


async def test_the_page_says_what_there_is_to_say(look: Look) -> None:
    page = await look()

    await expect(page).to_have_title("Two of four priorities need you this week \N{EN DASH} Northmoor Learning Trust")
    await expect(page.locator("h1")).to_have_text("Two of four priorities need you this week")
    await expect(page.locator(".steps li")).to_have_count(6)
    await expect(page.locator(".matrix tbody tr")).to_have_count(12)
    await expect(page.locator(".matrix td.state--red")).to_contain_text(["Off track"] * 3)
    await expect(page.locator(".problems li")).to_have_count(6)
    await expect(page.get_by_text("Up to collaboration event 163, 12:00:00 today")).to_be_visible()


async def test_every_link_leads_somewhere(look: Look, site: Site) -> None:
    page = await look()
    links = set(await page.locator("a").evaluate_all("links => links.map(link => link.href.split('#')[0])"))

    answers = {link: (await page.request.get(link)).status for link in sorted(links)}

    assert len(links) > 20
    assert {link for link, status in answers.items() if status != 200} == set()


async def test_each_figure_opens_a_list_of_its_length(look: Look) -> None:
    page = await look()
    figures: dict[str, int] = await page.locator(".step, .missing, .tally a").evaluate_all(
        "links => Object.fromEntries(links.map(link => [link.href, parseInt(link.innerText.match(/\\d+/) ?? '0')]))"
    )

    assert len(figures) > 15
    for address, figure in figures.items():
        await page.goto(address)
        assert await page.locator("table.rows tbody tr").count() == figure, address


async def test_the_keyboard_reaches_everything_and_shows_where_it_is(look: Look) -> None:
    page = await look()
    wanted = await page.locator("a:visible, button:visible, summary:visible").count()
    reached: dict[str, str] = {}
    for _ in range(wanted):
        await page.keyboard.press("Tab")
        name, outline = await page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.tagName + e.id + e.href + e.textContent.trim(), s.outlineStyle + s.boxShadow]; }"
        )
        reached[name] = outline

    assert len(reached) == wanted
    assert {name for name, outline in reached.items() if outline == "nonenone"} == set()


async def test_the_first_stop_leads_past_the_top(look: Look) -> None:
    page = await look()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    assert await page.evaluate("document.activeElement.id") == "main"


async def test_a_new_answer_is_shown_without_loading_the_page_again(look: Look, site: Site) -> None:
    page = await look()
    await page.evaluate("window.same = true")
    cell = page.locator("td", has=page.locator("[id^='cell-900009-']")).filter(has_text="No answer yet")
    await expect(cell).to_have_count(1)
    link = cell.locator("a")
    focused = await link.get_attribute("id")
    await link.focus()
    scrolled = await page.evaluate("scrollY")

    held_at = datetime(2026, 11, 20, 15, tzinfo=UTC)
    told = len(site.story.told)
    site.story.now = NOW - timedelta(minutes=5)
    site.story.meets("second", ["900009"], held_at)
    site.story.answers("second", f"{CYCLE} attendance", "900009", "red", held_at)
    site.story.reports("second", 1, 1)
    await read_model.receive(site.pool, site.story.told[told:])

    await expect(page.locator(f"#{focused}")).to_contain_text("Off track", timeout=10_000)
    await expect(page.locator("#positions")).to_contain_text("collaboration event 166, 17:25:00 today")
    assert await page.evaluate("window.same")
    assert await page.evaluate("document.activeElement.id") == focused
    assert await page.evaluate("scrollY") == scrolled


async def test_a_changed_message_is_said_politely(look: Look, site: Site) -> None:
    page = await look()
    told = len(site.story.told)
    site.story.responds(f"{CYCLE} 900004", f"{CYCLE} attendance", "900004")
    await read_model.receive(site.pool, site.story.told[told:])

    status = page.locator("[role=status]")
    await expect(status).to_have_text("Updated: One of four priorities needs you this week.", timeout=10_000)
    await expect(status).to_have_attribute("aria-live", "polite")
    await expect(page).to_have_title(re.compile("^One of four priorities needs you this week \N{EN DASH} "))


async def test_updates_can_be_paused_and_resumed(look: Look, site: Site) -> None:
    page = await look()
    await page.get_by_role("button", name="Pause updates").click()
    told = len(site.story.told)
    site.story.acknowledges(f"{CYCLE} 900011", f"{CYCLE} reading", "900011")
    await read_model.receive(site.pool, site.story.told[told:])
    await page.wait_for_timeout(2_000)

    await expect(page.locator("#step-4")).to_contain_text("2 of 4")
    await expect(page.locator("[role=status]")).to_have_text("Updates are paused.")
    await page.reload()
    await expect(page.locator("#step-4")).to_contain_text("3 of 4")
    await expect(page.get_by_role("button", name="Resume updates")).to_be_visible()

    await page.get_by_role("button", name="Resume updates").click()
    told = len(site.story.told)
    site.story.acknowledges(f"{CYCLE} 900003", f"{CYCLE} reading", "900003")
    await read_model.receive(site.pool, site.story.told[told:])
    await expect(page.locator("#step-4")).to_contain_text("4 of 4", timeout=10_000)


async def test_an_open_page_comes_to_say_that_a_service_is_behind(look: Look, site: Site) -> None:
    page = await look()
    await page.clock.install()
    await page.reload()
    await expect(page.get_by_text("Up to collaboration event")).not_to_contain_text("behind")
    for urn in ("900013", "900014"):
        site.story.later(minutes=1)
        site.story.joins(urn, f"School {urn}", date(2026, 9, 1))
    await read_model.receive(site.pool, site.story.told[-1:])  # the one before it is missing: nothing moves
    site.clock.time = site.story.now + timedelta(minutes=3)

    await page.clock.run_for(62_000)
    await expect(page.get_by_text("Up to collaboration event")).to_contain_text(", 3 minutes behind.")


async def test_without_javascript_it_is_complete(look: Look) -> None:
    page = await look(java_script_enabled=False)

    await expect(page.locator("h1")).to_have_text("Two of four priorities need you this week")
    await expect(page.get_by_role("button", name="Pause updates")).to_be_hidden()
    await page.get_by_text("See it as of another day").click()
    await page.get_by_label("What was known at the end of").fill("2026-11-17")
    await page.get_by_role("button", name="Show that day").click()

    await expect(page.get_by_text("As it was known at the end of 17 November 2026.")).to_be_visible()
    await expect(page.locator("#step-2")).to_contain_text("22 of 44 questions")
    await page.get_by_role("link", name="Back to now").click()
    await expect(page.locator("#step-2")).to_contain_text("36 of 42 questions")


async def test_another_day_that_is_none_is_explained(look: Look, site: Site) -> None:
    page = await look()
    answer = await page.request.get(f"{site.address}/?as_of=soon")

    assert answer.status == 400
    assert "Give a day, such as 2026-11-20." in await answer.text()


async def test_earlier_cycles_are_one_step_away(look: Look) -> None:
    page = await look()
    await page.get_by_role("link", name=f"Cycle before, {BEFORE}").click()

    await expect(page.locator("h1")).to_have_text("Forest Way School needs you: Year 9 curriculum in maths")
    await page.get_by_role("link", name=f"Cycle after, {CYCLE}").click()
    await expect(page.locator("h1")).to_have_text("Two of four priorities need you this week")


async def test_print_is_one_sheet(look: Look, tmp_path: Path) -> None:
    page = await look()
    sheet = await page.pdf(format="A4", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


async def test_a_policy_keeps_everything_from_here(look: Look, site: Site) -> None:
    page = await look()
    for path in (*PAGES, "/partials/loop", "/static/app.css"):
        answer = await page.request.get(f"{site.address}{path}")
        policy = answer.headers["content-security-policy"]

        assert policy.startswith("default-src 'self';"), path
        assert "unsafe" not in policy, path
        assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=", await answer.text()), path


async def test_a_simulated_clock_is_said(look: Look, site: Site) -> None:
    site.clock.simulated = True
    page = await look()

    await expect(page.locator(".simulated")).to_contain_text("20 November 2026, 17:30")
    assert await violations(page) == []


class TestWhoCouldHelp:
    """A trust whose schools ask and give."""

    @pytest.fixture
    async def story(self) -> Story:
        helping = Helping()
        helping.offers("near", BIRCH, 6)
        helping.offers("far", CEDAR, 4)
        helping.asks("help", ASHBY, 6, priority="high")
        helping.asks("money", ASHBY, 5_000, dimension="financial", unit="pence")
        helping.can_coach("Ana", BIRCH)
        helping.wishes("Cat", ASHBY)
        return helping.story

    @pytest.mark.parametrize("width", WIDTHS)
    async def test_each_suggestion_can_be_read(self, look: Look, width: int) -> None:
        page = await look("/reports/matches", width=width)

        await expect(page.locator("li h2")).to_contain_text(["6 half-days of people", "£50 of money", "coach"])
        await expect(page.get_by_text("Ask Birch first")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []


class TestNothingYet:
    """Before anything is recorded."""

    @pytest.fixture
    async def story(self) -> Story:
        return Story(now=NOW)

    @pytest.mark.parametrize("width", WIDTHS)
    async def test_it_says_what_to_do(self, look: Look, width: int) -> None:
        page = await look(width=width)

        await expect(page.locator("h1")).to_have_text("Nothing has been recorded yet")
        await expect(page.locator("ol li")).to_have_count(6)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []
