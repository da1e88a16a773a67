"""What is no strict JSON, in a value's place and as a whole: what parsers read differently, or choke on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tests.integration.hostile.bodies import Claim, places, spoilt

VALUES: Mapping[str, bytes] = {
    "NUL": rb'"a\u0000b"',
    "a NUL byte": b'"a\x00b"',
    "half a surrogate pair": rb'"\ud800"',
    "a pair the wrong way round": rb'"\udc00\ud800"',
    "a surrogate's bytes": b'"\xed\xa0\x80"',
    "an overlong slash": b'"\xc0\xaf"',
    "no UTF-8": b'"\xff"',
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "1e400": b"1e400",
    "a fraction": b"0.5",
    "2^53": b"9007199254740992",
    "5,000 digits": b"9" * 5_000,
    "depth 33": b"[" * 33 + b"]" * 33,
    "depth 7,000": b"[" * 7_000 + b"]" * 7_000,
    "objects, 7,000 deep": b'{"a":' * 7_000 + b"1" + b"}" * 7_000,
    "an equal key": b'{"a": 1, "a": 2}',
}


def _text(sent: Claim) -> str:
    return json.dumps(sent)


def _twice_in_data(sent: Claim) -> bytes:
    return _text(sent).replace('"data": {', '"data": {"urn": "900002", "urn": "900001", ', 1).encode()


WHOLE: Mapping[str, Callable[[Claim], bytes]] = {
    "a byte order mark": lambda sent: b"\xef\xbb\xbf" + _text(sent).encode(),
    "UTF-16": lambda sent: _text(sent).encode("utf-16"),
    "UTF-16 without a mark": lambda sent: _text(sent).encode("utf-16-le"),
    "UTF-32": lambda sent: _text(sent).encode("utf-32"),
    "an end too early": lambda sent: _text(sent).encode()[:-1],
    "something after the end": lambda sent: _text(sent).encode() + b"{}",
    "an id given twice": lambda sent: _text(sent).replace("{", '{"id": "another", ', 1).encode(),
    "data given twice": lambda sent: _text(sent).replace("{", '{"data": {}, ', 1).encode(),
    "equal keys in data": _twice_in_data,
    "nothing": lambda _: b"",
}


def in_a_value(sent: Claim) -> dict[str, bytes]:
    """The claim with each of the values, one in each of its places in turn."""
    where = list(places(sent["data"]))
    return {what: spoilt(sent, where[n % len(where)], raw) for n, (what, raw) in enumerate(VALUES.items())}


def as_a_whole(sent: Claim) -> dict[str, bytes]:
    """The claim as something that is not read at all."""
    return {what: make(sent) for what, make in WHOLE.items()}


def too_large(sent: Claim) -> bytes:
    """One byte more than a claim may have."""
    said = _text(sent).encode()
    return said + b" " * (256 * 1024 + 1 - len(said))
