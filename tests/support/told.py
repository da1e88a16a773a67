"""Collaboration's telling without the rest of the service: facts are recorded as they are, and a leader tells them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from services.collaboration.domain.answer import answer_stream
from services.collaboration.domain.cycle import cycle_stream
from services.collaboration.domain.focus import focus_stream
from services.collaboration.domain.item import item_stream
from services.collaboration.telling.feed import Feed
from services.collaboration.telling.topics import Topics
from shared.contracts.collaboration.loop import (
    CycleOpened,
    FocusAreaSet,
    StandardAgendaItemIssued,
    TrustAcknowledged,
    TrustResponseGiven,
)
from shared.eventstore import EventStore
from shared.messaging import Cluster, to_school_topic
from shared.sequencer import Sequencer
from tests.support.kafka import administering
from tests.support.process import Process, facts, opened
from tests.support.writer import TRUST, Place, joined

CYCLE = "2026/27-A1"
MARKER = "Our reading adviser comes on Tuesdays."


def some_urn() -> str:
    """A school that no other test has."""
    return str(random.randrange(200_000, 900_000))


@dataclass(frozen=True, kw_only=True)
class Service(Process):
    """What telling is made of, with its leader."""

    sequencer: Sequencer
    feed: Feed

    async def records(self, stream: str, *events: Any) -> None:
        """Facts of one stream, whatever led to them."""
        await self.says(facts(stream, *events))
        while await self.sequencer.number():
            pass

    async def asks(self, *urns: str) -> UUID:
        """An item is issued to schools, in a cycle and of a focus area of its own; its id."""
        focus_id, item_id, cycle = uuid4(), uuid4(), f"2026/27-{uuid4().hex[:12]}"
        opened = CycleOpened(trustuid=TRUST, cycle=cycle, starts_on=date(2026, 9, 1), ends_on=date(2099, 10, 23))
        focus = FocusAreaSet(
            focus_id=focus_id,
            trustuid=TRUST,
            title="Reading",
            principle="children_first",
            question="Who reads at their age?",
            starts_on=date(2026, 9, 1),
        )
        item = StandardAgendaItemIssued(
            item_id=item_id,
            trustuid=TRUST,
            focus_id=focus_id,
            cycle=cycle,
            applies_to=urns,
            due_by=datetime(2026, 10, 23, 16, tzinfo=UTC),
        )
        await self.records(cycle_stream(TRUST, cycle), opened)
        await self.records(focus_stream(focus_id), focus)
        await self.records(item_stream(item_id), item)
        return item_id

    async def hears(self, item_id: UUID) -> None:
        """Its view of what schools are asked takes in an item, as it would from its topic."""
        loaded, _ = await self.store.load([item_stream(item_id)])
        item: StandardAgendaItemIssued = loaded[item_stream(item_id)].events[0].event()
        await self.store.pool.execute(
            "insert into cycle values ($1, $2, '2026-09-01', '2099-10-23')", TRUST, item.cycle
        )
        await self.store.pool.executemany(
            "insert into asked (item_id, urn, trustuid, cycle, focus_id, due_by) values ($1, $2, $3, $4, $5, $6)",
            [(item_id, urn, TRUST, item.cycle, item.focus_id, item.due_by) for urn in item.applies_to],
        )

    async def succeeds(self, urn: str, new: str) -> None:
        """It has heard that a school goes on under a new URN from today."""
        await joined(self.store.pool, urn, new)
        await self.store.pool.execute("insert into succession values ($1, $2, $3, current_date)", TRUST, urn, new)

    async def answers(self, urn: str, *, response: str = MARKER) -> str:
        """The trust acknowledges a school's answer and responds; the stream."""
        item_id, meeting_id = uuid4(), uuid4()
        stream = answer_stream(item_id, urn)
        seen = TrustAcknowledged(item_id=item_id, urn=urn, meeting_id=meeting_id, by="trust-1")
        said = TrustResponseGiven(item_id=item_id, urn=urn, meeting_id=meeting_id, response=response, by="trust-1")
        await self.records(stream, seen, said)
        return stream

    def topics(self, kafka: str) -> Topics:
        return Topics(self.feed, self.sequencer, Cluster(kafka))

    async def rival(self) -> Sequencer:
        """Another process takes the lead, and the leader does not know."""
        await self.store.pool.execute("update lease set expires_at = '-infinity'")
        return await leader(self.store)


async def leader(store: EventStore) -> Sequencer:
    """A sequencer that leads, and does nothing by itself."""
    sequencer = Sequencer(store, Cluster("127.0.0.1:1"))
    sequencer.state.leading = await sequencer._acquire()
    assert sequencer.state.leading
    return sequencer


@asynccontextmanager
async def service(here: Place) -> AsyncIterator[Service]:
    """Telling, with what it needs of the service."""
    async with opened(here) as process:
        resources, store = process.resources, process.store
        await store.pool.execute("update lease set expires_at = '-infinity'")
        feed = Feed(store, resources.vault, process.clock)
        yield Service(resources=resources, store=store, sequencer=await leader(store), feed=feed)


async def revoke(kafka: str, urn: str) -> None:
    """A school's topic is gone."""
    async with administering(kafka) as admin:
        await admin.delete_topics([to_school_topic(urn)])
        async with asyncio.timeout(10):
            while to_school_topic(urn) in await admin.list_topics():  # noqa: ASYNC110 - Kafka's
                await asyncio.sleep(0.05)


async def read(kafka: str, urn: str, count: int) -> list[ConsumerRecord[bytes, bytes]]:
    """What a school's own consumer reads of its topic: so many records, and no more."""
    consumer = AIOKafkaConsumer(to_school_topic(urn), bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            found = [await consumer.getone() for _ in range(count)]
        more = await consumer.getmany(timeout_ms=200)
        assert not more, more
        return found
    finally:
        await consumer.stop()


def types(records: list[ConsumerRecord[bytes, bytes]]) -> list[str]:
    """The names of the events, in their order."""
    return [headers(record)["ce_type"].split(".")[3] for record in records]


def headers(record: ConsumerRecord[bytes, bytes]) -> Mapping[str, str]:
    return {name: value.decode() for name, value in record.headers}
