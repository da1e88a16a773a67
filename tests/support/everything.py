"""All that can be read from databases, topics and brokers' disks, to look for what should stand nowhere."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.support.kafka import administering


async def columns(connection: asyncpg.Connection) -> AsyncIterator[tuple[str, bytes]]:
    """The content of every column of every table: bytes as they are, anything else as text."""
    found = await connection.fetch(
        """select format('%I.%I', n.nspname, c.relname) as name, format('%I', a.attname) as attribute,
                  a.atttypid = 'bytea'::regtype as is_bytes
           from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
           where c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped
             and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'"""
    )
    for column in found:
        cast = "" if column["is_bytes"] else "::text"
        rows = await connection.fetch(f"select {column['attribute']}{cast} as content from {column['name']}")
        texts = [row["content"] for row in rows if row["content"] is not None]
        content = b"\n".join(text if isinstance(text, bytes) else text.encode() for text in texts)
        yield f"{column['name']}.{column['attribute']}", content


async def topics(kafka: str) -> dict[str, bytes]:
    """All that can be read from each topic, Kafka's own as well: keys, values and headers."""
    read: defaultdict[str, bytes] = defaultdict(bytes)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = await _partitions(kafka)
        consumer.assign(partitions)
        starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        for partition in partitions:
            read[partition.topic] += b""
            consumer.seek(partition, starts[partition])
        left = {partition for partition in partitions if starts[partition] < ends[partition]}
        while left:
            for partition, records in (await consumer.getmany(timeout_ms=1_000)).items():
                for record in records:
                    headers = b"\n".join(name.encode() + b"=" + value for name, value in record.headers)
                    read[partition.topic] += b"\n".join([record.key or b"", record.value or b"", headers, b""])
            left = {partition for partition in left if await consumer.position(partition) < ends[partition]}
    finally:
        await consumer.stop()
    return dict(read)


def segments(kafka: Path) -> dict[str, bytes]:
    """The log segments on a broker's disk, by topic: as they are, and what of them is packed, unpacked."""
    read: defaultdict[str, bytes] = defaultdict(bytes)
    for path in (kafka / "data").glob("*/*.log*"):
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # deleted meanwhile
            continue
        read[path.parent.name.rpartition("-")[0]] += content + b"".join(map(_unpacked, _packed(content)))
    return dict(read)


def _packed(content: bytes) -> list[bytes]:
    """What begins as gzip does, wherever it stands."""
    magic = b"\x1f\x8b\x08"
    starts = [at for at in range(len(content)) if content.startswith(magic, at)] if magic in content else []
    return [content[at:] for at in starts]


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(packed)
    except zlib.error:
        return b""


async def _partitions(kafka: str) -> list[TopicPartition]:
    async with administering(kafka) as admin:
        described = await admin.describe_topics()
    return [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]
