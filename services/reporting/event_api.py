"""Events over HTTP as JSON: one by its id, with what is around it; and those that a figure of a report counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic_core import to_json

from services.reporting.api import Model, Moment, School, asked_of, check_school
from services.reporting.history.behind import behind
from services.reporting.history.events import Found, by_ids, caused_by, corrections, in_stream, is_voiding
from services.reporting.history.kinds import kind
from services.reporting.history.saying import masked
from services.reporting.read_models.reading import Reading, View
from services.reporting.reports import Report
from shared.problems import Problem, documented

EventId = Annotated[UUID, Path(description="The event's id.")]
Figure = Annotated[str, Query(description="A column that counts events.", examples=["meetings_held"])]
_event = {
    "description": "An event and what is around it.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}
_events = {"description": "The events, in order.", "content": {"application/json": {"schema": {"type": "object"}}}}


def router(reading: Reading, reports: Mapping[str, Report], *, trust: str | None = None) -> APIRouter:
    """The routes. They come before those of the pages: `/events/{event_id}` would take the suffix for a part of the id.

    Args:
        trust: the UID of the trust whose events are shown; None for all.
    """
    routes = APIRouter(tags=["reports"])

    @routes.get("/events/{event_id}.json", responses={200: _event, **documented(400, 401, 403, 404, 503)})
    async def event(event_id: EventId, as_of: Moment = None) -> Response:
        """An event: what it says, its cause and effects, its stream, and what puts it right. Texts stay sealed."""
        async with reading((), as_of) as view:
            return _json(await _told(view, await find(view, event_id, trust)))

    @routes.get("/reports/{model}/behind.json", responses={200: _events, **documented(400, 401, 403, 404, 503)})
    async def events_behind(
        request: Request, model: Model, figure: Figure, as_of: Moment = None, school: School = None
    ) -> Response:
        """The events that a figure counts, in the order of happening. Columns in the address ask for a row."""
        report = reports.get(model)
        if report is None:
            raise Problem(
                404, "report_unknown", f"The reports are {', '.join(sorted(reports))}.", models=sorted(reports)
            )
        check_school(school)
        only = asked_of(request, "figure")
        async with reading(report.needs, as_of) as view:
            found = await behind(report, view, figure, school=school, only=only)
            about = {"model": model, "figure": figure, "as_of": str(view.as_of) if view.as_of else None}
            return _json({**about, "position": view.position, "events": [brief(one) for one in found.events]})

    return routes


async def find(view: View, event_id: UUID, trust: str | None) -> Found:
    """An event that is known in this view.

    Raises:
        Problem: it is not here (`event_unknown`).
    """
    found = (await by_ids(view.conn, [event_id], view.then)).get(event_id)
    known = found is not None and trust in (None, found.envelope.trustuid)
    if found is None or not known or not view.scope.shows(found.envelope.trustuid, found.urns):
        raise Problem(404, "event_unknown", "There is no event with this id, or it was not known then.")
    return found


def brief(found: Found) -> dict[str, Any]:
    """What names an event, and what kind it is of."""
    envelope = found.envelope
    return {
        "event_id": found.id,
        "type": envelope.type,
        "kind": kind(envelope.type),
        "happened_at": envelope.happened_at,
        "recorded_at": envelope.time,
        "service": found.service,
        "logindex": found.delivered.logindex,
        "stream": found.stream,
        "version": found.version,
        "urn": envelope.urn,
        "about": found.names,
    }


async def _told(view: View, found: Found) -> dict[str, Any]:
    envelope, then = found.envelope, view.then
    stream = await in_stream(view.conn, found.service, found.stream, then)
    correction = (await corrections(view.conn, [found.stream], then)).get(found.id)
    void = correction is not None and is_voiding(correction)
    return {
        **brief(found),
        "says": masked(found.event),
        "visible_at": found.visible_at,
        "trustuid": envelope.trustuid,
        "actor": envelope.actor,
        "correlation_id": envelope.correlation_id,
        "cause_id": envelope.causation_id,
        "effects": [brief(one) for one in await caused_by(view.conn, [found.id], then)],
        "voided_by_id": correction.id if correction and void else None,
        "corrected_by_id": correction.id if correction and not void else None,
        "in_stream": [{"event_id": one.id, "version": one.version, "kind": kind(one.envelope.type)} for one in stream],
    }


def _json(content: dict[str, Any]) -> Response:
    return Response(to_json(content), media_type="application/json")
