"""Checkpoints: signed notes in which a log says how long it is and what its root is (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.note import MalformedError, Note, from_base64
from verifier.tree import empty_root


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log said of itself: that its first `size` events have this root.

    Attributes:
        root: 32 bytes.
    """

    origin: str
    size: int
    root: bytes
    note: Note

    @property
    def service(self) -> str:
        """Whose log it is: the last part of the origin."""
        return service_of(self.origin)

    @classmethod
    def of(cls, text: str) -> Checkpoint:
        """The checkpoint of a note.

        Raises:
            MalformedError: it is none.
        """
        note = Note.of(text)
        origin, size, root, *_ = [*note.body.split("\n"), "", ""]
        if not origin or re.fullmatch(r"0|[1-9][0-9]{0,18}", size, re.ASCII) is None:
            raise MalformedError("a checkpoint begins with an origin, a size and a root")
        checkpoint = cls(origin, int(size), from_base64(root), note)
        if len(checkpoint.root) != len(empty_root):
            raise MalformedError("a checkpoint's root has 32 bytes")
        return checkpoint


def service_of(origin: str) -> str:
    """The service of a log's name: its last part."""
    return origin.rpartition("/")[2]


def checkpoints(text: str) -> list[Checkpoint]:
    """The checkpoints of a file: notes, one after the other, with a blank line between them.

    Raises:
        MalformedError: saying which of them is none.
    """
    found = []
    notes = [note for note in re.split(r"\n\n+(?!— )", text.strip("\n")) if note]
    for number, note in enumerate(notes, start=1):
        try:
            found.append(Checkpoint.of(f"{note}\n"))
        except MalformedError as broken:
            raise MalformedError(f"checkpoint {number}: {broken}") from None
    return found
