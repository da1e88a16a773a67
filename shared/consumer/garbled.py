"""What Kafka takes and its client cannot read: it stops at it, and goes on behind it.

That is a header whose name is no UTF-8, a way of packing not known here, a kilobyte that unpacks to a gigabyte.
aiokafka raises at such a batch, again at every poll, and hands over nothing of the other partitions: one producer could
stop a whole consumer. So it is found out which partition it is, its batch is read raw, and the others go on.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    KafkaConnectionError,
    KafkaError,
    UnsupportedCodecError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest

from shared.messaging import Cluster

largest_unpacked = 32 * 1024 * 1024
_fetch_bytes = 2 * 1024 * 1024
_turn_ms = 1_000
_wait_s = 10.0
_header = struct.Struct(">qiibIhi")
"""Base offset, length, leader's epoch, magic, checksum, attributes, last offset's delta."""
_before_length = 12

Poll = Callable[..., Awaitable[Mapping[TopicPartition, Any]]]


class Garbled(Exception):
    """The next record of a partition cannot be read."""

    def __init__(self, partition: TopicPartition) -> None:
        super().__init__(partition)
        self.partition = partition


def is_garbling(fault: Exception) -> bool:
    """Whether a poll failed because of what was fetched, and not because of Kafka or of us."""
    if isinstance(fault, UnsupportedCodecError | CorruptRecordException):
        return True
    return not isinstance(fault, KafkaError | ConsumerStoppedError | AssertionError | OSError | RuntimeError)


class OneByOne:
    """Polls partitions in turn, a record at a time, until it is known in which one something cannot be read."""

    def __init__(self, poll: Poll, partitions: Iterable[TopicPartition]) -> None:
        self._poll = poll
        self._turns = deque(partitions)

    async def next(self) -> Mapping[TopicPartition, Any]:
        """The next record; none when no partition has one more.

        Raises:
            Garbled: it was found.
        """
        while self._turns:
            partition = self._turns[0]
            try:
                records = await self._poll(partition, timeout_ms=_turn_ms, max_records=1)
            except Exception as fault:
                if not is_garbling(fault):
                    raise
                raise Garbled(partition) from fault
            if records:
                self._turns.rotate(-1)
                return records
            self._turns.popleft()
        return {}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of records as Kafka stores it, and the offset after it."""

    content: bytes
    next: int


async def read_batch(cluster: Cluster, partition: TopicPartition, offset: int) -> Batch:
    """The batch that an offset is in, unread.

    Raises:
        KafkaError: Kafka does not give it.
    """
    client = AIOKafkaClient(**cluster.client)
    try:
        async with asyncio.timeout(_wait_s):
            await client.bootstrap()
            await client.add_topic(partition.topic)
            node = client.cluster.leader_for_partition(partition)
            wanted = [(partition.topic, [(partition.partition, offset, _fetch_bytes)])]
            fetched: Any = await client.send(node, FetchRequest(500, 1, _fetch_bytes, 0, wanted))
    except (OSError, TimeoutError) as fault:
        raise KafkaConnectionError(type(fault).__name__) from fault
    finally:
        await client.close()
    [(_, [(_, code, *_, content)])] = fetched.topics
    if code or not content:
        raise for_code(code or CorruptRecordException.errno)
    base, length, _, _, _, _, last = _header.unpack_from(content)
    return Batch(bytes(content[: _before_length + length]), base + last + 1)


def limit_unpacking() -> None:
    """Let aiokafka unpack no more than 32 MiB of a batch: by itself it has no limit."""
    for module in ("aiokafka.record.default_records", "aiokafka.record._crecords.default_records"):
        vars(import_module(module))["gzip_decode"] = _gunzip


def _gunzip(packed: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as unpacking:
            content = unpacking.read(largest_unpacked + 1)
    except (OSError, EOFError) as broken:
        raise ValueError("what was packed cannot be unpacked") from broken
    if len(content) > largest_unpacked:
        raise ValueError("a batch is too large when it is unpacked")
    return content
