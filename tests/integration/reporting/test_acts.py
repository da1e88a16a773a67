"""What can be done stands beside what it is about, for whoever may do it, and leads to the form that does it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import httpx
import pytest

from shared.contracts.collaboration.capacity import CapacityAllocated, CapacityRequestConfirmed
from tests.support import form_filling, read_model
from tests.support.busy import BIRCHFIELD, DENE, KINGSMEAD, busy
from tests.support.key_ring import KeyRing
from tests.support.northmoor import CYCLE, NOW
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.story import TRUST, Story, named

REQUEST, OFFER = str(named("draft")), str(named("offer"))
DAYS: dict[str, Any] = {"from_on": date(2026, 11, 16), "to_on": date(2026, 12, 18)}
OF_DENE = f"{named(f'{CYCLE} attendance')}/{DENE}/{named(f'{CYCLE} {DENE}')}"


class Trust:
    """The trust of `busy`, as somebody sees it who signs in; more can be told."""

    def __init__(self, pool: asyncpg.Pool, story: Story, client: httpx.AsyncClient) -> None:
        self.pool, self.story, self.client = pool, story, client

    async def hears(self, event: object, stream: str) -> None:
        await read_model.receive(self.pool, [self.story.tell(event, stream)])

    async def page(self, who: str, path: str) -> str:
        await self.client.post("/sign-out")
        if who:
            await self.client.post("/sign-in", data={"who": who})
        return unescape((await self.client.get(path)).text)

    async def acts(self, who: str, path: str) -> list[tuple[str, dict[str, str]]]:
        """The forms that a page leads to, and what each is filled in with."""
        hrefs = re.findall(r'href="(/do/[^"]+)"', await self.page(who, path))
        return [(urlsplit(href).path.removeprefix("/do/"), dict(parse_qsl(urlsplit(href).query))) for href in hrefs]


@pytest.fixture
async def trust(database: str, ring: KeyRing) -> AsyncIterator[Trust]:
    story = busy(ring)
    async with (
        read_model.telling(database, story.told) as pool,
        browsing(app(pool, HandClock(NOW), ring=ring)) as client,
    ):
        yield Trust(pool, story, client)


def confirmed() -> CapacityRequestConfirmed:
    return CapacityRequestConfirmed(
        request_id=named("draft"),
        taker_urn=DENE,
        dimension="people",
        quantity=2,
        unit="half_days",
        priority="high",
        **DAYS,
    )


async def test_beside_a_call_for_help_stand_who_could_help_with_reasons_and_what_does_it(trust: Trust) -> None:
    drafted = await trust.acts("trust", "/")
    assert ("confirm-request", {"request_id": REQUEST, "dimension": "people"}) in drafted
    await trust.hears(confirmed(), f"capacity-request-{REQUEST}")

    page = await trust.page("trust", "/")
    [(_, given)] = [act for act in await trust.acts("trust", "/") if act[0] == "allocate"]

    assert "Birchfield Academy could help: covers 2 half-days of 2 half-days, 29 days in common" in page
    assert given == {
        "offer_id": OFFER,
        "request_id": REQUEST,
        "taker_urn": DENE,
        "quantity": "2",
        "from_on": "2026-11-20",
        "to_on": "2026-12-18",
    }
    form = form_filling.read((await trust.client.get("/do/allocate", params=given)).text)
    assert {name: form[name][0] for name in ("offer_id", "request_id", "taker_urn", "quantity", "to_on-day")} == {
        **{name: given[name] for name in ("offer_id", "request_id", "taker_urn", "quantity")},
        "to_on-day": "18",
    }


async def test_what_is_allocated_is_said_and_not_offered_again(trust: Trust) -> None:
    await trust.hears(confirmed(), f"capacity-request-{REQUEST}")
    allocated = CapacityAllocated(
        allocation_id=named("allocation"),
        offer_id=named("offer"),
        request_id=named("draft"),
        trustuid=TRUST,
        taker_urn=DENE,
        dimension="people",
        quantity=2,
        unit="half_days",
        **DAYS,
    )
    await trust.hears(allocated, f"capacity-offer-{OFFER}")

    assert "What it asked for is allocated." in await trust.page("trust", "/")
    assert "allocate" not in dict(await trust.acts("trust", "/"))


async def test_who_could_help_is_for_those_who_allocate_it(trust: Trust) -> None:
    await trust.hears(confirmed(), f"capacity-request-{REQUEST}")

    for who, path in ((DENE, "/"), ("", "/"), ("trust", "/?as_of=2026-11-20")):
        assert "could help" not in await trust.page(who, path)
        assert "allocate" not in dict(await trust.acts(who, path))


FORMS: list[tuple[str, str, str, dict[str, str]]] = [  # of a page, as somebody sees it, one that it leads to
    (f"/reports/loop?school={DENE}", "trust", "respond", {"answer": OF_DENE}),
    (f"/reports/loop?school={DENE}", DENE, "agree-action", {"answer": OF_DENE}),
    (f"/reports/focus?school={DENE}", "trust", "respond", {"answer": OF_DENE}),
    ("/reports/matches", "trust", "allocate", {"offer_id": OFFER, "taker_urn": DENE, "quantity": "4"}),
    ("/reports/calendar", DENE, "book-a-place", {"session_id": str(named("first"))}),
    ("/reports/support", "trust", "answer-support", {}),
    (f"/schools/{DENE}", "trust", "respond", {"answer": OF_DENE}),
    (f"/schools/{DENE}", DENE, "answer", {"urn": DENE}),
    (f"/schools/{KINGSMEAD}", "trust", "close-action", {}),
    (f"/schools/{KINGSMEAD}", KINGSMEAD, "review-effect", {}),
]


async def test_a_row_leads_to_the_form_that_is_about_it(trust: Trust) -> None:
    for path, who, form, given in FORMS:
        found = await trust.acts(who, path)
        assert [filled for name, filled in found if name == form and filled.items() >= given.items()], (path, found)


async def test_it_leads_nobody_else_there(trust: Trust) -> None:
    for path in {path for path, *_ in FORMS}:
        if path != "/reports/calendar":  # everybody may book there
            assert await trust.acts(BIRCHFIELD, path) == [], path
        assert await trust.acts("", path) == [], path


async def test_each_side_reviews_an_effect_once(trust: Trust) -> None:
    path = f"/schools/{KINGSMEAD}"
    before = len(trust.story.told)
    trust.story.reviews("books", f"{CYCLE} reading", "reading", KINGSMEAD, "school", "red", "green")
    await read_model.receive(trust.pool, trust.story.told[before:])

    assert "review-effect" in dict(await trust.acts("trust", path))
    assert "review-effect" not in dict(await trust.acts(KINGSMEAD, path))
