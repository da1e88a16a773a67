"""Replaying: every read model from the ledger, the stores and Kafka, against a rebuild and the sources, read bare."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer

from deploy.description import TOPICS, WRITERS
from deploy.topics import ensure_topics
from services.reporting import checkpoints
from services.reporting.composition import all_projections
from services.reporting.read_models import rebuild
from services.reporting.read_models.as_of import AsOf, Scratch
from services.reporting.replaying import FromKafka, FromLedger, FromStores, Source, replay
from shared import eventstore
from shared.eventstore import EventStore
from shared.messaging import Cluster, events_topic
from shared.runtime import connections
from shared.sequencer import Sequencer
from tests.bench.measuring import Figures, Run, Turns
from tests.bench.projecting import consumed
from tests.bench.publishing import fill
from tests.bench.servers import APP, Servers
from tests.bench.workload import half_term

_MEETINGS = 2_000
_AT_ONCE = 5_000
_ALWAYS = AsOf(datetime(2999, 1, 1, tzinfo=UTC))
_PROJECTIONS = {projection.name: projection for projection in all_projections}
_LEDGER = "select service, logindex, meta, record from ledger order by service, logindex"
_STORE = "select l.logindex, e.meta, e.record from log l join event e using (position) order by l.logindex"


@dataclass(frozen=True, slots=True)
class _Contest:
    """The same events in three places.

    Attributes:
        stores: a connection to each writer's database.
    """

    events: int
    reporting: asyncpg.Pool
    stores: Mapping[str, asyncpg.Connection]
    kafka: Cluster

    async def replay(self, source: Source) -> float:
        """Read models of all that there is, held against what is shown of the same moment, which is filled first."""
        await Scratch(self.reporting, _PROJECTIONS).drop_unused(timedelta(0))
        began = time.perf_counter()
        found = await replay(
            self.reporting, _PROJECTIONS, sorted(_PROJECTIONS), _ALWAYS, source, _destroyed, lambda *_: None
        )
        taken = time.perf_counter() - began
        if (found.outcome, found.events) != ("equal", self.events):
            raise RuntimeError(f"replayed from {source.name}: {found.outcome}, {found.events} events")
        return self.events / taken

    async def rebuild(self) -> float:
        """The same read models built afresh beside the live ones, and compared with them."""
        began = time.perf_counter()
        for projection in all_projections:
            await rebuild.verify(self.reporting, projection)
        return self.events / (time.perf_counter() - began)

    async def read_ledger(self) -> float:
        """The rows, and nothing else."""
        async with self.reporting.acquire() as connection:
            return await _read(connection, _LEDGER)

    async def read_stores(self) -> float:
        """The rows, and nothing else."""
        began = time.perf_counter()
        for store in self.stores.values():
            await _read(store, _STORE)
        return self.events / (time.perf_counter() - began)

    async def read_kafka(self) -> float:
        """The records, and nothing else."""
        consumer = AIOKafkaConsumer(
            *_topics(), **self.kafka.client, auto_offset_reset="earliest", max_poll_records=_AT_ONCE
        )
        began, left = time.perf_counter(), self.events
        await consumer.start()
        try:
            while left > 0:
                left -= sum(map(len, (await consumer.getmany(timeout_ms=500)).values()))
            return self.events / (time.perf_counter() - began)
        finally:
            await consumer.stop()


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Every figure of replaying."""
    turns.told("recording, publishing and projecting what will be replayed")
    async with _kept(servers) as contest:
        contestants: dict[str, Run] = {
            "replay from the ledger": lambda: contest.replay(FromLedger(contest.reporting)),
            "replay from the stores": lambda: contest.replay(FromStores(contest.stores)),
            "replay from Kafka": lambda: contest.replay(FromKafka(contest.kafka, _topics())),
            "rebuild of the same": contest.rebuild,
            "the ledger, read bare": contest.read_ledger,
            "the stores, read bare": contest.read_stores,
            "Kafka, read bare": contest.read_kafka,
        }
        return await turns(contestants, "events/s")


@asynccontextmanager
async def _kept(servers: Servers) -> AsyncIterator[_Contest]:
    """A half-term recorded in stores, numbered and published by their sequencers, consumed by reporting."""
    await ensure_topics(Cluster(servers.kafka), TOPICS)
    events = half_term(_MEETINGS)
    async with AsyncExitStack() as on:
        stores = {}
        for writer in WRITERS:
            dsn = await on.enter_async_context(servers.database([eventstore.schema(APP)]))
            async with connections(dsn, "bench", 4, by_key=True) as pool:
                store = EventStore(writer.name, pool)
                await fill(store, [event for event in events if event.envelope.service == writer.name])
                await _publish(store, Cluster(servers.kafka))
            stores[writer.name] = await asyncpg.connect(dsn)
            on.push_async_callback(stores[writer.name].close)
        total = len(events)
        del events
        reporting, _ = await on.enter_async_context(consumed(servers, total, checkpoints.schema(APP)))
        yield _Contest(total, reporting, stores, Cluster(servers.kafka))


async def _publish(store: EventStore, kafka: Cluster) -> None:
    sequencer = Sequencer(store, kafka)
    assert await sequencer._acquire()
    await sequencer._connected()
    numbered = await store.pool.fetchval("select count(*) from event")
    while await store.pool.fetchval("select published from lease") < numbered:
        await sequencer._turn()
    await sequencer._drop_producer()


async def _read(connection: Any, statement: str) -> float:
    began, rows = time.perf_counter(), 0
    async with connection.transaction(readonly=True):
        cursor = await connection.cursor(statement)
        while some := await cursor.fetch(_AT_ONCE):
            rows += len(some)
    return rows / (time.perf_counter() - began)


async def _destroyed() -> Collection[UUID]:
    """Nobody was erased here."""
    return ()


def _topics() -> dict[str, str]:
    return {events_topic(writer.name): writer.name for writer in WRITERS}
