"""JSON as bytes that can be compared and hashed, and JSON from outside that can be trusted to mean one thing.

`dumps` is RFC 8785 for what our records are made of: text, whole numbers, true, false, null, lists and objects with
ASCII names. A test holds it against the `rfc8785` package. `loads` refuses what parsers read differently from each
other: equal keys, fractions, numbers beyond 2⁵³, NaN, lone surrogates, NUL, and nesting deeper than any claim needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

deepest = 32
largest = 2**53 - 1


class NotStrictJson(ValueError):
    """Bytes that are not JSON as we take it.

    Attributes:
        reason: why; it never quotes them.
        path: the keys and numbers that lead to what is wrong; empty where it is the whole.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: tuple[str | int, ...] = ()


def dumps(content: Any) -> bytes:
    """The canonical bytes (RFC 8785) of JSON-ready content without fractions."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def loads(raw: bytes) -> Any:
    """Read strict JSON.

    Raises:
        NotStrictJson: naming what is wrong.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        raise NotStrictJson(f"not UTF-8 at byte {broken.start}") from None
    try:
        content = _decoder.decode(text)
    except json.JSONDecodeError as broken:
        raise NotStrictJson(f"not JSON at line {broken.lineno}, column {broken.colno}") from None
    except RecursionError:
        raise NotStrictJson(f"nested deeper than {deepest}") from None
    _check(content, 0)
    return content


def _check(content: Any, depth: int) -> None:
    if depth == deepest and isinstance(content, dict | list):
        raise NotStrictJson(f"nested deeper than {deepest}")
    if isinstance(content, str):
        _check_text(content)
    elif isinstance(content, dict):
        for key in content:
            _check_text(key)
        _check_parts(content.items(), depth)
    elif isinstance(content, list):
        _check_parts(enumerate(content), depth)
    elif isinstance(content, _NotTaken):
        raise NotStrictJson(content.reason)


def _check_parts(parts: Iterable[tuple[str | int, Any]], depth: int) -> None:
    name: str | int = ""
    try:
        for name, inner in parts:  # noqa: B007  it is where it went wrong
            _check(inner, depth + 1)
    except NotStrictJson as broken:
        broken.path = (name, *broken.path)
        raise


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise NotStrictJson("a text contains the character U+0000")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise NotStrictJson("a text contains half of a surrogate pair")


class _NotTaken(NamedTuple):
    """Stands where something is that we do not take: where that is, is known when all of it is read."""

    reason: str


def _whole_number(digits: str) -> int | _NotTaken:
    if len(digits) > len(str(largest)) + 1 or abs(int(digits)) > largest:
        return _NotTaken("a number is beyond 2^53")
    return int(digits)


def _no_fraction(_digits: str) -> _NotTaken:
    return _NotTaken("a number has a fraction or an exponent; amounts are whole numbers in the unit's name")


def _no_constant(_name: str) -> _NotTaken:
    return _NotTaken("NaN and Infinity are not JSON")


def _no_equal_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                content[key] = _NotTaken("an object names the same key twice")
            seen.add(key)
    return content


_decoder = json.JSONDecoder(
    parse_int=_whole_number,
    parse_float=_no_fraction,
    parse_constant=_no_constant,
    object_pairs_hook=_no_equal_keys,
)
