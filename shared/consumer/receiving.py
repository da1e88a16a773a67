"""What stands between Kafka and whoever takes its records: slices of partitions, places in them, and the receiver."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from aiokafka import TopicPartition

from shared.messaging import Record

kafka_wait_s = 10.0
"""So long Kafka may take to answer."""

receive_wait_s = 120.0
"""So long a receiver may take for a batch."""


class KafkaRecord(Record, Protocol):
    """What we need of aiokafka's ConsumerRecord."""

    topic: str
    partition: int
    offset: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a consumer stands in a partition: the next offset, and what names the record before it."""

    next: int = 0
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive records of one partition. `since` is the place before them that is stored."""

    partition: TopicPartition
    since: int
    records: Sequence[KafkaRecord]

    @property
    def next(self) -> int:
        return self.records[-1].offset + 1

    @property
    def last(self) -> str:
        return name_of(self.records[-1])


@dataclass(frozen=True, slots=True)
class Gap:
    """Records of a partition that were not taken, and that Kafka does not have any more: `since` up to before `first`.

    Attributes:
        record: the one at `first`; None where the partition is empty.
        partitions: how many partitions the topic has.
        garbled: what Kafka has in their place and its client cannot read.
    """

    partition: TopicPartition
    since: int
    first: int
    record: KafkaRecord | None
    partitions: int
    garbled: bytes | None = None


class Fenced(Exception):
    """Somebody else has taken the partition over; what we hold of it is void."""


class Receiver(Protocol):
    """Who takes the records and stores the places."""

    async def assigned(self, partitions: Collection[TopicPartition], /) -> Mapping[TopicPartition, Place]:
        """Take partitions over and say where to go on; from now on nobody else can move their places."""

    async def restarted(self, partition: TopicPartition, /) -> None:
        """The topic is another one than the one the place was stored for: the place is its beginning now."""

    async def received(self, slices: Sequence[Slice], /) -> None:
        """Take the records and store the places after them.

        Raises:
            Fenced: not ours any more. Anything else: nothing was stored, the same records are handed over again.
        """

    async def overtaken(self, gap: Gap, /) -> None:
        """Records are gone before they were taken: get what they brought elsewhere, and store `gap.first` as the place.

        Raises:
            Anything: nothing was stored, and the same gap is handed over again.
        """

    async def idle(self, partitions: Collection[TopicPartition], /) -> None:
        """Between batches, about once a second: whatever waits in these partitions."""


def name_of(record: Record) -> str:
    """What a record is recognised by: its event's id, or a hash of its bytes where it has none."""
    for header, value in record.headers:
        if header == "ce_id":
            return value.decode(errors="replace").replace("\x00", "")
    return "sha256:" + sha256(b"%b\n%b" % (record.key or b"", record.value or b"")).hexdigest()
