"""Numbering and publishing: the sequencer from committed events to Kafka's acknowledgement, against bare aiokafka."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from deploy.description import TopicDescription
from deploy.topics import ensure_topics
from shared import eventstore, messaging
from shared.eventstore import EventStore, NewEvent, Part, Write
from shared.messaging import Cluster, Delivered
from shared.runtime import connections
from shared.sequencer import Sequencer, batch_size
from tests.bench.measuring import Figures, Turns
from tests.bench.servers import APP, Servers
from tests.bench.workload import half_term
from tests.stack import unique
from tests.support.story import again

_MEETINGS = 2_000
_APPENDED_AT_ONCE = 500
_PARTITIONS = 12


@dataclass(frozen=True, slots=True)
class Contest:
    servers: Servers
    events: Sequence[Delivered]

    async def publish(self) -> float:
        """Events that are committed already: numbered, read, sent, acknowledged, the cursor moved."""
        service = await self.topic()
        async with (
            self.servers.database([eventstore.schema(APP)]) as dsn,
            connections(dsn, "bench", 4, by_key=True) as pool,
        ):
            store = EventStore(service, pool)
            await fill(store, [again(event, service=service) for event in self.events])
            sequencer = Sequencer(store, Cluster(self.servers.kafka))
            assert await sequencer._acquire()
            await sequencer._connected()
            began, published = time.perf_counter(), 0
            while published < len(self.events):
                await sequencer._turn()
                published = await pool.fetchval("select published from lease")
            taken = time.perf_counter() - began
            await sequencer._drop_producer()
        return len(self.events) / taken

    async def send(self) -> float:
        """The same messages, ready made, by a bare idempotent producer, as many at a time."""
        service = await self.topic()
        messages = [
            messaging.event_message(event.meta, event.record, n)
            for n, event in enumerate(again(event, service=service) for event in self.events)
        ]
        producer = messaging.make_producer(Cluster(self.servers.kafka), "bench")
        await producer.start()
        try:
            await producer.partitions_for(messages[0].topic)
            began = time.perf_counter()
            for at in range(0, len(messages), batch_size):
                acknowledgements = [
                    await producer.send(m.topic, m.value, key=m.key, headers=list(m.headers))
                    for m in messages[at : at + batch_size]
                ]
                await asyncio.gather(*acknowledgements)
            return len(messages) / (time.perf_counter() - began)
        finally:
            await producer.stop()

    async def topic(self) -> str:
        """The name of a service whose topic is its alone."""
        service = unique("bench")
        topic = TopicDescription(name=messaging.events_topic(service), partitions=_PARTITIONS)
        await ensure_topics(Cluster(self.servers.kafka), [topic])
        return service


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Both figures."""
    contest = Contest(servers, [e for e in half_term(_MEETINGS) if e.envelope.service == "collaboration"])
    contestants = {"number and publish": contest.publish, "bare aiokafka": contest.send}
    return await turns(contestants, "events/s")


async def fill(store: EventStore, events: Sequence[Delivered]) -> None:
    """Append events as they are, many at a time."""
    for at in range(0, len(events), _APPENDED_AT_ONCE):
        some = sorted(events[at : at + _APPENDED_AT_ONCE], key=lambda event: event.envelope.stream)
        parts = [
            Part(stream, first.envelope.version - 1, [NewEvent(e.envelope, e.record) for e in (first, *others)])
            for stream, (first, *others) in ((s, tuple(es)) for s, es in groupby(some, lambda e: e.envelope.stream))
        ]
        written = await store.append([Write([part]) for part in parts])
        assert {one.outcome for one in written} == {"appended"}
