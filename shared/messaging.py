"""Kafka: the topics' names, the wire form of an event, and the one place where clients are made.

The wire form is CloudEvents 1.0 in binary mode: attributes as `ce_*` headers, the stored record as the value, the
stream as the key. The extensions `logindex` and `partitionkey` are added on the way out; they are not part of the
hashed envelope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from faststream.kafka import KafkaBroker

from shared.contracts.envelope import Envelope

Headers = Sequence[tuple[str, bytes]]

_json = JSONFormat()
_added_on_the_way = ("logindex", "partitionkey", "traceparent")


def events_topic(service: str) -> str:
    """Where a service publishes its events."""
    return f"{service}.events"


def receipts_topic(urn: str) -> str:
    """Where a school reads what became of what it sent."""
    return f"receipts.{urn}"


@dataclass(frozen=True, slots=True)
class Message:
    """One Kafka message to be sent."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as it came from a service's topic. (service, logindex) names it for ever."""

    envelope: Envelope
    logindex: int
    record: bytes

    @property
    def meta(self) -> bytes:
        """The hashed envelope, made again from the headers."""
        return self.envelope.meta()


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


def event_message(envelope: Envelope, record: bytes, logindex: int) -> Message:
    """The message that publishes an event."""
    attributes: dict[str, Any] = {**envelope.attributes(), "logindex": logindex, "partitionkey": envelope.stream}
    attributes["time"] = envelope.time
    return cloud_event_message(events_topic(envelope.service), CloudEvent(attributes, record))


def cloud_event_message(topic: str, event: CloudEvent) -> Message:
    """Any CloudEvent with a `partitionkey` as a message in binary mode."""
    message = kafka.to_binary(event, _json)
    return Message(topic, str(message.key).encode(), message.value, tuple(message.headers.items()))


def delivered(record: Record) -> Delivered:
    """Read an event that a service published. The headers are read as they are: this is the hottest path.

    Raises:
        Unreadable: it is not in our wire form.
    """
    try:
        attributes = {name[3:]: text.decode() for name, text in record.headers if name.startswith("ce_")}
        return Delivered(Envelope.of(attributes), int(attributes["logindex"]), record.value or b"")
    except KeyError as missing:
        raise Unreadable(f"the attribute {missing.args[0]} is missing") from None
    except (ValueError, UnicodeDecodeError):
        raise Unreadable("an attribute is malformed") from None


def make_broker(bootstrap: str, client_id: str) -> KafkaBroker:
    """The FastStream broker that a service consumes through.

    A topic that matches a subscribed pattern is found within `metadata_max_age_ms`: a school that was just admitted
    should not have to wait the default five minutes for its first receipt.
    """
    return KafkaBroker(
        bootstrap,
        client_id=client_id,
        consumer_only=True,
        logger=None,
        request_timeout_ms=10_000,
        metadata_max_age_ms=3_000,
    )


def make_producer(bootstrap: str, client_id: str) -> AIOKafkaProducer:
    """A producer whose acknowledgement means: on every in-sync replica, once, in order."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        request_timeout_ms=10_000,
        max_request_size=1_048_576,
    )


def partition_of(stream: str, partitions: int) -> int:
    """The partition that our producers put a stream's events on."""
    found: int = DefaultPartitioner()(stream.encode(), range(partitions), ())
    return found


async def send_all(producer: AIOKafkaProducer, messages: Iterable[Message]) -> None:
    """Send in order and wait until every message is acknowledged; the caller bounds the wait.

    Raises:
        aiokafka.errors.KafkaError: a message was refused; some may have been taken.
    """
    acknowledgements = [await producer.send(m.topic, m.value, key=m.key, headers=list(m.headers)) for m in messages]
    for acknowledgement in acknowledgements:
        await acknowledgement
