"""How far an export is: kept beside it, so that it goes on where it stopped, and what was done is verified first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.errors import Unmet
from deploy.private_file import keep_whole

if TYPE_CHECKING:
    from hashlib import _Hash

_STEP_BYTES = 1024 * 1024
_ANEW = "Export it anew with --from-start."


@dataclass(frozen=True, slots=True)
class File:
    """A file of an export, or what is finished of it.

    Attributes:
        name: within the export's directory.
        sha256: of its first `bytes`.
    """

    name: str
    bytes: int
    sha256: str
    events: int


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an export is in the log of one service, and what it has of it.

    Attributes:
        log: how many events its log had when the export began: it ends there.
        upto: before which log index everything is exported that is wanted.
        first: and `last`: the log indexes of the events that are there; None where there is none.
    """

    log: int
    upto: int
    events: int = 0
    first: int | None = None
    last: int | None = None

    def with_(self, upto: int, events: Sequence[Mapping[str, Any]]) -> Reached:
        """The same with the next events."""
        if not events:
            return replace(self, upto=upto)
        first = events[0]["logindex"] if self.first is None else self.first
        last = events[-1]["logindex"]
        return replace(self, upto=upto, events=self.events + len(events), first=first, last=last)


@dataclass(slots=True)
class Halfway:
    """How far an export is.

    Attributes:
        asked: what it is of, as JSON-ready content: another question is another export.
        reached: by service.
        files: what is finished, all of it on the disk.
    """

    asked: dict[str, Any]
    reached: dict[str, Reached]
    files: list[File]

    def keep(self, out: Path) -> None:
        keep_whole(place_of(out), json.dumps(asdict(self)).encode())


def place_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.position")


def forget(out: Path) -> None:
    place_of(out).unlink(missing_ok=True)


def read(out: Path, asked: Mapping[str, Any]) -> Halfway | None:
    """How far the export of this name is; None where none is half done.

    Raises:
        Unmet: another one is, or what is beside it is no position.
    """
    place = place_of(out)
    try:
        kept = json.loads(place.read_bytes())
        reached = {service: Reached(**one) for service, one in kept["reached"].items()}
        found = Halfway(kept["asked"], reached, [File(**file) for file in kept["files"]])
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise Unmet(f"{place} is not what was kept there.", _ANEW) from None
    if found.asked != asked:
        raise Unmet(f"{out} is half of another export.", f"Ask as before and it goes on. {_ANEW}")
    return found


def verified(directory: Path, file: File) -> _Hash:
    """The hash of what is finished of a file, which still stands there.

    Raises:
        Unmet: it does not.
    """
    hashed, left = hashlib.sha256(), file.bytes
    try:
        with (directory / file.name).open("rb") as content:
            while left and (part := content.read(min(left, _STEP_BYTES))):
                hashed.update(part)
                left -= len(part)
    except OSError as error:
        raise Unmet(f"{directory / file.name} cannot be read: {error.strerror}.", _ANEW) from None
    if hashed.hexdigest() != file.sha256:
        raise Unmet(f"{directory / file.name} has changed in what was finished of it.", _ANEW)
    return hashed
