"""A vault in memory: keys made when something is sealed, and destroyed when somebody is erased."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.vault import Key, Keys


@dataclass(slots=True)
class KeyRing:
    """Seals for the codec, and has the keys for whoever opens."""

    keys: dict[str, Key] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    asked: list[set[str]] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    own: Key = field(default_factory=lambda: Key(uuid4(), AESGCM(os.urandom(32))))

    def seal(self, subject: str, text: str, place: str) -> str:
        if subject not in self.keys:
            self.raw[subject] = os.urandom(32)
            self.keys[subject] = Key(uuid4(), AESGCM(self.raw[subject]))
        return self.keys[subject].seal(text, place)

    async def existing_keys(self, subjects: Iterable[str]) -> Keys:
        self.asked.append(set(subjects))
        there = {subject: self.keys[subject] for subject in self.asked[-1] if subject in self.keys}
        return Keys(there, frozenset(self.erased & self.asked[-1]))

    def seal_bytes(self, raw: bytes, place: str) -> bytes:
        return self.own.seal(raw.hex(), place).encode()

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        return bytes.fromhex(self.own.open(sealed.decode(), place))

    def erase(self, subject: str) -> None:
        del self.keys[subject]
        self.erased.add(subject)
