"""Refusals: counted by their stable codes; over HTTP as RFC 9457 problem details, never with what was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, get_args

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import Counter
from starlette.exceptions import HTTPException

from shared.identity import IssuerUnreachable, LockedOut, NotAuthenticated

log = structlog.get_logger()

Door = Literal["http", "kafka", "parked"]

_refusals = Counter("baton_refusals", "Refusals, each counted once, where it was answered", ["service", "door", "code"])
_alarming = "id_reused"
"""Counted from 0 on, so that an alert sees the first one."""
_passing: tuple[type[Exception], ...] = (
    OSError,  # a time-out is one
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What goes away by itself: Postgres starting again, no connection left, a slow network."""

titles = {
    400: "The request cannot be read",
    401: "Who are you?",
    403: "This is not yours to do",
    404: "There is no such thing",
    408: "Too slow",
    409: "Something else is there already",
    413: "Too large",
    415: "Not in this form",
    422: "Refused",
    429: "Too much at a time",
    431: "Too many headers",
    500: "Something failed",
    503: "Not available at the moment",
}


def status_of(code: str) -> int:
    """The status that a refusal is answered with over HTTP."""
    return _statuses.get(code, 422)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of its refusals in the API's description: those of these statuses."""
    return {
        status: {
            "description": f"{titles[status]}: problem details (RFC 9457) with a stable `code`.",
            "content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/Problem{status}"}}},
        }
        for status in statuses
    }


_statuses = {
    "not_json": 400,
    "id_reused": 409,
    "version_conflict": 409,
    "too_large": 413,
    "format_not_offered": 415,
}


_always_said: Mapping[int, Mapping[str, str]] = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


class Problem(Exception):
    """A request that is answered with problem details.

    Attributes:
        errors: (JSON pointer, message) of each part that is wrong.
        headers: what HTTP wants to be said beside it, such as which methods are allowed.
        more: further members of the problem, such as `current_version`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
        **more: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.more = more
        self.headers = {**_always_said.get(status, {}), **headers}

    def content(self) -> dict[str, Any]:
        """The problem as JSON-ready content."""
        return {
            "type": f"urn:baton:problem:{self.code}",
            "title": titles.get(self.status, "Refused"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": [{"pointer": pointer, "message": message} for pointer, message in self.errors],
            **self.more,
        }

    def response(self) -> JSONResponse:
        """The problem as a response."""
        return JSONResponse(self.content(), self.status, self.headers, media_type="application/problem+json")


def count_refusal(service: str, door: Door, code: str | None) -> None:
    """Count a refusal where it is answered: over HTTP, to a Kafka topic, or at the end of a parked claim's time."""
    _refusals.labels(service, door, code or "refused").inc()


def install(app: FastAPI, service: str, page: Callable[[Request, Problem], Awaitable[Response]] | None = None) -> None:
    """Answer every failure of a service's application with problem details, and count it.

    `app.state.answer` does it for what stands before the routes.

    Args:
        page: what somebody at a browser is shown instead, where a service has pages.
    """

    async def problem(request: Request, error: Exception) -> Response:
        found = _as_problem(error)
        count_refusal(service, "http", found.code)
        if page is not None and "text/html" in request.headers.get("accept", ""):
            return await page(request, found)
        return found.response()

    app.state.answer = problem
    for door in get_args(Door):
        _refusals.labels(service, door, _alarming)
    for kind in (
        Problem,
        NotAuthenticated,
        LockedOut,
        IssuerUnreachable,
        RequestValidationError,
        HTTPException,
        *_passing,
        Exception,
    ):
        app.add_exception_handler(kind, problem)


def _as_problem(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case NotAuthenticated():
            log.info("caller_refused", reason=error.reason)
            return Problem(401, "not_authenticated", str(error))
        case LockedOut():
            wait = "Too many wrong secrets came from here: wait as Retry-After says, and look your secret up."
            return Problem(429, "too_many_wrong_secrets", wait, headers={"Retry-After": str(error.seconds)})
        case IssuerUnreachable():
            return Problem(503, "issuer_unreachable", "Who signs tokens does not answer: send this again in a minute.")
        case RequestValidationError():
            errors = [(pointer(e["loc"]), e["msg"]) for e in error.errors()]
            return Problem(422, "invalid", "Some fields are missing or not what they should be.", errors=errors)
        case HTTPException(status_code=404, detail="Not Found"):
            return Problem(404, "http_404", "There is nothing at this address: /docs says what there is.")
        case HTTPException():
            return Problem(
                error.status_code, f"http_{error.status_code}", str(error.detail), headers=error.headers or {}
            )
        case _ if isinstance(error, _passing):  # maybe after a commit: nobody here knows
            log.warning("request_unanswered", error=type(error).__name__)
            unsure = "We cannot say whether this was done. Send it again under the same id: it is done once."
            return Problem(503, "unavailable", unsure)
        case _:
            log.error("request_failed", error=type(error).__name__)
            failed = "Something failed on our side. Send it again under the same id: it is done once."
            return Problem(500, "unexpected", failed)


def pointer(location: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a validation error's location."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)
