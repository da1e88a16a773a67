"""Signing in and out with the trust's provider: off to it, back from it, and what is told when that came to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.reporting.signing_in.provider import Attempt, OpenIdProvider, ProviderRefused, attempts
from services.reporting.signing_in.provider.client import callback
from services.reporting.signing_in.sessions import Sessions
from services.reporting.tokens import SealsBytes
from services.reporting.web import framing
from services.reporting.web.admission import Admission, TurnedAway, turned_away_for
from services.reporting.web.posting import check_from_here, local
from services.reporting.web.sign_in import begin
from services.reporting.web.site import COOKIE, Site, secret_of
from shared.identity import IssuerUnreachable, NotAuthenticated

log = structlog.get_logger()


class Told(NamedTuple):
    """What a page says to somebody who did not get in.

    Attributes:
        again: what the link says by which they try again; none: that would not help.
    """

    status: int
    heading: str
    text: str
    again: str | None = "Try to sign in again"


TOLD: Mapping[str, Told] = {
    "another_trust": Told(
        403,
        "Your account belongs to another trust",
        "These pages are another trust's. If you work for this trust, ask whoever looks after your account to change "
        "the trust that it names.",
        None,
    ),
    "cancelled": Told(400, "You have not signed in", "You stopped before you were signed in. Nothing has changed."),
    "clock": Told(
        503,
        "The clocks do not agree",
        "The clock of your sign-in service is ahead of ours, so we cannot tell yet that you are signed in. Try again "
        "in a minute. If it happens again, tell whoever looks after this dashboard.",
    ),
    "no_role": Told(
        403,
        "Your account has no role here",
        "You are who you say, but your account does not say what you may see here. Ask whoever looks after your "
        "account to give it a role on this dashboard.",
    ),
    "no_school": Told(
        403,
        "Your account names no school of this trust",
        "You are a school's leader, but your account does not say of which school, or of one that is not in this "
        "trust. Ask whoever looks after your account to add the school's URN.",
    ),
    "second_factor": Told(
        403,
        "Show that it is you in a second way",
        "What you may see here is about people, so a password is not enough. Sign in again with your second step: "
        "an app, a key or a message to your phone. If you were not asked for one, set it up in your account first.",
        "Sign in with your second step",
    ),
    "stale": Told(
        400,
        "This sign-in is not going on any more",
        "It took longer than ten minutes, or it was begun in another browser. Begin again: it takes a moment.",
    ),
    "unfit": Told(
        502,
        "Your sign-in service is not set up for this dashboard",
        "It says who you are in a way that we cannot use. Tell whoever looks after this dashboard: what is wrong "
        "stands in its log.",
    ),
    "unreachable": Told(
        503,
        "Your sign-in service does not answer",
        "We cannot reach the service that you sign in with. Nothing is lost. Try again in a minute.",
    ),
}


@dataclass(frozen=True, slots=True)
class ProviderSignIn:
    """The provider's way in."""

    site: Site
    sessions: Sessions
    admission: Admission
    vault: SealsBytes

    @property
    def provider(self) -> OpenIdProvider:
        return self.admission.provider

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/sign-in")(self.ask)
        router.get(callback)(self.come_back)
        router.post("/sign-out")(self.leave)
        return router

    async def ask(self, request: Request, then: str = "/", second_step: str = "") -> Response:
        """Off to the provider."""
        attempt = Attempt.begin(local(then), self.provider.now())
        try:
            answer = RedirectResponse(await self.provider.address(attempt, again=bool(second_step)), 303)
        except IssuerUnreachable:
            return await self._told(request, "unreachable", local(then))
        except ProviderRefused as refused:
            return await self._refused(request, refused.code, local(then))
        answer.set_cookie(
            attempts.cookie(attempt.state),
            attempt.sealed(self.vault),
            max_age=int(attempts.lasts.total_seconds()),
            path=callback,
            secure=self.site.is_secure(request),
            httponly=True,
            samesite="lax",
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def come_back(
        self, request: Request, state: str = "", code: str = "", error: str = "", iss: str = ""
    ) -> Response:
        """Back from the provider: in, or told why not."""
        sealed = request.cookies.get(attempts.cookie(state), "")
        attempt = attempts.read(self.vault, state, sealed, self.provider.now())
        if attempt is None:
            return await self._told(request, "stale", "/")
        answer = await self._answer(request, attempt, code, error, iss)
        answer.delete_cookie(attempts.cookie(state), path=callback)
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out, here and at the provider."""
        check_from_here(request)
        tokens = await self.sessions.end(secret_of(request))
        farewell = await self.provider.farewell(tokens) if tokens else None
        answer = RedirectResponse(farewell or "/", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def _answer(self, request: Request, attempt: Attempt, code: str, error: str, iss: str) -> Response:
        if error == "access_denied":
            return await self._told(request, "cancelled", attempt.then)
        if error or not code or iss not in ("", self.provider.issuer):
            return await self._refused(request, "error" if error else "another_issuer", attempt.then)
        try:
            proof = await self.provider.exchange(code, attempt)
            person = await self.admission.admit(proof)
        except IssuerUnreachable:
            return await self._told(request, "unreachable", attempt.then)
        except ProviderRefused as refused:
            return await self._refused(request, refused.code, attempt.then)
        except NotAuthenticated as unfit:
            return await self._told(request, turned_away_for(unfit), attempt.then)
        except TurnedAway as away:
            return await self._told(request, away.why, attempt.then)
        return await begin(self.site, self.sessions, request, person, attempt.then, proof)

    async def _refused(self, request: Request, code: str, then: str) -> Response:
        log.warning("provider_refused", code=code)
        return await self._told(request, "unfit", then)

    async def _told(self, request: Request, why: str, then: str) -> Response:
        frame, _ = await self.site.read(framing.needs, None, lambda view: framing.frame(view, trust=self.site.trust))
        told = TOLD[why]
        context = {"page": frame, "trust": frame.trust, "told_why": told, "then": then}
        context["second_step"] = why == "second_factor"
        return await self.site.page(request, "sign_in_refused.html", context, status=told.status)
