"""A witness: it remembers how far each log was, and signs only what begins as it did (c2sp.org/tlog-cosignature)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.auditing.logs import Log
from deploy.errors import Unmet
from verifier.checkpoint import Checkpoint, service_of
from verifier.files import checkpoints_in, keys_in
from verifier.note import Key, Note, SignatureError, signed_by_log, signed_by_witness
from verifier.tree import extends

_FORM = re.compile(r"PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\n?")


@dataclass(frozen=True, slots=True)
class Witness:
    """Who signs: a name and a key that only the auditor has."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier_key(self) -> Key:
        """What others verify its signatures with."""
        return Key.of_witness(self.name, self.key)

    def __str__(self) -> str:
        """As it is kept: `PRIVATE+KEY+name+id+base64(type, seed)`, the form of Go's note package."""
        raw = bytes([signed_by_witness]) + self.key.private_bytes_raw()
        return f"PRIVATE+KEY+{self.name}+{self.verifier_key.id.hex()}+{b64encode(raw).decode()}\n"

    @classmethod
    def of(cls, path: Path) -> Witness:
        """The witness of its file.

        Raises:
            Unmet: there is none, or it is damaged.
        """
        try:
            found = _FORM.fullmatch(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise Unmet(f"{path} cannot be read.", "Make a key: `baton audit witness --new-key NAME`.") from None
        seed = b64decode(found[3])[1:] if found else b""
        if found is None or len(seed) != 32:  # noqa: PLR2004  an Ed25519 seed
            raise Unmet(f"{path} is no witness's key.", "Take it from your safe copy, or make another one.")
        return cls(found[1], Ed25519PrivateKey.from_private_bytes(seed))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness found at one log.

    Attributes:
        outcome: `first`: taken on the service's word; `grown`, `unchanged`: as it was before; `empty`: it has sealed
            nothing yet; `refused`: it is not signed by its key, or does not begin as it did.
        size: of the log now.
    """

    service: str
    outcome: Literal["first", "grown", "unchanged", "empty", "refused"]
    size: int
    says: str


class Notebook:
    """The auditor's files: the checkpoints that were co-signed, and the keys of the logs.

    A file of theirs that is damaged is an `UnclearError`.
    """

    def __init__(self, kept: Path, keys: Path) -> None:
        self._kept = kept
        self._keys = keys

    async def visit(self, log: Log, witness: Witness, now: datetime) -> Seen:
        """Look how far a log is; co-sign and keep its newest checkpoint if it begins as the log did before."""
        last, newest = self._last(log.service), await log.latest()
        if newest is None:
            if last is not None:
                return Seen(log.service, "refused", 0, f"has sealed nothing, and had {last.size:,} events")
            return Seen(log.service, "empty", 0, "has sealed nothing yet")
        known = self._known(log.service) or [self._met(await log.key())]
        if fault := await _fault(log, known, last, newest):
            _append(self._kept.with_name(f"{self._kept.name}.refused"), newest.note)
            return Seen(log.service, "refused", newest.size, fault)
        if last is not None and last.size == newest.size:
            return Seen(log.service, "unchanged", newest.size, "is as it was")
        _append(self._kept, newest.note.cosigned(witness.name, witness.key, int(now.timestamp())))
        if last is None:
            return Seen(log.service, "first", newest.size, "is known from now on")
        return Seen(log.service, "grown", newest.size, f"begins as it did when it had {last.size:,} events")

    def _known(self, service: str) -> list[Key]:
        if not self._keys.exists():
            return []
        return [key for key in keys_in([str(self._keys)], signed_by_log) if service_of(key.name) == service]

    def _met(self, key: Key) -> Key:
        with self._keys.open("a", encoding="utf-8") as file:
            file.write(f"{key}\n")
        return key

    def _last(self, service: str) -> Checkpoint | None:
        kept = checkpoints_in(self._kept) if self._kept.exists() else []
        return max((one for one in kept if one.service == service), key=lambda one: one.size, default=None)


async def _fault(log: Log, keys: list[Key], last: Checkpoint | None, newest: Checkpoint) -> str | None:
    """Why the newest checkpoint must not be co-signed."""
    if newest.service != log.service:
        return f"its newest checkpoint is of {newest.origin}"
    try:
        if not newest.note.is_signed_by([key for key in keys if key.name == newest.origin]):
            return "its newest checkpoint is not signed by the key that you have of it"
    except SignatureError:
        return "its newest checkpoint has a forged signature"
    if last is None:
        return None
    if newest.size < last.size:
        return f"has {newest.size:,} events, and had {last.size:,}"
    proof = [] if newest.size == last.size else await log.consistency(last.size, newest.size)
    if not extends((last.size, last.root), (newest.size, newest.root), proof):
        return f"does not begin as it did when it had {last.size:,} events"
    return None


def _append(path: Path, note: Note) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{note}" if file.tell() else str(note))
