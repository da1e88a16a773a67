"""Whom an event is about: the people and the schools that it names, found by how the contracts' fields are annotated.

Where an event's type has no field for a person, it is about the people of the first event of its stream: a session of
coaching is about the pair. The same holds for schools: a meeting's report is about those that met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Literal, get_args, get_type_hints

from services.reporting.seeing.scope import current
from shared.contracts import codec
from shared.contracts.vocabulary import ByStaffReference, Urn

Kind = Literal["person", "school"]

Path = tuple[str, ...]
"""The names that lead to a field: `("incumbents", "person_id")`."""

_in_a_column_of_its_own = ("urn",)


def about(event: Any) -> list[str] | None:
    """The ids of the people and the URNs of the schools that an event names, but for its own `urn`; None: nobody."""
    paths = _paths.get(type(event))
    if paths is None:
        paths = _paths[type(event)] = _others(type(event))
    return sorted({name for path in paths for name in _values(event, path)}) or None if paths else None


def kind_of(name: str) -> Kind:
    """What a name in `about` stands for."""
    return "school" if name.isdigit() else "person"


def of_own_schools(event: Any) -> Any:
    """The event without those of a list of schools that who asks does not see."""
    own = current().urns
    if own is None:
        return event
    lists = _of_schools()[type(event)]
    seen = {name: tuple(urn for urn in urns if urn in own) for name in lists if (urns := _listed(event, name))}
    return replace(event, **seen) if seen else event


@cache  # it is asked for every event that a school's leader sees
def _of_schools() -> Mapping[type[Any], frozenset[str]]:
    """By event class its own fields that hold schools."""
    return {
        cls: frozenset(path[0] for kind, path in named(cls) if kind == "school" and len(path) == 1)
        for cls in _types().values()
    }


def _listed(event: Any, name: str) -> tuple[str, ...]:
    value = getattr(event, name)
    return value if isinstance(value, tuple) else ()


@cache
def unnamed(kind: Kind) -> tuple[str, ...]:
    """The wire names of the types that have no field for a person, or none for a school."""
    return tuple(sorted(name for name, cls in _types().items() if not any(k == kind for k, _ in named(cls))))


def json_paths() -> Sequence[tuple[str, str]]:
    """For records that are there: each type's wire name with the SQL/JSON path to a field that `about` reads."""
    return [
        (name, f"$.{'.'.join(path)}[*]") for name in sorted(_types()) for path in _others(codec.shape(name))
    ]  # in lax mode a path goes through arrays by itself, and takes what is no array for one


def named(cls: type[Any]) -> tuple[tuple[Kind, Path], ...]:
    """The fields of an event class that hold a person's id or a school's URN."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(found for field in fields(cls) for found in _in(hints[field.name], (field.name,)))


def _others(cls: type[Any]) -> tuple[Path, ...]:
    return tuple(path for _, path in named(cls) if path != _in_a_column_of_its_own)


def _in(hint: Any, path: Path) -> Iterator[tuple[Kind, Path]]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield from ((kind, (*path, *inner)) for kind, inner in named(hint))
    elif any(isinstance(mark, ByStaffReference) for mark in getattr(hint, "__metadata__", ())):
        yield "person", path
    elif hint == Urn:
        yield "school", path
    else:
        for part in get_args(hint):
            yield from _in(part, path)


def _values(value: Any, path: Path) -> Iterator[str]:
    if isinstance(value, tuple):
        for one in value:
            yield from _values(one, path)
    elif value is not None:
        if path:
            yield from _values(getattr(value, path[0], None), path[1:])
        else:
            yield str(value)


@cache
def _types() -> dict[str, type[Any]]:
    return {name: cls for contract in codec.contracts.values() for name, cls in contract.types.items()}


_paths: dict[type[Any], tuple[Path, ...]] = {type(None): ()}
