"""A proof that one event stands in a log: c2sp.org/tlog-proof, checked with nothing but the event's line and a key."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.checkpoint import Checkpoint
from verifier.line import Event, event_hash
from verifier.note import Key, MalformedError, SignatureError, from_base64
from verifier.tree import includes, leaf_hash

_FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """What leads from an event to a checkpoint's root.

    Attributes:
        hashes: 32 bytes each, the leaf's sibling first.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def __str__(self) -> str:
        lines = [_FIRST, f"index {self.index}", *(b64encode(hash_).decode() for hash_ in self.hashes)]
        return "\n".join([*lines, "", str(self.checkpoint.note)])

    @classmethod
    def of(cls, text: str) -> Proof:
        """The proof of its text.

        Raises:
            MalformedError: saying what is wrong with it.
        """
        path, _, note = text.partition("\n\n")
        found = re.fullmatch(rf"{_FIRST}\n(?:extra .*\n)?index ([0-9]{{1,19}})((?:\n.+)*)", path, re.ASCII)
        if found is None:
            raise MalformedError(f"a proof begins with {_FIRST} and an index")
        return cls(int(found[1]), tuple(map(from_base64, found[2].split())), Checkpoint.of(note))

    def fault(self, event: Event, keys: Sequence[Key]) -> str | None:
        """Why it does not show that the event stands in the log of these keys; None where it does."""
        at = self.checkpoint
        try:
            if not at.note.is_signed_by(keys):
                return f"the checkpoint of {at.origin} is signed by none of the keys"
        except SignatureError as forged:
            return f"the checkpoint has a signature that is not of the key {forged}"
        if event.service != at.service:
            return f"the event is of {event.service}, and the checkpoint of {at.origin}"
        if event_hash(event.previous, event.meta, event.record) != event.hash:
            return "the event's hash does not fit what the event says"
        if event.logindex != self.index:
            return f"the event says that its number is {event.logindex}, and the proof is of {self.index}"
        if not includes(at.root, at.size, self.index, leaf_hash(event.hash), self.hashes):
            return f"the proof does not lead from the event to the root of the checkpoint of {at.size} events"
        return None
