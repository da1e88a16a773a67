"""What a schema defines for itself is found again in the document that it becomes a part of."""

from __future__ import annotations

from typing import Any

from shared.documents.hoisting import hoist


def schema(**size: Any) -> dict[str, Any]:
    return {"items": {"$ref": "#/$defs/Part"}, "$defs": {"Part": {"type": "object", "properties": {"size": size}}}}


def test_definitions_move_and_references_follow() -> None:
    document = {"one": schema(type="integer"), "two": schema(type="integer")}
    schemas: dict[str, Any] = {}

    hoist(document, schemas)

    assert document == {name: {"items": {"$ref": "#/components/schemas/Part"}} for name in ("one", "two")}
    assert schemas == {"Part": {"type": "object", "properties": {"size": {"type": "integer"}}}}


def test_two_that_are_called_the_same_are_kept_apart() -> None:
    document = {"one": schema(type="integer"), "two": schema(type="string")}
    schemas: dict[str, Any] = {}

    hoist(document, schemas)

    assert document["two"] == {"items": {"$ref": "#/components/schemas/Part_"}}
    assert schemas["Part"]["properties"]["size"] == {"type": "integer"}
    assert schemas["Part_"]["properties"]["size"] == {"type": "string"}


def test_definitions_that_refer_to_each_other() -> None:
    tree = {"$ref": "#/$defs/Tree", "$defs": {"Tree": {"items": {"$ref": "#/$defs/Tree"}}}}
    schemas: dict[str, Any] = {}

    hoist({"tree": tree}, schemas)

    assert tree == {"$ref": "#/components/schemas/Tree"}
    assert schemas == {"Tree": {"items": {"$ref": "#/components/schemas/Tree"}}}
