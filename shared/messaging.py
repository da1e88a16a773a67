"""Kafka: the topics' names, the wire form of an event, and the one place where clients are made.

The wire form is CloudEvents 1.0 in binary mode: attributes as `ce_*` headers, the stored record as the value, the
stream as the key. The extensions `logindex` and `partitionkey` are added on the way out; they are not part of the
hashed envelope.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Any, Protocol

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512
from pydantic import ValidationError

from shared.contracts.envelope import Envelope, meta_of

Headers = Sequence[tuple[str, bytes]]

checkpoints_topic = "audit.checkpoints"
"""Where each writer gives its signed checkpoints away."""

_batch_bytes = 256 * 1024


def events_topic(service: str) -> str:
    """Where a service publishes its events."""
    return f"{service}.events"


def ingest_topic(service: str, urn: str) -> str:
    """Where a school says what happened, for a service to take."""
    return f"ingest.{service}.{urn}"


def receipts_topic(urn: str) -> str:
    """Where a school reads what became of what it sent."""
    return f"receipts.{urn}"


def to_school_topic(urn: str) -> str:
    """Where a school reads what it is told."""
    return f"to-school.{urn}"


@dataclass(frozen=True, slots=True)
class Message:
    """One Kafka message to be sent."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as it came from a service's topic. (service, logindex) names it for ever.

    Attributes:
        meta: the hashed envelope, made again from the headers.
    """

    meta: bytes
    logindex: int
    record: bytes
    envelope: Envelope = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "envelope", Envelope.of_meta(self.meta))


class Record(Protocol):
    """What this module needs of a consumed Kafka record (aiokafka's ConsumerRecord has it)."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its content."""

    @property
    def headers(self) -> Headers:
        """Its headers, in their order."""


class Unreadable(ValueError):
    """A record that is not an event in our wire form; `reason` never quotes it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def event_message(meta: bytes, record: bytes, logindex: int) -> Message:
    """The message that publishes an event: what was stored, word for word."""
    attributes = orjson.loads(meta)
    topic = events_topic(attributes["source"].removeprefix("/"))
    return cloud_event_message(topic, attributes["subject"], {**attributes, "logindex": logindex}, record)


def cloud_event_message(topic: str, key: str, attributes: Mapping[str, Any], content: bytes) -> Message:
    """A CloudEvent as a message in binary mode. Its key is its `partitionkey` too.

    A test holds it against the cloudevents package, which takes several times as long and writes times anew.
    """
    headers = [(f"ce_{name}", str(value).encode()) for name, value in attributes.items() if name != _content_type]
    headers += (("ce_partitionkey", key.encode()), ("content-type", attributes[_content_type].encode()))
    return Message(topic, key.encode(), content, headers)


_content_type = "datacontenttype"


def delivered(record: Record) -> Delivered:
    """Read an event that a service published. The headers are read as they are: this is the hottest path.

    Raises:
        Unreadable: it is not in our wire form.
    """
    try:
        headers = dict(record.headers)
        return Delivered(meta_of(headers), int(headers["ce_logindex"]), record.value or b"")
    except KeyError as missing:
        raise Unreadable(f"the attribute {missing.args[0].removeprefix('ce_')} is missing") from None
    except ValidationError as wrong:
        first = wrong.errors(include_input=False)[0]
        problem = "missing" if first["type"] == "missing" else "malformed"
        raise Unreadable(f"the attribute {first['loc'][0]} is {problem}") from None
    except ValueError:
        raise Unreadable("an attribute is malformed") from None


@dataclass(frozen=True, slots=True)
class Login:
    """Who a client of Kafka is: SASL/SCRAM-SHA-512 over TLS.

    Attributes:
        ca_file: the certificates (PEM) that the brokers' own are signed with; None: those that this machine trusts.
    """

    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None

    def tls(self) -> SSLContext:
        """What the brokers' certificates are checked with; a file that was renewed is read again."""
        return _trusting(self.ca_file, None if self.ca_file is None else self.ca_file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _trusting(ca_file: Path | None, _renewed_at: int | None) -> SSLContext:
    """Read once: those that a machine trusts are so many that each new client would hold up the others."""
    return create_default_context(cafile=ca_file)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where Kafka is, and who its client is there.

    Attributes:
        login: None where Kafka lets everybody in, as on a developer's own machine.
    """

    bootstrap: str
    login: Login | None = None

    @property
    def client(self) -> dict[str, Any]:
        """What every client of aiokafka is made with."""
        if self.login is None:
            return {"bootstrap_servers": self.bootstrap}
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL",
            "ssl_context": self.login.tls(),
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.login.user,
            "sasl_plain_password": self.login.password,
        }


def make_broker(cluster: Cluster, client_id: str) -> KafkaBroker:
    """The FastStream broker that a service consumes through.

    A topic that matches a subscribed pattern is found within `metadata_max_age_ms`: a school that was just admitted
    should not have to wait the default five minutes for its first receipt.
    """
    login = cluster.login
    return KafkaBroker(
        cluster.bootstrap,
        security=None if login is None else SASLScram512(login.user, login.password, ssl_context=login.tls()),
        client_id=client_id,
        consumer_only=True,
        logger=None,
        request_timeout_ms=10_000,
        metadata_max_age_ms=3_000,
    )


def make_producer(cluster: Cluster, client_id: str) -> AIOKafkaProducer:
    """A producer whose acknowledgement means: on every in-sync replica, once, in order."""
    return AIOKafkaProducer(
        **cluster.client,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        request_timeout_ms=10_000,
        max_request_size=1_048_576,
        max_batch_size=_batch_bytes,
    )


def partition_of(stream: str, partitions: int) -> int:
    """The partition that our producers put a stream's events on."""
    return _partition(stream.encode(), range(partitions))


def _partition(key: bytes, partitions: Sequence[int]) -> int:
    found: int = partitions[0] if len(partitions) == 1 else _partitioner(key, partitions, ())
    return found


_partitioner = DefaultPartitioner()


async def send_all(producer: AIOKafkaProducer, messages: Iterable[Message]) -> None:
    """Send in order and wait until every message is acknowledged; the caller bounds the wait.

    The batches are made here: message by message, the client takes as long again to promise each of them.

    Raises:
        aiokafka.errors.KafkaError: a message was refused; some may have been taken.
    """
    by_topic: dict[str, list[Message]] = {}
    for message in messages:
        by_topic.setdefault(message.topic, []).append(message)
    acknowledgements = [
        await producer.send_batch(batch, topic, partition=partition)
        for topic, some in by_topic.items()
        for partition, batch in _batches(producer, some, sorted(await producer.partitions_for(topic)))
    ]
    await asyncio.gather(*acknowledgements)


def _batches(
    producer: AIOKafkaProducer, messages: Iterable[Message], partitions: Sequence[int]
) -> list[tuple[int, BatchBuilder]]:
    """The messages of one topic, as many together as a batch holds."""
    made: list[tuple[int, BatchBuilder]] = []
    filling: dict[int, BatchBuilder] = {}
    for m in messages:
        partition, sent = _partition(m.key, partitions), {"key": m.key, "value": m.value, "headers": list(m.headers)}
        if partition not in filling or filling[partition].append(timestamp=None, **sent) is None:
            filling[partition] = producer.create_batch()
            filling[partition].append(timestamp=None, **sent)
            made.append((partition, filling[partition]))
    for _, batch in made:
        batch.close()  # it is sent at once
    return made
