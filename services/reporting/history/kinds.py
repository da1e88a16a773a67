"""An event's kind in a person's words, from its class: its name, and what its docstring says of it and its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from services.reporting.wording import heading
from shared.contracts import codec

_words_of_a_name = re.compile(r"[A-Z][a-z0-9]*")
_sentences_of_a_text = re.compile(r"(?<=\.)\s+(?=[A-Z`])")
_quoted = re.compile(r"`(\w+)`")


def kind(type_name: str) -> str:
    """Such as "Agenda item feedback given", "School URN succeeded"."""
    return heading(" ".join(_words_of_a_name.findall(codec.event_class(type_name).__name__)))


def title(field: str) -> str:
    """How a field is called, such as "Person" for `person_id`."""
    return heading(re.sub(r"_ids?$", "", field).replace("_", " "))


@cache
def kinds() -> Mapping[str, Mapping[str, str]]:
    """By service, the newest wire name of every kind of event and how it is called, in the order of the words."""
    return {
        service: dict(sorted(((name, kind(name)) for name in contract.names.values()), key=lambda one: one[1]))
        for service, contract in codec.contracts.items()
    }


def of_kind(type_name: str) -> tuple[str, ...]:
    """The wire names that events of the same kind are recorded under, of every version; of an unknown one it alone."""
    try:
        return tuple(codec.type_names_of(codec.event_class(type_name)))
    except codec.UnknownType:
        return (type_name,)


def meaning(cls: type[Any]) -> str:
    """What it says that such an event happened: the docstring, without what it says of single fields further down."""
    first, *more = _sentences(cls)
    return _plain(" ".join([first, *(one for one in more if not _fields_in(cls, one))]))


def meanings(cls: type[Any]) -> Mapping[str, str]:
    """What the docstring says of a field, for those of which it does: the sentences that quote its name."""
    said = {f.name: [one for one in _sentences(cls) if f.name in _fields_in(cls, one)] for f in fields(cls)}
    return {name: _plain(" ".join(sentences)) for name, sentences in said.items() if sentences}


def _sentences(cls: type[Any]) -> list[str]:
    return _sentences_of_a_text.split(" ".join((cls.__doc__ or "").split()))


def _fields_in(cls: type[Any], text: str) -> set[str]:
    return set(_quoted.findall(text)) & {field.name for field in fields(cls)}


def _plain(text: str) -> str:
    return _quoted.sub(lambda quoted: f"“{title(quoted[1])}”", text)
