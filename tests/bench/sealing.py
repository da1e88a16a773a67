"""Sealing: what it costs those who append meanwhile, and whether it keeps up with publishing."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from deploy.description import CHECKPOINTS, TopicDescription
from deploy.topics import ensure_topics
from shared import eventstore, sealing, vault
from shared.clock import SystemClock
from shared.eventstore import EventStore, NewEvent, Part, Write
from shared.messaging import Cluster, Delivered
from shared.runtime import connections
from shared.sealing import Sealing
from shared.sequencer import Sequencer
from shared.vault import Vault
from tests.bench.measuring import Figures, Run, Turns, rate
from tests.bench.publishing import Contest, fill
from tests.bench.servers import APP, Servers
from tests.bench.workload import half_term
from tests.support.story import again
from tests.support.writer import until

_MEETINGS = 1_000
_APPENDED = 3 * _MEETINGS  # some seconds, in which it seals some times
_CLIENTS = 16
_SCRIPTS = (eventstore.schema(APP), sealing.schema(APP), vault.schema(), vault.grants(APP, writer=True))


@dataclass(frozen=True, slots=True)
class _Sealed:
    servers: Servers
    publishing: Contest
    appended: Sequence[Delivered]

    async def append(self, *, sealed: bool) -> float:
        """Clients that append an event at a time, in a process that numbers and publishes; it seals or does not.

        It does so already when the clock starts: it has the lease, its producers are connected.
        """
        service = await self.publishing.topic()
        async with self._writer(service) as one:
            events = sorted((again(e, service=service) for e in self.appended), key=_place)
            first, *others = (tuple(some) for _, some in groupby(events, lambda event: event.envelope.stream))
            store = one.sequencer.store
            await one.sequencer.start()
            if sealed:
                await one.start()
            await _append(store, first)
            await _until(store, "select published > 0 from lease")
            if sealed:
                await _until(store, "select exists (select from checkpoint where published)")
            found = await rate([partial(_append, store, stream) for stream in others], _CLIENTS)
            checkpoints = await store.pool.fetchval("select count(*) from checkpoint")
            await one.stop()
            await one.sequencer.stop()
        assert sealed == (checkpoints > 1)
        return found * (len(events) - len(first)) / len(others)

    async def seal(self) -> float:
        """Events that are numbered already: read, hashed, proven, signed."""
        service = await self.publishing.topic()
        async with self._writer(service) as one:
            await fill(one.sequencer.store, [again(event, service=service) for event in self.publishing.events])
            assert await one.sequencer._acquire()
            while await one.sequencer.number():
                pass
            began = time.perf_counter()
            while await one._seal():
                pass
            return len(self.publishing.events) / (time.perf_counter() - began)

    @asynccontextmanager
    async def _writer(self, service: str) -> AsyncIterator[Sealing]:
        cluster = Cluster(self.servers.kafka)
        async with (
            self.servers.database(_SCRIPTS) as dsn,
            connections(dsn, "bench", _CLIENTS, by_key=True) as pool,
        ):
            keys = Vault(service, pool, bytes(32))
            await keys.start()
            sequencer = Sequencer(EventStore(service, pool), cluster)
            yield Sealing(sequencer, keys, SystemClock(), cluster, "bench", None)


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Every figure of sealing."""
    topic = TopicDescription(name=CHECKPOINTS, partitions=1)
    await ensure_topics(Cluster(servers.kafka), [topic])
    contest = _Sealed(servers, Contest(servers, _events(_MEETINGS)), _events(_APPENDED))
    contestants: dict[str, Run] = {
        "append, sealed meanwhile": partial(contest.append, sealed=True),
        "append, not sealed": partial(contest.append, sealed=False),
        "seal": contest.seal,
        "number and publish, what is sealed": contest.publishing.publish,
    }
    return await turns(contestants, "events/s")


async def _append(store: EventStore, events: Sequence[Delivered]) -> None:
    for event in events:
        part = Part(event.envelope.stream, event.envelope.version - 1, [NewEvent(event.envelope, event.record)])
        [written] = await store.append([Write([part])])
        assert written.outcome == "appended"


async def _until(store: EventStore, holds: str) -> None:
    await until(partial(store.pool.fetchval, holds), seconds=30)


def _events(meetings: int) -> list[Delivered]:
    return [e for e in half_term(meetings) if e.envelope.service == "collaboration"]


def _place(event: Delivered) -> Any:
    return event.envelope.stream, event.envelope.version
