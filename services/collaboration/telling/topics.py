"""Schools are told over Kafka: each on its own topic, in the order of the log, at least once.

The leader alone tells, and its place in the log moves when Kafka has everything before it. A school without a topic is
passed over. A school whose topic is new is told first what is open.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.collaboration.telling import wire
from services.collaboration.telling.feed import Feed, Told
from shared import messaging
from shared.runtime import Ticking
from shared.sequencer import Sequencer, publish_seconds

looks_every_seconds = 2.0
"""How often it is looked whether a school was admitted while there is nothing to tell."""


class Topics:
    """Brings to each school's topic what is for the school."""

    def __init__(self, feed: Feed, sequencer: Sequencer, cluster: messaging.Cluster) -> None:
        self._feed = feed
        self._sequencer = sequencer
        self._pool = sequencer.store.pool
        self._cluster = cluster
        self._ticking = Ticking(self.turn)
        self._producer: AIOKafkaProducer | None = None
        self._looked_at = -looks_every_seconds

    async def start(self) -> None:
        """Tell from now on, in the background."""
        await self._ticking.start()

    async def stop(self) -> None:
        """Stop at once: what was under way is told again."""
        await self._ticking.stop()
        await self._drop_producer()

    async def turn(self) -> None:
        """Tell what there is to tell; only the leader does."""
        if not self._sequencer.state.publishes:
            return
        try:
            while await self._tell():
                pass
        except BaseException:
            await self._drop_producer()  # who failed once is not used again
            raise

    async def _tell(self) -> bool:
        """One part of the log; whether there was one."""
        start: int = await self._pool.fetchval("select next from telling where way = 'kafka'")
        end, told = await self._feed.read(start)
        if told or time.monotonic() - self._looked_at > looks_every_seconds:
            begun = await self._begun(start)
            await self._send([one for one in told if one.urn in begun])
        if end == start:
            return False
        async with self._sequencer.leading() as connection:
            await connection.execute("update telling set next = $2 where way = 'kafka' and next = $1", start, end)
        return True

    async def _begun(self, start: int) -> Collection[str]:
        """The schools that have a topic. Those that had none before are told what was open, and are remembered."""
        producer = await self._connected()
        cluster = await asyncio.wait_for(producer.client.fetch_all_metadata(), publish_seconds)
        there = {topic.removeprefix(_prefix) for topic in cluster.topics() if topic.startswith(_prefix)}
        known = {row["urn"] for row in await self._pool.fetch("select urn from told_school")}
        if new := there - known:
            await self._send(await self._feed.open_items(new, start))
        if new or known - there:
            async with self._sequencer.leading() as connection:
                await connection.execute("delete from told_school where urn <> all($1)", list(there))
                await connection.execute(
                    "insert into told_school select * from unnest($1::text[]) on conflict do nothing", list(new)
                )
        self._looked_at = time.monotonic()
        return there

    async def _send(self, told: Sequence[Told]) -> None:
        opened = await self._feed.opened(one.entry for one in told)
        messages = [wire.message(one, opened[one.entry]) for one in told]
        await asyncio.wait_for(messaging.send_all(await self._connected(), messages), publish_seconds)

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = messaging.make_producer(self._cluster, "collaboration-telling")
            await asyncio.wait_for(self._producer.start(), publish_seconds)
        return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TimeoutError, KafkaError, OSError):
                await asyncio.wait_for(producer.stop(), 2)


_prefix = messaging.to_school_topic("")
