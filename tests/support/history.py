"""A writer's history in a database of its own, owned by one role and used by another, and events to put into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import asyncpg

from deploy.description import DatabaseDescription
from deploy.provision import ensure_database
from shared import eventstore, intake, vault
from shared.clock import SystemClock
from shared.contracts import codec
from shared.contracts.envelope import Envelope
from shared.contracts.talent.register import PersonRegistered, TrustRegistered
from shared.decider import Decider
from shared.eventstore import CommandKey, Context, EventStore, NewEvent, Part, Write
from shared.vault import Vault
from tests.stack import Stack
from tests.support.story import Plain

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TRUST = "99001"
OWNER, APP = "talent_owner", "talent_app"
MASTER_KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class History:
    """One writer's database, with the vault's tables beside its own."""

    store: EventStore
    pool: asyncpg.Pool
    vault: Vault
    clock: SystemClock
    dsn: str
    owner_dsn: str

    def on(self, connection: object) -> EventStore:
        """The store on one connection, whose transaction the test holds in its hands."""
        return EventStore(self.store.service, cast("asyncpg.Pool", connection))

    async def execute(self, *acts: eventstore.Act) -> list[eventstore.Outcome]:
        return await eventstore.execute(self.store, self.vault, self.clock, acts)

    async def log(self) -> list[eventstore.Recorded]:
        return await self.store.read_log(0, 1_000_000)

    async def events(self, stream: str) -> list[eventstore.Recorded]:
        loaded, _ = await self.store.load([stream])
        return loaded[stream].events


@asynccontextmanager
async def history(stack: Stack, database: str, *more: str, service: str = "talent") -> AsyncIterator[History]:
    """The tables of a writer, in an empty database of the stack; `more`: scripts of others that a test needs."""
    name = urlsplit(database).path[1:]
    await ensure_database(stack.postgres_dsn, DatabaseDescription(name=name, owner=OWNER, apps=(APP,)))
    owner_dsn, dsn = stack.dsn(OWNER, name), stack.dsn(APP, name)
    owner = await asyncpg.connect(owner_dsn, timeout=10)
    try:
        for script in (
            eventstore.schema(APP),
            intake.schema(APP),
            intake.origins_schema(APP),
            intake.successions_schema(APP),
            vault.schema(),
            vault.grants(APP, writer=True),
            vault.erasing(APP),
            *more,
        ):
            await owner.execute(script)
    finally:
        await owner.close()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=40) as pool:
        keys = Vault(service, pool, MASTER_KEY)
        await keys.start()
        yield History(EventStore(service, pool), pool, keys, SystemClock(), dsn, owner_dsn)


def new(stream: str, version: int, id: UUID | None = None, *, service: str = "talent", name: str = "A") -> NewEvent:
    """An event without personal texts, ready to be appended."""
    event = TrustRegistered(trustuid=TRUST, trust_ref="TR99001", name=name)
    envelope = Envelope(
        id=id or uuid4(),
        type=codec.type_name(event),
        service=service,
        stream=stream,
        version=version,
        time=AT,
        happened_at=AT,
        trustuid=TRUST,
        actor="tester",
        correlation_id="test",
    )
    return NewEvent(envelope, codec.encode(event, stream=stream, event_id=str(envelope.id), sealer=Plain()))


def part(stream: str, expected: int, events: int = 1, *, service: str = "talent") -> Part:
    """The next events of a stream."""
    return Part(stream, expected, [new(stream, expected + n, service=service) for n in range(1, events + 1)])


def write(stream: str, expected: int, events: int = 1, *, service: str = "talent") -> Write:
    """A write of one stream, without a command."""
    return Write([part(stream, expected, events, service=service)])


Registered = tuple[PersonRegistered, ...]


def _register(command: PersonRegistered, _state: Registered) -> list[PersonRegistered]:
    return [command]


def _registered(state: Registered, event: PersonRegistered) -> Registered:
    return (*state, event)


people: Decider[PersonRegistered, Registered, PersonRegistered] = Decider((), _register, _registered)
"""Anybody may be registered any number of times: each time is an event with personal texts."""


def person(staff_ref: str, name: str = "Ada Lovelace") -> PersonRegistered:
    """Somebody with personal texts."""
    return PersonRegistered(
        person_id=uuid5(NAMESPACE_URL, staff_ref),
        trustuid=TRUST,
        source="hr",
        staff_ref=staff_ref,
        name=name,
        email="ada@example.org",
        trn="1234567",
    )


def context(id: str, *, claim: bytes = b"{}", origin: str = "900001", **more: Any) -> Context:
    """Who asks: a school's system, under an id of its own."""
    return Context(CommandKey(origin, "/hr", id), TRUST, "tester", claim, "test", **more)


async def rows(connection: Any, *tables: str) -> Mapping[str, Sequence[asyncpg.Record]]:
    """Everything that some tables hold."""
    return {table: await connection.fetch(f'select * from "{table}" order by 1') for table in tables}
