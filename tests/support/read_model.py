"""Reporting without Kafka: a story's events go into the ledger and the read models as if they had just arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import asyncpg
from aiokafka import TopicPartition

from services.reporting import ledger, receipts
from services.reporting.composition import all_projections
from services.reporting.erasing import erasures
from services.reporting.post import subscriptions
from services.reporting.read_models import live, rebuild
from services.reporting.read_models.live import Live
from services.reporting.read_models.projection import Patch, Projection
from services.reporting.read_models.reading import Reading, View
from services.reporting.seeing import policies
from services.reporting.seeing.scope import EVERYTHING, Scope
from services.reporting.signing_in import sessions
from shared.consumer import Arrival
from shared.contracts import codec
from shared.messaging import Delivered, events_topic
from tests.support.story import Story

ALL: tuple[Projection, ...] = all_projections


@dataclass(slots=True)
class HandClock:
    """A clock that is set by hand."""

    time: datetime
    simulated: bool = False

    def now(self) -> datetime:
        return self.time


def patches(projections: Iterable[Projection], delivered: Delivered) -> list[Patch]:
    event = codec.decode(delivered.envelope.type, delivered.record)
    return [patch for p in projections if type(event) in p.on for patch in p.on[type(event)](event, delivered)]


@asynccontextmanager
async def telling(database: str, told: Sequence[Delivered] = ()) -> AsyncIterator[asyncpg.Pool]:
    """Read models that had heard nothing (the fixture `read_models`), and then all that was told."""
    async with asyncpg.create_pool(database, min_size=1, max_size=8) as pool:
        await receive(pool, told)
        yield pool


async def create(database: str) -> None:
    """Reporting's tables, owned by whoever connects, and every read model; none has heard anything."""
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        user = await pool.fetchval("select current_user")
        for schema in (
            ledger.schema,
            sessions.schema,
            sessions.schema_of_tokens,
            receipts.schema,
            subscriptions.schema,
            policies.schema,
            erasures.schema,
            erasures.schema_of_names,
        ):
            await pool.execute(schema(user))
        await rebuild.prepare(pool, ALL)


def reading(pool: asyncpg.Pool, clock: HandClock, *, unasked: Scope = EVERYTHING) -> Reading:
    """The door to the read models, at the time of a clock."""
    return Reading(pool, clock, {projection.name: projection for projection in ALL}, unasked=unasked)


@asynccontextmanager
async def told(database: str, story: Story, needs: tuple[str, ...], at: datetime) -> AsyncIterator[View]:
    """A view of what a story has told, at a moment."""
    async with telling(database, by_log(story.told)) as pool, reading(pool, HandClock(at))(needs) as view:
        yield view


def by_log(told: Iterable[Delivered]) -> list[Delivered]:
    """As a consumer has it that reads one service's topic after the other."""
    return sorted(told, key=lambda delivered: (delivered.envelope.service, delivered.logindex))


async def receive(
    pool: asyncpg.Pool, told: Sequence[Delivered], *, after: timedelta = timedelta(milliseconds=400)
) -> None:
    """Let events become visible, each so long after it was recorded."""
    clock = HandClock(datetime.min.replace(tzinfo=UTC))
    effects = Live({p.name: p for p in ALL}, clock)
    async with pool.acquire() as conn:
        for time, together in groupby(told, key=lambda delivered: delivered.envelope.time):
            clock.time = time + after
            async with conn.transaction():
                await effects.apply(conn, [arrival(delivered) for delivered in together])
                await conn.execute("select pg_notify($1, '')", live.channel)


def arrival(delivered: Delivered) -> Arrival:
    """An event as it arrives."""
    envelope = delivered.envelope
    raw: Any = SimpleNamespace(key=envelope.stream.encode(), value=delivered.record, headers=())
    return Arrival(
        partition=TopicPartition(events_topic(envelope.service), 0),
        offset=None,
        service=envelope.service,
        stream=envelope.stream,
        raw=raw,
        delivered=delivered,
        event=codec.decode(envelope.type, delivered.record),
    )
