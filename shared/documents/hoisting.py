"""Schemas inside a larger document: what they define for themselves moves to where the document keeps its schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_places = "#/components/schemas/"  # in OpenAPI and in AsyncAPI


def hoist(part: Any, schemas: dict[str, Any]) -> None:
    """Move the definitions that stand inside schemas to the document's own, where their references are followed."""
    if isinstance(part, dict):
        if definitions := part.pop("$defs", None):
            _move(part, definitions, schemas)
        for inner in list(part.values()):
            hoist(inner, schemas)
    elif isinstance(part, list):
        for inner in part:
            hoist(inner, schemas)


def _move(schema: dict[str, Any], definitions: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Two classes of one name may say different things: the later one gets another name."""
    whole = [schema, *definitions.values()]
    _refer(whole, {f"#/$defs/{name}": f"{_places}{name}" for name in definitions})
    names = {name: name for name in definitions}
    for name, definition in definitions.items():
        while schemas.get(names[name], definition) != definition:
            names[name] += "_"
    _refer(whole, {f"{_places}{name}": f"{_places}{free}" for name, free in names.items() if name != free})
    schemas |= {names[name]: definition for name, definition in definitions.items()}


def _refer(part: Any, places: Mapping[str, str]) -> None:
    if isinstance(part, dict):
        if part.get("$ref") in places:
            part["$ref"] = places[part["$ref"]]
        for inner in part.values():
            _refer(inner, places)
    elif isinstance(part, list):
        for inner in part:
            _refer(inner, places)
