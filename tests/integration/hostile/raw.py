"""A producer that speaks Kafka's protocol by itself: it sends what no client would."""

from __future__ import annotations

import struct
import time
from collections.abc import Sequence

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

GZIP = 1
_MAGIC, _CHECKSUM, _CHECKED = 16, 17, 21  # where they stand in a batch


def batch(value: bytes | None, headers: Sequence[tuple[str, bytes | None]] = (), *, packed: int = 0) -> bytearray:
    """A batch of one record."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=packed,
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 30,
    )
    builder.append(0, timestamp=int(time.time() * 1000), key=None, value=value, headers=list(headers))
    return bytearray(builder.build())


def with_header_name(name: bytes) -> bytearray:
    """A batch whose record has a header of this name, which need be no text."""
    mark = "x" * len(name)
    made = batch(b"{}", [(mark, b"")])
    return _checked(made.replace(mark.encode(), name))


def with_magic(magic: int) -> bytearray:
    """A batch of another version of the protocol."""
    made = batch(b"{}")
    made[_MAGIC] = magic
    return _checked(made)


def _checked(made: bytearray) -> bytearray:
    struct.pack_into(">I", made, _CHECKSUM, calc_crc32c(bytes(made[_CHECKED:])))
    return made


async def produce(bootstrap: str, topic: str, made: bytes) -> tuple[int, int]:
    """Send a batch; Kafka's error code and the offset it has."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        await client.add_topic(topic)
        node = client.cluster.leader_for_partition(TopicPartition(topic, 0))
        request = ProduceRequest(
            transactional_id=None, required_acks=-1, timeout=10_000, topics=[(topic, [(0, bytes(made))])]
        )
        answer = await client.send(node, request)
    finally:
        await client.close()
    [(_, [(_, error, offset, *_)])] = answer.topics
    return error, offset
