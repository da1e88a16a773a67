"""What a test here has to itself: a world with its own database and topics, or read models without Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared.messaging import Cluster, make_producer
from tests.conftest import MakeTopic
from tests.integration.reporting.world import WRITERS, Poison, World, migrate
from tests.stack import Stack, own_database
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.mailbox import Mailbox, mailbox
from tests.support.pages import Writers


@pytest.fixture
async def world(stack: Stack, roles: Mapping[str, str], make_topic: MakeTopic) -> AsyncIterator[World]:
    Poison.names = frozenset()
    topics = {service: await make_topic(f"{service}.events", partitions=4) for service in WRITERS}
    async with own_database(stack) as database:
        await migrate(database)
        dsn = stack.dsn("reporting_app", urlsplit(database).path[1:])
        producer = make_producer(Cluster(stack.kafka), "tester")
        await producer.start()
        async with asyncpg.create_pool(dsn, min_size=1, max_size=10) as pool:
            world = World(stack.kafka, dsn, pool, topics, producer)
            yield world
        await world.producer.stop()


@pytest.fixture
async def database(stack: Stack, read_models: str) -> AsyncIterator[str]:
    """The superuser's DSN of a database that is this test's alone: every read model, and none has heard anything."""
    async with own_database(stack, like=read_models) as dsn:
        yield dsn


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """Every read model, and none has heard anything."""
    async with read_model.telling(database) as pool:
        yield pool


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing()


@pytest.fixture
def writers() -> Writers:
    return Writers()


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box
