"""An export as JSON lines: one file, in which what is finished ends with a line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from deploy.exporting.halfway import File, verified
from deploy.exporting.history import as_line
from deploy.private_file import private_file

if TYPE_CHECKING:
    from hashlib import _Hash


class Lines:
    """The file while it is written."""

    def __init__(self, name: str, file: IO[bytes], done: File, hashed: _Hash) -> None:
        self._name = name
        self._file = file
        self._bytes, self._events = done.bytes, done.events
        self._hash = hashed

    @classmethod
    @contextmanager
    def opened(cls, out: Path, done: Sequence[File]) -> Iterator[Lines]:
        """The file of this name; of what stands there, what is finished stays.

        Raises:
            Unmet: that has changed, or the file cannot be written.
        """
        [finished] = done or [File(out.name, 0, hashlib.sha256().hexdigest(), 0)]
        hashed = verified(out.parent, finished) if done else hashlib.sha256()
        with private_file(out, keeping=finished.bytes) as file:
            yield cls(out.name, file, finished, hashed)

    def write(self, events: Sequence[Mapping[str, Any]]) -> None:
        content = b"".join(map(as_line, events))
        self._file.write(content)
        self._hash.update(content)
        self._bytes += len(content)
        self._events += len(events)

    def settle(self) -> list[File]:
        """See on the disk what was written; what is finished now."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return [File(self._name, self._bytes, self._hash.hexdigest(), self._events)]
