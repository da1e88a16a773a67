"""The page of what schools' systems sent that was not taken: for the trust of all its schools, for a school its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.reporting.api import check_school
from services.reporting.london import london
from services.reporting.read_models.reading import View
from services.reporting.web import framing
from services.reporting.web.commands import Commands
from services.reporting.web.framing import Frame
from services.reporting.web.not_taken import WRITERS, NotTaken, alike, not_taken, picture
from services.reporting.web.schools import Member, members
from services.reporting.web.site import Site, address, to_sign_in
from services.reporting.web.words import of
from services.reporting.wording import sentence
from shared.identity import reach
from shared.problems import Problem

DAYS = 14
"""How far the page looks back: today and the days before it."""
_names = ("school", "service", "day")


@dataclass(frozen=True, slots=True)
class IntakePages:
    """The page, and how the writers are asked."""

    site: Site
    commands: Commands

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/intake")(self.intake)
        return router

    async def intake(self, request: Request) -> Response:
        """What was refused or waits."""
        person = await self.site.person(request)
        if person is None:
            return to_sign_in(request)
        who = person.principal
        far = reach(who, "ask_fate")
        if far is None:
            raise Problem(403, "not_yours_to_see", "This is for the trust's leaders and for those of its schools.")
        kept = _kept(request)
        frame, schools = await self._read()
        today = self.site.clock.now().astimezone(london).date()
        since = datetime.combine(today - timedelta(days=DAYS - 1), time(), london)
        found = await not_taken(self.commands, person, since)
        here = [school for school in schools if far == "trust" or school.urns & who.urns]
        wanted = [one for one in found.events if _wanted(one, kept, here)]
        names = {urn: school.name for school in schools for urn in school.urns}
        names |= {frame.trustuid: "The trust's own systems"} if frame.trustuid else {}
        context = {
            "page": replace(frame, heading=_heading(wanted)),
            "trust": frame.trust,
            "days": DAYS,
            "kept": kept,
            "schools": here,
            "writers": WRITERS,
            "found": found,
            "kinds": alike(wanted, names),
            "picture": picture(wanted, {name: text for name, text in kept.items() if name != "day"}),
            "all_days": address("/intake", **{name: text for name, text in kept.items() if name != "day"}),
        }
        return await self.site.page(request, "intake.html", context)

    async def _read(self) -> tuple[Frame, list[Member]]:
        async def read(view: View) -> tuple[Frame, list[Member]]:
            frame = await framing.frame(view, trust=self.site.trust)
            return frame, await members(view.conn, frame.trustuid, view.at) if frame.trustuid else []

        found: tuple[Frame, list[Member]]
        found, _ = await self.site.read(framing.needs, None, read)
        return found


def _kept(request: Request) -> dict[str, str]:
    """What of it somebody wants to see: the parts of the address that are not empty.

    Raises:
        Problem: one of them is none.
    """
    kept = {name: text for name in _names if (text := request.query_params.get(name, "").strip())}
    check_school(kept.get("school"))
    if kept.get("service") not in (None, *WRITERS):
        raise Problem(400, "service_unknown", "A service is talent, cpd or collaboration.")
    try:
        date.fromisoformat(kept.get("day", "2000-01-01"))
    except ValueError:
        raise Problem(400, "day_unreadable", "A day is written 2026-11-20.") from None
    return kept


def _wanted(one: NotTaken, kept: Mapping[str, str], schools: Sequence[Member]) -> bool:
    """Whether somebody wants to see an event; a school that went by other URNs is looked for under all of them."""
    urns: frozenset[str] = frozenset({kept["school"]}) if "school" in kept else frozenset()
    urns |= frozenset().union(*(school.urns for school in schools if school.urns & urns))
    return (
        (not urns or one.origin in urns)
        and kept.get("service") in (None, one.service)
        and kept.get("day") in (None, one.day.isoformat())
    )


def _heading(wanted: Sequence[NotTaken]) -> str:
    refused, waiting = sum(not one.waits for one in wanted), sum(one.waits for one in wanted)
    if refused and waiting:
        return sentence(f"{of(refused, 'event was', 'events were')} refused, {of(waiting, 'waits', 'wait')}")
    if refused:
        return sentence(f"{of(refused, 'event was', 'events were')} refused")
    return sentence(of(waiting, "event waits", "events wait")) if waiting else "Nothing was turned away"
