"""Values of a JSON Schema as our shapes have it, and the same with something wrong in them.

Ids, schools and days come from a few, as in tests/integration/test_random_requests.py, so that claims meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.integration.hostile.bodies import changed, places
from tests.integration.test_random_requests import FEW

Schema = Mapping[str, Any]

_first = date(1900, 1, 1)
_days = st.one_of(
    st.integers(-400, 400).map(lambda n: date(2026, 11, 2) + timedelta(days=n)),
    st.dates(_first, date(2199, 12, 31)),
).map(str)
_times = st.builds(
    lambda day, hour, offset: f"{day}T{hour:02}:10:00{offset}",
    _days.filter(lambda day: "1900" < day[:4] < "2199"),
    st.integers(0, 23),
    st.sampled_from(["Z", "+01:00", "-11:30"]),
)
_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
_anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _texts | _days,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """What a schema allows."""
    return _of(schema, schema.get("$defs", {}))


def _of(schema: Schema, known: Mapping[str, Schema]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return st.deferred(lambda: _of(known[schema["$ref"].rpartition("/")[2]], known))
    if "anyOf" in schema:
        return st.one_of(*(_of(form, known) for form in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "object":
            return _object(schema, known)
        case "array":
            longest = min(schema.get("maxItems", 3), schema.get("minItems", 0) + 3)
            return st.lists(_of(schema["items"], known), min_size=schema.get("minItems", 0), max_size=longest)
        case "string":
            return _text(schema)
        case "integer":
            return st.integers(schema.get("minimum", -(2**53) + 1), schema.get("maximum", 2**53 - 1))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case other:
            raise NotImplementedError(other)


def _object(schema: Schema, known: Mapping[str, Schema]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: _of(field, known) for name, field in schema["properties"].items()}
    needed = {name: fields.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional=fields)


def _text(schema: Schema) -> st.SearchStrategy[str]:
    few = FEW.get(schema.get("format", "")) or FEW.get(schema.get("pattern", ""))
    match schema:
        case {"format": "date"}:
            return _days
        case {"format": "date-time"}:
            return _times
        case {"format": "uuid"}:
            return st.sampled_from(few or []) | st.uuids().map(str)
        case {"pattern": pattern}:
            made = st.from_regex(pattern.replace("$", r"\Z"))
            bounds = schema.get("minLength", 0), schema.get("maxLength", 1_000)
            fitting = made.filter(lambda text: bounds[0] <= len(text) <= bounds[1])
            return st.sampled_from(few) | fitting if few else fitting
        case _:
            return st.text(
                st.characters(codec="utf-8", exclude_characters="\x00"),
                min_size=schema.get("minLength", 0),
                max_size=min(schema.get("maxLength", 40), 40),
            ).filter(lambda text: not text.startswith("sealed:"))


@st.composite
def wronged(draw: st.DrawFn, schema: Schema) -> Any:
    """A value in which something stands in another's place, is missing, or is too much."""
    value = draw(values(schema))
    at = draw(st.sampled_from(list(places(value)) or [()]))
    match draw(st.sampled_from(["other", "missing", "more"])):
        case "other":
            return changed(value, at, draw(_anything))
        case "missing" if value:
            gone = draw(st.sampled_from(sorted(value)))
            return {name: inner for name, inner in value.items() if name != gone}
        case _:
            return {**value, draw(_texts): draw(_anything)}
