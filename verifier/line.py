"""One line of an export, and the bytes of it that were hashed.

A line is one JSON object without spaces whose names stand in a fixed order. The record (`data`) and every value of the
envelope are then cut out of it as they stand: what is hashed is what is read, byte for byte, and a line cannot say one
thing to the hash and another to its reader. A line that another program laid out anew is brought back to this form
first, as RFC 8785 says.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One event as it was hashed.

    Attributes:
        meta: the canonical JSON of its envelope.
        record: the canonical JSON of what it says; personal texts are sealed in it.
        previous: the hash of the event before it in its stream; 32 zero bytes before the first.
    """

    service: str
    logindex: int
    stream: str
    version: int
    meta: bytes
    record: bytes
    previous: bytes
    hash: bytes


class UnreadableError(ValueError):
    """Not a line of an export."""


def read(line: bytes) -> Event:
    """The event of a line, with or without its line break.

    Raises:
        UnreadableError: it is none.
    """
    found = _form.fullmatch(line) or _form.fullmatch(canonical(line))
    if found is None:
        raise UnreadableError
    (
        service,
        logindex,
        stream,
        version,
        id_,
        type_,
        time,
        happened,
        trust,
        urn,
        actor,
        correlation,
        causation,
        depth,
    ) = found.groups()[:14]
    causation = b"" if causation == b"null" else b'"causationid":%b,' % causation
    depth = b"" if depth == b"null" else b'"chaindepth":%b,' % depth
    urn = b"" if urn == b"null" else b',"urn":%b' % urn
    meta = (
        b'{"actor":"%b",%b%b"correlationid":"%b","datacontenttype":"application/json","happenedat":"%b","id":"%b",'
        b'"source":"/%b","specversion":"1.0","streamversion":%b,"subject":"%b","time":"%b","trustuid":"%b","type":"%b"%b}'
    ) % (actor, causation, depth, correlation, happened, id_, service, version, stream, time, trust, type_, urn)
    record, previous, hash_ = found.groups()[14:]
    return Event(
        service.decode(),
        int(logindex),
        stream.decode(errors="replace"),
        int(version),
        meta,
        record,
        bytes.fromhex(previous.decode()),
        bytes.fromhex(hash_.decode()),
    )


def event_hash(previous: bytes, meta: bytes, record: bytes) -> bytes:
    """The hash of an event: SHA-256 of a domain, the hash before it, the envelope with its length, and the record's."""
    return sha256(b"ev1" + previous + len(meta).to_bytes(4, "big") + meta + sha256(record).digest()).digest()


def canonical(line: bytes) -> bytes:
    """A line in any layout, in the one form.

    Raises:
        UnreadableError: it is not JSON that means one thing, or lacks a name, or has another.
    """
    try:
        content = _decoder.decode(line.decode())
        if not isinstance(content, dict) or content.keys() != _kinds.keys():
            raise UnreadableError
        values = (
            f'"{name}":{json.dumps(content[name], sort_keys=True, separators=(",", ":"), ensure_ascii=False)}'
            for name in _kinds
        )
        return f"{{{','.join(values)}}}".encode()
    except (ValueError, RecursionError):
        raise UnreadableError from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise UnreadableError
    return content


def _no_fraction(_digits: str) -> None:
    raise UnreadableError


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_fraction, parse_constant=_no_fraction)

_text = rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_maybe_text = rb'(null|"[^"\\]*+(?:\\.[^"\\]*+)*+")'
_number = rb"(0|[1-9][0-9]{0,18})"
_hash = rb'"([0-9a-f]{64})"'
_kinds = {
    "service": rb'"([a-z][a-z0-9_-]*)"',
    "logindex": _number,
    "stream": _text,
    "version": _number,
    "id": _text,
    "type": _text,
    "time": _text,
    "happenedat": _text,
    "trustuid": _text,
    "urn": _maybe_text,
    "actor": _text,
    "correlationid": _text,
    "causationid": _maybe_text,
    "chaindepth": rb"(null|[1-9][0-9]{0,18})",
    "data": rb"(\{.*\})",
    "prev_hash": _hash,
    "hash": _hash,
}
_form = re.compile(rb"\{%b\}\n?" % b",".join(b'"%b":%b' % (name.encode(), kind) for name, kind in _kinds.items()))
