"""Appending: alone and through `execute`, against pyeventsourcing's `save` and a bare INSERT; and loading."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.application import Application

from services.collaboration.domain.answer import answer
from shared import eventstore, vault
from shared.clock import SystemClock
from shared.contracts import codec
from shared.contracts.collaboration import loop as c
from shared.contracts.envelope import Envelope, genesis
from shared.decider import Decider
from shared.eventstore import CommandKey, Context, EventStore, NewEvent, Part, Write, act, execute
from shared.runtime import connections
from shared.vault import Vault
from tests.bench import peer
from tests.bench.measuring import Figures, Turns, rate
from tests.bench.servers import APP, OWNER, Servers
from tests.bench.workload import BEGINS, SEALER

CLIENTS, EVENTS = (1, 16), (1, 100)
_PIECES = {(1, 1): 1_000, (1, 100): 60, (16, 1): 4_000, (16, 100): 160}
_LOADS = 150
_BARE = """
create table event (
    position bigint generated always as identity primary key, stream text not null, version int not null,
    id uuid not null unique, type text not null, meta bytea not null, record bytea not null, prev_hash bytea not null,
    hash bytea not null, unique (stream, version)
)
"""
_INSERT = """
insert into event (stream, version, id, type, meta, record, prev_hash, hash)
select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])
"""
_INSERT_ONE = """
insert into event (stream, version, id, type, meta, record, prev_hash, hash) values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Say:
    """A command of which as many events come as are asked for."""

    events: Sequence[Any]


saying: Decider[Say, int, Any] = Decider(0, lambda command, _: list(command.events), lambda state, _: state + 1)


@dataclass(frozen=True, slots=True)
class _Contest:
    """The contestants on their databases."""

    pool: asyncpg.Pool
    store: EventStore
    vault: Vault
    bare: asyncpg.Pool
    theirs: Application[Any]
    threads: ThreadPoolExecutor

    async def append(self, clients: int, events: int, pieces: int) -> float:
        """From the events themselves to their commit: encoded, chained, stored."""
        made = [(a_stream(), _said(events)) for _ in range(pieces)]
        return await rate((partial(self._append, *one) for one in made), clients, events)

    async def execute(self, clients: int, events: int, pieces: int) -> float:
        """A command: its stream read, decided, its events and its answer stored."""
        acts = [act(saying, a_stream(), Say(_said(events)), a_context()) for _ in range(pieces)]
        clock = SystemClock()
        return await rate((partial(execute, self.store, self.vault, clock, [one]) for one in acts), clients, events)

    async def insert(self, clients: int, events: int, pieces: int) -> float:
        """The same rows with nothing around them, ready made."""
        made = [_rows(a_stream(), _said(events)) for _ in range(pieces)]
        if events == 1:
            return await rate((partial(self.bare.execute, _INSERT_ONE, *rows[0]) for rows in made), clients)
        columns = [list(map(list, zip(*rows, strict=True))) for rows in made]
        return await rate((partial(self.bare.execute, _INSERT, *one) for one in columns), clients, events)

    async def save(self, clients: int, events: int, pieces: int) -> float:
        """Pyeventsourcing's `save` of aggregates that have the events already; a thread a client."""
        made = iter([self._aggregate(events) for _ in range(pieces)])

        def client() -> None:
            for aggregate in made:
                self.theirs.save(aggregate)

        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self.threads, client) for _ in range(clients)))
        return events * pieces / (time.perf_counter() - began)

    async def load(self) -> float:
        """Aggregates of 100 events: read and folded."""
        streams = [a_stream() for _ in range(20)]
        for stream in streams:
            await self._append(stream, _corrected(100))

        async def one(stream: str) -> None:
            loaded, _ = await self.store.load([stream])
            state = answer.fold(recorded.event() for recorded in loaded[stream].events)
            assert len(state.meetings) == 1

        return await rate((partial(one, streams[n % len(streams)]) for n in range(_LOADS)), 1)

    async def load_peer(self) -> float:
        """The same from pyeventsourcing's repository."""
        aggregates = [self._aggregate(100) for _ in range(20)]
        for aggregate in aggregates:
            self.theirs.save(aggregate)

        def all_of_them() -> float:
            began = time.perf_counter()
            for n in range(_LOADS):
                found: Any = self.theirs.repository.get(aggregates[n % len(aggregates)].id)
                assert found.corrections == 99
            return _LOADS / (time.perf_counter() - began)

        return await asyncio.get_running_loop().run_in_executor(self.threads, all_of_them)

    async def _append(self, stream: str, events: Sequence[Any]) -> None:
        await self.store.append([Write([Part(stream, 0, encoded(stream, events))])])

    def _aggregate(self, events: int) -> peer.Feedback:
        contents = [json.loads(new.record) for new in encoded("peer", _corrected(events))]
        aggregate = peer.Feedback(content=contents[0])
        for content in contents[1:]:
            aggregate.correct(content=content)
        return aggregate


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Every figure of appending and loading."""
    async with AsyncExitStack() as opened:
        contest = await _contest(servers, opened)
        figures: Figures = {}
        for clients, events in itertools.product(CLIENTS, EVENTS):
            pieces = _PIECES[clients, events]
            said = f"{clients} client{'s' * (clients > 1)}, {events} event{'s' * (events > 1)}"
            contestants: dict[str, Callable[[], Awaitable[float]]] = {
                f"{name}, {said}": partial(run, clients, events, pieces)
                for name, run in (
                    ("append", contest.append),
                    ("execute", contest.execute),
                    ("pyeventsourcing save", contest.save),
                    ("bare INSERT", contest.insert),
                )
            }
            figures |= await turns(contestants, "events/s")
        loads = {"load, 100 events": contest.load, "pyeventsourcing load, 100 events": contest.load_peer}
        return figures | await turns(loads, "aggregates/s")


async def _contest(servers: Servers, opened: AsyncExitStack) -> _Contest:
    scripts = [eventstore.schema(APP), vault.schema(), vault.grants(APP, writer=True)]
    ours = await opened.enter_async_context(servers.database(scripts))
    bare = await opened.enter_async_context(servers.database([_BARE], role=OWNER))
    theirs = await opened.enter_async_context(servers.database([], role=OWNER))
    pool = await opened.enter_async_context(connections(ours, "bench", 16, by_key=True))
    bare_pool = await opened.enter_async_context(connections(bare, "bench", 16))
    keys = Vault("collaboration", pool, bytes(32))
    await keys.start()
    return _Contest(
        pool,
        EventStore("collaboration", pool),
        keys,
        bare_pool,
        opened.enter_context(peer.application(theirs)),
        opened.enter_context(ThreadPoolExecutor(16)),
    )


def a_stream() -> str:
    return f"answer-{UUID(int=next(_numbers))}"


def a_context() -> Context:
    key = CommandKey("900001", "/bench", str(next(_numbers)))
    return Context(key, "10000", "bench", b'{"an":"answer"}', "bench")


def _said(events: int) -> list[Any]:
    """Answers without a text, so that no key is needed: what a key costs is not what is measured."""
    return [an_answer() for _ in range(events)]


def _corrected(events: int) -> list[Any]:
    """An answer and its corrections."""
    given = an_answer()
    return [given, *(_correction(given) for _ in range(events - 1))]


def an_answer() -> c.AgendaItemFeedbackGiven:
    return c.AgendaItemFeedbackGiven(
        meeting_id=UUID(int=1),
        item_id=UUID(int=2),
        focus_id=UUID(int=3),
        cycle="2026/27-1",
        urn="900001",
        held_at=BEGINS,
        rag="amber",
        confidence=3,
        needs_help=True,
        help_dimension="people",
    )


def _correction(given: c.AgendaItemFeedbackGiven) -> c.FeedbackCorrected:
    return c.FeedbackCorrected(
        meeting_id=given.meeting_id,
        item_id=given.item_id,
        urn=given.urn,
        supersedes=UUID(int=4),
        rag="green",
        confidence=4,
        reason="sealed:1:00000000000000000000000000000001:dGhlIHJlYXNvbg==",
    )


def encoded(stream: str, events: Sequence[Any], sealer: codec.Sealer = SEALER) -> list[NewEvent]:
    """Events that begin a stream, ready to be appended."""
    return list(_encoding(stream, events, sealer))


def _encoding(stream: str, events: Sequence[Any], sealer: codec.Sealer = SEALER) -> Iterator[NewEvent]:
    for version, event in enumerate(events, start=1):
        envelope = Envelope(
            id=uuid4(),
            type=codec.type_name(event),
            service="collaboration",
            stream=stream,
            version=version,
            time=BEGINS,
            happened_at=BEGINS,
            trustuid="10000",
            actor="bench",
            correlation_id="bench",
            urn="900001",
        )
        yield NewEvent(envelope, codec.encode(event, stream=stream, event_id=str(envelope.id), sealer=sealer))


def _rows(stream: str, events: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [
        (stream, e.version, e.id, e.type, e.meta(), new.record, genesis, genesis)
        for new in _encoding(stream, events)
        for e in (new.envelope,)
    ]
