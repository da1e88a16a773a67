"""What an event says, field by field, as its contract has it. A personal text is a sealed token, and stays one here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from services.reporting.history import kinds
from shared.contracts import codec
from shared.contracts.vocabulary import ByStaffReference, Code, Personal, Urn

Sort = Literal["plain", "word", "person", "school", "sealed"]
"""What a value is: a word is one of a few that a contract allows, or a code."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value; of a part with fields of its own, what those say."""

    sort: Sort
    value: Any
    parts: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field that has a value, or several.

    Attributes:
        meaning: what the contract says of it; empty where its name says everything.
    """

    name: str
    values: tuple[Value, ...]
    meaning: str = ""

    @property
    def title(self) -> str:
        return kinds.title(self.name)


def says(event: Any) -> tuple[Field, ...]:
    """The fields of an event that have a value, in the contract's order."""
    sorts, meanings = _sorts(type(event)), kinds.meanings(type(event))
    told = ((name, tuple(_values(getattr(event, name), sort))) for name, sort in sorts.items())
    return tuple(Field(name, values, meanings.get(name, "")) for name, values in told if values)


def masked(event: Any) -> dict[str, Any]:
    """The same as JSON has it, with `sealed` in the place of what is personal."""
    content: dict[str, Any] = codec.adapter(type(event)).dump_python(event, mode="json", exclude_none=True)
    return content | {name: "sealed" for name in codec.personal_fields(type(event)) if name in content}


def ids_in(told: Iterable[Field]) -> Iterator[tuple[UUID, str]]:
    """The ids that stand for something else than people, each with the name of its field."""
    for field in told:
        for value in field.values:
            if value.sort == "plain" and isinstance(value.value, UUID):
                yield value.value, field.name
            yield from ids_in(value.parts)


def _values(value: Any, sort: Sort) -> Iterator[Value]:
    if isinstance(value, tuple):
        for one in value:
            yield from _values(one, sort)
    elif is_dataclass(value):
        yield Value("plain", None, says(value))
    elif value is not None:
        yield Value(sort, value)


def _sorts(cls: type[Any]) -> dict[str, Sort]:
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: _sort(hints[field.name]) or "plain" for field in fields(cls)}


def _sort(hint: Any) -> Sort | None:
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Personal):
            return "sealed"
        if isinstance(mark, ByStaffReference):
            return "person"
    if hint == Urn:
        return "school"
    if get_origin(hint) is Literal or hint == Code:
        return "word"
    return next((sort for part in get_args(hint) if (sort := _sort(part))), None)
