"""A file of CloudEvents, one a line: its lines, which service each is for, and in what portions they are sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deploy.description import WRITERS
from deploy.errors import Unmet
from shared.intake.claims import ClaimRefused
from shared.intake.keeping import Came
from shared.intake.reading import Item, Unreadable, event_type, from_http, largest_batch, largest_batch_bytes

_TYPE = re.compile(rf"uk\.mat\.({'|'.join(writer.name for writer in WRITERS)})\.\w+\.v[0-9]+")
_ROOM_BYTES = largest_batch_bytes - 64 * 1024  # for what stands between the events of a batch


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank.

    Attributes:
        number: 1-based, as an editor shows it.
        ends: where the next line begins, in bytes from the file's beginning.
        raw: without its end.
    """

    number: int
    ends: int
    raw: bytes


def files(path: Path) -> list[Path]:
    """A file itself, or the JSON lines of a directory, by their names.

    Raises:
        Unmet: a directory has none.
    """
    if not path.is_dir():
        return [path]
    if found := sorted(path.glob("*.jsonl")):
        return found
    raise Unmet(
        f"There is no *.jsonl file in {path}.", "Name a file, or a directory of files with a CloudEvent a line."
    )


def lines(path: Path, *, after: int = 0, begins: int = 0) -> Iterator[Line]:
    """The lines of a file, from a place on: after so many of them, which end so many bytes from its beginning."""
    with path.open("rb") as file:
        file.seek(begins)
        ends = begins
        for number, raw in enumerate(file, start=after + 1):
            ends += len(raw)
            if raw.strip():
                yield Line(number, ends, raw.rstrip(b"\r\n"))


def portions(found: Iterable[Line]) -> Iterator[list[Line]]:
    """As many lines as fit in a batch, together."""
    portion: list[Line] = []
    room = _ROOM_BYTES
    for line in found:
        if portion and (len(portion) == largest_batch or len(line.raw) > room):
            yield portion
            portion, room = [], _ROOM_BYTES
        portion.append(line)
        room -= len(line.raw) + 1
    if portion:
        yield portion


def item(line: Line) -> Item:
    """What a line says, as the doors read it."""
    try:
        [found] = from_http({"content-type": event_type}, line.raw)
    except ClaimRefused as refusal:
        found = Unreadable("", "unnamed", refusal, Came({}, line.raw))
    if isinstance(found, Unreadable):
        said = found.refusal
        message = said.message.replace("at line 1, column", "at column")  # which line it is says the file
        told = ClaimRefused(said.code, message, field=said.field)
        found = replace(found, id=f"line-{line.number}", refusal=told)
    return found


def service_of(type_name: Any) -> str | None:
    """The service that a type names."""
    found = _TYPE.fullmatch(type_name) if isinstance(type_name, str) else None
    return found[1] if found else None
