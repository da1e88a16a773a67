"""The addresses of everything about one person, and about one school: the report `history`, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.api import check_school
from services.reporting.history.events import by_ids
from services.reporting.read_models.reading import View
from services.reporting.reports import Report, answer
from services.reporting.reports.history import same_person
from services.reporting.seeing.scope import EVERYTHING
from services.reporting.web import framing
from services.reporting.web.event_pages import A_PAGE, framed, needs
from services.reporting.web.site import Site, address
from services.reporting.web.telling import lines, names_of
from shared.problems import Problem

Number = Annotated[int, Query(alias="page", ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class HistoryPages:
    """What the pages are made of."""

    site: Site
    report: Report

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/people/{person_id}/history")(self.person)
        router.get("/schools/{urn}/history")(self.school)
        return router

    async def person(self, request: Request, person_id: UUID, number: Number = 1, as_of: str | None = None) -> Response:
        """Everything about one person, under all their entries of the register."""

        async def read(view: View) -> dict[str, Any]:
            same = await same_person(view.conn, str(person_id))
            merged = " This entry of the register was merged into theirs." if same != str(person_id) else ""
            return {
                **await framed(view, self.site, "Everything about one person"),
                **await self._told(view, number, {"about": same}),
                "whose": f"The person with the id {same}.{merged}",
            }

        return await self._page(request, read, as_of)

    async def school(self, request: Request, urn: str, number: Number = 1, as_of: str | None = None) -> Response:
        """Everything about one school, under all its URNs."""
        check_school(urn)

        async def read(view: View) -> dict[str, Any]:
            trustuid, _ = await framing.trust_of(view.conn, self.site.trust)
            name = (await names_of(view)).schools.get((trustuid or "", urn), urn)
            return {
                **await framed(view, self.site, f"Everything about {name}"),
                **await self._told(view, number, {"school": urn}),
                "whose": f"The school with the URN {urn}, also under those that it had before or has since.",
            }

        return await self._page(request, read, as_of)

    async def _told(self, view: View, number: int, which: Mapping[str, str]) -> dict[str, Any]:
        """A page of the report.

        Args:
            number: which page, from 1.
            which: the parts of the report's address that ask for the person or the school.

        Raises:
            Problem: nothing of it is for who asks (`nobody_known`).
        """
        only = {name: text for name, text in which.items() if name != "school"}
        rows = (await answer(self.report, view, school=which.get("school"), only=only)).rows
        if not rows and view.scope is not EVERYTHING:
            raise Problem(404, "nobody_known", "Nobody is known here whom this address could be about.")
        first, end = (number - 1) * A_PAGE, number * A_PAGE
        ids = [UUID(row["event_id"]) for row in rows[first:end]]
        found = await by_ids(view.conn, ids)
        return {
            "lines": await lines(view, [found[one] for one in ids if one in found], await names_of(view)),
            "first": first + 1,
            "of": len(rows),
            "earlier": number - 1 if first else None,
            "later": number + 1 if end < len(rows) else None,
            "which": which,
        }

    async def _page(self, request: Request, read: Callable[[View], Any], as_of: str | None) -> Response:
        context, wrong = await self.site.read(needs, as_of, read)
        as_of = None if wrong else as_of or None
        path = request.url.path
        context |= {
            "now": path,
            "page_at": lambda number: address(path, page=str(number), as_of=as_of),
            "files": [
                (suffix.upper(), address(f"/reports/history.{suffix}", **context["which"], as_of=as_of))
                for suffix in ("json", "csv")
            ],
        }
        return await self.site.page(request, "everything.html", context, as_of, wrong)
