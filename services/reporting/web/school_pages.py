"""The addresses of a school's own pages: what is due and what came back, and the papers for its meetings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import segno
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.api import check_school
from services.reporting.london import london
from services.reporting.read_models.reading import View
from services.reporting.reports import Report, capacity
from services.reporting.seeing.rights import can
from services.reporting.web import sheet
from services.reporting.web.answer_links import AnswerLinks, Meeting
from services.reporting.web.ics import CalendarResponse, meeting_ics
from services.reporting.web.receipted import on_paper
from services.reporting.web.school import SchoolPage, needs, school, with_capacity
from services.reporting.web.site import Site, address
from shared.problems import Problem


@dataclass(frozen=True, slots=True)
class SchoolPages:
    """What the pages are made of."""

    site: Site
    reports: Mapping[str, Report]
    links: AnswerLinks | None = None

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/schools/{urn}")(self.school)
        router.get("/schools/{urn}/you-said")(self.you_said)
        router.get("/schools/{urn}/agenda")(self.agenda)
        router.get("/schools/{urn}/agenda.ics")(self.agenda_ics)
        return router

    async def school(self, request: Request, urn: str, cycle: str | None = None, as_of: str | None = None) -> Response:
        """A school's page."""
        return await self._page(request, "school.html", urn, cycle, as_of, receipted_as=sheet.SCHOOL)

    async def you_said(
        self, request: Request, urn: str, cycle: str | None = None, as_of: str | None = None
    ) -> Response:
        """One sheet for a cycle: what the school said, and what came of it."""
        return await self._page(request, "you_said.html", urn, cycle, as_of, receipted_as=sheet.YOU_SAID)

    async def agenda(
        self, request: Request, urn: str, cycle: str | None = None, as_of: str | None = None, on: str | None = None
    ) -> Response:
        """One sheet for a leadership meeting: its standard items, and what was said and answered before.

        With the meeting's day and hour also a link, as a picture to scan, by which its team answers once.
        """
        return await self._page(request, "agenda_pack.html", urn, cycle, as_of, on)

    async def agenda_ics(self, request: Request, urn: str, on: str, cycle: str | None = None) -> Response:
        """The meeting for a calendar, with its standard items."""
        held_at = _moment(on)
        if held_at is None:
            raise Problem(400, "moment_unreadable", "on is a day and an hour, such as 2026-11-18T16:00.")
        found, link, _ = await self._found(request, urn, cycle, None, held_at)
        content = meeting_ics(found, held_at, str(request.base_url), link)
        headers = {"Content-Disposition": f'attachment; filename="agenda-{urn}.ics"'}
        return CalendarResponse(content, headers=headers)

    async def _page(
        self,
        request: Request,
        template: str,
        urn: str,
        cycle: str | None,
        as_of: str | None,
        on: str | None = None,
        receipted_as: str | None = None,
    ) -> Response:
        held_at = _moment(on or "")
        own_page = receipted_as == sheet.SCHOOL
        found, link, wrong = await self._found(request, urn, cycle, as_of, held_at, giving=own_page)
        as_of = None if wrong else as_of or None
        path, asked = request.url.path, {"urn": urn, **({"cycle": cycle} if cycle else {})}
        person, trustuid = await self.site.person(request), found.frame.trustuid or ""
        context = {
            "page": replace(found.frame, heading=found.heading),
            "trust": found.frame.trust,
            "school": found,
            "may_speak": not as_of and can(person, "speak_for_school", trustuid=trustuid, urn=urn),
            "reports": self.reports,
            "kept": {"cycle": cycle},
            "papers": f"/schools/{urn}",
            "held_at": held_at,
            "on": on or "",
            "link": link,
            "code": segno.make(link, error="m").svg_inline(scale=3, border=1, omitsize=True) if link else None,
            "now": address(path, cycle=cycle),
            "url": lambda **parts: address(path, as_of=as_of, **parts),
            **(on_paper(found.frame, receipted_as, asked, as_of) if receipted_as else {}),
        }
        return await self.site.page(request, template, context, as_of, wrong)

    async def _found(
        self,
        request: Request,
        urn: str,
        cycle: str | None,
        as_of: str | None,
        held_at: datetime | None,
        *,
        giving: bool = False,
    ) -> tuple[SchoolPage, str | None, str | None]:
        """The school; the link for its meeting, for somebody who may answer for it; and what is wrong with `as_of`."""
        check_school(urn)
        person = await self.site.person(request)

        async def read(view: View) -> SchoolPage | None:
            found = await school(view, urn, cycle, trust=self.site.trust, texts=self.site.texts, person=person)
            return await with_capacity(view, found) if found and giving else found

        reads = {*needs, *(capacity.needs if giving else ())}
        found, wrong = await self.site.read(tuple(reads), as_of, read)
        if found is None:
            raise HTTPException(404, f"The trust has no school with the URN {urn}.")
        trustuid = found.frame.trustuid or ""
        if held_at is None or self.links is None or not can(person, "act", trustuid=trustuid, urn=urn):
            return found, None, wrong
        return found, str(request.base_url).rstrip("/") + self.links.path(Meeting(trustuid, urn, held_at)), wrong


def _moment(text: str) -> datetime | None:
    """The day and hour in London that a form gives; None for none, or one that is not there."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=london)
    except ValueError:
        return None
