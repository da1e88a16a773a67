"""The addresses of a school's own pages: what is due and what came back, and the papers for its meetings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.api import check_school
from services.reporting.reports import Report
from services.reporting.web.school import needs, school
from services.reporting.web.site import Site, address


@dataclass(frozen=True, slots=True)
class SchoolPages:
    """What the pages are made of."""

    site: Site
    reports: Mapping[str, Report]

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/schools/{urn}")(self.school)
        router.get("/schools/{urn}/you-said")(self.you_said)
        router.get("/schools/{urn}/agenda")(self.agenda)
        return router

    async def school(self, request: Request, urn: str, cycle: str | None = None, as_of: str | None = None) -> Response:
        """A school's page."""
        return await self._page(request, "school.html", urn, cycle, as_of)

    async def you_said(
        self, request: Request, urn: str, cycle: str | None = None, as_of: str | None = None
    ) -> Response:
        """One sheet for a cycle: what the school said, and what came of it."""
        return await self._page(request, "you_said.html", urn, cycle, as_of)

    async def agenda(self, request: Request, urn: str, cycle: str | None = None, as_of: str | None = None) -> Response:
        """One sheet for a leadership meeting: its standard items, and what was said and answered before."""
        return await self._page(request, "agenda_pack.html", urn, cycle, as_of)

    async def _page(self, request: Request, template: str, urn: str, cycle: str | None, as_of: str | None) -> Response:
        check_school(urn)
        person = await self.site.person(request)
        found, wrong = await self.site.read(
            needs,
            as_of,
            lambda view: school(view, urn, cycle, trust=self.site.trust, texts=self.site.texts, person=person),
        )
        if found is None:
            raise HTTPException(404, f"The trust has no school with the URN {urn}.")
        as_of = None if wrong else as_of or None
        path = request.url.path
        context = {
            "page": replace(found.frame, heading=found.heading),
            "trust": found.frame.trust,
            "school": found,
            "reports": self.reports,
            "asked_cycle": cycle,
            "papers": f"/schools/{urn}",
            "now": address(path, cycle=cycle),
            "url": lambda **parts: address(path, as_of=as_of, **parts),
        }
        return await self.site.page(request, template, context, as_of, wrong)
