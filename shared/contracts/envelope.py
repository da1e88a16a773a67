"""What surrounds every event: who, when, about whom, why. These are its CloudEvents attributes, and they are hashed.

`meta` is the RFC 8785 JSON of the attributes below. It is stored beside the record, goes out as `ce_*` headers, and
can be made again from those headers: so whoever reads the topic can check the hash chain without asking us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from shared.contracts import canonical

genesis = bytes(32)
"""What a stream's first event names as the hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The attributes of one event.

    Attributes:
        time: when it was recorded; `happened_at` is when it happened, which may be long before.
        actor: a pseudonymous id of who asked for it.
        correlation_id: the same for everything that one request set off; `causation_id` is the event that caused this
            one.
        version: its number in its stream, from 1.
    """

    id: UUID
    type: str
    service: str
    stream: str
    version: int
    time: datetime
    happened_at: datetime
    trustuid: str
    actor: str
    correlation_id: str
    causation_id: str | None = None
    urn: str | None = None

    def attributes(self) -> dict[str, Any]:
        """The CloudEvents attributes by their names, those without a value left out."""
        named = {
            "specversion": "1.0",
            "datacontenttype": "application/json",
            "id": str(self.id),
            "type": self.type,
            "source": f"/{self.service}",
            "subject": self.stream,
            "time": timestamp(self.time),
            "happenedat": timestamp(self.happened_at),
            "trustuid": self.trustuid,
            "actor": self.actor,
            "correlationid": self.correlation_id,
            "streamversion": self.version,
        }
        if self.causation_id is not None:
            named["causationid"] = self.causation_id
        if self.urn is not None:
            named["urn"] = self.urn
        return named

    def meta(self) -> bytes:
        """The attributes as canonical bytes: what is stored and hashed."""
        return canonical.dumps(self.attributes())

    @classmethod
    def of(cls, attributes: dict[str, Any]) -> Envelope:
        """The envelope of CloudEvents attributes.

        Raises:
            KeyError, ValueError: an attribute is missing or malformed.
        """
        return cls(
            id=UUID(attributes["id"]),
            type=attributes["type"],
            service=attributes["source"].removeprefix("/"),
            stream=attributes["subject"],
            version=int(attributes["streamversion"]),
            time=datetime.fromisoformat(attributes["time"]),
            happened_at=datetime.fromisoformat(attributes["happenedat"]),
            trustuid=attributes["trustuid"],
            actor=attributes["actor"],
            correlation_id=attributes["correlationid"],
            causation_id=attributes.get("causationid"),
            urn=attributes.get("urn"),
        )

    @classmethod
    def of_meta(cls, meta: bytes) -> Envelope:
        """The envelope of stored bytes."""
        return cls.of(json.loads(meta))


def timestamp(when: datetime) -> str:
    """RFC 3339 in UTC with exactly six decimals, so that texts sort as times do."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def chain_hash(previous: bytes, meta: bytes, record: bytes) -> bytes:
    """The hash of an event in its stream.

    SHA-256 over a domain, the hash before it, the envelope with its length, and the record's own hash. The record is
    ciphertext where it is personal, so erasure leaves the chain whole.
    """
    return sha256(b"ev1" + previous + len(meta).to_bytes(4, "big") + meta + sha256(record).digest()).digest()
