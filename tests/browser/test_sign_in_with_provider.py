"""A real identity provider signs people in to the dashboard, in Chromium; and who it may not be is refused."""

from __future__ import annotations

import asyncio
import os
import re
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, expect

from deploy.description import SERVICES
from deploy.local.ports import free_port
from services.reporting.signing_in.provider import OpenIdProvider, SignInWith
from shared.identity import NotAuthenticated, Provider, Trusted, Verifier, keys_of
from shared.identity.tokens import leeway_seconds
from tests.browser.test_home import violations
from tests.stack import Stack, own_database
from tests.support import pages, read_model
from tests.support.keycloak import distribution
from tests.support.keycloak.server import Keycloak, one_time_code, running
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import Writers
from tests.support.read_model import HandClock
from tests.support.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # the first starts Keycloak: 15 to 45 s

_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
_SOON_S = 20
_forbidden = "Content Security Policy"

Opens = Callable[[], Awaitable[Page]]


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A running one, whose people sign in with a running Keycloak.

    Attributes:
        stale: a token of a second, which is refused from `stale_at` on.
    """

    address: str
    keycloak: Keycloak
    verifier: Verifier
    writers: Writers
    stale: str
    stale_at: float


@pytest.fixture(scope="module")
def port() -> int:
    """Where the dashboard will be."""
    return free_port()


@pytest.fixture(scope="module")
async def keycloak(port: int) -> AsyncIterator[Keycloak]:
    await distribution.fetch()
    async with running(f"http://127.0.0.1:{port}") as keycloak:
        yield keycloak


@pytest.fixture(scope="module")
async def dashboard(stack: Stack, read_models: str, keycloak: Keycloak, port: int) -> AsyncIterator[Dashboard]:
    address, writers = f"http://127.0.0.1:{port}", Writers()
    async with own_database(stack, like=read_models) as dsn, read_model.telling(dsn, northmoor().told) as pool:
        issuer = Provider(issuer=keycloak.issuer)
        verifier = Verifier([Trusted(issuer, keys_of(issuer))], now)
        described = SignInWith(issuer=keycloak.issuer, client_id="dashboard")
        provider = OpenIdProvider(described, issuer, "made-up-secret-of-dashboard", address, verifier, now)
        app = pages.app(pool, HandClock(NOW), writers=writers, provider=provider)
        async with serving(app, port):
            stale, stale_at = await keycloak.token_of("careless", "briefly"), time.monotonic() + leeway_seconds + 2
            yield Dashboard(address, keycloak, verifier, writers, stale, stale_at)


@pytest.fixture
async def opens(chromium: Browser, dashboard: Dashboard) -> AsyncIterator[Opens]:
    """Opens the dashboard in a browser of one's own; afterwards its policy may have forbidden nothing."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    async def open_page() -> Page:
        context = await chromium.new_context()
        contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if _forbidden in said.text else None)
        await page.goto(dashboard.address)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert faults == []


async def sign_in(page: Page, user: str) -> None:
    """As a person does: at the provider's own pages."""
    await page.get_by_role("link", name="Sign in").first.click()
    await page.get_by_label(re.compile("Username")).fill(user)
    await page.get_by_label("Password", exact=True).fill(f"made-up-{user}")
    await page.get_by_role("button", name="Sign In").click()


async def second_step(page: Page, user: str) -> None:
    await page.get_by_label("One-time code").fill(one_time_code(user))
    await page.get_by_role("button", name="Sign In").click()


async def test_a_leader_signs_in_does_something_and_signs_out(opens: Opens, dashboard: Dashboard) -> None:
    page = await opens()
    await sign_in(page, "leader")
    await second_step(page, "leader")

    await expect(page).to_have_url(f"{dashboard.address}/")
    await expect(page.get_by_text("Leader of the trust", exact=True)).to_be_visible()
    await page.goto(f"{dashboard.address}/do/open-cycle")
    await page.get_by_label("What is it called?").fill("2026/27-A2.6")
    for group, day in (("First day", "7"), ("Last day", "18")):
        for part, text in (("Day", day), ("Month", "12"), ("Year", "2026")):
            await page.get_by_role("group", name=group).get_by_label(part).fill(text)
    await page.get_by_role("button", name="Open the cycle").click()
    await expect(page.get_by_role("alert")).to_contain_text("The cycle is open.")
    [asked] = dashboard.writers.asked
    who = await dashboard.verifier.principal(asked.headers["authorization"])
    assert (who.roles, who.trustuid) == (frozenset({"trust_leader"}), "99001")

    await page.get_by_role("button", name="Sign out").click()

    await expect(page).to_have_url(f"{dashboard.address}/")
    await page.get_by_role("link", name="Sign in").first.click()
    await expect(page.get_by_label("Password", exact=True)).to_be_visible()  # the provider has forgotten them too


async def test_without_a_second_factor_a_leader_is_told_what_to_do(opens: Opens, dashboard: Dashboard) -> None:
    page = await opens()
    await sign_in(page, "careless")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Show that it is you in a second way")
    assert await violations(page) == []
    await page.get_by_role("link", name="Sign in with your second step").click()
    await expect(page.get_by_label("Password", exact=True)).to_be_visible()  # asked once more, whom it knows already
    await page.goto(dashboard.address)
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


async def test_a_role_that_is_taken_away_ends_what_one_is_doing(opens: Opens, dashboard: Dashboard) -> None:
    page = await opens()
    await sign_in(page, "head")
    await second_step(page, "head")
    await expect(page.get_by_text("Leader of Ashby Park Primary", exact=True)).to_be_visible()

    await dashboard.keycloak.take_role("head", "school_leader")

    await told_when_it_ends(page, "Your account has no role here any more.")
    assert await violations(page) == []
    await page.get_by_role("link", name="Sign in").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your account has no role here")


async def test_an_account_that_is_closed_ends_what_one_is_doing(opens: Opens, dashboard: Dashboard) -> None:
    page = await opens()
    await sign_in(page, "leaver")
    await second_step(page, "leaver")
    await expect(page.get_by_text("Auditor", exact=True)).to_be_visible()

    await dashboard.keycloak.disable("leaver")

    await told_when_it_ends(page, "Your account at your sign-in service was closed or changed")


async def told_when_it_ends(page: Page, said: str) -> None:
    """An access token of this realm lasts for seconds: look again until the page says it."""
    until = time.monotonic() + _SOON_S
    while not await page.get_by_text(said).count():
        assert time.monotonic() < until, await page.inner_text("main")
        await asyncio.sleep(0.5)
        await page.reload()


async def test_a_token_for_another_audience_and_a_stale_one_are_refused_at_a_door(
    dashboard: Dashboard, tmp_path: Path
) -> None:
    elsewhere, good = [await dashboard.keycloak.token_of("careless", client) for client in ("another", "well")]
    door = await talents_door(dashboard.keycloak, tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://talent") as client:

        async def asks(token: str) -> tuple[int, str]:
            answer = await client.get("/register/members", headers={"authorization": f"Bearer {token}"})
            return answer.status_code, answer.json()["code"]

        assert await asks(elsewhere) == (401, "not_authenticated")
        assert (await asks(good))[0] == 503  # let in, and there is no database behind this door
        await asyncio.sleep(dashboard.stale_at - time.monotonic())
        assert await asks(dashboard.stale) == (401, "not_authenticated")
    with pytest.raises(NotAuthenticated, match="expired"):
        await dashboard.verifier.bearer(dashboard.stale)


async def talents_door(keycloak: Keycloak, directory: Path) -> FastAPI:
    """A writer in production's manner: it trusts this provider alone. It is not started."""
    master = directory / "master.key"
    master.write_text(b64encode(os.urandom(32)).decode())
    told = {"dsn": _NOWHERE, "vault_dsn": _NOWHERE, "kafka": "localhost:9092", "master_key_file": master}
    [talent] = [service for service in SERVICES if service.name == "talent"]
    config = import_module("services.talent.config")
    settings = config.Settings(port=talent.port, issuers=[{"issuer": keycloak.issuer}], **told)
    app: FastAPI = import_module(talent.module).build(settings)
    return app
