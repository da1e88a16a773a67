"""The sequencer: a service's one leader, which numbers its events after their commit and publishes them in that order.

Positions come from a sequence and commit out of order, so no reader may follow them. The sequencer takes what is
committed and not yet numbered, gives it the next log index without a gap, and publishes from the log. Everything that
it writes begins with a lock on the lease's row at its own epoch: an old leader that wakes up after a takeover finds
another epoch there and writes nothing. Repeats on the topic are possible by design, and consumers settle them by
(service, logindex).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared import crashpoint, messaging
from shared.eventstore.receipts import Reach, only_its_own, pending_receipts
from shared.eventstore.store import EventStore

log = structlog.get_logger()

batch_size = 2_000
lease_seconds = 10.0
publish_seconds = 8.0
"""The limit of one batch's publishing; shorter than the lease, so that a slow leader gives up before another starts."""
poll_seconds = 0.1
longest_pause_seconds = 5.0


class Deposed(Exception):
    """Another process holds the lease."""


@dataclass(slots=True)
class State:
    """What a health check and the metrics want to know of the sequencer.

    Attributes:
        checked: whether Kafka was asked, since this process leads, for events that this log lacks.
    """

    leading: bool = False
    epoch: int = 0
    refused: str | None = None
    checked: bool = False
    last_turn: float = field(default_factory=time.monotonic)
    last_error: str | None = None

    @property
    def publishes(self) -> bool:
        """Whether this process leads a log that it may publish."""
        return self.leading and self.refused is None

    @property
    def whole(self) -> bool:
        """Whether this process leads a log that is known to have whatever Kafka has of it."""
        return self.publishes and self.checked


class Sequencer:
    """Numbers and publishes one service's events while it holds the lease; otherwise waits for the lease to run out.

    Args:
        store: the service's history.
        cluster: where it publishes.
        reach: whom each receipt reaches.
    """

    def __init__(self, store: EventStore, cluster: messaging.Cluster, reach: Reach = only_its_own) -> None:
        self.store = store
        self._reach = reach
        self.state = State()
        self._cluster = cluster
        self._holder = uuid4().hex
        self._woken = asyncio.Event()
        self._held_at = 0.0
        self._stopping = False
        self._producer: AIOKafkaProducer | None = None
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There is something new to number: do not wait for the next poll."""
        self._woken.set()

    async def start(self) -> None:
        """Run in the background from now on."""
        self._task = asyncio.create_task(self._run(), name="sequencer")

    async def stop(self) -> None:
        """Finish the turn, give the lease back, and stop."""
        self._stopping = True
        self.wake()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, publish_seconds)

    async def _run(self) -> None:
        pause = poll_seconds
        while not self._stopping:
            try:
                await self._lead()
                pause = poll_seconds
            except Deposed:
                self.state.leading = False
            except Exception as error:  # noqa: BLE001  if this ends, nothing is numbered or published any more
                log.warning("sequencer_failed", service=self.store.service, error=type(error).__name__)
                failed_before = self.state.last_error is not None  # a turn that worked since then forgets it
                self.state.last_error = type(error).__name__
                pause = min(longest_pause_seconds, pause * 2) if failed_before else poll_seconds
            await self._drop_producer()
            await self._pause(pause * random.uniform(0.5, 1.5))  # noqa: S311  spreads retries, no secret
        if self.state.leading:
            with contextlib.suppress(*_passing):
                await self._release()

    async def _lead(self) -> None:
        """Take the lease if it is free, and number and publish until stopped, deposed or failing."""
        self.state.checked = False
        self.state.leading = await self._acquire()
        self.state.last_turn = time.monotonic()
        if not self.state.leading:
            return
        await self.number()
        self.state.refused = await self._truncated()
        self.state.checked = True
        if self.state.refused is not None:
            log.critical("publishing_refused", service=self.store.service, reason=self.state.refused)
        while not self._stopping:
            self._woken.clear()
            if not await self._turn():
                await self._sleep(poll_seconds)
            self.state.last_turn = time.monotonic()

    async def _turn(self) -> bool:
        """One round of numbering and publishing; whether there was anything to do."""
        work = await self.store.pool.fetchrow(_work)
        if work is None:
            raise Deposed
        if work["unnumbered"]:
            await self.number()
        elif time.monotonic() - self._held_at > lease_seconds / 3:
            async with self.store.pool.acquire(timeout=publish_seconds) as connection:
                await self._hold(connection)
        if self.state.refused is not None:
            return False
        published = await self._publish(work["published"])
        receipts = await self._publish_receipts() if work["receipts"] else 0
        self.state.last_error = None
        return bool(work["unnumbered"] or published or receipts)

    async def number(self) -> int:
        """Give the next log indexes to what is committed and has none, in one statement; how many there were.

        Raises:
            Deposed: another leader took over; nothing was numbered.
        """
        async with self.leading() as connection:
            numbered: int = await connection.fetchval(_number, batch_size)
        return numbered

    @contextlib.asynccontextmanager
    async def leading(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """A transaction at this leader's epoch: nobody who led before writes after it.

        Raises:
            Deposed: another leader took over; nothing can be written in it.
        """
        async with self.store.pool.acquire(timeout=publish_seconds) as connection, connection.transaction():
            await self._hold(connection)
            yield connection

    async def _publish(self, start: int) -> int:
        batch = await self.store.read_log(start, batch_size)
        if not batch:
            return 0
        crashpoint.reach("relay.before_send")
        await self._send([messaging.event_message(r.meta, r.record, start + n) for n, r in enumerate(batch)])
        crashpoint.reach("relay.after_ack")
        async with self.leading() as connection:
            await connection.execute("update lease set published = $1 where published = $2", start + len(batch), start)
        return len(batch)

    async def _publish_receipts(self) -> int:
        numbers, messages = await pending_receipts(self.store, batch_size, self._reach)
        if not numbers:
            return 0
        await self._send(await self._addressed(messages))
        async with self.leading() as connection:
            await connection.execute("delete from receipt_pending where number = any($1)", numbers)
        return len(numbers)

    async def _send(self, messages: Sequence[messaging.Message]) -> None:
        """Send a batch whole within the limit. A producer that failed once is not used again."""
        await asyncio.wait_for(messaging.send_all(await self._connected(), messages), publish_seconds)

    async def _addressed(self, messages: Sequence[messaging.Message]) -> list[messaging.Message]:
        """Those whose topic is there: a school that was not admitted to Kafka has none, and asks over HTTP."""
        producer = await self._connected()
        cluster = await asyncio.wait_for(producer.client.fetch_all_metadata(), publish_seconds)
        there = cluster.topics()
        return [message for message in messages if message.topic in there]

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = messaging.make_producer(self._cluster, f"{self.store.service}-sequencer")
            await asyncio.wait_for(self._producer.start(), publish_seconds)
        return self._producer

    async def _acquire(self) -> bool:
        epoch = await self.store.pool.fetchval(
            """update lease
               set epoch = epoch + 1, holder = $1, expires_at = clock_timestamp() + $2 * interval '1 second'
               where expires_at < clock_timestamp() or holder = $1 returning epoch""",
            self._holder,
            lease_seconds,
        )
        if epoch is None:
            return False
        self.state.epoch, self._held_at = epoch, time.monotonic()
        log.info("sequencer_leads", service=self.store.service, epoch=epoch)
        return True

    async def _hold(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        """Lock the lease's row at this epoch for the rest of the transaction, and prolong it."""
        held = await connection.fetchval(
            """update lease set expires_at = clock_timestamp() + $2 * interval '1 second'
               where epoch = $1 returning epoch""",
            self.state.epoch,
            lease_seconds,
        )
        if held is None:
            log.warning("sequencer_deposed", service=self.store.service, epoch=self.state.epoch)
            raise Deposed
        self._held_at = time.monotonic()

    async def _release(self) -> None:
        await self.store.pool.execute(
            "update lease set expires_at = '-infinity' where epoch = $1 and holder = $2", self.state.epoch, self._holder
        )
        self.state.leading = False

    async def _truncated(self) -> str | None:
        """Why publishing is refused: Kafka's newest event of this service is not in this log.

        A log that ends below what was published would give numbers away twice, and its events would be taken for
        repeats.
        """
        newest = await asyncio.wait_for(_newest_published(self._cluster, self.store.service), publish_seconds)
        if newest is None:
            return None
        ours = await self.store.read_log(newest.logindex, 1)
        if ours and ours[0].envelope.id == newest.envelope.id:
            return None
        end = await self.store.pool.fetchval("select coalesce(max(logindex) + 1, 0) from log")
        here = f"another event stands there in this log, which has {end}"
        if end <= newest.logindex:
            here = f"this log has {end} events, and lacks those from {end} to {newest.logindex}"
        return (
            f"Kafka holds event {newest.logindex} ({newest.envelope.id}) of {self.store.service}; {here}. "
            "The store was restored from an older backup: restore a newer one, or republish to a new topic."
        )

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TimeoutError, KafkaError, OSError):
                await asyncio.wait_for(producer.stop(), 2)

    async def _pause(self, seconds: float) -> None:
        """Wait whatever is written meanwhile, which brings Kafka back no sooner; only stopping cuts it short."""
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            self._woken.clear()
            await self._sleep(left)

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)


_number = """
with taken as (
    delete from pending where position in (select position from pending order by position limit $1) returning position
), start as (
    select coalesce(max(logindex) + 1, 0) as logindex from log
), numbered as (
    insert into log (logindex, position)
    select start.logindex + row_number() over (order by position) - 1, position from taken, start
    returning 1
)
select count(*)::int from numbered
"""


_work = """
select exists (select 1 from pending) as unnumbered, published, exists (select 1 from receipt_pending) as receipts
from lease
"""


async def _newest_published(cluster: messaging.Cluster, service: str) -> messaging.Delivered | None:
    """The event with the highest log index among the last records of the service's partitions."""
    consumer = AIOKafkaConsumer(
        messaging.events_topic(service),
        **cluster.client,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        await consumer.start()
        begins = await consumer.beginning_offsets(consumer.assignment())
        ends = await consumer.end_offsets(consumer.assignment())
        newest: list[messaging.Delivered] = []
        for partition, end in ends.items():
            for offset in range(end - 1, begins[partition] - 1, -1):
                consumer.seek(partition, offset)
                with contextlib.suppress(messaging.Unreadable):  # not ours: it must not keep us from publishing
                    newest.append(messaging.delivered(await consumer.getone(partition)))
                    break
        return max(newest, key=lambda event: event.logindex, default=None)
    finally:
        await consumer.stop()


_passing = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError)
"""What goes away by itself: Postgres or Kafka restarting, a slow network."""
