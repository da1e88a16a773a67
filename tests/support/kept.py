"""A history that is kept in four places, as it would have come there: stores, Kafka, reporting's ledger, the vault."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from zlib import crc32

import asyncpg
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from services.reporting import checkpoints
from services.reporting.read_models.as_of import AsOf
from services.reporting.replaying import FromKafka, FromLedger, FromStores, Replay, Source, replay
from shared.eventstore import NewEvent, Part, Write
from shared.messaging import Cluster, Delivered, Message, event_message, make_producer, send_all
from shared.sequencer import Sequencer
from tests.conftest import MakeTopic
from tests.stack import Stack, own_database
from tests.support import read_model
from tests.support.chapters.network import Network
from tests.support.chapters.reviews import Reviews
from tests.support.chapters.support import Support
from tests.support.history import MASTER_KEY, History, history
from tests.support.key_ring import KeyRing
from tests.support.story import Story
from tests.support.teller import START, Teller

SERVICES = ("talent", "cpd", "collaboration")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where it is kept.

    Attributes:
        superuser: of each service, the DSN of somebody who is past all rights and triggers of its store.
    """

    events: Sequence[Delivered]
    reporting: asyncpg.Pool
    stores: Mapping[str, History]
    superuser: Mapping[str, str]
    topics: Mapping[str, str]
    kafka: Cluster

    def at(self, part: float) -> AsOf:
        """The moment at which so much of it was recorded."""
        return AsOf(self.events[int((len(self.events) - 1) * part)].envelope.time)

    async def replay(self, source: str, moment: AsOf, *names: str) -> Replay:
        known, vault = {projection.name: projection for projection in read_model.ALL}, self.stores["talent"].vault
        async with AsyncExitStack() as on:
            found: Source = FromLedger(self.reporting)
            if source == "store":
                found = FromStores({name: await _connected(on, of) for name, of in self.stores.items()})
            if source == "kafka":
                found = FromKafka(self.kafka, {topic: service for service, topic in self.topics.items()})
            return await replay(self.reporting, known, names, moment, found, vault.destroyed, lambda *_: None)

    async def alter(self, service: str, *statements: str) -> None:
        """Do to a store what only somebody does who is past everything."""
        connection = await asyncpg.connect(self.superuser[service], timeout=10)
        await connection.execute("set session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def publish(self, events: Iterable[Delivered], *more: Message) -> None:
        messages = [
            replace(event_message(e.meta, e.record, e.logindex), topic=self.topics[e.envelope.service]) for e in events
        ]
        producer = make_producer(self.kafka, "tester")
        await producer.start()
        await send_all(producer, [*messages, *more])
        await producer.stop()


@asynccontextmanager
async def kept(stack: Stack, read_models: str, make_topic: MakeTopic) -> AsyncIterator[Kept]:
    """A history that nobody would think of, with texts that are sealed, things voided, and a clock turned back.

    Nothing of it is published yet.
    """
    ring = KeyRing()
    events = (
        Teller(random.Random(2), Story(now=START, sealer=ring), chapters=(Network, Reviews, Support)).tell(400).told
    )
    async with AsyncExitStack() as on:
        database = await on.enter_async_context(own_database(stack, like=read_models))
        reporting = await on.enter_async_context(read_model.telling(database, read_model.by_log(events)))
        await reporting.execute(checkpoints.schema(await reporting.fetchval("select current_user")))
        superuser = {service: await on.enter_async_context(own_database(stack)) for service in SERVICES}
        stores = {}
        for service, dsn in superuser.items():
            stores[service] = await on.enter_async_context(history(stack, dsn, service=service))
            await _record(stores[service], [event for event in events if event.envelope.service == service])
        await _keep(stores["talent"], ring)
        topics = {service: await make_topic(f"{service}.events", partitions=4) for service in SERVICES}
        yield Kept(events, reporting, stores, superuser, topics, Cluster(stack.kafka))


def late_and_redelivered(events: Sequence[Delivered]) -> list[Delivered]:
    """Every third stream comes after all others, and a stretch twice, as after a failover."""
    late = [event for event in events if crc32(event.envelope.stream.encode()) % 3 == 0]
    on_time = [event for event in events if event not in late]
    return [*on_time[:100], *on_time[60:], *late, *late[-20:]]


async def _connected(on: AsyncExitStack, of: History) -> asyncpg.Connection:
    connection = await asyncpg.connect(of.dsn, timeout=10)
    on.push_async_callback(connection.close)
    return connection


async def _record(of: History, events: Sequence[Delivered]) -> None:
    for event in events:
        new = NewEvent(event.envelope, event.record)
        await of.store.append([Write([Part(new.envelope.stream, new.envelope.version - 1, [new])])])
    await of.pool.execute("update lease set expires_at = '-infinity'")
    sequencer = Sequencer(of.store, Cluster("127.0.0.1:1"))
    assert await sequencer._acquire()
    while await sequencer.number():
        pass


async def _keep(of: History, ring: KeyRing) -> None:
    await of.pool.executemany(
        "insert into subject_key (subject, key_id, wrapped) values ($1, $2, $3)",
        [(subject, key.id, aes_key_wrap(MASTER_KEY, ring.raw[subject])) for subject, key in ring.keys.items()],
    )
