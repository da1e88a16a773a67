"""What was handled leaves the brokers' disks as well, and soon.

Deleted records stay in a topic's newest segment until Kafka closes it, which it does when a record comes that is later
than `segment.ms` allows: no setting does without one. After a school's last claim none may come for a week. So where
a topic was quiet for a while, its service sends one itself: empty, marked, and not taken for a claim.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable
from datetime import timedelta

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging import Cluster, Record, make_producer

log = structlog.get_logger()

quiet_seconds = 300.0
"""Kafka looks every five minutes what it may remove, and takes a minute over it: a quarter of an hour, all in all."""
_seconds = 10.0
_late = timedelta(minutes=50)
"""Kafka takes what is an hour ahead at most; a segment may have begun with a record of a clock that is fast."""
_mark = ("baton-closes-segment", b"")


def closes(record: Record) -> bool:
    """Whether a record is no claim, and only closes what stands before it."""
    return not record.value and _mark in record.headers


class Segments:
    """The segments of a service's claims that hold something that was handled."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._since: dict[TopicPartition, float] = {}

    def hold(self, partitions: Iterable[TopicPartition]) -> None:
        """Something was handled in these now."""
        self._since |= dict.fromkeys(partitions, time.monotonic())

    async def close(self, partitions: Collection[TopicPartition]) -> None:
        """Close them where it was quiet, among the partitions that are ours; what fails is tried again as late."""
        self._since = {partition: since for partition, since in self._since.items() if partition in partitions}
        until = time.monotonic() - quiet_seconds
        if not (quiet := [partition for partition, since in self._since.items() if since <= until]):
            return
        producer = make_producer(self._cluster, "intake-segments")
        try:
            async with asyncio.timeout(_seconds), producer:
                at_ms = int(time.time() * 1000 + _late / timedelta(milliseconds=1))
                sent = [
                    await producer.send(tp.topic, b"", partition=tp.partition, timestamp_ms=at_ms, headers=[_mark])
                    for tp in quiet
                ]
                await asyncio.gather(*sent)
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("segments_not_closed", error=type(error).__name__)
            self.hold(quiet)
        else:
            self._since = {partition: since for partition, since in self._since.items() if partition not in quiet}
