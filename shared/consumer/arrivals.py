"""One record as it arrived: read alone, so that a bad one fails no batch; kept whole, so that it can be parked."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from aiokafka import TopicPartition
from pydantic import ValidationError

from shared.contracts import codec
from shared.messaging import Delivered, Headers, Record, Unreadable, delivered

_arrivals = uuid5(NAMESPACE_URL, "uk.mat/arrivals")
_largest_version = 2**31 - 1
_largest_logindex = 2**63 - 1


class Sealer(Protocol):
    """Seals raw bytes that are kept for a while (the vault has it)."""

    def seal_bytes(self, raw: bytes, place: str) -> bytes: ...

    def open_bytes(self, sealed: bytes, place: str) -> bytes: ...


@dataclass(slots=True)
class Raw:
    """A record's own bytes."""

    key: bytes | None
    value: bytes | None
    headers: Headers

    def dumps(self) -> bytes:
        return json.dumps([_text(self.key), _text(self.value), [[n, _text(v)] for n, v in self.headers]]).encode()

    @classmethod
    def loads(cls, stored: bytes) -> Raw:
        key, value, headers = json.loads(stored)
        return cls(_bytes(key), _bytes(value), tuple((name, _bytes(v) or b"") for name, v in headers))


@dataclass(slots=True, eq=False)
class Arrival:
    """A record and what was read of it. Not frozen: one is made of every record, and that would take half its time.

    Attributes:
        offset: None where it came through the writer's catch-up door.
        service, stream: whose and which; of an unreadable record, what its topic and its Kafka key say.
        delivered: None where it is not in our wire form.
        event: the event, its personal texts still sealed; None where there is a fault.
        fault: why it cannot be applied: `unreadable` or `unknown_type`, with a detail that never quotes the record.
    """

    partition: TopicPartition
    offset: int | None
    service: str
    stream: str
    raw: Record
    delivered: Delivered | None
    event: Any = None
    fault: str | None = None
    detail: str = ""

    @property
    def version(self) -> int:
        return self.delivered.envelope.version if self.delivered else 0

    @property
    def logindex(self) -> int:
        return self.delivered.logindex if self.delivered else -1

    def id_for(self, consumer: str) -> UUID:
        """The same for every repeat of it."""
        if self.delivered:
            return uuid5(_arrivals, f"{consumer}\n{self.service}\n{self.logindex}")
        digest = sha256(Raw(self.raw.key, self.raw.value, self.raw.headers).dumps()).hexdigest()
        return uuid5(_arrivals, f"{consumer}\n{self.partition}\n{self.offset}\n{digest}")


def read(record: Record, partition: TopicPartition, offset: int | None, service: str | None) -> Arrival:
    """Read one record. `service` is who alone may publish on its topic, where that is known. Never raises."""
    try:
        found = delivered(record)
        _check(found, record, service)
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with it, the others of its batch go on
        key = (record.key or b"").decode(errors="replace").replace("\x00", "\ufffd")
        detail = fault.reason if isinstance(fault, Unreadable) else "an attribute is malformed"
        whose = service or partition.topic.removesuffix(".events")
        return Arrival(partition, offset, whose, key, record, None, None, "unreadable", detail)
    of, stream = found.envelope.service, found.envelope.stream
    try:
        event = codec.decode(found.envelope.type, found.record)
    except codec.UnknownType:
        return Arrival(partition, offset, of, stream, record, found, None, "unknown_type", found.envelope.type)
    except ValidationError as fault:
        where = ", ".join("/".join(str(part) for part in error["loc"]) for error in fault.errors()[:3])
        return Arrival(
            partition, offset, of, stream, record, found, None, "unreadable", f"not of its type: {where}"[:300]
        )
    except Exception as fault:  # noqa: BLE001 - an upcaster may fail in its own way
        return Arrival(partition, offset, of, stream, record, found, None, "unreadable", type(fault).__name__)
    return Arrival(partition, offset, of, stream, record, found, event)


def logindex_of(record: Record) -> int:
    """The log index that a record names, -1 where it names none that could be."""
    named = dict(record.headers).get("ce_logindex", b"")
    return int(named) if named.isdigit() and int(named) <= _largest_logindex else -1


def _check(found: Delivered, record: Record, service: str | None) -> None:
    """What Postgres or the order within a stream would fall over: it would fail the whole batch otherwise."""
    envelope = found.envelope
    if service is not None and envelope.service != service:
        raise Unreadable("it names another service than its topic")
    if record.key != envelope.stream.encode():
        raise Unreadable("its key is not its stream")
    if not (0 < envelope.version <= _largest_version and 0 <= found.logindex <= _largest_logindex):
        raise Unreadable("a number is out of range")
    if envelope.time.tzinfo is None or envelope.happened_at.tzinfo is None:
        raise Unreadable("a time has no zone")
    stored = (envelope.service, envelope.type, envelope.stream, envelope.trustuid, envelope.urn or "")
    if "\x00" in "".join(stored):
        raise Unreadable("an attribute contains the character U+0000")


def _text(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)
