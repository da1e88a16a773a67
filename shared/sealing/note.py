"""A checkpoint as a signed note, as C2SP writes both (https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"
_note = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*"
    r"\n(?:— [^\n]+ [^\n]+\n)+"
)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a checkpoint's note says. That it is signed by whom it names, this does not check."""

    origin: str
    size: int
    root: bytes


def read_note(note: str) -> Noted:
    """What a note says.

    Raises:
        ValueError: it is no checkpoint's note.
    """
    found = _note.fullmatch(note)
    if found is None:
        raise ValueError("this is no checkpoint")
    return Noted(found["origin"], int(found["size"]), b64decode(found["root"]))


def notes_in(text: str) -> list[str]:
    """The whole notes that stand one after the other in a text, each followed by an empty line."""
    return [found[0] for found in _note.finditer(text) if text.startswith("\n", found.end())]


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs a log's checkpoints, or reports: the origin is the key's name as well."""

    origin: str
    key: Ed25519PrivateKey

    def note(self, size: int, root: bytes) -> str:
        """The signed note of a checkpoint. It says nothing but these, so that it is the same whoever leads."""
        return self.sign(f"{self.origin}\n{size}\n{b64encode(root).decode()}\n")

    def sign(self, body: str) -> str:
        """The signed note of a text, which ends with a line break."""
        signature = b64encode(self._key_hash + self.key.sign(body.encode())).decode()
        return f"{body}\n— {self.origin} {signature}\n"

    @property
    def verifier_key(self) -> str:
        """What an auditor checks the notes with: name, the key's hash, and the public key with its type."""
        return f"{self.origin}+{self._key_hash.hex()}+{b64encode(_ED25519 + self._public).decode()}"

    @property
    def _key_hash(self) -> bytes:
        return sha256(self.origin.encode() + b"\n" + _ED25519 + self._public).digest()[:4]

    @property
    def _public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()
