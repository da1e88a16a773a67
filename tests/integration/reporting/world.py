"""A small reporting service on a real Kafka and Postgres: one read model, three writers that a test plays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import asyncpg
from aiokafka import AIOKafkaProducer, TopicPartition

from services.reporting import ledger
from services.reporting.composition import Reporting, build
from services.reporting.read_models.projection import Patch, Projection, Table
from shared import migrations
from shared.clock import SystemClock
from shared.consumer import Slice
from shared.contracts import codec
from shared.contracts.envelope import Envelope
from shared.contracts.talent.register import TrustRegistered
from shared.messaging import Cluster, Delivered, Message, event_message

VERSIONS = Path(__file__).parents[3] / "services" / "reporting" / "migrations" / "versions"
EPOCH = datetime(2026, 9, 1, 8, tzinfo=UTC)
WRITERS = ("talent", "cpd", "collaboration")

latest = Table("latest", {"stream": "text"}, {"name": "text", "version": "integer", "even": "text", "odd": "text"})
seen = Table("seen", {"stream": "text", "version": "integer"}, {"name": "text", "words": "text[]"})


class Poison:
    """Names that the projector cannot take, until somebody mends it."""

    names: frozenset[str] = frozenset()


def _named(event: TrustRegistered, delivered: Delivered) -> Iterator[Patch]:
    envelope = delivered.envelope
    if event.name in Poison.names:
        raise RuntimeError("a defect")
    parity = "even" if envelope.version % 2 == 0 else "odd"
    changes = {"name": event.name, "version": envelope.version, parity: event.name}
    yield Patch("latest", (envelope.stream,), changes)
    yield Patch("seen", (envelope.stream, envelope.version), {"name": event.name, "words": event.name.split()})


names = Projection("names", (latest, seen), {TrustRegistered: _named})


class Plain:
    """Seals nothing, but moves every byte, so that what was not opened is seen."""

    def seal_bytes(self, raw: bytes, place: str) -> bytes:
        return place.encode() + b"\0" + raw[::-1]

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        found, raw = sealed.split(b"\0", 1)
        assert found == place.encode()
        return raw[::-1]

    def seal(self, _subject: str, text: str, _place: str) -> str:
        return text


@dataclass
class Writer:
    """What one service has recorded, in the order of its log."""

    service: str = "talent"
    events: list[Delivered] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def record(self, stream: str, name: str, *, kind: str | None = None, after: timedelta | None = None) -> Delivered:
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        logindex = len(self.events)
        envelope = Envelope(
            id=uuid5(NAMESPACE_URL, f"{self.service}-{logindex}"),
            type=kind or "uk.mat.talent.TrustRegistered.v1",
            service=self.service,
            stream=stream,
            version=version,
            time=EPOCH + (timedelta(minutes=logindex) if after is None else after),
            happened_at=EPOCH,
            trustuid="2345",
            actor="tester",
            correlation_id="c",
        )
        event = TrustRegistered(trustuid="2345", trust_ref="TR00001", name=name)
        record = codec.encode(event, stream=stream, event_id=str(envelope.id), sealer=Plain())
        self.events.append(Delivered(envelope.meta(), logindex, record))
        return self.events[-1]

    def many(self, events: int, streams: int) -> list[Delivered]:
        return [self.record(f"{self.service}-{n % streams}", f"name {n} of {self.service}") for n in range(events)]


class FakeDoor:
    """The catch-up doors of the writers; a door may be shut."""

    def __init__(self, *writers: Writer) -> None:
        self.writers = {writer.service: writer for writer in writers}
        self.shut = False
        self.asked = 0

    async def events(self, service: str, since: int, limit: int) -> Sequence[Delivered]:
        self.asked += 1
        if self.shut or service not in self.writers:
            raise ConnectionRefusedError
        return self.writers[service].events[since : since + limit]


@dataclass
class World:
    """One database, one topic a service, and whoever reads them."""

    kafka: str
    dsn: str
    pool: asyncpg.Pool
    topics: Mapping[str, str]
    producer: AIOKafkaProducer
    door: FakeDoor = field(default_factory=FakeDoor)

    async def send(self, events: Iterable[Delivered], *, topic: str | None = None) -> None:
        await self.send_messages([self.message(event, topic=topic) for event in events])

    def message(self, event: Delivered, *, topic: str | None = None) -> Message:
        message = event_message(event.meta, event.record, event.logindex)
        return replace(message, topic=topic or self.topics[event.envelope.service])

    async def send_messages(self, messages: Sequence[Message]) -> None:
        sent = [await self.producer.send(m.topic, m.value, key=m.key, headers=list(m.headers)) for m in messages]
        await asyncio.gather(*sent)

    def reporting(self, *, door: Any = None, instance: str | None = None) -> Reporting:
        topics = {topic: service for service, topic in self.topics.items()}
        return build(
            self.pool,
            Cluster(self.kafka),
            SystemClock(),
            door or self.door,
            Plain(),
            projections=(names,),
            reports={},
            topics=topics,
            instance=instance,
        )

    @asynccontextmanager
    async def running(self, **how: Any) -> AsyncIterator[Reporting]:
        reporting = self.reporting(**how)
        await reporting.start()
        try:
            yield reporting
        finally:
            await reporting.stop()

    async def position(self) -> dict[str, int]:
        async with self.pool.acquire() as conn:
            return await ledger.position(conn)

    async def reaches(self, position: Mapping[str, int], within: float = 30) -> None:
        await until(lambda: self._is_at(position), within, f"position {dict(position)}")

    async def _is_at(self, position: Mapping[str, int]) -> bool:
        return await self.position() == dict(position)

    async def rows(self, table: str = "latest") -> list[tuple[Any, ...]]:
        async with self.pool.acquire() as conn:
            schema = await conn.fetchval("select schema from live where projection = 'names'")
            return [tuple(row) for row in await conn.fetch(f'select * from "{schema}"."{table}" order by 1, 2')]

    async def parked(self) -> list[tuple[str, int | None, str]]:
        rows = await self.pool.fetch(
            "select stream, streamversion, reason from parked where redriven_at is null order by 1, 2"
        )
        return [tuple(row) for row in rows]

    async def equals_fold_of(self, events: Iterable[Delivered]) -> None:
        expected = fold(events)
        assert await self.rows("latest") == expected[0]
        assert await self.rows("seen") == expected[1]


def fold(events: Iterable[Delivered]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The tables as the plainest code would fill them."""
    last: dict[str, dict[str, Any]] = {}
    every: dict[tuple[str, int], tuple[str, list[str]]] = {}
    for delivered in sorted(events, key=lambda e: (e.envelope.service, e.logindex)):
        envelope, event = delivered.envelope, codec.decode(delivered.envelope.type, delivered.record)
        row = last.setdefault(envelope.stream, {"even": None, "odd": None})
        row |= {"name": event.name, "version": envelope.version}
        row["even" if envelope.version % 2 == 0 else "odd"] = event.name
        every[envelope.stream, envelope.version] = (event.name, event.name.split())
    return (
        sorted((stream, r["name"], r["version"], r["even"], r["odd"]) for stream, r in last.items()),
        sorted((*key, *values) for key, values in every.items()),
    )


@dataclass
class Record:
    """A Kafka record without a Kafka."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int = 0


@dataclass
class Log:
    """A partitioned topic in memory: for tests that cut batches themselves."""

    topic: str = "talent.events"
    partitions: list[list[Record]] = field(default_factory=lambda: [[], [], []])

    def publish(self, events: Iterable[Delivered]) -> None:
        for event in events:
            message = event_message(event.meta, event.record, event.logindex)
            partition = sum(message.key) % len(self.partitions)
            records = self.partitions[partition]
            headers = tuple(message.headers)
            records.append(Record(self.topic, partition, len(records), message.key, message.value, headers))

    @property
    def places(self) -> list[TopicPartition]:
        return [TopicPartition(self.topic, partition) for partition in range(len(self.partitions))]

    def slice(self, partition: int, since: int, until: int) -> Slice:
        return Slice(TopicPartition(self.topic, partition), since, self.partitions[partition][since:until])


async def until(holds: Callable[[], Any], within: float = 30, what: str = "it") -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < deadline, f"{what} did not come within {within} s"
        await asyncio.sleep(0.05)


async def migrate(superuser_dsn: str) -> None:
    await migrations.upgrade(VERSIONS, superuser_dsn, "reporting_app")
