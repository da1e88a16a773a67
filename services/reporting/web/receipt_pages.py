"""The addresses at which a receipt is made for a page, and looked at.

A page that is only looked at has no receipt. Its button makes one, and leads to the page as it then stands still: what
is printed from there is what the receipt is of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.reporting import codes, receipts
from services.reporting.known import Known
from services.reporting.read_models.as_of import AsOf
from services.reporting.read_models.projecting import types_of
from services.reporting.read_models.reading import View
from services.reporting.receipts import Receipt
from services.reporting.reports import Report, meanings
from services.reporting.seeing.access import deeds_of_report
from services.reporting.seeing.scope import seen_by
from services.reporting.web import framing
from services.reporting.web.around import nothing_around
from services.reporting.web.asking import sql
from services.reporting.web.cell import asked
from services.reporting.web.changes import PRESENT, Changes, changes
from services.reporting.web.framing import Frame
from services.reporting.web.posting import check_from_here
from services.reporting.web.receipted import Receipted, receipted
from services.reporting.web.site import Site
from shared.identity import reach

_listed = 50
_see_other = 303


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came in after a receipt."""

    id: UUID
    type: str
    service: str
    logindex: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a receipt's figures.

    Attributes:
        sha256: of the figures, worked out again.
        changes: the figures then, beside those of now.
        events: the first of what came in between that the report looks at, and how many there are.
    """

    sha256: str
    changes: Changes
    events: tuple[Event, ...]
    events_in_all: int


@dataclass(frozen=True, slots=True)
class ReceiptPages:
    """What the pages are made of."""

    site: Site
    reports: Mapping[str, Report]
    _all: Mapping[str, Receipted] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_all", receipted(self.reports, trust=self.site.trust))

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.post("/receipts/{model}")(self.make)
        router.get("/verify")(self.ask)
        router.get("/verify/{code}")(self.verify)
        return router

    async def make(self, request: Request, model: str, as_of: str | None = None) -> Response:
        """A receipt of a page; then the page, as the receipt is of it."""
        check_from_here(request)
        what = self._all.get(model)
        if what is None:
            raise HTTPException(404, f"There is nothing called {model}.")
        filters = {name: text for name, text in request.query_params.items() if name != "as_of"}
        async with self.site.reading(what.needs, as_of) as view:
            rows, figures = await what.rows(view, filters), await view.figures(model, filters)
        receipt = await receipts.make(self.site.reading.pool, figures, rows, self.site.clock.now())
        return RedirectResponse(what.still(receipt), _see_other)

    async def ask(self, request: Request, code: str = "") -> Response:
        """The form that a code is typed into."""
        read = codes.read(code)
        if read:
            return RedirectResponse(f"/verify/{read}", _see_other)
        wrong = "This is not the code of a receipt: a character is wrong or missing." if code else None
        return await self._form(request, code, wrong)

    async def verify(self, request: Request, code: str) -> Response:
        """A receipt's figures then and now, and what came in between."""
        async with self.site.reading(()) as view:
            receipt = await receipts.find(view.conn, code)
        if receipt is None or not await self._may_see(request, receipt.figures.model):
            return await self._form(request, code, "There is no receipt with this code.", status=404)
        frame, checked = await self.check(receipt)
        what, filters = self._all[receipt.figures.model], receipt.figures.filters
        context = {
            "page": frame,
            "trust": frame.trust,
            "kept": receipt,
            "what": what,
            "filters": asked(filters, self._columns(receipt.figures.model)),
            "still": what.still(receipt),
            "checked": checked,
            "same": checked.sha256 == receipt.sha256,
        }
        return await self.site.page(request, "verify.html", context)

    async def _may_see(self, request: Request, model: str) -> bool:
        """A receipt shows figures: only who may look at these sees it."""
        person = await self.site.person(request) if self.site.signed_in else None
        deeds = deeds_of_report(self.reports.get(model), model)
        return not self.site.signed_in or (person is not None and all(reach(person.principal, d) for d in deeds))

    async def check(self, receipt: Receipt) -> tuple[Frame, Checked]:
        """What stands on every page, and what became of a receipt's figures."""
        what, figures = self._all[receipt.figures.model], receipt.figures
        with seen_by(figures.scope):  # whoever checks it sees all that, and perhaps more
            async with self.site.reading(what.needs, AsOf.of(receipt)) as view:
                then = await what.rows(view, figures.filters)
            async with self.site.reading(tuple({*what.needs, *framing.needs})) as view:
                now = await what.rows(view, figures.filters)
                frame, events = await self._frame(view), await self._between(view, what, figures.known)
        checked = Checked(
            await asyncio.to_thread(receipts.digest, then),
            changes(then, now, what.key, PRESENT),
            tuple(Event(row["id"], row["type"], row["service"], row["logindex"], row["time"]) for row in events),
            events[0]["of"] if events else 0,
        )
        return frame, checked

    async def _between(self, view: View, what: Receipted, known: Known) -> Sequence[Any]:
        projections = self.site.reading.projections
        types = {type_ for name in what.needs for type_ in types_of(projections[name])}
        rows: Sequence[Any] = await view.conn.fetch(
            sql("between"), list(known.indexes), list(known.indexes.values()), list(types), _listed
        )
        return rows

    def _columns(self, model: str) -> Collection[str]:
        return meanings(self.reports[model]) if model in self.reports else ()

    async def _form(self, request: Request, code: str, wrong: str | None, status: int = 400) -> Response:
        async with self.site.reading(framing.needs) as view:
            frame = await self._frame(view)
        context = {"page": frame, "trust": frame.trust, "code": code, "no_code": wrong}
        return await self.site.page(request, "verify_form.html", context, status=status if wrong else 200)

    async def _frame(self, view: View) -> Frame:
        """These pages are of no moment: there is nothing around them."""
        return replace(await framing.frame(view, trust=self.site.trust), around=nothing_around)
