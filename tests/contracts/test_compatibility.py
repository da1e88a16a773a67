"""Every kind of change that breaks a reader or history is found and named; adding breaks nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from deploy.contracts.compatibility import Change, incompatible
from shared.contracts.schemas import all_event_schemas

EVENT = "uk.mat.talent.Something.v1"
PUBLISHED: Mapping[str, Any] = {
    "$defs": {
        "Part": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
            "required": ["name"],
        }
    },
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid", "x-data-subject": True},
        "urn": {"type": "string", "pattern": "^[1-9][0-9]{5}$"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "scheme": {"type": "string"},
        "text": {"type": "string", "pattern": "^sealed:", "x-personal": {"subject": "id"}},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "name": {"type": "string", "maxLength": 9},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "default": []},
        "historic": {"type": "boolean", "default": False},
        "always": {"const": "x"},
    },
    "required": ["id", "urn", "kind", "text"],
}
Edit = Callable[[dict[str, Any]], object]


def field(name: str, **words: Any) -> Edit:
    """Say something else of a field; None takes a word away."""

    def edit(schema: dict[str, Any]) -> None:
        said = schema["properties"][name]
        said.update(words)
        for word in [word for word, value in words.items() if value is None]:
            del said[word]

    return edit


def part(name: str, **words: Any) -> Edit:
    return lambda schema: schema["$defs"]["Part"]["properties"].update({name: words})


def requires(*names: str) -> Edit:
    return lambda schema: schema.update(required=list(names))


def both(*edits: Edit) -> Edit:
    return lambda schema: [edit(schema) for edit in edits]


def changed(edit: Edit) -> list[tuple[str, str]]:
    now = deepcopy(dict(PUBLISHED))
    edit(now)
    found = incompatible({EVENT: PUBLISHED}, {EVENT: now})
    assert {change.event for change in found} <= {EVENT}
    return [(change.field, change.change) for change in found]


@pytest.mark.parametrize(
    ("edit", "field", "change"),
    [
        (lambda s: s["properties"].pop("scheme"), "/scheme", "the field was removed or renamed"),
        (lambda s: s["$defs"]["Part"]["properties"].pop("size"), "/parts/*/size", "the field was removed or renamed"),
        (
            requires("id", "urn", "kind", "text", "count"),
            "/count",
            "the field is made required, and older records do not have it",
        ),
        (
            both(lambda s: s["properties"].update(new={}), requires("id", "urn", "kind", "text", "new")),
            "/new",
            "the field is new and required, and older records do not have it",
        ),
        (
            requires("id", "urn", "text"),
            "/kind",
            "the field may be missing now, and readers take it for granted",
        ),
        (field("scheme", type="integer"), "/scheme", "the type was string and is integer"),
        (part("size", type="string"), "/parts/*/size", "the type was integer and is string"),
        (field("id", format="date"), "/id", "the format was uuid and is date"),
        (field("scheme", format="date"), "/scheme", "the format was anything and is date"),
        (field("urn", pattern="^1"), "/urn", "the pattern was ^[1-9][0-9]{5}$ and is ^1"),
        (field("scheme", pattern="^x"), "/scheme", "the pattern was anything and is ^x"),
        (field("kind", enum=["a"]), "/kind", "no longer one of the values: b"),
        (field("kind", enum=["a", "c"]), "/kind", "no longer one of the values: b"),
        (field("scheme", enum=["a"]), "/scheme", "only some values are taken now"),
        (field("always", const="y"), "/always", "no longer one of the values: x"),
        (field("count", minimum=1), "/count", "minimum was 0 and is 1"),
        (field("count", maximum=8), "/count", "maximum was 9 and is 8"),
        (field("name", maxLength=8), "/name", "maxLength was 9 and is 8"),
        (field("name", minLength=1), "/name", "minLength was anything and is 1"),
        (field("parts", maxItems=3), "/parts", "maxItems was anything and is 3"),
        (field("parts", uniqueItems=True), "/parts", "equal elements are not taken any more"),
        (field("historic", default=True), "/historic", "a missing value meant False and means True"),
        (field("text", **{"x-personal": None, "pattern": None}), "/text", "the personal mark was removed"),
        (
            field("text", **{"x-personal": {"subject": None}}),
            "/text",
            "the personal mark names another subject",
        ),
        (field("id", **{"x-data-subject": None}), "/id", "the mark of a person's id was removed"),
    ],
)
def test_what_breaks_somebody_is_named_by_its_field(edit: Edit, field: str, change: str) -> None:
    assert changed(edit) == [(field, change)]


def test_an_event_type_that_is_gone_is_named() -> None:
    assert incompatible({EVENT: PUBLISHED}, {}) == [Change(EVENT, "", "the event type was removed")]


def test_a_renamed_field_is_one_that_is_gone() -> None:
    def rename(schema: dict[str, Any]) -> None:
        schema["properties"]["school"] = schema["properties"].pop("urn")
        schema["required"] = ["id", "school", "kind", "text"]

    assert [field for field, _ in changed(rename)] == ["/school", "/urn"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda _: None,
        lambda s: s["properties"].update(new={"type": "string"}),
        part("colour", type="string"),
        field("kind", enum=["a", "b", "c"]),
        field("urn", pattern=None),
        field("count", minimum=None, maximum=10),
        field("name", maxLength=20),
        field("scheme", description="Another sentence.", title="Scheme"),
        field("scheme", **{"x-data-subject": True}),
    ],
)
def test_more_is_compatible(edit: Edit) -> None:
    assert changed(edit) == []


def test_another_event_is_compatible() -> None:
    assert incompatible({EVENT: PUBLISHED}, {EVENT: PUBLISHED, "uk.mat.talent.Other.v1": {}}) == []


def test_the_contracts_are_compatible_with_themselves() -> None:
    assert incompatible(all_event_schemas(), all_event_schemas()) == []
