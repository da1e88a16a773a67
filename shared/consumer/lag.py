"""How far a consumer is behind: what Kafka has and the consumer has not stored, in records and in seconds.

Kafka is asked apart from the consumer's loop, so the lag of one that is stuck, fenced or failing rises all the same.
What is not known is told as not known: 0 means that Kafka said so within the last half minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import Gauge

from shared.messaging import Cluster

unknown = float("nan")

_fresh_s = 30.0
_ask_s = 5.0
_records = Gauge(
    "baton_consumer_lag_records", "Records that Kafka has and the consumer has not stored", ["service", "group"]
)
_seconds = Gauge("baton_consumer_lag_seconds", "Age of the oldest record among them", ["service", "group"])
_asked_at = Gauge(
    "baton_consumer_lag_asked_timestamp_seconds", "When Kafka was last asked for it", ["service", "group"]
)


@dataclass(frozen=True, slots=True)
class _Behind:
    """A partition with records from `place` on that are not stored; the first of them was written at `since`."""

    place: int
    records: int
    since: float


class Lag:
    """The lag of one consumer group in this process.

    Args:
        cluster: where the topics are.
        service, group: the labels of its metrics.
    """

    def __init__(self, cluster: Cluster, service: str, group: str) -> None:
        self._cluster = cluster
        self._asked: float | None = None
        self._behind: dict[TopicPartition, _Behind] = {}
        _records.labels(service, group).set_function(lambda: self.records)
        _seconds.labels(service, group).set_function(lambda: self.seconds)
        _asked_at.labels(service, group).set_function(lambda: self._asked or 0.0)

    @property
    def records(self) -> float:
        """How many are not stored. What was not stored when Kafka went away still is not."""
        if self._behind or self._is_fresh:
            return sum(one.records for one in self._behind.values())
        return unknown

    @property
    def seconds(self) -> float:
        """How long ago the oldest of them was written, by Kafka's timestamp."""
        if self._behind:
            return max(time.time() - min(one.since for one in self._behind.values()), 0.0)
        return 0.0 if self._is_fresh else unknown

    @property
    def seconds_by_topic(self) -> dict[str, float] | None:
        """The same of each topic that has some; None where it is not known whether any has."""
        if not self._behind and not self._is_fresh:
            return None
        now = time.time()
        since: dict[str, float] = {}
        for partition, behind in self._behind.items():
            since[partition.topic] = min(behind.since, since.get(partition.topic, now))
        return {topic: now - at for topic, at in since.items()}

    @property
    def _is_fresh(self) -> bool:
        return self._asked is not None and time.time() - self._asked < _fresh_s

    async def ask(self, consumer: AIOKafkaConsumer, places: Mapping[TopicPartition, int]) -> None:
        """Ask Kafka how far its partitions go beyond the places, and when the first record after each was written.

        Raises:
            KafkaError, TimeoutError, OSError: it could not be asked; what was known stays.
        """
        async with asyncio.timeout(_ask_s):
            ends = await consumer.end_offsets(list(places)) if places else {}
            behind = {partition: place for partition, place in places.items() if ends[partition] > place}
            begins = await consumer.beginning_offsets(list(behind)) if behind else {}
            starts = {partition: max(place, begins[partition]) for partition, place in behind.items()}
            since = {p: was.since for p, was in self._behind.items() if starts.get(p) == was.place}
            moved = {p: start for p, start in starts.items() if p not in since and start < ends[p]}
            since |= await self._written(moved, ends) if moved else {}
        self._behind = {p: _Behind(starts[p], ends[p] - starts[p], at) for p, at in since.items()}
        self._asked = time.time()

    def forget(self, partitions: Collection[TopicPartition]) -> None:
        """These are somebody else's now."""
        for partition in partitions:
            self._behind.pop(partition, None)

    async def _written(
        self, places: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, float]:
        """When the first records from these places on were written, where there are any.

        The marker that ends a transaction has an offset, too, and is no record that anybody could store.
        """
        reader = AIOKafkaConsumer(**self._cluster.client, enable_auto_commit=False)
        try:
            await reader.start()
            reader.assign(list(places))
            for partition, place in places.items():
                reader.seek(partition, place)
            found: dict[TopicPartition, float] = {}
            for partition in places:
                records = (await reader.getmany(partition, timeout_ms=500, max_records=1)).get(partition)
                if records:
                    found[partition] = records[0].timestamp / 1000
                elif await reader.position(partition) < ends[partition]:
                    raise TimeoutError
            return found
        finally:
            await reader.stop()
