"""The history's addresses: all events, one of them, and those that a figure of a report counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.reporting.api import asked_of, check_school
from services.reporting.event_api import find
from services.reporting.history.behind import behind
from services.reporting.history.browsing import browse
from services.reporting.history.kinds import kinds
from services.reporting.read_models.reading import View
from services.reporting.reports import Report, meanings
from services.reporting.reports.sql import urns
from services.reporting.seeing.rights import sees_whole
from services.reporting.web import framing
from services.reporting.web.columns import title
from services.reporting.web.event import event_page
from services.reporting.web.event_list import Asked, place_of
from services.reporting.web.schools import members
from services.reporting.web.site import Site, address
from services.reporting.web.table import row_name
from services.reporting.web.telling import lines, names_of

A_PAGE = 50
needs = tuple({"register", "people", *framing.needs})


@dataclass(frozen=True, slots=True)
class EventPages:
    """What the pages are made of."""

    site: Site
    reports: Mapping[str, Report]

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/events")(self.events)
        router.get("/history")(history)
        router.get("/events/{event_id}")(self.event)
        router.get("/reports/{model}/behind")(self.behind)
        return router

    async def events(self, request: Request, before: str | None = None, as_of: str | None = None) -> Response:
        """The events, newest first, as far as they are wanted."""
        asked = Asked.of(request)
        school = asked.given.get("school")
        check_school(school)

        async def read(view: View) -> dict[str, Any]:
            frame = await framed(view, self.site, "What happened")
            trustuid = frame["page"].trustuid
            wanted = asked.wanted(await urns(view.conn, school), view.scope.trust(self.site.trust), view.as_of)
            found = await browse(
                view.conn, wanted, before=await place_of(view.conn, before), most=A_PAGE, then=view.then
            )
            return {
                **frame,
                "lines": await lines(view, found.events, await names_of(view)),
                "schools": await members(view.conn, trustuid, view.at) if trustuid else [],
                "whole": found.whole,
                "looked_back_to": found.before and found.before.time,
                "older": found.before and f"{found.before.service}:{found.before.logindex}",
            }

        context, wrong = await self.site.read(needs, as_of, read)
        as_of = None if wrong else as_of or None
        context |= {
            "asked": asked,
            "kinds": kinds(),
            "before": before,
            "kept": dict(asked.given),
            "now": address("/events", **asked.given),
            "newest": address("/events", as_of=as_of, **asked.given),
            "older": context["older"] and address("/events", as_of=as_of, before=context["older"], **asked.given),
        }
        status = 400 if asked.wrong else 200
        return await self.site.page(request, "events.html", context, as_of, wrong, status)

    async def event(self, request: Request, event_id: UUID, as_of: str | None = None) -> Response:
        """One event, and what is around it."""
        person = await self.site.person(request)

        async def read(view: View) -> dict[str, Any]:
            event = await find(view, event_id, self.site.trust)
            found = await event_page(view, event, self.site.texts, person)
            return {**await framed(view, self.site, found.line.kind.text), "found": found}

        context, wrong = await self.site.read(needs, as_of, read)
        as_of = None if wrong else as_of or None
        context |= {"now": f"/events/{event_id}", "file": address(f"/events/{event_id}.json", as_of=as_of)}
        return await self.site.page(request, "event.html", context, as_of, wrong)

    async def behind(
        self, request: Request, model: str, figure: str = "", school: str | None = None, as_of: str | None = None
    ) -> Response:
        """The events that a figure of a report counts."""
        report = self.reports.get(model)
        if report is None:
            raise HTTPException(404, f"There is no report called {model}.")
        school = school or None
        check_school(school)
        only, person = asked_of(request, "figure"), await self.site.person(request)

        async def read(view: View) -> dict[str, Any]:
            trustuid, _ = await framing.trust_of(view.conn, self.site.trust)
            whole = sees_whole(person, view, trustuid, school)
            found = await behind(report, view, figure, school=school, only=only, whole=whole)
            return {
                **await framed(view, self.site, f"{title(figure, meanings(report))}: {len(found.events):,}"),
                "lines": await lines(view, found.events, await names_of(view)),
                "of": [row_name(row, report.key) for row in found.rows],
            }

        context, wrong = await self.site.read(tuple({*report.needs, *needs}), as_of, read)
        as_of = None if wrong else as_of or None
        path, parts = f"/reports/{model}/behind", {"figure": figure, "school": school, **only}
        context |= {
            "report": report,
            "meaning": meanings(report).get(figure, ""),
            "kept": parts,
            "now": address(path, **parts),
            "file": address(f"{path}.json", as_of=as_of, **parts),
            "rows": address(f"/reports/{model}", as_of=as_of, school=school, **only),
        }
        return await self.site.page(request, "behind.html", context, as_of, wrong)


async def history() -> Response:
    """The events go by that name, too."""
    return RedirectResponse("/events", 307)


async def framed(view: View, site: Site, heading: str) -> dict[str, Any]:
    """What stands on every page, with its heading."""
    frame = await framing.frame(view, trust=site.trust)
    return {"page": replace(frame, heading=heading), "trust": frame.trust, "area": "history"}
