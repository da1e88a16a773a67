"""The pages of the forms: filled in, sent to the writer, and shown again with what is wrong and all that was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.read_models.reading import View
from services.reporting.signing_in.sessions import Person
from services.reporting.web import framing
from services.reporting.web.commands import CALLED, Command, Commands, Recorded, Refused
from services.reporting.web.forms.filled import Filled
from services.reporting.web.forms.first import choose_first, kept
from services.reporting.web.forms.form import Asking, Field, Form, Sent
from services.reporting.web.forms.shown import Shown, shown
from services.reporting.web.forms.typed import begun, members_of
from services.reporting.web.framing import Frame
from services.reporting.web.posting import Posted, posted
from services.reporting.web.site import Site, to_sign_in
from shared.problems import Problem

_unanswered = "{} does not answer at the moment. Nothing that you typed is lost: send it again, and it is done once."
_soon = "{} This page will show it in a moment."


class Ready(NamedTuple):
    """What is sent, if nothing is wrong with what was typed."""

    fields: Sequence[Field]
    sent: Sent


class Drawn(NamedTuple):
    """What a form's page shows.

    Attributes:
        first: what has to be chosen before there are fields.
        kept: what goes with the form, or to the next page, and is not filled in on this one.
    """

    frame: Frame
    fields: Sequence[Shown] = ()
    recalled: Sequence[tuple[str, str]] = ()
    first: Shown | None = None
    kept: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class FormPages:
    """The forms of a site."""

    site: Site
    commands: Commands
    forms: Mapping[str, Form]

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/do")(self.offered)
        router.get("/do/{name}")(self.opened)
        router.post("/do/{name}")(self.sent)
        return router

    async def offered(self, request: Request) -> Response:
        """What somebody may do."""
        person = await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        frame, _ = await self.site.read(framing.needs, None, self._frame)
        offered = [form for form in self.forms.values() if form.for_(person)]
        context = {"page": frame, "trust": frame.trust, "forms": offered}
        return await self.site.page(request, "forms/offered.html", context)

    async def opened(self, request: Request, name: str) -> Response:
        """A form to fill in, with what the address says already."""
        form, person = self._form(name), await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        _check_for(form, person)
        return await self.show(request, form, person, Filled.of_address(request))

    async def sent(self, request: Request, name: str) -> Response:
        """A form that somebody has filled in: sent, or shown again."""
        form, typed, person = self._form(name), await posted(request), await self.site.person(request)
        if person is None:
            return await self._again(request, form, typed)
        _check_for(form, person)
        return await self.take(request, form, person, Filled.of_typed(typed))

    async def take(self, request: Request, form: Form, person: Person, filled: Filled) -> Response:
        """Send what somebody has filled in; shown again where it is not taken."""
        ready = await self._read(form, person, filled, lambda asking: _ready(form, filled, asking))
        if ready.sent.wrong:
            return await self.show(request, form, person, replace(filled, status=422, wrong=ready.sent.wrong))
        match await self.commands.send(person, _command(form, filled, ready.sent)):
            case Recorded(seen=seen):
                return self.site.go_on(request, filled.then, form.done if seen else _soon.format(form.done))
            case Refused() as refusal:
                return await self.show(request, form, person, filled.refused(refusal, ready.fields, ready.sent))
            case _:
                unanswered = [_unanswered.format(CALLED[form.service])]
                return await self.show(request, form, person, replace(filled, status=503, problems=unanswered))

    async def _again(self, request: Request, form: Form, typed: Posted) -> Response:
        """All that somebody typed whose session has ended meanwhile, to be sent once they have signed in again.

        It is not shown among what may be chosen: that is nothing that everybody sees.
        """
        frame, _ = await self.site.read(framing.needs, None, self._frame)
        context = {"page": frame, "trust": frame.trust, "form": form, "typed": typed}
        return await self.site.page(request, "forms/signed_out.html", context, status=401)

    async def show(self, request: Request, form: Form, person: Person, filled: Filled) -> Response:
        """The form's page. It is sent to where it stands."""
        drawn: Drawn = await self._read(form, person, filled, lambda asking: self._drawn(form, filled, asking))
        context = {
            "page": drawn.frame,
            "trust": drawn.frame.trust,
            "form": form,
            "fields": drawn.fields,
            "recalled": drawn.recalled,
            "first": drawn.first,
            "kept": drawn.kept,
            "filled": filled,
            "errors": _errors(drawn.fields, filled),
        }
        template = "forms/first.html" if drawn.first else "forms/form.html"
        return await self.site.page(request, template, context, status=filled.status)

    async def _drawn(self, form: Form, filled: Filled, asking: Asking) -> Drawn:
        asking, first = await choose_first(form, filled, asking)
        if first is not None:
            frame = await self._frame(asking.view)
            return Drawn(frame, first=first, kept={"then": filled.then, **filled.given})
        fields = await _fields(form, asking)
        typed = begun(fields, filled.given, asking.view.at) if filled.typed is None else filled.typed
        return Drawn(
            await self._frame(asking.view),
            await shown(fields, asking, typed, filled.wrong),
            await form.recalls(asking),
            kept=kept(form, fields, asking),
        )

    async def _read(self, form: Form, person: Person, filled: Filled, use: Callable[[Asking], Awaitable[Any]]) -> Any:
        """What is made of a form in one snapshot."""

        async def read(view: View) -> Any:
            trustuid = (await framing.trust_of(view.conn, self.site.trust))[0] or ""
            return await use(Asking(view, trustuid, person, self.site.texts, filled.chosen))

        found, _ = await self.site.read(tuple({*framing.needs, *form.needs}), None, read)
        return found

    async def _frame(self, view: View) -> Frame:
        return await framing.frame(view, trust=self.site.trust)

    def _form(self, name: str) -> Form:
        if name not in self.forms:
            raise HTTPException(404, "There is no such form.")
        return self.forms[name]


async def _fields(form: Form, asking: Asking) -> Sequence[Field]:
    return await form.fields(asking) if callable(form.fields) else form.fields


async def _ready(form: Form, filled: Filled, asking: Asking) -> Ready:
    fields = await _fields(form, asking)
    members, wrong = members_of(fields, filled.typed or {})
    if wrong:
        return Ready(fields, Sent({}, wrong=wrong))
    new = {form.new: filled.id} if form.new else {}
    return Ready(fields, form.sent(members | form.adds(asking) | new))


def _command(form: Form, filled: Filled, sent: Sent) -> Command:
    in_path = {name: quote(str(value), safe="") for name, value in sent.members.items()}
    return Command(form.service, form.path.format(**in_path), sent.members, filled.id)


def _errors(fields: Sequence[Shown], filled: Filled) -> list[dict[str, str]]:
    """What stands at the top, each with a link to the field that it is about."""
    of_fields = [{"text": field.error, "href": f"#{field.id}"} for field in fields if field.error]
    return [*of_fields, *({"text": text} for text in filled.problems)]


def _check_for(form: Form, person: Person) -> None:
    if not form.for_(person):
        raise Problem(403, "not_yours_to_do", "This is for others: for the trust's leaders, or a school's.")
