"""Publishing a file: a batch a service at a time, each line's answer written down, with a place to go on from.

A batch's answers are on the disk before the position moves past its lines. Whatever happens in between, its lines are
sent again under the same ids when the file is published again, so nothing is lost and nothing is recorded twice.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from deploy.door import Door
from deploy.doors import Doors
from deploy.errors import Unmet
from deploy.school_exports import position
from deploy.school_exports.lines import Line, item, lines, portions, service_of
from deploy.school_exports.position import Position
from shared.contracts import canonical
from shared.intake.claims import ClaimRefused
from shared.intake.reading import Unreadable

_NO_SERVICE = ClaimRefused(
    "unknown_type", "No service takes this type: docs/events.md has all there are.", field="/type"
)
_RACES = 5
_RACE_PAUSE_S = 0.5

Answer = dict[str, Any]


@dataclass(slots=True)
class Published:
    """What came of a file, as far as it is answered.

    Attributes:
        refused: the answers of those lines that have to be put right.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[Answer] = field(default_factory=list)


def receipts_of(file: Path) -> Path:
    """Where the answers stand: a line each, with the number of the line that they answer."""
    return file.with_name(f"{file.name}.receipts.jsonl")


async def publish(file: Path, doors: Doors, report: Callable[[str], None]) -> Published:
    """Send what is not answered yet.

    Raises:
        Unmet: a service cannot be reached or takes nothing from this sender, what was sent was changed since, or the
            answers cannot be kept.
    """
    begun = position.read(file)
    if begun.lines:
        report(f"Going on after line {begun.lines:,}, up to which everything is answered")
    with _receipts(file, begun) as out:
        sent = _Sent(file, begun)
        for portion in portions(lines(file, after=begun.lines, begins=begun.bytes)):
            for answer in await _answers(portion, doors):
                out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
            position.keep(file, sent.up_to(portion[-1], receipts=out.tell()))
            report(f"Line {portion[-1].number:,} is answered, {sent.share} % of the file")
    return _counted(file)


class _Sent:
    """The hash of what was sent, read again as the position moves: blank lines belong to it, too."""

    def __init__(self, file: Path, begun: Position) -> None:
        self._file, self._size, self._bytes, self._hash = file, file.stat().st_size, 0, sha256()
        self._read(begun.bytes)

    @property
    def share(self) -> int:
        """How much of the file it is, in percent."""
        return 100 * self._bytes // self._size

    def up_to(self, line: Line, *, receipts: int) -> Position:
        self._read(line.ends)
        return Position(lines=line.number, bytes=line.ends, sha256=self._hash.hexdigest(), receipts=receipts)

    def _read(self, ends: int) -> None:
        with self._file.open("rb") as content:
            content.seek(self._bytes)
            while self._bytes < ends and (part := content.read(min(ends - self._bytes, position.STEP_BYTES))):
                self._hash.update(part)
                self._bytes += len(part)


def _receipts(file: Path, begun: Position) -> IO[bytes]:
    """The file of answers, cut to those that the position knows of.

    Raises:
        Unmet: it cannot be written.
    """
    try:
        receipts_of(file).touch()
        out = receipts_of(file).open("r+b")
    except OSError as error:
        raise Unmet(
            f"{receipts_of(file)} cannot be written: {error.strerror}.",
            "The answers are kept beside the file: put it where you may write.",
        ) from None
    out.truncate(begun.receipts)
    out.seek(begun.receipts)
    return out


async def _answers(portion: Sequence[Line], doors: Doors) -> list[Answer]:
    """The answers to some lines, in their order; what cannot be read is answered here, as a door would."""
    answers: dict[int, Answer] = {}
    sent: dict[str, dict[int, Mapping[str, Any]]] = {}
    for line in portion:
        read = item(line)
        service = None if isinstance(read, Unreadable) else service_of(read.type)
        if isinstance(read, Unreadable):
            answers[line.number] = _refused(read.id, read.refusal)
        elif service is None:
            answers[line.number] = _refused(read.id, _NO_SERVICE)
        else:
            sent.setdefault(service, {})[line.number] = canonical.loads(line.raw)
    for service, claims in sent.items():
        receipts = await _settled(doors.of(service), list(claims.values()))
        for (number, claim), receipt in zip(claims.items(), receipts, strict=True):
            answers[number] = {"service": service, "source": claim["source"], **receipt}
    return [{"line": line.number, **answers[line.number]} for line in portion]


def _refused(event_id: str, refusal: ClaimRefused) -> Answer:
    said = {"code": refusal.code, "field": refusal.field, "message": refusal.message}
    return {"event_id": event_id, "outcome": "refused", **{name: text for name, text in said.items() if text}}


async def _settled(door: Door, claims: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Their receipts; what lost all its races to others is sent again, since it has no answer yet."""
    receipts: dict[int, Answer] = {}
    waiting = list(range(len(claims)))
    for _ in range(_RACES):
        found = await door.publish([claims[number] for number in waiting])
        receipts |= zip(waiting, found, strict=True)
        waiting = [number for number in waiting if receipts[number]["outcome"] == "conflict"]
        if not waiting:
            break
        await asyncio.sleep(_RACE_PAUSE_S)
    return [receipts[number] for number in range(len(claims))]


def _counted(file: Path) -> Published:
    found = Published()
    with receipts_of(file).open("rb") as answers:
        for answer in map(json.loads, answers):
            found.outcomes[answer["outcome"]] += 1
            if answer["outcome"] in ("refused", "conflict"):
                found.refused.append(answer)
    return found
