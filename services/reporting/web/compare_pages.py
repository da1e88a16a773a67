"""Two days compared: what was known of a person, a school, a post, a review, and what became known between.

Of each kind of event the last that stood is what was known; a focus area at a school is the stream of its answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.history.events import by_ids
from services.reporting.read_models.reading import View
from services.reporting.reports import Report, answer
from services.reporting.reports.report import Row
from services.reporting.seeing.scope import EVERYTHING
from services.reporting.web.event_pages import A_PAGE, framed, needs
from services.reporting.web.site import NO_DAY, UNREADABLE, Site, address
from services.reporting.web.telling import Line, lines, names_of
from shared.problems import Problem


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known at one moment.

    Attributes:
        asked: the moment, as the address has it; None for now.
        rows: of the report `history`.
        last: of each kind of event the last that stood.
    """

    asked: str | None
    at: datetime
    rows: Sequence[Row]
    last: Mapping[str, Line]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event, as it was known at both moments; None: not yet, or not any more."""

    name: str
    before: Line | None
    after: Line | None

    @property
    def same(self) -> bool:
        return self.before is not None and self.after is not None and self.before.event.id == self.after.event.id


@dataclass(frozen=True, slots=True)
class Compared:
    """Two moments side by side.

    Attributes:
        kinds: those that differ first.
        between: what became known, in the order in which it happened; `more`: how many more there are.
    """

    before: datetime
    after: datetime
    kinds: tuple[Kind, ...]
    between: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ComparePages:
    """What the page is made of."""

    site: Site
    report: Report

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/history/compare")(self.compare)
        return router

    async def compare(self, request: Request, about: str = "", as_of: str | None = None) -> Response:
        """Two days of one thing; without both, the form that asks for them. Without `to` the later one is `as_of`."""
        about, asked = about.strip(), request.query_params
        moments = {name: asked.get(name, "").strip() for name in ("from", "to")}
        wrong: dict[str, str] = {}
        later = await self._known(about, moments["to"] or as_of, "to", wrong)
        earlier = await self._known(about, moments["from"], "from", wrong) if moments["from"] else None
        compared = await self._compared(earlier, later) if earlier and later else None

        async def read(view: View) -> Mapping[str, Any]:
            return await framed(view, self.site, "Two days compared")

        context, no_day = await self.site.read(needs, as_of, read)
        as_of = None if no_day else as_of or None
        kept = {"about": about or None, **{name: text or None for name, text in moments.items()}}
        own = {"now": address("/history/compare", **kept), "kept": kept, "history": _history(about)}
        context = {**context, **own, "compared": compared, "errors": wrong}
        return await self.site.page(request, "compare.html", context, as_of, no_day, 400 if wrong else 200)

    async def _known(self, about: str, moment: str | None, name: str, wrong: dict[str, str]) -> Moment | None:
        """What was known then; None where nothing is asked for, or `wrong` says why there is none."""
        if not about:
            return None
        try:
            async with self.site.reading(needs, moment or None) as view:
                rows = await self._rows(view, about)
                return Moment(moment or None, view.at, rows, await _last(view, rows))
        except Problem as problem:
            if problem.code not in UNREADABLE:
                raise
            wrong[name] = NO_DAY
            return None

    async def _rows(self, view: View, about: str) -> Sequence[Row]:
        is_school = about.isdigit()
        only = {} if is_school else {"about": about}
        return (await answer(self.report, view, school=about if is_school else None, only=only)).rows

    async def _compared(self, one: Moment, other: Moment) -> Compared:
        """The two side by side, whichever was asked for first.

        Raises:
            Problem: nothing of it is for who asks (`nobody_known`).
        """
        before, after = sorted((one, other), key=lambda moment: moment.at)
        known = {row["event_id"] for row in before.rows}
        new = [UUID(row["event_id"]) for row in after.rows if row["event_id"] not in known]
        async with self.site.reading(needs, after.asked) as view:
            if not after.rows and view.scope is not EVERYTHING:
                raise Problem(404, "nobody_known", "Nobody is known here whom this address could be about.")
            found = await by_ids(view.conn, new[:A_PAGE], view.then)
            between = await lines(view, [found[one] for one in new[:A_PAGE] if one in found], await names_of(view))
        kinds = tuple(Kind(name, before.last.get(name), line) for name, line in after.last.items())
        gone = tuple(Kind(name, line, None) for name, line in before.last.items() if name not in after.last)
        different_first = sorted((*kinds, *gone), key=lambda kind: kind.same)
        return Compared(before.at, after.at, tuple(different_first), between, len(new) - len(between))


async def _last(view: View, rows: Sequence[Row]) -> Mapping[str, Line]:
    """Of each kind the last event that is neither void nor corrected, in the order of the kinds' first events."""
    ids = {row["kind"]: UUID(row["event_id"]) for row in rows if not (row["voided_by_id"] or row["corrected_by_id"])}
    found = await by_ids(view.conn, list(ids.values()), view.then)
    told = await lines(view, [found[one] for one in ids.values() if one in found], await names_of(view))
    return {line.kind.text: line for line in told}


def _history(about: str) -> str:
    """Where everything about it stands."""
    if about.isdigit():
        return f"/schools/{about}/history"
    try:
        return f"/people/{UUID(about)}/history"
    except ValueError:
        return address("/events", stream=about)
