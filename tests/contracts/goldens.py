"""The golden records: one file for each event type as it was when it was first published. They are never edited.

`python -m tests.contracts.goldens` writes those that are missing. A field that is added to a type later gets a file of
its own beside the old one, named `<type>+<field>.json`: whoever reads history meets both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import NAMESPACE_URL, UUID, uuid5

from annotated_types import Ge, Le
from pydantic import StringConstraints

from shared.contracts import codec
from shared.contracts.vocabulary import Personal

FOLDER = Path(__file__).parent / "golden"
STREAM, EVENT_ID = "golden-1", "01900000-0000-7000-8000-000000000001"
_TEXTS = {
    r"^[1-9][0-9]{5}$": "900001",
    r"^1[0-9]{7}$": "10099001",
    r"^[1-9][0-9]{3,4}$": "99001",
    r"^TR[0-9]{5}$": "TR99001",
    r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,60}$": "A-17",
    r"^[A-Z0-9]{8}$": "09900001",
    r"^[0-9a-f]{64}$": "0123456789abcdef" * 4,
    r"^20[0-9][0-9]/[0-9][0-9]$": "2026/27",
    r"^20[0-9][0-9]/[0-9][0-9]-[A-Za-z0-9][A-Za-z0-9.-]{0,30}$": "2026/27-A2.3",
}
_VALUES: dict[Any, Any] = {
    bool: True,
    date: date(2026, 11, 22),
    datetime: datetime(2026, 11, 22, 16, 10, 0, 123456, tzinfo=UTC),
}


class Verbatim:
    """Leaves a token as it stands, so that a record can be made again."""

    def seal(self, _subject: str, text: str, _place: str) -> str:
        return text


def golden(type_name: str) -> bytes:
    """An event's record in which every field has a value, always the same."""
    return record(sample(codec.shape(type_name), type_name))


def record(event: Any) -> bytes:
    """The record of an event whose personal texts are tokens already."""
    return codec.encode(event, stream=STREAM, event_id=EVENT_ID, sealer=Verbatim())


def sample(hint: Any, name: str) -> Any:
    """A value of a type, made from its name where the type leaves a choice."""
    if hint in _VALUES:
        return _VALUES[hint]
    if hint is UUID:
        return uuid5(NAMESPACE_URL, name)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint, include_extras=True)
        return hint(**{field.name: sample(hints[field.name], field.name) for field in fields(hint)})
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return sample(next(inner for inner in arguments if inner is not NoneType), name)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (sample(arguments[0], f"{name}-1"), sample(arguments[0], f"{name}-2"))
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:], name)
    return {str: f"{name} of Ælfþryð's “school”", int: -7}[hint]


def _annotated(hint: Any, marks: tuple[Any, ...], name: str) -> Any:
    if any(isinstance(mark, Personal) for mark in marks):
        return f"sealed:1:{uuid5(NAMESPACE_URL, name).hex}:{name}-in-cipher-text_=="
    for mark in marks:
        if isinstance(mark, StringConstraints):
            return _TEXTS.get(str(mark.pattern), name.replace("_", "-"))
        if isinstance(mark, Le):
            return mark.le
    for mark in marks:
        if isinstance(mark, Ge):
            return mark.ge
    return sample(hint, name)


def missing() -> Iterator[tuple[Path, bytes]]:
    """The files that there should be and are not."""
    for contract in codec.contracts.values():
        for type_name in contract.types:
            path = FOLDER / f"{type_name}.json"
            if not path.exists():
                yield path, golden(type_name)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, content in missing():
        path.write_bytes(content + b"\n")
        print(path.name)  # noqa: T201  a script says what it did
