"""A service's HTTP doors as an OpenAPI 3.1 document: what FastAPI knows of the routes, and what it cannot know.

Added here: the problem details with the codes that this service really answers with and what to do about each, the
correlation id of every request, and one place for what several schemas refer to.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.contracts.vocabulary import identifier
from shared.documents.hoisting import hoist
from shared.documents.refusals import Refusal, kept
from shared.problems import documented, titles

Document = dict[str, Any]

_about = """\
Every refusal is problem details (RFC 9457) with a stable `code`; the codes of each status, and what to do about each,
stand in its schema. Whatever is sent again under the same id is done once. Ids are ours (UUIDs); a school's system may
name a person by `{"source": …, "staff_ref": …}` instead, in a path by `<source>:<staff_ref>`. Numbers are whole and
written so (`1.0` is refused), and an object names a key once. What goes over Kafka is at
[/docs/asyncapi](/docs/asyncapi)."""
tokens_at = "/oauth/token"
always_open = frozenset({"/livez", "/readyz", "/metrics"})
"""Who asks whether a process is well is not told that it is busy."""
_of_fastapi = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI, refusals: Callable[[], Sequence[Refusal]]) -> None:
    """Let an application answer `/openapi.json` with the whole description; it is made when it is first asked for."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = document(app, refusals())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of changing it


def document(app: FastAPI, refusals: Sequence[Refusal]) -> Document:
    """The description of an application's routes and of its refusals."""
    made = copy.deepcopy(
        get_openapi(title=app.title, version=app.version, description=_about, routes=app.routes, tags=app.openapi_tags)
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in _of_fastapi:
        schemas.pop(name, None)
    for path, operation in _operations(made):
        _complete(operation, everyday=path not in always_open)
        if tokens_at in made["paths"] and operation.get("security"):
            operation["security"].append({"clientCredentials": []})
    if tokens_at in made["paths"]:
        made["components"]["securitySchemes"]["clientCredentials"] = _client_credentials
    schemas |= {f"Problem{status}": problem_schema(status, refusals) for status in titles}
    schemas |= {"Receipt": receipt_schema(refusals), "Answer": answer_schema}
    hoist(made, schemas)
    made["components"] |= {"parameters": {"CorrelationId": _asked}, "headers": {"CorrelationId": _given}}
    return made


def _operations(made: Document) -> Iterator[tuple[str, Document]]:
    for path, operations in made["paths"].items():
        for operation in operations.values():
            yield path, operation


def _complete(operation: Document, *, everyday: bool) -> None:
    """What every operation has: a correlation id, and the refusals that any request like it may meet.

    Args:
        everyday: whether it is refused to who asks for too much.
    """
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
        answers |= _keyed(documented(422))
    proven, with_body = operation.get("security"), "requestBody" in operation
    common = documented(
        *((401, 503) if proven else ()), *((408, 413, 415) if with_body else ()), *((429, 431) if everyday else ()), 500
    )
    operation["responses"] = dict(sorted((_keyed(common) | answers).items()))
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/CorrelationId"})
    for answer in operation["responses"].values():
        answer.setdefault("headers", {})["X-Correlation-Id"] = {"$ref": "#/components/headers/CorrelationId"}


def _keyed(answers: Mapping[int | str, Any]) -> Document:
    return {str(status): answer for status, answer in answers.items()}


def problem_schema(status: int, refusals: Sequence[Refusal]) -> Document:
    """Problem details of one status, with the codes that there are and what to do about each."""
    return {
        "type": "object",
        "title": titles[status],
        "required": ["type", "title", "status", "code", "detail", "errors"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"const": status},
            "code": _codes([refusal for refusal in refusals if refusal.status == status]),
            "detail": {"type": "string", "description": "What to do; it never quotes what was sent."},
            "errors": {
                "type": "array",
                "description": "Each part that is wrong, by its JSON pointer.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "message"],
                    "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
                },
            },
            "current_version": {"type": "integer", "description": "On a conflict: the version the stream stands at."},
            "event_id": {"type": "string", "description": "Of a claim that is refused: its own id."},
        },
    }


def _codes(refusals: Sequence[Refusal]) -> Document:
    told: dict[str, dict[str, None]] = defaultdict(dict)
    for refusal in refusals:
        told[refusal.code][refusal.message] = None
    if not told:
        return {"type": "string"}
    return {"type": "string", "oneOf": [{"const": code, "description": " / ".join(told[code])} for code in told]}


def receipt_schema(refusals: Sequence[Refusal]) -> Document:
    """What became of one claim."""
    waiting = ", ".join(f"`{code}`" for code in sorted({r.code for r in refusals if r.status == kept}))
    return {
        "type": "object",
        "description": "What became of one claim: the same over HTTP, on the receipts topic and whenever it is asked.",
        "required": ["event_id", "outcome"],
        "properties": {
            "event_id": {"type": "string", "description": "The sender's own id of it."},
            "outcome": {
                "enum": ["accepted", "duplicate", "refused", "parked", "conflict"],
                "description": "A parked claim waits, and is answered anew when what it waits for is there.",
            },
            "code": {
                "type": "string",
                "description": f"Why it was refused: see the codes of the problems; or why it waits: {waiting}.",
            },
            "field": {"type": "string", "description": "JSON pointer to the part of the event that is the reason."},
            "message": {"type": "string", "description": "What to do."},
            "streams": _streams,
            "waits_for": {"type": "string", "description": "The stream that brings it back when it begins."},
        },
    }


_streams = {
    "type": "object",
    "description": "The version that each written stream has now. None: it was so already.",
    "additionalProperties": {"type": "integer", "minimum": 1},
}
answer_schema: Document = {
    "type": "object",
    "description": "What became of a command.",
    "required": ["outcome"],
    "properties": {"outcome": {"enum": ["accepted", "duplicate"]}, "streams": _streams},
}
"""What a typed command is answered with when it is not refused."""

_client_credentials: Document = {
    "type": "oauth2",
    "description": "Of a school's system: its id and secret for a token that lasts some minutes. In production the "
    "trust's own provider gives it.",
    "flows": {"clientCredentials": {"tokenUrl": tokens_at, "scopes": {}}},
}
_asked = {
    "name": "X-Correlation-Id",
    "in": "header",
    "required": False,
    "description": "Stands in the logs, and in the envelope of every event that the request sets off. One is made up "
    "where none is given, or another form.",
    "schema": {"type": "string", "pattern": f"^{identifier.pattern}$"},
}
_given = {
    "description": "The request's correlation id, given or made up.",
    "required": True,
    "schema": {"type": "string"},
}
