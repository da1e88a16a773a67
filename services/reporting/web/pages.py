"""The pages' addresses: the first page, the part of it that is fetched again, each report as a table, what they load.

They hold nothing of their own: a page is read in one snapshot, from the reports. Every answer carries a policy that
lets the browser load from this server alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader

from services.reporting.api import check_school
from services.reporting.reading import Reading, View
from services.reporting.reports import Report
from services.reporting.web import home, ics, words
from services.reporting.web.home import HomePage
from services.reporting.web.table import table
from shared.clock import Clock
from shared.problems import Problem

PAGES = (
    ("/", "The loop"),
    ("/reports/focus", "Answers"),
    ("/reports/loop", "Responses"),
    ("/reports/agenda", "Meetings"),
    ("/reports/calendar", "Calendar"),
    ("/reports/matches", "Who could help"),
    ("/reports/roles", "System leaders"),
)
TITLES = {
    "focus": (
        "What schools answered",
        "Each school's latest answer to each focus area, cycle by cycle, and how it changed since the cycle before.",
    ),
    "loop": (
        "What became of each call for help",
        "Every answer that is off track or asks for help: when the trust knew of it, and what followed.",
    ),
    "agenda": (
        "Who met, who answered",
        "Each school in each cycle: its leadership meetings, and how much of what it was asked it has answered.",
    ),
    "calendar": (
        "The training calendar",
        "Every session of the trust and of its schools: what, when, where and how to join, and which of them clash.",
    ),
    "matches": (
        "Who could help",
        "Each open request, and each wish to be coached: whom to ask first and why, and who is next. This is advice.",
    ),
    "roles": (
        "System leaders",
        "How many there are of each kind, as each area declares it, and what they do. Not known is not zero.",
    ),
}
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_own_pages = {"matches": "matches.html"}
"""Reports that are more than a table."""
_here = Path(__file__).parent
_static = _here / "static"
_unreadable = ("as_of_unreadable", "as_of_unknown")
_types = {".css": "text/css", ".js": "text/javascript"}
_not_built = "The dashboard's styles and scripts are not built: run `make assets` in the project's folder.\n"


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made of.

    Attributes:
        trust: the UID of the trust to show; None for the one that the newest cycle belongs to.
        brand: the trust's colour, as `#rrggbb`.
    """

    reading: Reading
    reports: Mapping[str, Report]
    clock: Clock
    trust: str | None = None
    brand: str = "#1d3b53"

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/")(self.home)
        router.get("/partials/loop")(self.fragment)
        router.get("/reports/{model}")(self.report)
        router.get("/static/{name}")(static)
        router.get("/brand.css")(self.brand_styles)
        return router

    async def home(self, request: Request, cycle: str | None = None, as_of: str | None = None) -> Response:
        """The first page."""
        return await self._home(request, "home.html", cycle, as_of)

    async def fragment(self, request: Request, cycle: str | None = None, as_of: str | None = None) -> Response:
        """The part of the first page that changes."""
        return await self._home(request, "fragment.html", cycle, as_of)

    async def _home(self, request: Request, template: str, cycle: str | None, as_of: str | None) -> Response:
        page, wrong = await self._read(home.needs, as_of, lambda view: home.home(view, cycle, trust=self.trust))
        if wrong:
            as_of = None
        context = {
            "page": page,
            "trust": page.trust,
            "asked_cycle": cycle,
            "live": not as_of,
            "fragment": _address("/partials/loop", cycle=cycle, as_of=as_of),
            "now": _address("/", cycle=cycle),
            "url": lambda **parts: _address("/", as_of=as_of, **parts),
        }
        return self._page(request, template, context, as_of, wrong)

    async def report(
        self,
        request: Request,
        model: str,
        cycle: str | None = None,
        school: str | None = None,
        as_of: str | None = None,
    ) -> Response:
        """A report as a table."""
        if model not in self.reports:
            raise HTTPException(404, f"There is no report called {model}.")
        check_school(school or None)
        report = self.reports[model]

        async def read(view: View) -> tuple[HomePage, list[dict[str, Any]]]:
            rows = await report.rows(view.conn, at=view.at, school=school)
            return await home.frame(view, trust=self.trust), [r for r in rows if cycle in (None, r.get("cycle"))]

        (frame, rows), wrong = await self._read(tuple({*report.needs, *home.needs}), as_of, read)
        if wrong:
            as_of = None
        title, about = TITLES.get(model, (words.sentence(model), ""))
        context = {
            "page": replace(frame, heading=title),
            "trust": frame.trust,
            "title": title,
            "about": about,
            "table": table(rows),
            "rows": rows,
            "cycle": cycle,
            "school": school,
            "everything": _address(f"/reports/{model}", as_of=as_of),
            "now": _address(f"/reports/{model}", cycle=cycle, school=school),
            "files": [
                (suffix.upper(), _address(f"/reports/{model}.{suffix}", school=school, as_of=as_of))
                for suffix in ("json", "csv")
            ]
            + ([("calendar feed", _address(ics.path, school=school, as_of=as_of))] if model == "calendar" else []),
        }
        return self._page(request, _own_pages.get(model, "report.html"), context, as_of, wrong)

    async def brand_styles(self) -> Response:
        """The trust's colour."""
        return PlainTextResponse(f":root{{--brand:{self.brand}}}\n", media_type="text/css", headers=_headers)

    async def _read(
        self, needs: tuple[str, ...], as_of: str | None, read: Callable[[View], Any]
    ) -> tuple[Any, str | None]:
        """What is read from the snapshot asked for; from the present, with what was wrong, where there is none."""
        try:
            async with self.reading(needs, as_of or None) as view:
                return await read(view), None
        except Problem as problem:
            if not as_of or problem.code not in _unreadable:
                raise
            async with self.reading(needs) as view:
                return await read(view), "Give a day, such as 2026-11-20."

    def _page(
        self, request: Request, template: str, context: Mapping[str, Any], as_of: str | None, wrong: str | None
    ) -> Response:
        if not (_static / "app.css").exists():
            return PlainTextResponse(_not_built, 503)
        now = self.clock.now()
        text = _templates.get_template(template).render(
            **context,
            pages=PAGES,
            here=request.url.path,
            as_of=as_of,
            wrong=wrong,
            latest=now.astimezone(words.london).date().isoformat(),
            simulated=words.moment(now) if self.clock.simulated else None,
        )
        return HTMLResponse(text, 400 if wrong else 200, headers=_headers)


async def static(name: str) -> Response:
    """A file of web/static/, by its name."""
    known = {path.name: path for path in _static.glob("*")}
    if not known:
        return PlainTextResponse(_not_built, 503)
    if name not in known:
        raise HTTPException(404, "There is no such file.")
    return FileResponse(known[name], media_type=_types.get(known[name].suffix), headers=_headers)


_headers = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def _address(path: str, **parts: str | None) -> str:
    given = {name: part for name, part in parts.items() if part}
    return f"{path}?{urlencode(given)}" if given else path


def _with_as_of(address: str, as_of: str | None) -> str:
    """The address, asking for the same day."""
    if not as_of:
        return address
    path, hash_, anchor = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'as_of': as_of})}{hash_}{anchor}"


def _environment() -> Environment:
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    templates = Environment(
        loader=ChoiceLoader([FileSystemLoader(_here / "templates"), govuk]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "day": words.day,
        "days": words.days,
        "second": words.second,
        "moment": words.moment,
        "with_as_of": _with_as_of,
    }
    return templates


_templates = _environment()
