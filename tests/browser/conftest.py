"""A reporting server with a small trust, and a browser that looks at it and may ask for nothing from elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Browser, Page, Playwright, Route, async_playwright

from deploy.local.ports import free_port
from services.reporting.feed import Feed
from services.reporting.signing_in.sessions import Sessions
from tests.stack import Stack, own_database
from tests.support import pages, read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import Writers
from tests.support.read_model import HandClock
from tests.support.serving import serving
from tests.support.story import Story

WEB = Path(__file__).parents[2] / "services/reporting/web"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
Look = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(slots=True)
class Site:
    """A running server.

    Attributes:
        pages: the paths of its pages.
        sessions: who is signed in.
        asked_elsewhere: the addresses outside it that a page asked for.
        faults: what went wrong in the browser.
    """

    address: str
    pool: asyncpg.Pool
    clock: HandClock
    story: Story
    writers: Writers
    pages: frozenset[str]
    sessions: Sessions
    asked_elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture(scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "The browser tests need Chromium (Debian: apt-get install chromium)."
    browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    await browser.close()


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing()


@pytest.fixture
async def story(ring: KeyRing) -> Story:
    """What is told; a test may have its own."""
    return northmoor(ring)


@pytest.fixture
async def database(stack: Stack, read_models: str) -> AsyncIterator[str]:
    """The superuser's DSN of a database that is this test's alone: every read model, and none has heard anything."""
    async with own_database(stack, like=read_models) as dsn:
        yield dsn


@pytest.fixture
async def site(database: str, story: Story, ring: KeyRing) -> AsyncIterator[Site]:
    assert (WEB / "static/app.css").exists(), "The browser tests need the dashboard's assets: run `make assets`."
    async with read_model.telling(database, story.told) as pool:
        clock = HandClock(NOW)
        port, feed, writers = free_port(), Feed(pool), Writers()
        app = pages.app(pool, clock, feed=feed, ring=ring, writers=writers)
        await feed.start()
        async with serving(app, port):
            yield Site(f"http://127.0.0.1:{port}", pool, clock, story, writers, app.state.pages, app.state.sessions)
            await feed.stop()


@pytest.fixture
async def look(chromium: Browser, site: Site) -> AsyncIterator[Look]:
    """A function that opens a page of the site; afterwards nothing may have gone wrong in the browser."""
    contexts = []

    async def open_page(path: str = "/", *, width: int = 1280, **options: Any) -> Page:
        context = await chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)

        async def stay_here(route: Route) -> None:
            if route.request.url.startswith((site.address, "data:")):
                await route.continue_()
            else:
                site.asked_elsewhere.append(route.request.url)
                await route.abort()

        await context.route("**/*", stay_here)
        page = await context.new_page()
        page.on("console", lambda said: site.faults.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: site.faults.append(str(error)))
        await page.goto(f"{site.address}{path}")
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert site.asked_elsewhere == []
    assert site.faults == []
