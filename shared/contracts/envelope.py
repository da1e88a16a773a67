"""What surrounds every event: who, when, about whom, why. These are its CloudEvents attributes, and they are hashed.

`meta` is the RFC 8785 JSON of the attributes below. It is stored beside the record, goes out as `ce_*` headers, and
can be made again from those headers: so whoever reads the topic can check the hash chain without asking us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Annotated, Any, cast
from uuid import UUID

from pydantic import BeforeValidator, Field, TypeAdapter

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
        chain_depth: how many reactions led to it; none where somebody asked for it.
        version: its number in its stream, from 1.
    """

    id: UUID
    type: str
    service: Annotated[str, Field(alias="source"), BeforeValidator(lambda source: source.removeprefix("/"))]
    stream: Annotated[str, Field(alias="subject")]
    version: Annotated[int, Field(alias="streamversion")]
    time: datetime
    happened_at: Annotated[datetime, Field(alias="happenedat")]
    trustuid: str
    actor: str
    correlation_id: Annotated[str, Field(alias="correlationid")]
    causation_id: Annotated[str | None, Field(alias="causationid")] = None
    urn: str | None = None
    chain_depth: Annotated[int, Field(alias="chaindepth")] = 0

    def meta(self) -> bytes:
        """The CloudEvents attributes as canonical bytes, those without a value left out: what is stored and hashed."""
        named: dict[str, Any] = {
            **_always,
            "id": self.id,
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
        if self.chain_depth:
            named["chaindepth"] = self.chain_depth
        return canonical.dumps(named)

    @classmethod
    def of_meta(cls, meta: bytes) -> Envelope:
        """The envelope of stored bytes.

        Raises:
            pydantic.ValidationError: an attribute is missing or malformed.
        """
        return cast("Envelope", _adapter().validator.validate_json(meta))


def meta_of(headers: Mapping[str, bytes]) -> bytes:
    """The canonical bytes of an envelope, made again from a record's `ce_*` headers. Others are left out.

    Raises:
        KeyError: there is no version. ValueError: it is not a number, or a header is not UTF-8.
    """
    named: dict[str, Any] = {name: headers[header].decode() for header, name in _named.items() if header in headers}
    named |= {name: int(headers[header]) for header, name in _numbers.items() if header in headers}
    return canonical.dumps(named | _always | {"streamversion": int(headers["ce_streamversion"])})


_always = {"specversion": "1.0", "datacontenttype": "application/json"}
_texts = (
    *("actor", "causationid", "correlationid", "happenedat", "id", "source", "subject", "time", "trustuid", "type"),
    "urn",
)
_named = {f"ce_{name}": name for name in _texts}
_numbers = {"ce_chaindepth": "chaindepth"}


@cache
def _adapter() -> TypeAdapter[Envelope]:
    return TypeAdapter(Envelope)


@lru_cache(maxsize=1_000)  # the events of a batch were recorded at one time
def timestamp(when: datetime) -> str:
    """RFC 3339 in UTC with exactly six decimals, so that texts sort as times do."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def chain_hash(previous: bytes, meta: bytes, record: bytes) -> bytes:
    """The hash of an event in its stream.

    SHA-256 over a domain, the hash before it, the envelope with its length, and the record's own hash. The record is
    ciphertext where it is personal, so erasure leaves the chain whole.
    """
    return sha256(b"ev1" + previous + len(meta).to_bytes(4, "big") + meta + sha256(record).digest()).digest()
