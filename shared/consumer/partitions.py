"""The partitions that are ours: where each stands, what is certain of it, and what Kafka does not have any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.consumer.receiving import (
    Fenced,
    Gap,
    KafkaRecord,
    Place,
    Receiver,
    Slice,
    kafka_wait_s,
    name_of,
    receive_wait_s,
)

log = structlog.get_logger()

_fenced_pause_s = 30.0
_hint_s = 2.0


@dataclass(slots=True)
class Held:
    """A partition that is ours.

    Attributes:
        next: the stored place. `check`: what the record before it is recognised by, until it was seen to be there.
        sought: that we went back already to see whether what is there is really not what was left.
        gap: what is really gone there; nothing is fetched until it is made up for.
        stood_at: `next`, as the last tick found it.
    """

    next: int
    check: str | None = None
    sought: bool = False
    gap: Gap | None = None
    stood_at: int = -1

    @property
    def start(self) -> int:
        """Where to fetch from: the record to be checked comes first."""
        return self.next if self.check is None else self.next - 1


class Partitions:
    """The partitions that one consumer holds.

    Args:
        consumer: Kafka's client at the moment; None while there is none.
        failed: told what went wrong and is tried again.

    Attributes:
        rebalancing: that Kafka is giving them out anew: nothing is taken until it has.
    """

    def __init__(
        self,
        group: str,
        receiver: Receiver,
        consumer: Callable[[], AIOKafkaConsumer | None],
        failed: Callable[[str, BaseException], None],
    ) -> None:
        self._group = group
        self._receiver = receiver
        self._consumer = consumer
        self._failed = failed
        self._held: dict[TopicPartition, Held] = {}
        self._fenced: dict[TopicPartition, float] = {}
        self._hinted: dict[TopicPartition, int] = {}
        self._taking = asyncio.Lock()
        self.rebalancing = False

    def held(self) -> dict[TopicPartition, Held]:
        """Those that are held now."""
        return dict(self._held)

    def clear(self) -> None:
        self._held.clear()

    # They come and go

    def given(self, partitions: Collection[TopicPartition]) -> None:
        """Kafka gave them to us: what was known of them before does not count."""
        self._fenced.clear()
        for partition in partitions:
            self._held.pop(partition, None)
        self.rebalancing = False

    def revoked(self, partitions: Collection[TopicPartition]) -> None:
        for partition in partitions:
            self._held.pop(partition, None)
            self._hinted.pop(partition, None)

    async def take(self, partitions: Collection[TopicPartition]) -> None:
        """Take partitions over and go to their stored places, or to the beginning of a topic that is a new one."""
        async with self._taking:
            consumer = self._consumer()
            wanted = [partition for partition in partitions if partition not in self._held]
            if not wanted or consumer is None:
                return
            async with asyncio.timeout(kafka_wait_s):
                places = await self._receiver.assigned(wanted)
                firsts, ends = await consumer.beginning_offsets(wanted), await consumer.end_offsets(wanted)
            for partition in wanted:
                place = places.get(partition, Place())
                if place.next > ends[partition]:
                    await self._restart(partition)
                    continue
                self._held[partition] = held = Held(place.next, place.last if place.next > firsts[partition] else None)
                consumer.seek(partition, held.start)
            log.info("assigned", group=self._group, partitions=len(wanted))

    async def take_missing(self, partitions: Collection[TopicPartition]) -> None:
        """Take those that Kafka gives us and we do not hold, but not soon after we were fenced from them."""
        now = time.monotonic()
        if not self.rebalancing:
            await self.take([one for one in partitions if one not in self._held and now >= self._fenced.get(one, 0.0)])

    def holds(self, partition: TopicPartition, since: Mapping[TopicPartition, Held]) -> bool:
        """Whether a partition is held, and has been without a break."""
        held = self._held.get(partition)
        return held is not None and held is since.get(partition)

    def lost(self, partitions: Collection[TopicPartition]) -> None:
        """Somebody else holds one of them; the next assignment says whose they are."""
        if not partitions:
            return
        log.warning("fenced", group=self._group, partitions=len(partitions))
        for partition in partitions:
            self._held.pop(partition, None)
            self._fenced[partition] = time.monotonic() + _fenced_pause_s

    async def _restart(self, partition: TopicPartition) -> None:
        """The topic is not the one that was consumed: begin again; what is known already is settled as repeats."""
        log.error("topic_recreated", group=self._group, topic=partition.topic, partition=partition.partition)
        await self._receiver.restarted(partition)
        self._held[partition] = Held(0)
        self._seek(partition, 0)

    # Where each stands

    async def slice(self, partition: TopicPartition, records: Sequence[KafkaRecord]) -> Slice | None:
        """The records after the stored place, once it is certain that this is still the topic they belong to."""
        held = self._held.get(partition)
        if held is None:
            return None
        first = records[0].offset
        if held.check is not None:
            if first != held.next - 1 or name_of(records[0]) != held.check:
                if not self._look_again(partition, held):
                    await self._restart(partition)
                return None
            held.check = None
            records = records[1:]
            first = held.next
        if first < held.next:
            fresh = [record for record in records if record.offset >= held.next]
            if not fresh or fresh[0].offset != held.next:
                if not self._look_again(partition, held):
                    await self._restart(partition)
                return None
            records = fresh
        elif first > held.next and records:
            if not self._look_again(partition, held):
                self._stop_at(partition, held, first, records[0])
            return None
        held.sought = False
        return Slice(partition, held.next, records) if records else None

    def stored(self, slices: Sequence[Slice]) -> None:
        """The places after these are stored."""
        for part in slices:
            held = self._held.get(part.partition)
            if held and held.next == part.since:
                held.next = part.next

    def go_back(self, partitions: Collection[TopicPartition]) -> None:
        """Fetch from the stored places on once more."""
        for partition in partitions:
            if held := self._held.get(partition):
                self._seek(partition, held.start)

    def behind(self) -> list[TopicPartition]:
        """Those with records that are not stored, as far as the last answer of Kafka tells."""
        return [partition for partition, held in self._held.items() if self._has_more(partition, held)]

    async def places(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Where each partition that Kafka gives us stands; of one that we could not take over, what Kafka was told."""
        places = {}
        for partition in consumer.assignment():
            held = self._held.get(partition)
            if held is None:
                async with asyncio.timeout(kafka_wait_s):
                    places[partition] = await consumer.committed(partition) or 0
            else:
                places[partition] = held.next
        return places

    async def hint(self) -> None:
        """Tell Kafka how far we are; nobody relies on it."""
        changed = {tp: held.next for tp, held in self._held.items() if self._hinted.get(tp) != held.next}
        if not changed or not (consumer := self._consumer()):
            return
        try:
            async with asyncio.timeout(_hint_s):
                await consumer.commit(changed)
            self._hinted.update(changed)
        except Exception as fault:  # noqa: BLE001 - a rebalance is on, or Kafka is away: the next one says it
            log.debug("hint_failed", group=self._group, error=type(fault).__name__)

    def _look_again(self, partition: TopicPartition, held: Held) -> bool:
        """Go back once before believing it: what looks new may have been fetched before we sought the place."""
        if held.sought:
            return False
        held.sought = True
        self._seek(partition, held.start)
        return True

    def _seek(self, partition: TopicPartition, offset: int) -> None:
        with suppress(KafkaError, AssertionError):  # not assigned any more: then it is not ours to seek
            if consumer := self._consumer():
                consumer.seek(partition, offset)

    def _has_more(self, partition: TopicPartition, held: Held) -> bool:
        with suppress(AssertionError, KeyError):  # not assigned at the moment
            if consumer := self._consumer():
                return (consumer.highwater(partition) or 0) > held.next
        return False

    # What Kafka does not have any more

    def garbled(self, partition: TopicPartition, since: int, to: int, content: bytes) -> None:
        """Stop at a batch that cannot be read, from its place up to before the next one's."""
        if (held := self._held.get(partition)) and held.next == since:
            self._stop_at(partition, held, to, garbled=content)

    def _stop_at(
        self,
        partition: TopicPartition,
        held: Held,
        first: int,
        record: KafkaRecord | None = None,
        garbled: bytes | None = None,
    ) -> None:
        """Records are gone before they were taken: nothing more of the partition until that is made up for."""
        consumer = self._consumer()
        known = consumer.partitions_for_topic(partition.topic) if consumer else None
        if consumer and known:
            event, where = "records_gone" if garbled is None else "batch_garbled", partition.partition
            log.error(event, topic=partition.topic, partition=where, since=held.next, to=first)
            held.gap = Gap(partition, held.next, first, record, len(known), garbled)
            consumer.pause(partition)

    async def make_up(self) -> None:
        """Make up for what is gone, one partition after the other; where that fails, the others go on."""
        for partition, held in list(self._held.items()):
            if held.gap is None:
                continue
            try:
                async with asyncio.timeout(receive_wait_s):
                    await self._receiver.overtaken(held.gap)
            except Fenced:
                self.lost([partition])
            except Exception as fault:  # noqa: BLE001 - it is tried again with the next tick
                self._failed("not_made_up_for", fault)
            else:
                self._held[partition] = Held(held.gap.first)  # another: what was polled before is from another place
                self._seek(partition, held.gap.first)
                if consumer := self._consumer():
                    consumer.resume(partition)

    async def emptied(self) -> dict[TopicPartition, int]:
        """Partitions that lost everything from our place on, which have no record left to show it by; where each ends.

        Kafka answers when the fetch is over that it holds open for us, up to a second later: batches go on meanwhile.
        """
        consumer = self._consumer()
        behind = []
        for partition, held in self._held.items():
            stands, held.stood_at = held.stood_at == held.next, held.next
            if stands and held.gap is None and self._has_more(partition, held):
                behind.append(partition)
        if consumer is None or not behind:
            return {}
        async with asyncio.timeout(kafka_wait_s):
            firsts, ends = await consumer.beginning_offsets(behind), await consumer.end_offsets(behind)
        return {partition: ends[partition] for partition in behind if firsts[partition] == ends[partition]}

    def see_emptied(self, emptied: Mapping[TopicPartition, int]) -> None:
        """Stop at those that did not move since Kafka was asked."""
        for partition, end in emptied.items():
            held = self._held.get(partition)
            if held is not None and held.next == held.stood_at < end:
                self._stop_at(partition, held, end)
