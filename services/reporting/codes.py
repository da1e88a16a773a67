"""Codes that a person reads from paper and types: `7K3Q-9FTM`.

Seven random characters of Crockford's base 32 (https://www.crockford.com/base32.html: no I, L, O, U) and one that
checks them. The check is a sum in GF(32) in which each place has its own weight: one wrong character is found, and so
are any two that changed places.
"""

from __future__ import annotations

import secrets

alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_length = 8
_misread = str.maketrans("OIL", "011", " -")
_polynomial = 0b100101  # x⁵ + x² + 1 is primitive: its powers give 31 different weights


def new() -> str:
    """A new code: one of 2³⁵."""
    random = "".join(secrets.choice(alphabet) for _ in range(_length - 1))
    return _grouped(random + alphabet[_check(random)])


def read(text: str) -> str | None:
    """The code that somebody typed, as it is written; None when a character is wrong or missing."""
    typed = text.upper().translate(_misread)
    if len(typed) != _length or not set(typed) <= set(alphabet):
        return None
    return _grouped(typed) if alphabet[_check(typed[:-1])] == typed[-1] else None


def _check(characters: str) -> int:
    total = 0
    for character in characters:
        total = _times_x(total ^ alphabet.index(character))
    return total


def _times_x(element: int) -> int:
    shifted = element << 1
    return shifted ^ _polynomial if shifted & len(alphabet) else shifted


def _grouped(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
