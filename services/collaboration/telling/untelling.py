"""What schools were told of somebody who was erased is taken back: their topics hold it in clear.

A topic cannot lose a single record. So all that it holds is told again at its end, as it is told now, and what stands
before that is deleted. On the broker's disk it stays until Kafka closes the segment, which it does when a record comes
that is later than `segment.ms` allows: what is told again bears such a time (docs/adr/0047).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from services.collaboration.telling import wire
from services.collaboration.telling.feed import Feed, Told
from shared import messaging
from shared.consumer.arrivals import logindex_of
from shared.erasing import About

later = timedelta(hours=12, minutes=1)
"""After the newest record of a topic: Kafka closes its segment, which takes in 12 hours."""

_seconds = 30.0
_prefix = messaging.to_school_topic("")
Held = Sequence[ConsumerRecord[bytes, bytes]]


class Untelling:
    """Takes back what stands on schools' topics."""

    def __init__(self, feed: Feed, cluster: messaging.Cluster) -> None:
        self._feed = feed
        self._cluster = cluster

    async def __call__(self, person: About) -> int:
        """Take back what is sealed with the person's keys, which are gone; how many records that were.

        Raises:
            KafkaError, TimeoutError, OSError: Kafka did not do it; nothing is lost, and it may be done again.
        """
        entries = await self._feed.sealed_for(person.subjects, person.named_in)
        if not entries:
            return 0
        now = await self._feed.opened(entries)
        as_now = {entry.logindex: content for entry, content in now.items()}
        taken_back = 0
        async with asyncio.timeout(_seconds), AIOKafkaConsumer(**self._cluster.client) as consumer:
            for partition in _partitions(await consumer.topics()):
                held = await _held(consumer, partition)
                if wrong := [r for r in held if as_now.get(logindex_of(r), r.value) != r.value]:
                    await self._tell_again(partition, held)
                    taken_back += len(wrong)
        return taken_back

    async def _tell_again(self, partition: TopicPartition, held: Held) -> None:
        urn = partition.topic.removeprefix(_prefix)
        entries = await self._feed.at({logindex_of(record) for record in held})
        opened = await self._feed.opened(entries)
        await self._send([wire.message(Told(urn, entry), opened[entry]) for entry in entries], _late(held))
        admin = AIOKafkaAdminClient(**self._cluster.client)
        await admin.start()
        try:
            await admin.delete_records({partition: RecordsToDelete(before_offset=held[-1].offset + 1)})
        finally:
            await admin.close()

    async def _send(self, messages: Sequence[messaging.Message], at_ms: int) -> None:
        producer: AIOKafkaProducer = messaging.make_producer(self._cluster, "collaboration-untelling")
        async with producer:
            sent = [
                await producer.send(m.topic, m.value, m.key, headers=list(m.headers), timestamp_ms=at_ms)
                for m in messages
            ]
            await asyncio.gather(*sent)


async def _held(consumer: AIOKafkaConsumer, partition: TopicPartition) -> Held:
    """All that a partition holds now."""
    consumer.assign([partition])
    await consumer.seek_to_beginning(partition)
    end = (await consumer.end_offsets([partition]))[partition]
    found: list[ConsumerRecord[bytes, bytes]] = []
    while await consumer.position(partition) < end:
        found += (await consumer.getmany(partition, timeout_ms=1_000)).get(partition, [])
    return found


def _partitions(topics: Collection[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, 0) for topic in sorted(topics) if topic.startswith(_prefix)]


def _late(held: Held) -> int:
    newest = max(time.time() * 1000, *(record.timestamp for record in held))
    return int(newest + later / timedelta(milliseconds=1))
