"""What stands in a link: a few words, sealed with this service's own key, so that nobody can make or change one."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Protocol

from cryptography.exceptions import InvalidTag


class SealsBytes(Protocol):
    """What the vault is asked for."""

    def seal_bytes(self, raw: bytes, place: str, /) -> bytes: ...
    def open_bytes(self, sealed: bytes, place: str, /) -> bytes: ...


def seal(vault: SealsBytes, place: str, *words: str) -> str:
    """A token for these words; it opens at this place alone."""
    sealed = vault.seal_bytes(json.dumps(words).encode(), place)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def words_of(vault: SealsBytes, place: str, token: str) -> list[str] | None:
    """The words of a token; None when it is none of ours, or not whole."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        words: list[str] = json.loads(vault.open_bytes(sealed, place))
    except (NotBase64, InvalidTag, ValueError):
        return None
    return words
