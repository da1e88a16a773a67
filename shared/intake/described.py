"""What a writer's doors say of themselves in the API's description: bodies, parameters and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shared.contracts.vocabulary import identifier
from shared.documents.headers import claims as claims_headers
from shared.identity import asks_for
from shared.intake.claims import Admission, Admissions
from shared.intake.reading import batch_type, event_type, largest_batch
from shared.problems import documented

_attributes: Mapping[str, Any] = {
    name.removeprefix("ce_"): schema for name, schema in claims_headers["properties"].items() if name[:3] == "ce_"
}
_needed = [name.removeprefix("ce_") for name in claims_headers["required"]]
_path_names = re.compile(r"\{(\w+)\}")
_person_in_path = {
    "anyOf": [
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_-]{0,60}:[A-Za-z0-9][A-Za-z0-9._:-]{0,60}$"},
    ],
    "description": "A person: our id, or `<source>:<staff_ref>` as a school's own system knows them.",
}


def claims(admissions: Admissions) -> dict[str, Any]:
    """What `POST /events` takes, and asks for."""
    return {
        **asks_for("publish"),
        "parameters": [
            {
                "name": f"ce-{name}",
                "in": "header",
                "required": False,
                "description": f"In binary mode the attribute `{name}`.",
                "schema": schema,
            }
            for name, schema in _attributes.items()
        ],
        "requestBody": {
            "required": True,
            "description": "A CloudEvent, or a batch of them. In binary mode its attributes are `ce-*` headers.",
            "content": {
                event_type: {"schema": _event(admissions)},
                batch_type: {
                    "schema": {
                        "type": "array",
                        "maxItems": largest_batch,
                        "items": {"type": "object", "required": [*_needed, "data"], "properties": {**_attributes}},
                    }
                },
                "application/json": {"schema": {"type": "object", "description": "In binary mode: the data alone."}},
            },
        },
    }


def _event(admissions: Admissions) -> dict[str, Any]:
    known = [
        {"title": name, "properties": {"type": {"const": name}, "data": admission.json_schema()}}
        for name, admission in sorted(admissions.items())
    ]
    return {
        "type": "object",
        "required": [*_needed, "data"],
        "properties": {**_attributes, "data": {"type": "object"}},
        "anyOf": [*known, {"title": "another type", "properties": {"type": _attributes["type"]}}],
    }


def _receipt(description: str) -> dict[str, Any]:
    return {"description": description, "content": _json("#/components/schemas/Receipt")}


def _json(place: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": place}}}


def receipts() -> dict[int | str, dict[str, Any]]:
    """How `POST /events` answers."""
    one = {"$ref": "#/components/schemas/Receipt"}
    several = {"type": "array", "items": one, "description": "Of a batch: each receipt in its event's place."}
    return {
        200: {
            "description": "It was taken before; or it was a batch, whose receipts say what became of each.",
            "content": {"application/json": {"schema": {"anyOf": [one, several]}}},
        },
        202: _receipt("It was accepted, or it is kept and waits."),
        **documented(400, 403, 409, 413, 422),
    }


def fate() -> dict[int | str, dict[str, Any]]:
    """How `GET /events/<id>` answers."""
    return {200: _receipt("What it was answered with."), **documented(404)}


def answers_page() -> dict[int | str, dict[str, Any]]:
    """How `GET /answers` answers."""
    answer = {
        "description": "A receipt, and what it is the answer to.",
        "allOf": [
            {"$ref": "#/components/schemas/Receipt"},
            {
                "type": "object",
                "required": ["origin", "source", "answered_at"],
                "properties": {
                    "origin": {"type": "string", "description": "The URN or the trust's UID it was taken for."},
                    "source": {"type": "string"},
                    "type": {"type": "string", "description": "What it claims to be, of those that are parked."},
                    "answered_at": {"type": "string", "format": "date-time"},
                },
            },
        ],
    }
    page = {
        "type": "object",
        "required": ["answers", "next"],
        "properties": {
            "answers": {"type": "array", "items": answer},
            "next": {"type": ["string", "null"], "description": "For `before`: the next page; null, when this is all."},
        },
    }
    found = {"description": "The newest, then older ones.", "content": {"application/json": {"schema": page}}}
    return {200: found, **documented(403, 422)}


def log_page() -> dict[int | str, dict[str, Any]]:
    """How `GET /events` answers."""
    text = {"type": "string"}
    event = {
        "type": "object",
        "required": ["logindex", "hash"],
        "properties": {
            "logindex": {"type": "integer"},
            "meta": {**text, "contentEncoding": "base64", "description": "The envelope, as it is hashed."},
            "record": {**text, "contentEncoding": "base64", "description": "The record, as it is stored."},
            "hash": {**text, "pattern": "^[0-9a-f]{64}$", "description": "The chain's hash in its stream."},
        },
    }
    page = {"type": "object", "required": ["events"], "properties": {"events": {"type": "array", "items": event}}}
    found = {"description": "At most so many events.", "content": {"application/json": {"schema": page}}}
    return {200: found, **documented(403)}


def command(path: str, admission: Admission) -> dict[str, Any]:
    """What a typed command takes: what is in its path, what else it needs to know, and under which key it is done."""
    schema = admission.json_schema()
    fields, in_path = schema["properties"], _path_names.findall(path)
    body = {**schema, "properties": {name: field for name, field in fields.items() if name not in in_path}}
    needed = [name for name in schema.get("required", ()) if name not in in_path]
    body["required"] = needed
    return {
        **asks_for("decide_for_trust" if admission.trust_only else admission.deed),
        "parameters": [
            *({"name": n, "in": "path", "required": True, **_in_path(n, fields[n])} for n in in_path),
            *_headers,
        ],
        "requestBody": {"required": bool(needed), "content": {"application/json": {"schema": body}}},
    }


def answers() -> dict[int | str, dict[str, Any]]:
    """How a typed command is answered."""
    answer = _json("#/components/schemas/Answer")
    return {
        201: {"description": "It is done.", "content": answer},
        200: {"description": "It was done before, under this key.", "content": answer},
        **documented(400, 403, 409, 413, 422),
    }


def _in_path(name: str, field: Mapping[str, Any]) -> dict[str, Any]:
    if any(form.get("title") == "StaffReference" for form in field.get("anyOf", ())):
        return {"description": _person_in_path["description"], "schema": {"anyOf": _person_in_path["anyOf"]}}
    schema = {word: said for word, said in field.items() if word != "description"}
    words = name.replace("_", " ")
    about = f"The id of the {words.removesuffix(' id')}." if name.endswith("_id") else f"The {words}."
    return {"description": field.get("description", about), "schema": schema}


_headers = (
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "A new one for each thing you mean to do, the same one when you try again: it is done once.",
        "schema": {"type": "string", "pattern": f"^{identifier.pattern}$"},
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The stream's version that you saw, in quotes: if it has moved on, nothing is done.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,10}"$'},
    },
)
