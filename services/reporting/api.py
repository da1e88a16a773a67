"""The reports over HTTP, as JSON, CSV and XLSX, and the stream that says that there is something new."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse

from services.reporting import exports, receipts
from services.reporting.exports import Export
from services.reporting.feed import Feed
from services.reporting.read_models.reading import Reading
from services.reporting.reports import Report, answer, meanings
from services.reporting.reports import reports as all_reports
from shared.problems import Problem, documented

_urn = re.compile(r"[1-9][0-9]{5}")
_heartbeat_s = 15

Model = Annotated[str, Path(description="The report's name.", json_schema_extra={"enum": sorted(all_reports)})]
Moment = Annotated[
    str | None,
    Query(
        description="As of when: a date (its end), an instant with its zone, `event:<service>:<logindex>`,"
        " or `receipt:<code>`."
    ),
]
School = Annotated[str | None, Query(description="Only this school, by its URN.", examples=["900001"])]
_said: dict[str, Any] = {
    "model": {"type": "string"},
    "as_of": {"type": ["string", "null"], "description": "As it was asked for; null is the present."},
    "judged_at": {"type": "string", "format": "date-time"},
    "position": {"type": "object", "additionalProperties": {"type": "integer"}},
    "filters": {"type": "object", "additionalProperties": {"type": "string"}},
    "row_count": {"type": "integer"},
    "sha256": {"type": "string", "description": "Of `rows` in canonical form (RFC 8785), in hexadecimal."},
    "receipt": {"type": "string", "description": "`/verify/<code>` shows these figures then and now."},
}
_rows_as_json = {
    "description": "The report's rows, how far the events behind them go, and the code of their receipt.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": [*_said, "rows"],
                "properties": {**_said, "rows": {"type": "array", "items": {"type": "object"}}},
            }
        }
    },
}
_file = {
    "headers": {
        exports.header(name): {"description": f"`{name}`, as in JSON.", "schema": {"type": "string"}} for name in _said
    }
}
_stream = {"description": "A stream without an end.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}


class CsvResponse(Response):
    """Rows for a spreadsheet, as text."""

    media_type = "text/csv; charset=utf-8; header=present"


class XlsxResponse(Response):
    """A workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def router(reading: Reading, reports: Mapping[str, Report], feed: Feed) -> APIRouter:
    """The routes. They come before those of the pages: `/reports/{model}` would take `focus.json` for a model."""
    routes = APIRouter(tags=["reports"])
    refused = documented(400, 401, 403, 404, 503)

    @routes.get("/reports/{model}.json", responses={200: _rows_as_json, **refused})
    async def as_json(request: Request, model: Model, as_of: Moment = None, school: School = None) -> Response:
        """A report's rows, with what they are of. A column in the address asks for a value."""
        export = await _export(request, reading, reports, model, as_of, school)
        return Response(exports.as_json(export), media_type="application/json")

    @routes.get("/reports/{model}.csv", response_class=CsvResponse, responses={200: _file, **refused})
    async def as_csv(request: Request, model: Model, as_of: Moment = None, school: School = None) -> Response:
        """A report's rows for a spreadsheet: RFC 4180 with a header, nothing in it taken for a formula."""
        export = await _export(request, reading, reports, model, as_of, school)
        return await _as_file(CsvResponse, exports.as_csv, export, "csv")

    @routes.get(
        "/reports/{model}.xlsx", response_class=XlsxResponse, responses={200: _file, **refused, **documented(413)}
    )
    async def as_xlsx(request: Request, model: Model, as_of: Moment = None, school: School = None) -> Response:
        """A report as a workbook: its rows, and a sheet that says what they are of and what the columns mean."""
        export = await _export(request, reading, reports, model, as_of, school)
        return await _as_file(XlsxResponse, exports.as_xlsx, export, "xlsx")

    @routes.get("/live", response_class=EventSourceResponse, responses={200: _stream, **documented(401, 403)})
    async def live() -> EventSourceResponse:
        """Server-sent events: `{"position": {service: logindex}}` whenever it moved."""
        return EventSourceResponse(feed.positions(), ping=_heartbeat_s)

    return routes


async def _export(
    request: Request,
    reading: Reading,
    reports: Mapping[str, Report],
    model: str,
    as_of: str | None,
    school: str | None,
) -> Export:
    report = reports.get(model)
    if report is None:
        raise Problem(404, "report_unknown", f"The reports are {', '.join(sorted(reports))}.", models=sorted(reports))
    check_school(school)
    only = asked_of(request)
    filters = {**({"school": school} if school else {}), **only}
    async with reading(report.needs, as_of) as view:
        found = await answer(report, view, school=school, only=only)
        figures = await view.figures(model, filters)
    receipt = await receipts.make(reading.pool, figures, found.rows, reading.clock.now())
    check = f"{request.base_url}verify/{receipt.code}"
    return Export(report.title, meanings(report), found.rows, receipt, check)


async def _as_file(kind: type[Response], write: Callable[[Export], bytes], export: Export, ending: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{export.name}.{ending}"'}
    content = await asyncio.to_thread(write, export)
    return kind(content, headers={**export.headers(), **disposition})


def asked_of(request: Request, *others: str) -> dict[str, str]:
    """The columns that an address names, with the values asked for; `others` are names that are no columns here."""
    return {name: text for name, text in request.query_params.items() if name not in ("as_of", "school", *others)}


def check_school(school: str | None) -> None:
    """The school that somebody asked for.

    Raises:
        Problem: it is no URN (`school_unreadable`).
    """
    if school is not None and not _urn.fullmatch(school):
        raise Problem(400, "school_unreadable", "school is a URN: six digits.", errors=[("/school", "Not a URN.")])
