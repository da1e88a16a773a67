"""The Kafka side of a consumer: batches of raw records to a receiver, from the places that the receiver has stored.

FastStream runs the loop; everything about acknowledging is ours (ADR 0007): MANUAL policy, seek to the stored place on
assignment and after every failure, since the next batch is delivered even when a handler raised. What Kafka is told
afterwards is a hint for lag tools.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaMessage
from faststream.kafka.message import KafkaAckableMessage
from faststream.kafka.schemas import Topic
from tenacity import (
    AsyncRetrying,
    retry_if_not_exception_type,
    stop_after_delay,
    stop_when_event_set,
    wait_exponential_jitter,
)

from shared.consumer.garbled import Garbled, OneByOne, is_garbling, limit_unpacking, read_batch
from shared.consumer.lag import Lag
from shared.consumer.receiving import Fenced, Gap, KafkaRecord, Place, Receiver, Slice, name_of
from shared.messaging import Cluster, make_broker

log = structlog.get_logger()

_poll_ms = 50
_fetch_bytes = 16 * 1024 * 1024
_tick_s = 0.5
_ask_every_s = 2.0
_commit_every_s = 2.0
_kafka_wait_s = 10.0
_receive_wait_s = 120.0
_retry_in_place_s = 10.0
_longest_pause_s = 10.0
_fenced_pause_s = 30.0
_silent_s = 60.0


@dataclass(slots=True)
class _Held:
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


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a subscription.

    Attributes:
        polled_s_ago: since Kafka was last asked for records; None before the first time.
        lag_records, lag_seconds: not a number where that is not known.
        failing_s: how long batches have been failing, 0 when they do not.
        error: the last thing that went wrong, by its name alone.
    """

    group: str
    running: bool
    polled_s_ago: float | None
    partitions: int
    lag_records: float
    lag_seconds: float
    failing_s: float
    error: str | None

    @property
    def alive(self) -> bool:
        """Whether it does what it can: a broker that is away is not our fault, a loop that stands still is."""
        return self.running and (self.polled_s_ago is None or self.polled_s_ago < 2 * _receive_wait_s)


@dataclass(slots=True)
class _Facts:
    polled_at: float | None = None
    failing_since: float | None = None
    failures: int = 0
    error: str | None = None


class Subscription:
    """One consumer group of a service on a list of topics or on a pattern of them.

    Args:
        service, group: the labels of its metrics; the group is Kafka's consumer group too.
        instance: a name of this process within the group that outlives a restart, so that one causes no rebalance.
        topics, pattern: one of both. Topics are never created here: their partitions are fixed elsewhere.
    """

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        cluster: Cluster,
        receiver: Receiver,
        *,
        service: str,
        group: str,
        topics: Sequence[str] = (),
        pattern: str | None = None,
        instance: str | None = None,
        max_records: int = 5_000,
        session_timeout_ms: int = 10_000,
    ) -> None:
        limit_unpacking()
        self._cluster = cluster
        self._one_by_one: OneByOne | None = None
        self._broker = make_broker(cluster, group)
        self._receiver = receiver
        self._service = service
        self._group = group
        self._held: dict[TopicPartition, _Held] = {}
        self._fenced: dict[TopicPartition, float] = {}
        self._facts = _Facts()
        self._lag = Lag(cluster, service, group)
        self._busy = asyncio.Lock()
        self._taking = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._rebalancing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._hinted: dict[TopicPartition, int] = {}
        self._subscriber = self._broker.subscriber(
            *(Topic(name, declare=False) for name in topics),
            pattern=pattern,
            batch=True,
            group_id=group,
            group_instance_id=instance,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            parser=_unparsed,
            decoder=_undecoded,
            listener=_Listener(self._assigned, self._revoked),
            max_records=max_records,
            batch_timeout_ms=_poll_ms,
            fetch_max_bytes=_fetch_bytes,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=session_timeout_ms // 3,
            title=group,
        )

        async def records(_body: Any, message: KafkaMessage) -> None:
            await self._records(message.raw_message)  # type: ignore[arg-type] # a batch's is a tuple

        self._subscriber(records)

    # Life

    async def start(self) -> None:
        """Begin in the background; without a broker it keeps trying."""
        self._stopping.clear()
        self._tasks = [asyncio.create_task(work()) for work in (self._run, self._tick, self._ask)]

    async def stop(self) -> None:
        """Let the batch in work end, then leave. Bounded."""
        self._stopping.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_kafka_wait_s), self._busy:
                pass
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._hint()
        await self._leave()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._broker.stop(), _kafka_wait_s)
        self._held.clear()

    def health(self) -> Health:
        """What is known now, without asking anybody."""
        now, facts = time.monotonic(), self._facts
        return Health(
            group=self._group,
            running=bool(self._tasks) and not any(task.done() for task in self._tasks),
            polled_s_ago=None if facts.polled_at is None else now - facts.polled_at,
            partitions=len(self._held),
            lag_records=self._lag.records,
            lag_seconds=self._lag.seconds,
            failing_s=0.0 if facts.failing_since is None else now - facts.failing_since,
            error=facts.error,
        )

    def lag_by_topic(self) -> dict[str, float] | None:
        """How old the oldest record is that is not stored, in seconds, of each topic that has one; None: not known."""
        return self._lag.seconds_by_topic

    async def _run(self) -> None:
        """Keep a consumer running: make one, and another when it went silent."""
        pause = wait_exponential_jitter(multiplier=0.2, max=_longest_pause_s)
        while not self._stopping.is_set():
            async for attempt in AsyncRetrying(wait=pause, sleep=self._sleep):
                with attempt:
                    await self._join()
            while not self._stopping.is_set() and not self._is_silent():
                await self._sleep(1)
            if not self._stopping.is_set():
                log.error("consumer_went_silent", service=self._service, group=self._group)
                await self._leave()

    async def _join(self) -> None:
        if self._stopping.is_set():
            return
        try:
            async with asyncio.timeout(_kafka_wait_s):
                await self._broker.connect()
                await self._subscriber.start()
        except Exception as fault:
            self._failed("not_subscribed", fault)
            await self._leave()
            raise
        if consumer := self._subscriber.consumer:
            self._watch(consumer)
        self._facts.polled_at = time.monotonic()
        log.info("subscribed", service=self._service, group=self._group)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(_kafka_wait_s):
                await self._subscriber.stop()
        except Exception as fault:  # noqa: BLE001 - we are leaving; the group notices by itself
            log.warning("left_without_a_word", group=self._group, error=type(fault).__name__)

    def _is_silent(self) -> bool:
        """Whether the loop has not polled for long, although it is not busy with a batch."""
        polled = self._facts.polled_at
        return polled is not None and not self._busy.locked() and time.monotonic() - polled > _silent_s

    def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """Note each poll and each error of one: FastStream's loop tells nobody."""
        poll = consumer.getmany

        async def watched(*partitions: TopicPartition, **how: Any) -> Any:
            try:
                records = await (self._one_by_one.next() if self._one_by_one else poll(*partitions, **how))
            except Garbled as found:
                await self._garbled(consumer, found.partition)
                records = {}
            except Exception as fault:
                self._failed("poll_failed", fault)
                if not is_garbling(fault):
                    raise
                for partition, held in self._held.items():  # what was fetched beside it is lost
                    self._seek(partition, held.start)
                behind = [partition for partition, held in self._held.items() if self._waiting_in(partition, held)]
                self._one_by_one = OneByOne(poll, behind)
                return {}
            if not records:
                self._one_by_one = None
            self._facts.polled_at = time.monotonic()
            return records

        vars(consumer)["getmany"] = watched

    async def _garbled(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        """Stop at a batch that cannot be read: the receiver makes up for it, and the others go on."""
        held, offset = self._held.get(partition), await consumer.position(partition)
        if held is None or held.next != offset:
            return  # it is met again
        batch = await read_batch(self._cluster, partition, offset)
        log.error("batch_garbled", topic=partition.topic, partition=partition.partition, since=offset, to=batch.next)
        known = consumer.partitions_for_topic(partition.topic) or ()
        held.gap = Gap(partition, offset, batch.next, None, len(known), batch.content)
        consumer.pause(partition)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not when we are to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    # Partitions come and go

    async def _assigned(self, partitions: Collection[TopicPartition]) -> None:
        self._fenced.clear()
        for partition in partitions:
            self._held.pop(partition, None)
        self._rebalancing = False
        try:
            await self._take(partitions)
        except Exception as fault:  # noqa: BLE001 - aiokafka would only log it; the batch or the tick takes them later
            self._failed("assignment_failed", fault)

    async def _revoked(self, partitions: Collection[TopicPartition]) -> None:
        """Let the batch in work end first; if it does not, the epoch keeps it from doing harm."""
        self._rebalancing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_kafka_wait_s), self._busy:
                pass
        for partition in partitions:
            self._held.pop(partition, None)
            self._hinted.pop(partition, None)
        self._lag.forget(partitions)

    async def _take(self, partitions: Collection[TopicPartition]) -> None:
        """Take partitions over and go to their stored places, or to the beginning of a topic that is a new one."""
        async with self._taking:
            consumer = self._subscriber.consumer
            wanted = [partition for partition in partitions if partition not in self._held]
            if not wanted or consumer is None:
                return
            async with asyncio.timeout(_kafka_wait_s):
                places = await self._receiver.assigned(wanted)
                firsts, ends = await consumer.beginning_offsets(wanted), await consumer.end_offsets(wanted)
            for partition in wanted:
                place = places.get(partition, Place())
                if place.next > ends[partition]:
                    await self._restart(partition)
                    continue
                self._held[partition] = held = _Held(place.next, place.last if place.next > firsts[partition] else None)
                consumer.seek(partition, held.start)
            log.info("assigned", group=self._group, partitions=len(wanted))

    async def _restart(self, partition: TopicPartition) -> None:
        """The topic is not the one that was consumed: begin again; what is known already is settled as repeats."""
        log.error("topic_recreated", group=self._group, topic=partition.topic, partition=partition.partition)
        await self._receiver.restarted(partition)
        self._held[partition] = _Held(0)
        self._seek(partition, 0)

    def _seek(self, partition: TopicPartition, offset: int) -> None:
        with suppress(KafkaError, AssertionError):  # not assigned any more: then it is not ours to seek
            if self._subscriber.consumer:
                self._subscriber.consumer.seek(partition, offset)

    # Records

    async def _records(self, records: tuple[KafkaRecord, ...]) -> None:
        """One batch from the loop. It raises only after having gone back to the stored places."""
        by_partition: dict[TopicPartition, list[KafkaRecord]] = {}
        for record in records:
            by_partition.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
        polled = dict(self._held)
        async with self._busy:
            if self._stopping.is_set():
                return
            try:
                await self._take([tp for tp in by_partition if tp not in self._held and self._may_take(tp)])
                # a partition taken since these were polled was sought since: they are from another place
                ours = {tp: some for tp, some in by_partition.items() if self._holds(tp, polled)}
                slices = [s for tp, some in ours.items() if (s := await self._slice(tp, some))]
                if slices:
                    await self._receive(slices)
            except Fenced:
                self._lost([tp for tp in by_partition if self._holds(tp, polled)])
            except Exception as fault:
                self._failed("batch_failed", fault)
                for partition in by_partition:
                    if held := self._held.get(partition):
                        self._seek(partition, held.start)
                pause = min(0.2 * 2 ** min(self._facts.failures, 10), _longest_pause_s)
                await self._sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter
                raise

    async def _slice(self, partition: TopicPartition, records: list[KafkaRecord]) -> Slice | None:
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
                self._overtaken(held, partition, first, records[0])
            return None
        held.sought = False
        return Slice(partition, held.next, records) if records else None

    def _look_again(self, partition: TopicPartition, held: _Held) -> bool:
        """Go back once before believing it: what looks new may have been fetched before we sought the place."""
        if held.sought:
            return False
        held.sought = True
        self._seek(partition, held.start)
        return True

    def _overtaken(self, held: _Held, partition: TopicPartition, first: int, record: KafkaRecord | None) -> None:
        """Records are gone before they were taken: nothing more of the partition until that is made up for."""
        consumer = self._subscriber.consumer
        known = consumer.partitions_for_topic(partition.topic) if consumer else None
        if consumer and known:
            log.error("records_gone", topic=partition.topic, partition=partition.partition, since=held.next, to=first)
            held.gap = Gap(partition, held.next, first, record, len(known))
            consumer.pause(partition)

    async def _make_up(self) -> None:
        """Make up for what is gone, one partition after the other; where that fails, the others go on."""
        for partition, held in list(self._held.items()):
            if held.gap is None:
                continue
            try:
                async with asyncio.timeout(_receive_wait_s):
                    await self._receiver.overtaken(held.gap)
            except Fenced:
                self._lost([partition])
            except Exception as fault:  # noqa: BLE001 - it is tried again with the next tick
                self._failed("not_made_up_for", fault)
            else:
                self._held[partition] = _Held(held.gap.first)  # another: what was polled before is from another place
                self._seek(partition, held.gap.first)
                if self._subscriber.consumer:
                    self._subscriber.consumer.resume(partition)

    async def _emptied(self) -> dict[TopicPartition, int]:
        """Partitions that lost everything from our place on, which have no record left to show it by; where each ends.

        Kafka answers when the fetch is over that it holds open for us, up to a second later: batches go on meanwhile.
        """
        consumer = self._subscriber.consumer
        behind = []
        for partition, held in self._held.items():
            stands, held.stood_at = held.stood_at == held.next, held.next
            if stands and held.gap is None and self._waiting_in(partition, held):
                behind.append(partition)
        if consumer is None or not behind:
            return {}
        async with asyncio.timeout(_kafka_wait_s):
            firsts, ends = await consumer.beginning_offsets(behind), await consumer.end_offsets(behind)
        return {partition: ends[partition] for partition in behind if firsts[partition] == ends[partition]}

    def _see_emptied(self, emptied: Mapping[TopicPartition, int]) -> None:
        """Stop at those that did not move since Kafka was asked."""
        for partition, end in emptied.items():
            held = self._held.get(partition)
            if held is not None and held.next == held.stood_at < end:
                self._overtaken(held, partition, end, None)

    async def _receive(self, slices: Sequence[Slice]) -> None:
        async for attempt in AsyncRetrying(
            stop=stop_after_delay(_retry_in_place_s) | stop_when_event_set(self._stopping),  # type: ignore[arg-type] # is_set() is all it needs
            wait=wait_exponential_jitter(multiplier=0.05, max=2),
            retry=retry_if_not_exception_type(Fenced),
            sleep=self._sleep,
            reraise=True,
        ):
            with attempt:
                async with asyncio.timeout(_receive_wait_s):
                    await self._receiver.received(slices)
        for part in slices:
            held = self._held.get(part.partition)
            if held and held.next == part.since:
                held.next = part.next
        self._facts.failing_since, self._facts.failures, self._facts.error = None, 0, None

    def _holds(self, partition: TopicPartition, since: Mapping[TopicPartition, _Held]) -> bool:
        """Whether a partition is held, and has been without a break."""
        held = self._held.get(partition)
        return held is not None and held is since.get(partition)

    def _may_take(self, partition: TopicPartition) -> bool:
        """Whether to take a partition that Kafka gives us but we do not hold: not soon after we were fenced from it."""
        return not self._rebalancing and time.monotonic() >= self._fenced.get(partition, 0.0)

    def _lost(self, partitions: Collection[TopicPartition]) -> None:
        """Somebody else holds one of them; the next assignment says whose they are."""
        if not partitions:
            return
        log.warning("fenced", group=self._group, partitions=len(partitions))
        for partition in partitions:
            self._held.pop(partition, None)
            self._fenced[partition] = time.monotonic() + _fenced_pause_s

    def _failed(self, event: str, fault: BaseException) -> None:
        facts = self._facts
        facts.failures += 1
        facts.failing_since = facts.failing_since or time.monotonic()
        facts.error = f"{event}: {type(fault).__name__}"
        log.warning(event, service=self._service, group=self._group, error=type(fault).__name__, times=facts.failures)

    # Between batches

    async def _tick(self) -> None:
        hinted = time.monotonic()
        while True:
            await self._sleep(_tick_s)
            if self._stopping.is_set():
                return
            try:
                emptied = await self._emptied()
                async with self._busy:
                    consumer = self._subscriber.consumer
                    given = consumer.assignment() if consumer else frozenset()
                    await self._take([tp for tp in given if tp not in self._held and self._may_take(tp)])
                    if self._held:
                        self._see_emptied(emptied)
                        await self._make_up()
                        async with asyncio.timeout(_receive_wait_s):
                            await self._receiver.idle(list(self._held))
            except Exception as fault:  # noqa: BLE001 - it is tried again with the next tick
                self._failed("idle_failed", fault)
                await self._sleep(1)
            if time.monotonic() - hinted > _commit_every_s:
                await self._hint()
                hinted = time.monotonic()

    async def _hint(self) -> None:
        """Tell Kafka how far we are; nobody relies on it."""
        changed = {tp: held.next for tp, held in self._held.items() if self._hinted.get(tp) != held.next}
        if not changed or not (consumer := self._subscriber.consumer):
            return
        try:
            async with asyncio.timeout(2):
                await consumer.commit(changed)
            self._hinted.update(changed)
        except Exception as fault:  # noqa: BLE001 - a rebalance is on, or Kafka is away: the next one says it
            log.debug("hint_failed", group=self._group, error=type(fault).__name__)

    async def _ask(self) -> None:
        """Ask Kafka how far we are behind, whatever the loop and the batches do meanwhile."""
        while True:
            await self._sleep(_ask_every_s)
            if self._stopping.is_set():
                return
            try:
                if consumer := self._subscriber.consumer:
                    places = await self._places(consumer)
                    if places or not consumer.subscription():  # else a rebalance is on, or others have them all
                        await self._lag.ask(consumer, places)
            except Exception as fault:  # noqa: BLE001 - Kafka is away or a rebalance is on: that it is unknown is shown
                log.debug("lag_unknown", group=self._group, error=type(fault).__name__)

    async def _places(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Where each partition that Kafka gives us stands; of one that we could not take over, what Kafka was told."""
        places = {}
        for partition in consumer.assignment():
            held = self._held.get(partition)
            if held is None:
                async with asyncio.timeout(_kafka_wait_s):
                    places[partition] = await consumer.committed(partition) or 0
            else:
                places[partition] = held.next
        return places

    def _waiting_in(self, partition: TopicPartition, held: _Held) -> int:
        """How many records a partition has that are not stored, as far as the last answer of Kafka tells."""
        consumer = self._subscriber.consumer
        with suppress(AssertionError, KeyError):  # not assigned at the moment
            if consumer:
                return max((consumer.highwater(partition) or 0) - held.next, 0)
        return 0


@dataclass(slots=True)
class _Listener(ConsumerRebalanceListener):
    assigned: Callable[[Collection[TopicPartition]], Awaitable[None]]
    revoked: Callable[[Collection[TopicPartition]], Awaitable[None]]

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self.assigned(assigned)

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self.revoked(revoked)


async def _unparsed(records: tuple[Any, ...]) -> KafkaMessage:
    """The batch as it is. FastStream's own parser decodes every header: one that is not UTF-8 would lose the batch."""
    return KafkaAckableMessage(
        raw_message=records,
        body=b"",
        headers={},
        message_id="",
        correlation_id="",
        consumer=_no_consumer,
    )


class _NoConsumer:
    """Nobody acknowledges through a message."""

    async def commit(self) -> None: ...

    def seek(self, partition: Any, offset: int) -> None: ...


_no_consumer = _NoConsumer()


async def _undecoded(_message: Any) -> bytes:
    return b""
