"""The Kafka side of a consumer: batches of raw records to a receiver, from the places that the receiver has stored.

FastStream runs the loop; everything about acknowledging is ours (ADR 0007): MANUAL policy, seek to the stored place on
assignment and after every failure, since the next batch is delivered even when a handler raised. What Kafka is told
afterwards is a hint for lag tools.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaMessage
from faststream.kafka.schemas import Topic
from tenacity import (
    AsyncRetrying,
    retry_if_not_exception_type,
    stop_after_delay,
    stop_when_event_set,
    wait_exponential_jitter,
)

from shared.consumer.garbled import Garbled, OneByOne, is_garbling, limit_unpacking, read_batch
from shared.consumer.health import Faults, Health
from shared.consumer.lag import Lag
from shared.consumer.partitions import Partitions
from shared.consumer.raw import Listener, undecoded, unparsed
from shared.consumer.receiving import Fenced, KafkaRecord, Receiver, Slice, kafka_wait_s, receive_wait_s
from shared.messaging import Cluster, make_broker

log = structlog.get_logger()

_poll_ms = 50
_session_ms = 10_000
_fetch_bytes = 16 * 1024 * 1024
_tick_s = 0.5
_ask_every_s = 2.0
_commit_every_s = 2.0
_retry_in_place_s = 10.0
_longest_pause_s = 10.0
_silent_s = 60.0


class Subscription:
    """One consumer group of a service on a list of topics or on a pattern of them.

    Args:
        service, group: the labels of its metrics; the group is Kafka's consumer group too.
        instance: a name of this process within the group that outlives a restart, so that one causes no rebalance.
        topics, pattern: one of both. Topics are never created here: their partitions are fixed elsewhere.
    """

    def __init__(
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
    ) -> None:
        limit_unpacking()
        self._cluster = cluster
        self._one_by_one: OneByOne | None = None
        self._broker = make_broker(cluster, group)
        self._receiver = receiver
        self._service = service
        self._group = group
        self._partitions = Partitions(group, receiver, lambda: self._subscriber.consumer, self._failed)
        self._polled_at: float | None = None
        self._faults = Faults()
        self._lag = Lag(cluster, service, group)
        self._busy = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscriber = self._broker.subscriber(
            *(Topic(name, declare=False) for name in topics),
            pattern=pattern,
            batch=True,
            group_id=group,
            group_instance_id=instance,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            parser=unparsed,
            decoder=undecoded,
            listener=Listener(self._assigned, self._revoked),
            max_records=max_records,
            batch_timeout_ms=_poll_ms,
            fetch_max_bytes=_fetch_bytes,
            session_timeout_ms=_session_ms,
            heartbeat_interval_ms=_session_ms // 3,
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
            async with asyncio.timeout(kafka_wait_s), self._busy:
                pass
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._partitions.hint()
        await self._leave()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._broker.stop(), kafka_wait_s)
        self._partitions.clear()

    def health(self) -> Health:
        """What is known now, without asking anybody."""
        now, faults = time.monotonic(), self._faults
        return Health(
            group=self._group,
            running=bool(self._tasks) and not any(task.done() for task in self._tasks),
            polled_s_ago=None if self._polled_at is None else now - self._polled_at,
            partitions=len(self._partitions.held()),
            lag_records=self._lag.records,
            lag_seconds=self._lag.seconds,
            failing_s=0.0 if faults.since is None else now - faults.since,
            error=faults.last,
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
            async with asyncio.timeout(kafka_wait_s):
                await self._broker.connect()
                await self._subscriber.start()
        except Exception as fault:
            self._failed("not_subscribed", fault)
            await self._leave()
            raise
        if consumer := self._subscriber.consumer:
            self._watch(consumer)
        self._polled_at = time.monotonic()
        log.info("subscribed", service=self._service, group=self._group)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(kafka_wait_s):
                await self._subscriber.stop()
        except Exception as fault:  # noqa: BLE001 - we are leaving; the group notices by itself
            log.warning("left_without_a_word", group=self._group, error=type(fault).__name__)

    def _is_silent(self) -> bool:
        """Whether the loop has not polled for long, although it is not busy with a batch."""
        polled = self._polled_at
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
                self._partitions.go_back(self._partitions.held())  # what was fetched beside it is lost
                self._one_by_one = OneByOne(poll, self._partitions.behind())
                return {}
            if not records:
                self._one_by_one = None
            self._polled_at = time.monotonic()
            return records

        vars(consumer)["getmany"] = watched

    async def _garbled(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        """Stop at a batch that cannot be read: the receiver makes up for it, and the others go on."""
        held, offset = self._partitions.held().get(partition), await consumer.position(partition)
        if held is not None and held.next == offset:  # else it is met again
            batch = await read_batch(self._cluster, partition, offset)
            self._partitions.garbled(partition, offset, batch.next, batch.content)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not when we are to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    # Partitions come and go

    async def _assigned(self, partitions: Collection[TopicPartition]) -> None:
        self._partitions.given(partitions)
        try:
            await self._partitions.take(partitions)
        except Exception as fault:  # noqa: BLE001 - aiokafka would only log it; the batch or the tick takes them later
            self._failed("assignment_failed", fault)

    async def _revoked(self, partitions: Collection[TopicPartition]) -> None:
        """Let the batch in work end first; if it does not, the epoch keeps it from doing harm."""
        self._partitions.rebalancing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(kafka_wait_s), self._busy:
                pass
        self._partitions.revoked(partitions)
        self._lag.forget(partitions)

    # Records

    async def _records(self, records: tuple[KafkaRecord, ...]) -> None:
        """One batch from the loop. It raises only after having gone back to the stored places."""
        by_partition: dict[TopicPartition, list[KafkaRecord]] = {}
        for record in records:
            by_partition.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
        polled = self._partitions.held()
        async with self._busy:
            if self._stopping.is_set():
                return
            try:
                await self._partitions.take_missing(by_partition)
                # a partition taken since these were polled was sought since: they are from another place
                ours = {tp: some for tp, some in by_partition.items() if self._partitions.holds(tp, polled)}
                slices = [s for tp, some in ours.items() if (s := await self._partitions.slice(tp, some))]
                if slices:
                    await self._receive(slices)
            except Fenced:
                self._partitions.lost([tp for tp in by_partition if self._partitions.holds(tp, polled)])
            except Exception as fault:
                self._failed("batch_failed", fault)
                self._partitions.go_back(by_partition)
                pause = min(0.2 * 2 ** min(self._faults.times, 10), _longest_pause_s)
                await self._sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter
                raise

    async def _receive(self, slices: Sequence[Slice]) -> None:
        async for attempt in AsyncRetrying(
            stop=stop_after_delay(_retry_in_place_s) | stop_when_event_set(self._stopping),  # type: ignore[arg-type] # is_set() is all it needs
            wait=wait_exponential_jitter(multiplier=0.05, max=2),
            retry=retry_if_not_exception_type(Fenced),
            sleep=self._sleep,
            reraise=True,
        ):
            with attempt:
                async with asyncio.timeout(receive_wait_s):
                    await self._receiver.received(slices)
        self._partitions.stored(slices)
        self._faults = Faults()

    def _failed(self, event: str, fault: BaseException) -> None:
        self._faults.add(event, fault)
        name, times = type(fault).__name__, self._faults.times
        log.warning(event, service=self._service, group=self._group, error=name, times=times)

    # Between batches

    async def _tick(self) -> None:
        hinted = time.monotonic()
        while True:
            await self._sleep(_tick_s)
            if self._stopping.is_set():
                return
            try:
                emptied = await self._partitions.emptied()
                async with self._busy:
                    consumer = self._subscriber.consumer
                    await self._partitions.take_missing(consumer.assignment() if consumer else ())
                    if self._partitions.held():
                        self._partitions.see_emptied(emptied)
                        await self._partitions.make_up()
                        async with asyncio.timeout(receive_wait_s):
                            await self._receiver.idle(list(self._partitions.held()))
            except Exception as fault:  # noqa: BLE001 - it is tried again with the next tick
                self._failed("idle_failed", fault)
                await self._sleep(1)
            if time.monotonic() - hinted > _commit_every_s:
                await self._partitions.hint()
                hinted = time.monotonic()

    async def _ask(self) -> None:
        """Ask Kafka how far we are behind, whatever the loop and the batches do meanwhile."""
        while True:
            await self._sleep(_ask_every_s)
            if self._stopping.is_set():
                return
            try:
                if consumer := self._subscriber.consumer:
                    places = await self._partitions.places(consumer)
                    if places or not consumer.subscription():  # else a rebalance is on, or others have them all
                        await self._lag.ask(consumer, places)
            except Exception as fault:  # noqa: BLE001 - Kafka is away or a rebalance is on: that it is unknown is shown
                log.debug("lag_unknown", group=self._group, error=type(fault).__name__)
