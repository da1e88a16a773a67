"""The dashboard without a stack: its pages over a database that a test filled, and writers that a test plays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any

import asyncpg
import httpx
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from services.reporting import api, event_api
from services.reporting.calendar_links import CalendarLinks
from services.reporting.feed import Feed
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.reports import reports
from services.reporting.seeing.scope import EVERYTHING, NOTHING
from services.reporting.seeing.texts import Texts
from services.reporting.signing_in.provider import OpenIdProvider
from services.reporting.signing_in.sessions import Sessions, Vouching
from services.reporting.web import dashboard, ics
from services.reporting.web.admission import Admission
from services.reporting.web.commands import Commands
from services.reporting.web.gate import Gate
from services.reporting.web.problem import problem_page
from services.reporting.web.provider_sign_in import ProviderSignIn
from services.reporting.web.site import Site
from shared import problems
from shared.identity import Doorkeeper, Verifier
from shared.runtime.turnstile import Limits, Turnstile
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import NOW
from tests.support.read_model import HandClock

NOT_TAKEN = [
    {
        "event_id": "lesson-4711",
        "source": "/harbour-mis",
        "origin": "900004",
        "answered_at": (NOW - timedelta(hours=hours)).isoformat(),
        **said,
    }
    for hours, said in (
        (
            2,
            {
                "outcome": "refused",
                "code": "invalid",
                "field": "/data/disadvantaged_follow_up_thousandths",
                "message": "Input should be a valid integer",
            },
        ),
        (
            30,
            {
                "outcome": "parked",
                "code": "person_unknown",
                "message": "This person is not in the register yet; this is kept until they are, at most 24 hours.",
                "type": "uk.mat.talent.EngagementStarted.v1",
            },
        ),
    )
]
"""What a writer tells of what it did not take."""


def _takes_everything(request: httpx.Request) -> httpx.Response:
    """But some of what schools' systems sent before."""
    if request.url.path == "/answers":
        return httpx.Response(200, json={"answers": NOT_TAKEN, "next": None})
    return httpx.Response(201, json={"outcome": "accepted"})


@dataclass(slots=True)
class Writers:
    """Doors that take everything, unless told to answer otherwise; what they were asked."""

    answer: Callable[[httpx.Request], httpx.Response] = _takes_everything
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)

    @property
    def body(self) -> Any:
        """What the last one was sent."""
        return json.loads(self.asked[-1].content)


def app(
    pool: asyncpg.Pool,
    clock: HandClock,
    *,
    ring: KeyRing | None = None,
    writers: Writers | None = None,
    feed: Feed | None = None,
    signs_in: bool = True,
    posts: bool = True,
    provider: OpenIdProvider | None = None,
    verifier: Verifier | None = None,
) -> FastAPI:
    """Reporting's HTTP application.

    Args:
        provider: with which people sign in; None: they say who they are.
        verifier: checks programs' tokens; with one, people have to sign in.
    """
    reading = read_model.reading(pool, clock, unasked=NOTHING if verifier else EVERYTHING)
    ring = ring or KeyRing()
    admission = Admission(reading, provider) if provider else None
    sessions = Sessions(pool, Vouching(ring, admission.renew) if admission else None)
    site = Site(
        reading,
        clock,
        sessions=sessions if signs_in else None,
        texts=Texts(ring),
        subscriptions=Subscriptions(pool, ring) if posts else None,
        home=provider.home if provider else None,
        provider=provider.origin if provider else None,
        calendars=CalendarLinks(ring, clock) if verifier else None,
        signed_in=verifier is not None,
    )
    gate = Gate(site, reports, provider)
    way_in = ProviderSignIn(site, sessions, admission, ring).router() if admission else None
    made = FastAPI()
    problems.install(made, "reporting", partial(problem_page, site))
    if verifier:
        made.add_middleware(Turnstile, doorkeeper=Doorkeeper(verifier), limits=Limits(100_000, 100_000, 100))
    routers = dashboard.routers(site, reports, ring, commands(pool, writers or Writers()), way_in)
    programs = [
        api.router(reading, reports, feed or Feed(pool)),
        event_api.router(reading, reports),
        ics.router(reading),
    ]
    for router in (*programs, *routers):
        made.include_router(gate.around(router))
    made.state.sessions = sessions
    made.state.pages = frozenset(path for method, path in _operations(routers) if method == "GET")
    made.state.operations = frozenset(_operations(routers))
    return made


def commands(pool: asyncpg.Pool, writers: Writers) -> Commands:
    """What sends commands to the writers."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(writers))
    peers = {service: f"http://{service}" for service in ("talent", "cpd", "collaboration")}
    return Commands(client, peers, pool, lambda who: who.token or who.principal.subject)


def _operations(routers: Iterable[APIRouter]) -> Iterator[tuple[str, str]]:
    """The method and the path of all that can be asked for."""
    for route in chain.from_iterable(router.routes for router in routers):
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods or ())


def browsing(made: FastAPI, address: str = "http://reporting") -> httpx.AsyncClient:
    """Somebody who looks at the pages as a browser does."""
    here = {"sec-fetch-site": "same-origin"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url=address, headers=here)
