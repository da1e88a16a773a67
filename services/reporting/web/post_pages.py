"""Where somebody says what they want to be told by e-mail, and where a letter's link ends a kind of post."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.post.kind import Kind
from services.reporting.post.kinds import kinds
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.signing_in.sessions import Person
from services.reporting.web import framing
from services.reporting.web.framing import Frame
from services.reporting.web.posting import one, posted
from services.reporting.web.site import Site, to_sign_in

_address = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_longest = 254
_no_address = "Give an e-mail address, such as name@school.example"


@dataclass(frozen=True, slots=True)
class Asked:
    """The page as it was filled in, or as it stands."""

    address: str = ""
    chosen: Sequence[str] = ()
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class PostPages:
    """The pages of a site's post."""

    site: Site
    subscriptions: Subscriptions

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/post")(self.opened)
        router.post("/post")(self.sent)
        router.get("/post/off/{token}")(self.off)
        router.post("/post/off/{token}")(self.turned_off)
        return router

    async def opened(self, request: Request) -> Response:
        """What somebody gets by e-mail, and where to."""
        person = await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        subscription = await self.subscriptions.of(person.principal)
        if subscription is None:
            return await self._page(request, person, Asked())
        try:
            address = self.subscriptions.address(subscription)
        except InvalidTag:  # sealed with another vault's key: it is asked for again
            address = ""
        return await self._page(request, person, Asked(address, sorted(subscription.kinds)))

    async def sent(self, request: Request) -> Response:
        """What they want from now on."""
        form, person = await posted(request), await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        wanted = [kind for kind in _offered(person).values() if kind.name in form.get("kinds", [])]
        asked = Asked(one(form, "address").strip(), [kind.name for kind in wanted])
        if not wanted:
            await self.subscriptions.end(person.principal)
            return self.site.go_on(request, "/post", "You get no post, and no address of yours is kept here.")
        if len(asked.address) > _longest or not _address.fullmatch(asked.address):
            return await self._page(request, person, replace(asked, wrong=_no_address))
        await self.subscriptions.ask(person.principal, asked.chosen, asked.address)
        return self.site.go_on(request, "/post", f"You get: {', '.join(kind.title for kind in wanted)}.")

    async def off(self, request: Request, token: str) -> Response:
        """What a letter's link leads to. Programs that only look at links turn nothing off."""
        named = self.subscriptions.to_turn_off(token)
        return await self._off_page(request, kinds[named[1]] if named else None, done=False)

    async def turned_off(self, request: Request, token: str) -> Response:
        """The button there, or a mail program's own (RFC 8058), which comes from no page: the link is the proof."""
        named = self.subscriptions.to_turn_off(token)
        if named:
            await self.subscriptions.turn_off(*named)
        return await self._off_page(request, kinds[named[1]] if named else None, done=True)

    async def _page(self, request: Request, person: Person, asked: Asked) -> Response:
        frame = await self._frame()
        context = {"page": frame, "trust": frame.trust, "offered": _offered(person).values(), "asked": asked}
        return await self.site.page(request, "post.html", context, status=422 if asked.wrong else 200)

    async def _off_page(self, request: Request, kind: Kind | None, *, done: bool) -> Response:
        frame = await self._frame()
        context = {"page": frame, "trust": frame.trust, "kind": kind, "done": done}
        return await self.site.page(request, "post_off.html", context, status=200 if kind else 404)

    async def _frame(self) -> Frame:
        frame: Frame
        frame, _ = await self.site.read(framing.needs, None, lambda view: framing.frame(view, trust=self.site.trust))
        return frame


def _offered(person: Person) -> Mapping[str, Kind]:
    """The kinds that are for somebody."""
    return {name: kind for name, kind in kinds.items() if person.principal.has(kind.who)}
