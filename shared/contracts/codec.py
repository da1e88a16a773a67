"""Events to stored records and back: validated by type, canonical as bytes, sealed where they are personal.

A record is the RFC 8785 JSON of an event in which every `Personal` text is a sealed token. Reading gives the event with
the tokens in place of the texts: deciding and folding never need them. Opening is a step of its own, done when
something is shown to somebody who may see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Protocol, get_args, get_type_hints

from pydantic import TypeAdapter

from shared.contracts import canonical, collaboration, cpd, talent
from shared.contracts.vocabulary import Contract, Personal

contracts: Mapping[str, Contract] = {c.service: c for c in (talent.contract, cpd.contract, collaboration.contract)}
_contracts = {name: contract for contract in contracts.values() for name in contract.types}
_names = {cls: name for contract in contracts.values() for cls, name in contract.names.items()}


class Sealer(Protocol):
    """Encrypts one text for one data subject, bound to the place where it stands."""

    def seal(self, subject: str, text: str, place: str) -> str:
        """A token that stands for the text; opens only with the subject's key and the same place."""


class UnknownType(LookupError):
    """No contract has this event type."""


def event_class(type_name: str) -> type[Any]:
    """The class that records of a wire name such as `uk.mat.talent.PersonRegistered.v1` are read as: the newest one.

    Raises:
        UnknownType: the name is in no contract.
    """
    return _contract(type_name).types[type_name]


def shape(type_name: str) -> type[Any]:
    """The class that says how the records of a wire name look, of whatever version.

    Raises:
        UnknownType: the name is in no contract.
    """
    return _contract(type_name).shapes[type_name]


def type_name(event: Any) -> str:
    """The wire name of a new event."""
    return _names[type(event)]


def type_names_of(*classes: type[Any]) -> list[str]:
    """The wire names that history has events of these classes under: of all their versions."""
    return [name for cls in classes for name in _contracts[_names[cls]].versions(cls)]


def _contract(type_name: str) -> Contract:
    try:
        return _contracts[type_name]
    except KeyError:
        raise UnknownType(type_name) from None


def encode(event: Any, *, stream: str, event_id: str, sealer: Sealer) -> bytes:
    """The record of a new event: canonical JSON with its personal texts sealed for their subjects.

    Raises:
        pydantic.ValidationError: it could not be read again; history never holds what nobody can decode.
    """
    content = adapter(type(event)).dump_python(event, mode="json", exclude_none=True)
    for name, subject in subjects(event, stream).items():
        content[name] = sealer.seal(subject, content[name], place(stream, event_id, name))
    record = canonical.dumps(content)
    adapter(type(event)).validator.validate_json(record)
    return record


def subjects(event: Any, stream: str) -> dict[str, str]:
    """Whose key seals each personal text that the event has, by field."""
    return {
        name: f"person:{getattr(event, personal.subject)}" if personal.subject else f"stream:{stream}"
        for name, personal in personal_fields(type(event)).items()
        if getattr(event, name) is not None
    }


def place(stream: str, event_id: str, field: str) -> str:
    """Where a sealed text stands: it opens nowhere else."""
    return f"{stream}\n{event_id}\n{field}"


def decode(type_name: str, record: bytes) -> Any:
    """The event of a record, its personal texts still sealed; of an earlier version as the newest one says it.

    Raises:
        UnknownType: the type is in no contract.
        pydantic.ValidationError: the record is not of that type.
    """
    cls = event_class(type_name)
    if _names[cls] != type_name:
        record = canonical.dumps(_contract(type_name).upcast(type_name, canonical.loads(record)))
    return adapter(cls).validator.validate_json(record)


def personal_fields(cls: type[Any]) -> dict[str, Personal]:
    """The fields of an event class that are personal, each with its mark."""
    if cls not in _personal:
        hints = get_type_hints(cls, include_extras=True)
        marks = {f.name: _mark(hints[f.name]) for f in fields(cls)}
        _personal[cls] = {name: mark for name, mark in marks.items() if mark is not None}
    return _personal[cls]


def begins_with(field: Callable[[str], Any]) -> Any:
    """The id of whom a stream is about, by its first event's fields: whom its texts may be about; None: nobody.

    The stream's other texts, which are sealed with its own key, are about them as well.

    Args:
        field: what the event says in a field, by its name; None: nothing.
    """
    return next((found for name in subject_fields() if (found := field(name)) is not None), None)


@cache
def subject_fields() -> Sequence[str]:
    """The names of the fields that say whom a text is about."""
    classes = {cls for contract in contracts.values() for cls in contract.types.values()}
    return sorted({mark.subject for cls in classes for mark in personal_fields(cls).values() if mark.subject})


def _mark(hint: Any) -> Personal | None:
    """The mark inside `Annotated[str, Personal()] | None` and the like."""
    if isinstance(hint, Personal):
        return hint
    inner = (*getattr(hint, "__metadata__", ()), *(get_args(hint)))
    return next((mark for part in inner if (mark := _mark(part)) is not None), None)


def adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """What reads and writes records of an event class, made once."""
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


_adapters: dict[type[Any], TypeAdapter[Any]] = {}
_personal: dict[type[Any], dict[str, Personal]] = {}
