"""An event's sealed texts, shown once to an auditor who says why.

The service whose event it is records it first (`POST /reveals`), in the auditor's own name. Only when it has are the
texts opened, for this one answer: it is kept nowhere, and sent again it shows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.event_api import find
from services.reporting.history import kinds
from services.reporting.history.events import Found
from services.reporting.read_models.reading import View
from services.reporting.seeing.texts import Sealed, Texts
from services.reporting.signing_in.sessions import Person
from services.reporting.web.commands import CALLED, Command, Commands, Recorded, Refused
from services.reporting.web.event import may_reveal, sealed_in
from services.reporting.web.event_pages import framed, needs
from services.reporting.web.posting import Posted, one, posted
from services.reporting.web.site import Site, to_sign_in
from shared.problems import Problem

_no_reason = "Say why you have to see this."
_no_field = "Choose what you have to see."
_shown_before = "This was shown already: sent again, it shows nothing. Say once more why you have to see it."
_silent = "{} does not answer at the moment. Nothing is shown unless it has recorded it: try again in a minute."


@dataclass(frozen=True, slots=True)
class Asked:
    """An event, who wants to be shown its texts, and those that there are."""

    person: Person
    event: Found
    sealed: Mapping[str, Sealed]
    frame: Mapping[str, Any]

    @property
    def titles(self) -> Mapping[str, str]:
        return {name: kinds.title(name) for name in self.sealed}


@dataclass(frozen=True, slots=True)
class Filled:
    """The form: which texts are asked for, why, and what is wrong, by the part that it is about."""

    fields: Sequence[str]
    reason: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @classmethod
    def of(cls, form: Posted, asked: Asked) -> Filled:
        fields, reason = [name for name in form.get("field", []) if name in asked.sealed], one(form, "reason").strip()
        wrong = {
            name: message
            for name, message, there in (("field", _no_field, fields), ("reason", _no_reason, reason))
            if not there
        }
        return cls(fields, reason, wrong, 422 if wrong else 200)


@dataclass(frozen=True, slots=True)
class RevealPages:
    """What the pages are made of."""

    site: Site
    texts: Texts
    commands: Commands

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/events/{event_id}/reveal")(self.ask)
        router.post("/events/{event_id}/reveal")(self.show)
        return router

    async def ask(
        self, request: Request, event_id: UUID, wanted: Annotated[str, Query(alias="field")] = ""
    ) -> Response:
        """The form that asks why."""
        person = await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        asked = await self._asked(person, event_id)
        return await self._form(request, asked, Filled([wanted] if wanted in asked.sealed else list(asked.sealed)))

    async def show(self, request: Request, event_id: UUID) -> Response:
        """The texts, once, where it was recorded that they are shown; else the form again."""
        form, person = await posted(request), await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        asked = await self._asked(person, event_id)
        filled = Filled.of(form, asked)
        if filled.wrong:
            return await self._form(request, asked, filled)
        body = {"event_id": str(event_id), "fields": list(filled.fields), "reason": filled.reason}
        command = Command(asked.event.service, "/reveals", body, one(form, "form_id"))
        match await self.commands.send(person, command):
            case Recorded(again=False):
                return await self._shown(request, asked, filled)
            case Recorded():
                return await self._form(request, asked, Filled(filled.fields, "", {"reason": _shown_before}, 409))
            case Refused() as refused:
                wrong = {"reason": refused.detail}
                return await self._form(request, asked, Filled(filled.fields, filled.reason, wrong, 422))
            case _:
                wrong = {"reason": _silent.format(CALLED[asked.event.service])}
                return await self._form(request, asked, Filled(filled.fields, filled.reason, wrong, 503))

    async def _asked(self, person: Person, event_id: UUID) -> Asked:
        """An event whose texts somebody wants to be shown.

        Raises:
            Problem: there is no such event (`event_unknown`), or its texts are not shown to them for a reason.
        """

        async def read(view: View) -> Asked:
            event = await find(view, event_id, self.site.trust)
            if not may_reveal(event, person):
                raise Problem(403, "not_yours_to_see", "Your role does not see this.")
            frame = await framed(view, self.site, kinds.kind(event.envelope.type))
            return Asked(person, event, sealed_in(event), frame)

        asked: Asked
        asked, _ = await self.site.read(needs, None, read)
        return asked

    async def _form(self, request: Request, asked: Asked, filled: Filled) -> Response:
        """The form, under a key of its own each time: what was recorded without an answer is recorded again."""
        context = {**asked.frame, "asked": asked, "filled": filled, "form_id": str(uuid4())}
        return await self.site.page(request, "reveal.html", context, status=filled.status)

    async def _shown(self, request: Request, asked: Asked, filled: Filled) -> Response:
        sealed = {name: asked.sealed[name] for name in filled.fields}
        opened = await self.texts.open(asked.person, sealed.values(), "reveal")
        shown = [(kinds.title(name), opened[one]) for name, one in sealed.items() if one in opened]
        return await self.site.page(request, "revealed.html", {**asked.frame, "asked": asked, "shown": shown})
