"""docs/first-week.md, done as it stands, from an empty trust to the first closed loop, on a real stack without scripts.

Each link, button and field that the guide names is used, and each text that it promises is seen, so it cannot say
anything that the pages do not.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from datetime import datetime, time
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from deploy.local import stack
from deploy.settings import ROOT, StackSettings
from services.reporting.london import london
from shared.clock import SimulatedClock
from tests.browser.test_home import violations
from tests.stack import own_settings, told
from tests.support.first_week import Doing, import_of_the_register, steps

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

NINE = time(9, tzinfo=london)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ESTABLISHMENTS = """\
URN,EstablishmentName,EstablishmentStatus (name),TypeOfEstablishment (name),PhaseOfEducation (name),LA (name),UKPRN,\
Easting,Northing,Trusts (code)
900001,Ashby Park Primary,Open,Academy converter,Primary,Northmoor,,452000,305000,99001
900002,Birchfield Academy,Open,Academy converter,Secondary,Northmoor,,458000,309000,99001
"""
GROUP_LINKS = """\
URN,Group UID,Group ID,Group Name,Companies House Number,Joined date,Closed Date
900001,99001,TR99001,Northmoor Learning Trust,,01/09/2016,
900002,99001,TR99001,Northmoor Learning Trust,,01/09/2016,
"""


@pytest.fixture
async def empty() -> AsyncIterator[StackSettings]:
    """A stack on which nothing is recorded, at nine on the guide's first morning."""
    async with own_settings() as settings:
        SimulatedClock(settings.clock).move_to(datetime.combine(steps()[0].day, NINE))
        await stack.up(settings, lambda _: None, simulated_clock=True)
        yield settings
        await stack.down(settings, lambda _: None)


class Walk:
    """Everybody whom the guide speaks of, each at a browser of their own."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.pages: dict[str, Page] = {}
        self.link = ""
        self.looked_at: dict[str, asyncio.Task[list[str]]] = {}

    async def page_of(self, who: str) -> Page:
        """Somebody's page; a school's leader is signed in."""
        if who not in self.pages:
            size = PHONE if who.endswith("on a phone") else DESK
            context = await self.chromium.new_context(base_url=self.address, viewport=size, java_script_enabled=False)  # type: ignore[arg-type]
            page = self.pages[who] = await context.new_page()
            if who.startswith("the leader of "):
                await page.goto("/sign-in")
                await page.get_by_label("Who are you?").select_option(label=f"L{who.removeprefix('the l')}")
                await page.get_by_role("button", name="Sign in").click()
        return self.pages[who]

    async def does(self, page: Page, doing: Doing) -> None:
        match doing.kind:
            case "open":
                await page.goto(doing.what)
            case "choose":
                await _named(page, "link", doing.what).click()
            case "press":
                await _named(page, "button", doing.what).click()
            case "follow":
                await page.goto(self.link)
            case "fill":
                await _fill(page, doing.what, doing.values)
            case "see":
                await _sees(page, doing.what)

    async def looks_at(self, page: Page) -> None:
        """Let axe look at a page, each kind once, while the walk goes on: a script needs a browser of its own."""
        pack = page.get_by_role("link", name="the link to your answers")
        if await pack.count():
            self.link = await pack.get_attribute("href") or ""
        kind = f"{page.url.partition('?')[0]} {await page.title()}"
        if kind not in self.looked_at:
            context = await self.chromium.new_context(viewport=page.viewport_size)
            await context.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
            same = await context.new_page()
            await same.goto(page.url)
            self.looked_at[kind] = asyncio.create_task(_violations(same))

    async def ends(self) -> None:
        """Axe found nothing anywhere."""
        assert {kind: found for kind, look in self.looked_at.items() if (found := await look)} == {}
        for page in self.pages.values():
            await page.context.close()


async def test_the_first_week_ends_with_a_closed_loop(chromium: Browser, empty: StackSettings, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{empty.reporting_port}"
    walk, clock = Walk(chromium, address), SimulatedClock(empty.clock)
    before = await walk.page_of("whoever runs Baton")
    await before.goto("/")
    await expect(before.locator("h1")).to_have_text("Nothing has been recorded yet")
    await walk.looks_at(before)
    await _import(empty, tmp_path)

    for step in steps():
        if clock.now().date() < step.day:
            clock.move_to(datetime.combine(step.day, NINE))
        page = await walk.page_of(step.who)
        for doing in step.doings:
            await walk.does(page, doing)
            if doing.kind != "fill":
                await walk.looks_at(page)

    central = walk.pages["the central team"]
    await central.goto("/")
    await expect(central.locator("#step-6")).to_have_text(re.compile(r"Effect reviewed\s+1 of 1"))
    await walk.ends()


async def _violations(page: Page) -> list[str]:
    try:
        return await violations(page)
    finally:
        await page.context.close()


async def _import(settings: StackSettings, directory: Path) -> None:
    (directory / "establishments.csv").write_text(ESTABLISHMENTS, encoding="utf-8")
    (directory / "group-links.csv").write_text(GROUP_LINKS, encoding="utf-8")
    baton = str(Path(sys.executable).with_name("baton"))
    process = await asyncio.create_subprocess_exec(
        baton,
        *import_of_the_register(),
        cwd=directory,
        env={"PATH": "", "PYTHONPATH": str(ROOT), **told(settings)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


def _named(page: Page, role: str, name: str) -> Locator:
    """A link or a button; what is read aloud besides stands behind a colon."""
    return page.get_by_role(role, name=re.compile(rf"^{re.escape(name)}\s*(:|$)")).first  # type: ignore[arg-type]


async def _fill(page: Page, label: str, values: tuple[str, ...]) -> None:
    group = page.get_by_role("group", name=re.compile(rf"^{re.escape(label)}( \(optional\))?$"))
    if not await group.count():
        field = page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} (optional)", exact=True))
        if await field.get_attribute("type") == "datetime-local":
            await field.fill(datetime.strptime(" ".join(values), "%d %m %Y %H:%M").strftime("%Y-%m-%dT%H:%M"))  # noqa: DTZ007
        elif await field.evaluate("field => field.tagName") == "SELECT":
            await field.select_option(label=values[0])
        else:
            await field.fill(values[0])
    elif await group.get_by_label("Year").count():
        parts = (*values[0].split(), *values[1:])
        for part, text in zip(("Day", "Month", "Year", "Time"), parts, strict=False):
            await group.get_by_label(part).fill(text)
    else:
        for value in values:
            await group.get_by_label(value, exact=True).check()


async def _sees(page: Page, text: str) -> None:
    """At once, or after the page was loaded again: what other services do takes a moment."""
    words = re.compile(r"\s+".join(re.escape(word) for word in text.split()))
    for _ in range(20):
        if words.search(await page.locator("body").inner_text()):
            return
        await asyncio.sleep(0.25)
        await page.reload()
    raise AssertionError(f"{text!r} is not on {page.url}: {await page.locator('main').inner_text()}")
