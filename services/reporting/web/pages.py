"""The pages' addresses: the first page, the part of it that is fetched again, each area, each report as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from services.reporting.api import asked_of, check_school
from services.reporting.london import london
from services.reporting.read_models.reading import View
from services.reporting.reports import Answer, Area, Report, answer, meanings
from services.reporting.reports.report import Row
from services.reporting.seeing.rights import sees_whole, side_of
from services.reporting.seeing.scope import current
from services.reporting.web import acts, framing, headlines, home, ics, pictures, sheet, words
from services.reporting.web.acts import Act
from services.reporting.web.areas import AREAS
from services.reporting.web.cell import asked
from services.reporting.web.changes import EARLIER, LATER, Compared, changes
from services.reporting.web.columns import title
from services.reporting.web.framing import Frame
from services.reporting.web.problems import needs_for_help, with_help
from services.reporting.web.receipted import on_paper, rows_of
from services.reporting.web.said import Said, said
from services.reporting.web.site import (
    HEADERS,
    NO_DAY,
    STATIC,
    UNREADABLE,
    Site,
    address,
    built,
    not_built,
)
from services.reporting.web.table import Opening, table
from shared.problems import Problem

_types = {".css": "text/css", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made of."""

    site: Site
    reports: Mapping[str, Report]

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/")(self.home)
        router.get("/partials/loop")(self.fragment)
        router.get("/reports/{model}")(self.report)
        for area, part in AREAS.items():
            if not part.own_page:
                router.get(part.path)(partial(self.area, area))
        router.get("/static/{name}")(static)
        router.get("/brand.css")(self.brand_styles)
        return router

    async def home(
        self, request: Request, cycle: str | None = None, as_of: str | None = None, schools: str | None = None
    ) -> Response:
        """The first page."""
        return await self._home(request, "home.html", cycle, as_of, schools)

    async def fragment(
        self, request: Request, cycle: str | None = None, as_of: str | None = None, schools: str | None = None
    ) -> Response:
        """The part of the first page that changes."""
        return await self._home(request, "fragment.html", cycle, as_of, schools)

    async def _home(
        self, request: Request, template: str, cycle: str | None, as_of: str | None, schools: str | None
    ) -> Response:
        """With `schools` it shows all of them, not only those to look at first."""
        schools = "all" if schools == "all" else None
        person = await self.site.person(request)
        most = None if schools else home.AT_FIRST
        read = partial(home.home, cycle=cycle, trust=self.site.trust, person=person, most=most)
        page, wrong = await self.site.read(framing.needs, as_of, read)
        as_of = None if wrong else as_of or None
        if side_of(person) == "trust" and any(problem.asked_by and problem.acts for problem in page.problems):
            helped, _ = await self.site.read(needs_for_help, None, lambda view: with_help(view, page.problems, person))
            page = replace(page, problems=helped)
        context = {
            "page": page,
            "trust": page.trust,
            "asked": {"cycle": cycle, "schools": schools},
            "live": not as_of,
            "fragment": address("/partials/loop", cycle=cycle, as_of=as_of, schools=schools),
            "now": address("/", cycle=cycle, schools=schools),
            "url": lambda **parts: address("/", **({"as_of": as_of, "schools": schools} | parts)),
            **on_paper(page, sheet.FIRST, {"cycle": cycle} if cycle else {}, as_of),
        }
        return await self.site.page(request, template, context, as_of, wrong)

    async def area(self, area: Area, request: Request, as_of: str | None = None) -> Response:
        """A part of the dashboard: one picture, and its reports with what each of them says."""
        part, listed = AREAS[area], {name: report for name, report in self.reports.items() if report.area == area}
        read_ones = {name: report for name, report in listed.items() if name == part.shows or headlines.at_once(name)}

        async def read(view: View) -> tuple[Frame, dict[str, list[Row]]]:
            rows = {name: (await answer(report, view)).rows for name, report in read_ones.items()}
            return await self._frame(view), rows

        needs = {*framing.needs, *(model for report in read_ones.values() for model in report.needs)}
        (frame, rows), wrong = await self.site.read(tuple(needs), as_of, read)
        as_of = None if wrong else as_of or None
        context = {
            "page": replace(frame, heading=part.title),
            "trust": frame.trust,
            "part": part,
            "pictures": pictures.of(part.shows, rows[part.shows], frame.at)[:1],
            "reports": listed,
            "headlines": {name: headlines.headline(name, found, frame.at) for name, found in rows.items()},
            "now": part.path,
        }
        return await self.site.page(request, "area.html", context, as_of, wrong)

    async def report(
        self,
        request: Request,
        model: str,
        school: str | None = None,
        as_of: str | None = None,
        compare: str | None = None,
    ) -> Response:
        """A report as a table, beside what it was at another moment if that is asked for."""
        if model not in self.reports:
            raise HTTPException(404, f"There is no report called {model}.")
        school = school or None
        check_school(school)
        report = self.reports[model]
        only, person = asked_of(request, "compare"), await self.site.person(request)
        filters = {**({"school": school} if school else {}), **only}

        async def read(view: View) -> tuple[Frame, Answer, dict[str, Said], bool, list[tuple[Act, ...]]]:
            frame = await self._frame(view)
            whole = sees_whole(person, view, frame.trustuid, school)
            found = await answer(report, view, school=school, only=only, whole=whole)
            texts = await said(view, self.site.texts, person, found.rows) if model == "focus" else {}
            doing = [acts.allowed(acts.of_row(model, row, view.at), person, view) for row in found.rows]
            return frame, found, texts, whole, doing

        needs = tuple({*report.needs, *framing.needs})
        (frame, found, texts, whole, doing), wrong = await self.site.read(needs, as_of, read)
        as_of = None if wrong else as_of or None
        compared, no_day = await self._compared(report, filters, found.rows, frame.at, compare, whole=whole)
        path, known = f"/reports/{model}", meanings(report)
        opening = Opening(model, report.key, found.behind, {"school": school, "as_of": as_of})
        context = {
            "page": replace(frame, heading=report.title),
            "trust": frame.trust,
            "report": report,
            "headline": "" if filters else headlines.headline(model, found.rows, frame.at),
            "meanings": {title(name, known): meaning for name, meaning in known.items()},
            "table": table(found.rows, opening, doing, near=frame.at.astimezone(london).date()),
            "rows": found.rows,
            "whole": whole and "whole" in getattr(report, "wants", ()),
            "pictures": pictures.of(model, found.rows, frame.at),
            "said": texts,
            "only": asked(only, known, found.rows),
            "school": school,
            "kept": filters,
            "compare": compare,
            "compared": compared,
            "no_day": no_day,
            "everything": address(path, as_of=as_of),
            "now": address(path, **filters, compare=compare or None),
            "alone": address(path, **filters, as_of=as_of),
            "files": [
                (suffix.upper(), address(f"{path}.{suffix}", **filters, as_of=as_of))
                for suffix in ("json", "csv", "xlsx")
            ]
            + ([("calendar feed", self._feed(school, as_of))] if model == "calendar" else []),
            **on_paper(frame, model, filters, as_of),
        }
        either = (f"reports/{model}.html", "report.html")
        return await self.site.page(request, either, context, as_of, wrong, status=400 if no_day else 200)

    async def _compared(
        self,
        report: Report,
        filters: Mapping[str, str],
        rows: Sequence[Row],
        at: datetime,
        compare: str | None,
        *,
        whole: bool,
    ) -> tuple[Compared | None, str | None]:
        """What differs at another moment, if one is asked for; or what is wrong with it."""
        if not compare:
            return None, None
        try:
            async with self.site.reading(report.needs, compare) as view:
                other, then = await rows_of(report, view, filters, whole=whole), view.at
        except Problem as problem:
            if problem.code not in UNREADABLE:
                raise
            return None, NO_DAY
        when = f"the end of {words.day(then)}" if len(compare) == len("2026-11-20") else words.moment(then)
        return Compared(when, changes(rows, other, report.key, EARLIER if then < at else LATER)), None

    def _feed(self, school: str | None, as_of: str | None) -> str:
        """Where a calendar program subscribes: it does not sign in."""
        key = self.site.calendars.key(current()) if self.site.calendars else None
        return address(ics.path, school=school, as_of=as_of, key=key)

    async def _frame(self, view: View) -> Frame:
        return await framing.frame(view, trust=self.site.trust)

    async def brand_styles(self) -> Response:
        """The trust's colour."""
        return PlainTextResponse(f":root{{--brand:{self.site.brand}}}\n", media_type="text/css", headers=HEADERS)


async def static(name: str) -> Response:
    """A file of web/static/, by its name."""
    if not built():
        return not_built()
    known = {path.name: path for path in STATIC.glob("*")}
    if name not in known:
        raise HTTPException(404, "There is no such file.")
    return FileResponse(known[name], media_type=_types.get(known[name].suffix), headers=HEADERS)
