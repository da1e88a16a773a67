"""A world for each test: its own database and topics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared.messaging import Cluster, make_producer
from tests.conftest import MakeTopic
from tests.integration.reporting.world import WRITERS, Poison, World, migrate
from tests.stack import Stack


@pytest.fixture
async def world(stack: Stack, roles: Mapping[str, str], database: str, make_topic: MakeTopic) -> AsyncIterator[World]:
    Poison.names = frozenset()
    await migrate(database)
    dsn = stack.dsn("reporting_app", urlsplit(database).path[1:])
    topics = {service: await make_topic(f"{service}.events", partitions=4) for service in WRITERS}
    producer = make_producer(Cluster(stack.kafka), "tester")
    await producer.start()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=10) as pool:
        world = World(stack.kafka, dsn, pool, topics, producer)
        yield world
    await world.producer.stop()
