"""The gate before every route: who asks is let in or not, and whose rows are read for them is said here, once.

Where access is open, nobody is asked for anything. Where people sign in, a page leads there who has not, and a program
without a token is told so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request

from services.reporting.reports import Report
from services.reporting.reports.sql import family
from services.reporting.seeing.access import ANYBODY, FILLED_IN, deeds_of
from services.reporting.seeing.scope import EVERYTHING, NOTHING, Scope, seen_by
from services.reporting.signing_in.provider import OpenIdProvider
from services.reporting.signing_in.sessions import Person
from services.reporting.web.site import Site, sign_in_address
from shared.identity import NotAuthenticated, Principal, reach
from shared.problems import Problem
from shared.runtime.application import authenticated

_signed_out = "You are signed out. Go back, sign in on another page, and do it again there."


@dataclass(frozen=True, slots=True, eq=False)  # FastAPI looks a dependency up by itself
class Gate:
    """What every route of reporting depends on.

    Attributes:
        provider: where people sign in; None where they do so nowhere else.
    """

    site: Site
    reports: Mapping[str, Report]
    provider: OpenIdProvider | None = None

    def around(self, router: APIRouter) -> APIRouter:
        """The same routes behind this gate."""
        guarded = APIRouter(dependencies=[Depends(self)])
        guarded.include_router(router)
        return guarded

    async def __call__(self, request: Request) -> AsyncIterator[None]:
        """Let a request in; whatever is read until it is answered is read for who asks.

        Raises:
            NotAuthenticated: a program has no token that holds.
            Problem: who asks may not (`not_yours_to_see`), is of another trust (`another_trust`), or has to go
                elsewhere first, such as to sign in (`go_elsewhere`).
        """
        request.state.scope = await self._scope(request) if self.site.signed_in else EVERYTHING
        with seen_by(request.state.scope):
            yield

    async def _scope(self, request: Request) -> Scope:
        path = request.scope["route"].path
        if path in ANYBODY:
            return EVERYTHING
        if path == "/calendar.ics" and (calendar := self._calendar(request)):
            return calendar
        person = await self._person(request)
        if person is None:
            return NOTHING
        deeds = deeds_of(path, request.path_params.get("model", ""), self.reports)
        far = [reach(person.principal, deed) for deed in deeds]
        if not far or None in far:
            if path == "/" and reach(person.principal, "see_judgements"):
                raise _go_to("/people")  # where what they see begins
            raise Problem(403, "not_yours_to_see", "Your role does not see this.")
        if self.site.trust not in (None, person.principal.trustuid):
            raise Problem(403, "another_trust", "These are the pages of another trust than yours.")
        return await self._own_schools(person.principal) if "own_schools" in far else Scope(person.principal.trustuid)

    async def _person(self, request: Request) -> Person | None:
        """Who is signed in, or whose token it is; None: nobody, at a form's own page."""
        person = await self.site.person(request)
        if person is None and "authorization" not in request.headers and _is_for_people(request):
            if request.method == "GET":
                raise _go_to(sign_in_address(request))
            if request.scope["route"].path == FILLED_IN:
                return None
            raise NotAuthenticated(_signed_out, "missing")
        if person is None:
            person = request.state.person = Person(await self._of_token(request), "A program")
        return person

    async def _of_token(self, request: Request) -> Principal:
        """Whose token a program has. What somebody has to show to sign in it has to show, too."""
        who = await authenticated(request, None, None)
        access = request.headers["authorization"].partition(" ")[2]
        if self.provider is not None and await self.provider.asks_for_more(who, access):
            raise Problem(403, "second_factor_missing", "Ask your provider for a token that says of a second factor.")
        return who

    def _calendar(self, request: Request) -> Scope | None:
        """Whose calendar a program subscribes to, by the key in the address that it was given."""
        key = request.query_params.get("key")
        return self.site.calendars.scope(key) if key and self.site.calendars else None

    async def _own_schools(self, who: Principal) -> Scope:
        """A school's leaders see it under all its URNs."""
        with seen_by(Scope(who.trustuid)):
            async with self.site.reading(("register",)) as view:
                return Scope(who.trustuid, frozenset(await family(view.conn, sorted(who.urns))))


def _go_to(address: str) -> Problem:
    elsewhere = Problem(303, "go_elsewhere", "What you asked for begins at another address.")
    elsewhere.headers = {"Location": address}
    return elsewhere


def _is_for_people(request: Request) -> bool:
    """Whether it is a page, or something else that a browser asks for."""
    of_program = request.scope["route"].include_in_schema
    return not of_program or "text/html" in request.headers.get("accept", "")
