"""The reports over HTTP, as JSON and CSV, and the stream that says that there is something new."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic_core import to_json
from sse_starlette import EventSourceResponse

from services.reporting.feed import Feed
from services.reporting.reading import Reading, View
from services.reporting.reports import Answer, Report, answer
from services.reporting.reports import reports as all_reports
from shared.problems import Problem, documented

_urn = re.compile(r"[1-9][0-9]{5}")
_formulas = ("=", "+", "-", "@", "\t", "\r", "\n", "＝")  # noqa: RUF001 - the full-width one counts as well
_heartbeat_s = 15

Row = Mapping[str, Any]


Model = Annotated[str, Path(description="The report's name.", json_schema_extra={"enum": sorted(all_reports)})]
Moment = Annotated[
    str | None,
    Query(description="As of when: a date (its end), an instant with its zone, or `event:<service>:<logindex>`."),
]
School = Annotated[str | None, Query(description="Only this school, by its URN.", examples=["900001"])]
_rows_as_json = {
    "description": "The report's rows, and how far the events behind them go.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["model", "as_of", "position", "rows"],
                "properties": {
                    "model": {"type": "string"},
                    "as_of": {"type": ["string", "null"]},
                    "position": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "rows": {"type": "array", "items": {"type": "object"}},
                },
            }
        }
    },
}

_stream = {"description": "A stream without an end.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}


class CsvResponse(Response):
    """Rows for a spreadsheet."""

    media_type = "text/csv; charset=utf-8; header=present"


def router(reading: Reading, reports: Mapping[str, Report], feed: Feed) -> APIRouter:
    """The routes. They come before those of the pages: `/reports/{model}` would take `focus.json` for a model."""
    routes = APIRouter(tags=["reports"])

    @routes.get("/reports/{model}.json", responses={200: _rows_as_json, **documented(400, 404, 503)})
    async def as_json(request: Request, model: Model, as_of: Moment = None, school: School = None) -> Response:
        """A report's rows: `{"model", "as_of", "position", "rows"}`. A column in the address asks for a value."""
        view, found = await _answer(reading, reports, model, as_of, school, asked_of(request))
        content = {
            "model": model,
            "as_of": str(view.as_of) if view.as_of else None,
            "position": view.position,
            "rows": found.rows,
        }
        return Response(to_json(content), media_type="application/json")

    @routes.get("/reports/{model}.csv", response_class=CsvResponse, responses=documented(400, 404, 503))
    async def as_csv(request: Request, model: Model, as_of: Moment = None, school: School = None) -> Response:
        """A report's rows for a spreadsheet: RFC 4180 with a header, nothing in it taken for a formula."""
        _, found = await _answer(reading, reports, model, as_of, school, asked_of(request))
        disposition = {"Content-Disposition": f'attachment; filename="{model}.csv"'}
        return CsvResponse(table(found.rows), headers=disposition)

    @routes.get("/live", response_class=EventSourceResponse, responses={200: _stream})
    async def live() -> EventSourceResponse:
        """Server-sent events: `{"position": {service: logindex}}` whenever it moved."""
        return EventSourceResponse(feed.positions(), ping=_heartbeat_s)

    return routes


async def _answer(
    reading: Reading,
    reports: Mapping[str, Report],
    model: str,
    as_of: str | None,
    school: str | None,
    only: Mapping[str, str],
) -> tuple[View, Answer]:
    report = reports.get(model)
    if report is None:
        raise Problem(404, "report_unknown", f"The reports are {', '.join(sorted(reports))}.", models=sorted(reports))
    check_school(school)
    async with reading(report.needs, as_of) as view:
        return view, await answer(report, view, school=school, only=only)


def asked_of(request: Request) -> dict[str, str]:
    """The columns that an address names, with the values asked for."""
    return {name: text for name, text in request.query_params.items() if name not in ("as_of", "school")}


def check_school(school: str | None) -> None:
    """The school that somebody asked for.

    Raises:
        Problem: it is no URN (`school_unreadable`).
    """
    if school is not None and not _urn.fullmatch(school):
        raise Problem(400, "school_unreadable", "school is a URN: six digits.", errors=[("/school", "Not a URN.")])


def table(rows: Sequence[Row]) -> str:
    """Rows as CSV. Without rows there is nothing to name the columns by."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    if rows:
        writer.writerow([guarded(name) for name in rows[0]])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue()


def guarded(text: str) -> str:
    """A text that a spreadsheet takes for a text."""
    return f"'{text}" if text.startswith(_formulas) else text


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case str() | UUID():
            return guarded(str(value))
        case _:
            return guarded(json.dumps(json.loads(to_json(value)), ensure_ascii=False))
