"""Signing in and out. Here somebody says who they are and is believed, so only where the built-in issuer is.

An identity provider's way in (`provider_sign_in`) is another router at the same addresses: it ends in `begin` as this
one does, and brings the person's own token for the writers' doors. Nothing else knows how somebody signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.reporting.read_models.reading import View
from services.reporting.signing_in.provider import Proof
from services.reporting.signing_in.sessions import Person, Sessions, lasts
from services.reporting.web import framing
from services.reporting.web.commands import Vouch
from services.reporting.web.framing import Frame
from services.reporting.web.posting import check_from_here, local, one, posted
from services.reporting.web.schools import members
from services.reporting.web.site import COOKIE, Site, secret_of
from shared.identity import Principal, issue
from shared.problems import Problem

_of_the_trust, _auditing = "trust", "auditor"
_a_moment = timedelta(minutes=1)
_chosen_badly = "Choose who you are."


def vouch(key_file: Path | None) -> Vouch:
    """What somebody proves themselves with at a writer's door: their own token, or the built-in issuer's word.

    Args:
        key_file: of the built-in issuer; None where there is none.
    """

    def token(person: Person) -> str:
        if person.token is not None:
            return person.token
        if key_file is None:
            raise Problem(403, "nobody_vouches", "Sign in first: nobody else can say here who you are.")
        return issue(key_file, person.principal, now=datetime.now(UTC), lasts=_a_moment)

    return token


async def begin(
    site: Site, sessions: Sessions, request: Request, person: Person, then: str, proof: Proof | None = None
) -> Response:
    """Let somebody in, however they proved it, and lead them on. The session that their browser had before is over."""
    if before := secret_of(request):
        await sessions.end(before)
    answer = RedirectResponse(then, 303)
    secret, age = await sessions.begin(person, proof), int(lasts.total_seconds())
    secure = site.is_secure(request)
    answer.set_cookie(COOKIE, secret, max_age=age, secure=secure, httponly=True, samesite="lax")
    return answer


@dataclass(frozen=True, slots=True)
class SignIn:
    """The local way in."""

    site: Site

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/sign-in")(self.ask)
        router.post("/sign-in")(self.enter)
        router.post("/sign-out")(self.leave)
        return router

    async def ask(self, request: Request, then: str = "/") -> Response:
        """Who are you?"""
        self._sessions()
        frame, choices = await self._read()
        return await self._page(request, frame, choices, local(then))

    async def enter(self, request: Request) -> Response:
        """Sign in, and go on to where they wanted to."""
        sessions, form = self._sessions(), await posted(request)
        then, (frame, choices) = local(one(form, "then")), await self._read()
        person = choices.get(one(form, "who"))
        if person is None:
            return await self._page(request, frame, choices, then, wrong=_chosen_badly)
        return await begin(self.site, sessions, request, person, then)

    async def leave(self, request: Request) -> Response:
        """Sign out: what the browser still holds opens nothing any more."""
        check_from_here(request)
        await self._sessions().end(secret_of(request))
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE)
        return answer

    def _sessions(self) -> Sessions:
        if self.site.sessions is None:
            raise Problem(403, "sign_in_closed", "Nobody signs in here by saying who they are: that is for trying out.")
        return self.site.sessions

    async def _read(self) -> tuple[Frame, dict[str, Person]]:
        """The frame of the page, and who somebody may be."""

        async def read(view: View) -> tuple[Frame, dict[str, Person]]:
            frame = await framing.frame(view, trust=self.site.trust)
            return frame, await _choices(view, frame.trustuid) if frame.trustuid else {}

        found: tuple[Frame, dict[str, Person]]
        found, _ = await self.site.read(framing.needs, None, read)
        return found

    async def _page(
        self, request: Request, frame: Frame, choices: dict[str, Person], then: str, wrong: str | None = None
    ) -> Response:
        context = {"page": frame, "trust": frame.trust, "choices": choices, "then": then, "error": wrong}
        return await self.site.page(request, "sign_in.html", context, status=422 if wrong else 200)


async def _choices(view: View, trustuid: str) -> dict[str, Person]:
    """By what the form sends: a leader of the trust, an auditor of it, or a leader of one of its schools."""
    of_trust = partial(Principal, trustuid=trustuid)
    leader = of_trust(f"local-trust-leader-{trustuid}", frozenset({"trust_leader"}))
    auditor = of_trust(f"local-auditor-{trustuid}", frozenset({"auditor"}))
    return {_of_the_trust: Person(leader, "Leader of the trust"), _auditing: Person(auditor, "Auditor")} | {
        school.urn: Person(
            of_trust(f"local-school-leader-{school.urn}", frozenset({"school_leader"}), urns=school.urns),
            f"Leader of {school.name}",
        )
        for school in await members(view.conn, trustuid, view.at)
    }
