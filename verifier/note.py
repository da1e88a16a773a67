"""Signed notes and the keys that verify them (c2sp.org/signed-note), with what a witness adds (tlog-cosignature)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

signed_by_log = 0x01
signed_by_witness = 0x04

_KEY_BYTES = 1 + 32
_ID_BYTES = 4
_TIME_BYTES = 8


class MalformedError(ValueError):
    """A text that is not in the format that it should be in; it says what is wrong."""


class SignatureError(ValueError):
    """A signature says that it is of a key, which it names, and is not."""


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: `name+id+base64(type, public key)`.

    Attributes:
        name: of the log, which is its origin, or of the witness.
        type: whose key it is: `signed_by_log` or `signed_by_witness`.
        public: 32 bytes, Ed25519.
    """

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that signatures carry to say whose they are."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.type]) + self.public).decode()}"

    @classmethod
    def of(cls, text: str) -> Key:
        """The key of its text.

        Raises:
            MalformedError: saying what is wrong with it.
        """
        found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
        if found is None:
            raise MalformedError("a key has the form name+id+key")
        raw = from_base64(found[3])
        if len(raw) != _KEY_BYTES or raw[0] not in (signed_by_log, signed_by_witness):
            raise MalformedError("a key is of the type 1 (a log's) or 4 (a witness's), both Ed25519")
        key = cls(found[1], raw[0], raw[1:])
        if key.id.hex() != found[2]:
            raise MalformedError("a key's id does not fit the key: part of it was lost or changed")
        return key

    @classmethod
    def of_witness(cls, name: str, key: Ed25519PrivateKey) -> Key:
        """What verifies a witness's signatures."""
        return cls(name, signed_by_witness, key.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of a note: whose it says it is, and its bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"

    @classmethod
    def of(cls, line: str) -> Signature:
        """The signature of its line.

        Raises:
            MalformedError: it is none.
        """
        found = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        raw = from_base64(found[2]) if found else b""
        if found is None or len(raw) <= _ID_BYTES:
            raise MalformedError("a signature has the form — name signature")
        return cls(found[1], raw[:_ID_BYTES], raw[_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures. Nothing that it says counts until it is verified.

    Attributes:
        body: the text that is signed, with its last line break.
    """

    body: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.body}\n{''.join(map(str, self.signatures))}"

    @classmethod
    def of(cls, text: str) -> Note:
        """The note of its text.

        Raises:
            MalformedError: it is none.
        """
        body, blank, signatures = text.rpartition("\n\n")
        if not blank or not signatures.endswith("\n"):
            raise MalformedError("a note is a text, a blank line and signatures")
        return cls(f"{body}\n", tuple(map(Signature.of, signatures[:-1].split("\n"))))

    def is_signed_by(self, keys: Sequence[Key]) -> bool:
        """Whether one of these keys signed it. Signatures of other keys do not matter.

        Raises:
            SignatureError: a signature says that it is of one of these keys, and is not.
        """
        signed = False
        for signature in self.signatures:
            for key in keys:
                if (key.name, key.id) == (signature.name, signature.key_id):
                    _verify(key, signature.signature, self.body)
                    signed = True
        return signed

    def cosigned(self, name: str, key: Ed25519PrivateKey, time: int) -> Note:
        """The same with a witness's signature.

        Args:
            time: seconds since 1970.
        """
        signed = time.to_bytes(_TIME_BYTES, "big") + key.sign(_cosigned(time, self.body))
        return Note(self.body, (*self.signatures, Signature(name, Key.of_witness(name, key).id, signed)))


def from_base64(text: str) -> bytes:
    """The bytes of standard base64.

    Raises:
        MalformedError: it is none.
    """
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise MalformedError("what should be base64 is not") from None


def _verify(key: Key, signature: bytes, body: str) -> None:
    message = body.encode()
    if key.type == signed_by_witness:
        message = _cosigned(int.from_bytes(signature[:_TIME_BYTES], "big"), body)
        signature = signature[_TIME_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        raise SignatureError(key.name) from None


def _cosigned(time: int, body: str) -> bytes:
    return f"cosignature/v1\ntime {time}\n{body}".encode()
