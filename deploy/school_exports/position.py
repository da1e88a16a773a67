"""How far a file is published: kept beside it, so that it goes on where it was and another file is noticed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from deploy.errors import Unmet
from deploy.private_file import keep_whole

STEP_BYTES = 1024 * 1024
_WHOLE = "Send it whole with --from-start: what is known is answered as a duplicate, and nothing is recorded twice."


@dataclass(frozen=True, slots=True)
class Position:
    """What is answered.

    Attributes:
        lines: of the file, from its beginning.
        bytes: the same in bytes.
        sha256: of these bytes.
        receipts: the bytes of the file of receipts that belong to them.
    """

    lines: int = 0
    bytes: int = 0
    sha256: str = sha256().hexdigest()
    receipts: int = 0


def place_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.position")


def read(file: Path) -> Position:
    """The position of a file.

    Raises:
        Unmet: what was sent of it stands in it no more, or what is beside it is no position.
    """
    place = place_of(file)
    try:
        found = Position(**json.loads(place.read_bytes()))
    except FileNotFoundError:
        return Position()
    except (ValueError, TypeError):
        raise Unmet(f"{place} is not what was kept there.", _WHOLE) from None
    if not _stands(file, found):
        raise Unmet(f"{file.name} has changed in its first {found.lines:,} lines, which were sent.", _WHOLE)
    return found


def keep(file: Path, position: Position) -> None:
    """Keep a position, whole: after a crash the one before stands, or this one."""
    keep_whole(place_of(file), json.dumps(asdict(position)).encode())


def forget(file: Path) -> None:
    place_of(file).unlink(missing_ok=True)


def _stands(file: Path, position: Position) -> bool:
    """Whether a file still begins with what was sent of it, to the end of a line."""
    hashed, left, last = sha256(), position.bytes, b"\n"
    with file.open("rb") as content:
        while left and (part := content.read(min(left, STEP_BYTES))):
            hashed.update(part)
            left, last = left - len(part), part[-1:]
        grew = last != b"\n" and content.read(1) != b""
    return hashed.hexdigest() == position.sha256 and not grew
