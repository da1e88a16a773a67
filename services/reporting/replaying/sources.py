"""Where the events of a replay come from: reporting's ledger, the services' stores, or Kafka, as they are now."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol, TypeVar, cast

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from shared.eventstore import EventStore, Recorded
from shared.messaging import Cluster, Delivered, delivered

_step = 5_000
_acquire_s = 5.0
_poll_ms = 500
_silent_s = 30.0
_length = "select coalesce(max(logindex) + 1, 0) from log"
_R = TypeVar("_R")


class Source(Protocol):
    """Every event of every service that is kept somewhere, in any order, and any number of times.

    Attributes:
        unreadable: where something stood that is no event; filled while it is read.
        size: how many there are, about, as soon as the first are read.
    """

    @property
    def name(self) -> str: ...

    @property
    def unreadable(self) -> list[str]: ...

    @property
    def size(self) -> int: ...

    def batches(self) -> AsyncGenerator[Sequence[Delivered]]:
        """What there is when it is asked."""


@dataclass(slots=True)
class FromLedger:
    """What reporting received, what it parked included."""

    pool: asyncpg.Pool
    unreadable: list[str] = field(default_factory=list)
    name: str = "ledger"
    size: int = 0

    async def batches(self) -> AsyncGenerator[Sequence[Delivered]]:
        async with (
            self.pool.acquire(timeout=_acquire_s) as conn,
            conn.transaction(isolation="repeatable_read", readonly=True),
        ):
            self.size = await conn.fetchval("select count(*) from ledger")
            cursor = await conn.cursor("select service, logindex, meta, record from ledger order by service, logindex")
            while rows := await cursor.fetch(_step):
                yield _readable(
                    rows,
                    lambda row: Delivered(row["meta"], row["logindex"], row["record"]),
                    lambda row: f"{row['service']}/{row['logindex']}",
                    self.unreadable,
                )


@dataclass(slots=True)
class FromStores:
    """What the services have recorded, by their own logs.

    Attributes:
        stores: a connection to each service's database, which may be one that can change nothing.
    """

    stores: Mapping[str, asyncpg.Connection]
    unreadable: list[str] = field(default_factory=list)
    name: str = "store"
    size: int = 0

    async def batches(self) -> AsyncGenerator[Sequence[Delivered]]:
        self.size = sum([await store.fetchval(_length) for store in self.stores.values()])
        for service, connection in self.stores.items():
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                store, start = EventStore(service, cast("asyncpg.Pool", connection)), 0
                while rows := await store.read_log(start, _step):
                    yield _readable(rows, _stored, _named(service), self.unreadable)
                    start = (rows[-1].logindex or 0) + 1


@dataclass(slots=True)
class FromKafka:
    """What the services have published: all partitions of their topics, up to the ends that they have at the start.

    Attributes:
        topics: which service publishes on which topic.
    """

    cluster: Cluster
    topics: Mapping[str, str]
    unreadable: list[str] = field(default_factory=list)
    name: str = "kafka"
    size: int = 0

    async def batches(self) -> AsyncGenerator[Sequence[Delivered]]:
        """Raises KafkaError where Kafka cannot be read, or falls silent before the ends."""
        consumer = AIOKafkaConsumer(
            *self.topics,
            **self.cluster.client,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=_step,
        )
        try:
            await consumer.start()
            ends = await consumer.end_offsets(consumer.assignment())
            self.size = sum(ends.values()) - sum((await consumer.beginning_offsets(ends)).values())
            async with aclosing(_up_to(ends, consumer)) as found:
                async for records in found:
                    yield _readable(
                        records, self._published, lambda r: f"{r.topic} {r.partition}/{r.offset}", self.unreadable
                    )
        finally:
            await consumer.stop()

    def _published(self, record: ConsumerRecord[bytes, bytes]) -> Delivered:
        event = delivered(record)
        if event.envelope.service != self.topics[record.topic]:
            raise ValueError("of another service")
        return event


async def _up_to(
    ends: Mapping[TopicPartition, int], consumer: AIOKafkaConsumer
) -> AsyncGenerator[Sequence[ConsumerRecord[bytes, bytes]]]:
    heard = monotonic()
    while behind := [place for place, end in ends.items() if await consumer.position(place) < end]:
        polled = await consumer.getmany(*behind, timeout_ms=_poll_ms)
        if records := [r for place, some in polled.items() for r in some if r.offset < ends[place]]:
            heard = monotonic()
            yield records
        elif monotonic() - heard > _silent_s:
            raise KafkaTimeoutError


def _readable(
    rows: Iterable[_R], read: Callable[[_R], Delivered], where: Callable[[_R], str], unreadable: list[str]
) -> list[Delivered]:
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except ValueError:  # pydantic's and `Unreadable` are of this kind
            unreadable.append(where(row))
    return found


def _stored(recorded: Recorded) -> Delivered:
    return Delivered(recorded.meta, recorded.logindex or 0, recorded.record)


def _named(service: str) -> Callable[[Any], str]:
    return lambda recorded: f"{service}/{recorded.logindex}"
