"""From Kafka to read models: reporting as it runs, against COPY of the same records and against pyeventsourcing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from deploy.description import TOPICS
from deploy.topics import ensure_topics
from services.reporting import ledger
from services.reporting.composition import all_projections, build
from services.reporting.read_models.rebuild import rebuild
from shared import consumer, messaging
from shared.clock import SystemClock
from shared.messaging import Cluster, Delivered
from shared.runtime import connections
from tests.bench import peer
from tests.bench.measuring import Figures, Turns
from tests.bench.servers import APP, OWNER, Servers
from tests.bench.workload import half_term

_MEETINGS = 5_000
_PEERS_MEETINGS = 150
_COPIED_AT_ONCE = 5_000
_PARTITIONS = 36
_VISIBLE = "select coalesce(sum(next), 0) from position"
_COLUMNS = (
    "service text not null, logindex bigint not null, stream text not null, streamversion int not null,"
    "id uuid not null, type text not null, time timestamptz not null, happened_at timestamptz not null,"
    "trustuid text not null, urn text, meta bytea not null, record bytea not null, visible_at timestamptz not null,"
    "parked boolean not null, correlation text not null, cause text, about text[]"
)
_KEYED = f"create table copied ({_COLUMNS}, primary key (service, logindex))"


class _Unsealed:
    """Nothing is parked here."""

    def seal_bytes(self, raw: bytes, _place: str) -> bytes:
        return raw

    def open_bytes(self, sealed: bytes, _place: str) -> bytes:
        return sealed


class _NoDoor:
    """Nothing is missing here."""

    async def events(self, _service: str, _since: int, _limit: int) -> Sequence[Delivered]:
        raise ConnectionRefusedError


@dataclass(slots=True)
class _Contest:
    servers: Servers
    events: int
    few: Sequence[Delivered]
    rebuilt: float = 0.0
    ledger: list[tuple[object, ...]] = field(default_factory=list)

    async def live(self) -> float:
        """A consumer that has its partitions takes all there is; measured until everything is committed."""
        async with consumed(self.servers, self.events) as (pool, rate):
            self.rebuilt = await self._rebuild(pool)
            self.ledger = self.ledger or [tuple(row) for row in await pool.fetch("select * from ledger")]
        return rate

    async def rebuild(self) -> float:
        """Every read model of what was just consumed: filled afresh, compared with the live one, switched."""
        return self.rebuilt

    async def copy(self) -> float:
        """The same records into a table keyed like the ledger, with nothing decided about any of them."""
        async with self.servers.database([_KEYED], role=OWNER) as dsn:
            connection = await asyncpg.connect(dsn)
            try:
                began = time.perf_counter()
                for at in range(0, len(self.ledger), _COPIED_AT_ONCE):
                    await connection.copy_records_to_table("copied", records=self.ledger[at : at + _COPIED_AT_ONCE])
                return len(self.ledger) / (time.perf_counter() - began)
            finally:
                await connection.close()

    async def peer(self) -> float:
        """The same report by pyeventsourcing, from its own store: the way that its documentation shows."""
        async with self.servers.database([], role=OWNER) as dsn:
            return await asyncio.to_thread(self._peer, dsn)

    def _peer(self, dsn: str) -> float:
        with peer.application(dsn) as application:
            peer.told(application, self.few)
            last = application.recorder.max_notification_id()
        began = time.perf_counter()
        with peer.runner(dsn) as running:
            running.wait(last, timeout=300)
            return len(self.few) / (time.perf_counter() - began)

    async def _rebuild(self, pool: asyncpg.Pool) -> float:
        began = time.perf_counter()
        for projection in all_projections:
            rebuilt = await rebuild(pool, projection)
            assert rebuilt.compared
            assert not rebuilt.differences
        return self.events / (time.perf_counter() - began)


@asynccontextmanager
async def consumed(servers: Servers, events: int, *scripts: str) -> AsyncIterator[tuple[asyncpg.Pool, float]]:
    """Reporting's database, with so many published events in ledger and read models, and how many a second that was.

    Args:
        scripts: of what else somebody needs in it.
    """
    async with (
        servers.database([ledger.schema(APP), consumer.schema(APP), *scripts]) as dsn,
        connections(dsn, "bench", 10) as pool,
    ):
        reporting = build(pool, Cluster(servers.kafka), SystemClock(), _NoDoor(), _Unsealed())
        await reporting.start()
        try:
            while reporting.health().partitions < _PARTITIONS:  # noqa: ASYNC110 - it is told by nobody
                await asyncio.sleep(0.001)
            began = time.perf_counter()
            while await pool.fetchval(_VISIBLE) < events:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.02)
            taken = time.perf_counter() - began
        finally:
            await reporting.stop()
        yield pool, events / taken


async def measure(servers: Servers, turns: Turns) -> Figures:
    """All four figures."""
    turns.told("publishing what will be projected")
    events = half_term(_MEETINGS)
    await _publish(servers, events)
    contest = _Contest(servers, len(events), half_term(_PEERS_MEETINGS))
    contestants = {
        "Kafka to read models": contest.live,
        "rebuild": contest.rebuild,
        "COPY": contest.copy,
        "pyeventsourcing projection": contest.peer,
    }
    del events
    return await turns(contestants, "events/s")


async def _publish(servers: Servers, events: Sequence[Delivered]) -> None:
    await ensure_topics(Cluster(servers.kafka), TOPICS)
    producer = messaging.make_producer(Cluster(servers.kafka), "bench")
    await producer.start()
    try:
        for at in range(0, len(events), _COPIED_AT_ONCE):
            some = events[at : at + _COPIED_AT_ONCE]
            await messaging.send_all(producer, [messaging.event_message(e.meta, e.record, e.logindex) for e in some])
    finally:
        await producer.stop()
