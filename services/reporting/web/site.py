"""What every page is made with: the snapshot that it is read from, its frame, and a policy for the browser.

A page holds nothing of its own. Every answer carries a policy that lets the browser load from this server alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote, unquote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader

from services.reporting.calendar_links import CalendarLinks
from services.reporting.history import kinds
from services.reporting.london import london
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.read_models.reading import Reading, View
from services.reporting.reports import Area
from services.reporting.seeing.access import deeds_of
from services.reporting.seeing.scope import current
from services.reporting.seeing.texts import Texts
from services.reporting.signing_in.sessions import Person, SessionEnded, Sessions
from services.reporting.web import signed_out, words
from services.reporting.web.areas import AREAS, Part
from shared.clock import Clock
from shared.identity import Deed, IssuerUnreachable, reach
from shared.problems import Problem

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
COOKIE, SAID = "baton_session", "baton_said"
STATIC = Path(__file__).parent / "static"
_told_s = 60
_not_now = (
    "Your sign-in service does not answer, so we cannot tell who you are. You stay signed in: try again in a minute."
)
UNREADABLE = ("as_of_unreadable", "as_of_unknown")
NO_DAY = "Give a day, such as 2026-11-20."
_not_built = "The dashboard's styles and scripts are not built: run `make assets` in the project's folder.\n"


@dataclass(frozen=True, slots=True)
class Site:
    """The dashboard of one trust.

    Attributes:
        trust: the UID of the trust to show; None for the one that the newest cycle belongs to.
        brand: the trust's colour, as `#rrggbb`.
        sessions: who is signed in; None where nobody can.
        texts: opens what is personal; None: nothing is opened.
        subscriptions: who gets post; None where none is sent.
        home: the address that people open these pages at; None where it is the server's own.
        provider: where people sign out as well, as an origin; None where nobody signs in elsewhere.
        calendars: opens the calendar to programs, where people sign in; None where nobody has to.
        signed_in: whether people have to sign in to see anything.
    """

    reading: Reading
    clock: Clock
    trust: str | None = None
    brand: str = "#1d3b53"
    sessions: Sessions | None = None
    texts: Texts | None = None
    subscriptions: Subscriptions | None = None
    home: str | None = None
    provider: str | None = None
    calendars: CalendarLinks | None = None
    signed_in: bool = False

    async def person(self, request: Request) -> Person | None:
        """Who is looking, if they are signed in; looked up once a request."""
        if not hasattr(request.state, "person"):
            secret = secret_of(request)
            try:
                request.state.person = await self.sessions.of(secret) if secret and self.sessions else None
            except SessionEnded as ended:
                request.state.person, request.state.ended = None, ended.why
            except IssuerUnreachable:
                raise Problem(503, "sign_in_unavailable", _not_now) from None
        person: Person | None = request.state.person
        return person

    def is_secure(self, request: Request) -> bool:
        """Whether the browser talks TLS, to us or to what stands before us: then cookies are for that alone."""
        return request.url.scheme == "https" or (self.home or "").startswith("https://")

    async def read(
        self, needs: tuple[str, ...], as_of: str | None, read: Callable[[View], Any]
    ) -> tuple[Any, str | None]:
        """What is read from the snapshot asked for; from the present, with what was wrong, where there is none."""
        try:
            async with self.reading(needs, as_of or None) as view:
                return await read(view), None
        except Problem as problem:
            if not as_of or problem.code not in UNREADABLE:
                raise
            async with self.reading(needs) as view:
                return await read(view), NO_DAY

    async def page(
        self,
        request: Request,
        template: str | tuple[str, ...],
        context: Mapping[str, Any],
        as_of: str | None = None,
        wrong: str | None = None,
        status: int = 200,
    ) -> Response:
        """A page of templates/.

        Args:
            template: its name; of several the first that is there.
            context: with `page`, which says how fresh it is (`Frame`), and `trust`, its name.
            wrong: what was wrong with `as_of`.
        """
        if not built():
            return not_built()
        now, person = self.clock.now(), await self.person(request)
        whole = "hx-request" not in request.headers  # a part of a page tells nothing that is told once
        told = unquote(request.cookies.get(SAID, "")) if whole else ""
        ended = getattr(request.state, "ended", None) if whole else None
        names = (template,) if isinstance(template, str) else template

        def may(deed: Deed) -> bool:
            return person is not None and reach(person.principal, deed) is not None

        text = templates.select_template(names).render(
            **context,
            areas=self._areas(person),
            own_schools=current().urns is not None,
            here=request.url.path,
            where=str(request.url).removeprefix(str(request.base_url).rstrip("/")),
            person=person,
            told=told,
            signed_out=signed_out.said(ended),
            can_sign_in=self.sessions is not None,
            can_act=may("act"),
            can_post=self.subscriptions is not None and may("act"),
            can_ask_fate=may("ask_fate"),
            as_of=as_of,
            wrong=wrong,
            verify_at=f"{request.base_url}verify",
            latest=now.astimezone(london).date().isoformat(),
            simulated=words.moment(now) if self.clock.simulated else None,
        )
        headers = HEADERS if person is None else HEADERS | self._of_a_person
        answer = HTMLResponse(text, 400 if wrong else status, headers=headers)
        if told:
            answer.delete_cookie(SAID)
        if ended and self.sessions:
            await self.sessions.end(secret_of(request))
            answer.delete_cookie(COOKIE)
        return answer

    def _areas(self, person: Person | None) -> Mapping[Area, Part]:
        """The parts of the dashboard that somebody may open."""
        if not self.signed_in:
            return AREAS
        may = {deed for deed in get_args(Deed) if person is not None and reach(person.principal, deed)}
        return {name: part for name, part in AREAS.items() if may.issuperset(deeds_of(part.path, "", {}))}

    def go_on(self, request: Request, then: str, told: str) -> Response:
        """Lead on to a page that says, once, what was done. It is no secret, and nobody's name."""
        answer = RedirectResponse(then, 303)
        secure = self.is_secure(request)
        answer.set_cookie(SAID, quote(told), max_age=_told_s, secure=secure, httponly=True, samesite="lax")
        return answer

    @property
    def _of_a_person(self) -> dict[str, str]:
        """What is said with a page of somebody who is signed in: their form for signing out leads to the provider."""
        policy = f"{POLICY} {self.provider}" if self.provider else POLICY
        return {"Cache-Control": "no-store", "Content-Security-Policy": policy}


def to_sign_in(request: Request) -> Response:
    """Let somebody sign in first, and come back here."""
    return RedirectResponse(sign_in_address(request), 303)


def sign_in_address(request: Request) -> str:
    """Where somebody signs in and then comes back here."""
    query = f"?{request.url.query}" if request.url.query else ""
    return address("/sign-in", then=f"{request.url.path}{query}")


def secret_of(request: Request) -> str:
    """What the browser proves its session with; empty when it has none."""
    return request.cookies.get(COOKIE, "")


def built() -> bool:
    """Whether the styles and scripts are there."""
    return (STATIC / "app.css").exists()


def not_built() -> Response:
    return PlainTextResponse(_not_built, 503)


def address(path: str, **parts: str | None) -> str:
    """An address with those parts that are not None."""
    given = {name: part for name, part in parts.items() if part is not None}
    return f"{path}?{urlencode(given)}" if given else path


def with_as_of(address: str, as_of: str | None) -> str:
    """The address, asking for the same day."""
    if not as_of:
        return address
    path, hash_, anchor = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'as_of': as_of})}{hash_}{anchor}"


def _environment() -> Environment:
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), govuk]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": words.day,
        "days": words.days,
        "second": words.second,
        "moment": words.moment,
        "happened": words.happened,
        "event_name": kinds.kind,
        "lower_first": lambda text: text[:1].lower() + text[1:],
        "of": words.of,
        "with_as_of": with_as_of,
    }
    environment.globals["states"] = words.states
    return environment


templates = _environment()
