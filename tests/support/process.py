"""A writer without its doors and its Kafka: one process of it, in which facts are recorded as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import TopicPartition

from deploy.description import ServiceDescription
from shared.clock import Clock, SystemClock
from shared.consumer import Arrival
from shared.decider import whatever_stood
from shared.eventstore import Act, CommandKey, Context, EventStore, Recorded, execute
from shared.intake import Views
from shared.messaging import Delivered, events_topic
from shared.runtime import Resources
from shared.vault import Vault
from tests.stack import Stack
from tests.support.writer import TRUST, Place, place


def place_of(service: ServiceDescription) -> Any:
    """A fixture for a file's tests: where this service could run, with no Kafka running."""

    @pytest.fixture(scope="module")
    async def here(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Place]:
        async with place(stack, service, kafka_runs=False) as made:
            yield made

    return here


def context(trust: str = TRUST, actor: str = "tester") -> Context:
    """What an act is done in, under a key of its own."""
    id_ = str(uuid4())
    return Context(CommandKey(trust, "/tests", id_), trust, actor, id_.encode(), id_)


def facts(stream: str, *events: Any, within: Context | None = None) -> Act:
    """These are recorded in a stream, whatever led to them."""
    return Act(within or context(), {stream: whatever_stood}, lambda _: {stream: list(events)})


@dataclass(frozen=True)
class Process:
    """Its connections, and nothing that it remembers by itself."""

    resources: Resources
    store: EventStore
    clock: Clock = field(default_factory=SystemClock)

    @property
    def vault(self) -> Vault:
        return self.resources.vault

    async def says(self, *acts: Act) -> None:
        outcomes = await execute(self.store, self.vault, self.clock, acts)
        assert {outcome.status for outcome in outcomes} == {"accepted"}, outcomes

    async def takes_in(self, views: Views, *streams: str) -> None:
        """Views hear everything that these streams hold, as they would from the service's own topic."""
        loaded, _ = await self.store.load(streams)
        heard = [self._arrival(recorded) for stream in streams for recorded in loaded[stream].events]
        async with self.store.pool.acquire() as connection, connection.transaction():
            await views.hear(cast("asyncpg.Connection", connection), heard)
            await connection.executemany(
                """insert into stream_head values ('views', $1, $2, $3, 0)
                   on conflict (consumer, service, stream) do update set version = excluded.version""",
                [(self.store.service, stream, loaded[stream].version) for stream in streams],
            )

    def _arrival(self, recorded: Recorded) -> Arrival:
        service, raw = self.store.service, cast("Any", None)
        delivered = Delivered(recorded.meta, 0, recorded.record)
        topic = TopicPartition(events_topic(service), 0)
        return Arrival(topic, 0, service, recorded.envelope.stream, raw, delivered, recorded.event())


@asynccontextmanager
async def opened(here: Place) -> AsyncIterator[Process]:
    """A process of the service whose place this is."""
    resources = Resources.of(here.settings, by_key=True)
    await resources.start()
    try:
        yield Process(resources, EventStore(here.service.name, resources.pool))
    finally:
        await resources.stop()
