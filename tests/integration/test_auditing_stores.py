"""A store on a real Postgres, altered by somebody who is past all rights: what a live verification says of it."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.auditing import derived, live
from deploy.description import WRITERS, ServiceDescription
from deploy.exporting.history import Filter, as_line, events
from deploy.migrate import versions_of
from shared import migrations, vault
from shared import sealing as package
from shared.clock import SystemClock
from shared.eventstore import EventStore
from shared.messaging import Cluster
from shared.sealing import Sealing
from shared.sequencer import Sequencer
from shared.vault import Vault
from tests.stack import Stack, unique
from tests.support.history import APP, MASTER_KEY, history, write
from verifier.history import History as Verified
from verifier.history import Report, Trusted, trusted, verify
from verifier.note import Key

pytestmark = pytest.mark.stack

DEAD = Cluster("127.0.0.1:1")
STREAMS = 4
FIRST = 3 * STREAMS
LONG = 260
EVENTS = FIRST + LONG
"""More than a node of the tree is over, and two checkpoints."""


class Store:
    """A sealed store, and the key of its log: nobody kept anything of it elsewhere."""

    def __init__(self, service: str, connection: asyncpg.Connection, key: Key) -> None:
        self.service = service
        self.connection = connection
        self._key = key

    async def verified(self) -> Report:
        """What is said of it, in a transaction of the test's."""
        counting = self.counting()
        found = [finding async for finding in derived.checkpoints(self.connection, self.service, counting)]
        history = Verified(counting)
        for finding in found:
            history.add(finding)
        await live.read(self.connection, self.service, history, lambda *_: None)
        return history.report()

    async def exported(self) -> Report:
        counting = self.counting()
        async with self.connection.transaction():
            assert not [finding async for finding in derived.checkpoints(self.connection, self.service, counting)]
        lines = [as_line(event) async for event in events(self.connection, Filter())]
        return verify(lines, counting)

    def counting(self) -> Trusted:
        return trusted([], [self._key])


@pytest.fixture
async def store(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[Store]:
    async with history(stack, database, package.schema(APP), service=unique("talent")) as talent:
        service = talent.store.service
        for version in range(3):
            await talent.store.append([write(f"trust-{n}", version, service=service) for n in range(STREAMS)])
        sequencer = await numbered(talent.store)
        async with sealed(sequencer, talent.vault, database):
            await talent.store.append([write("trust-long", 0, LONG, service=service)])
            await sequencer.number()
        async with sealed(sequencer, talent.vault, database) as store:
            await store.connection.execute("set session_replication_role = replica")
            yield store


async def numbered(store: EventStore) -> Sequencer:
    """Whoever leads a log, all of whose events have numbers."""
    sequencer = Sequencer(store, DEAD)
    sequencer.state.leading = sequencer.state.checked = await sequencer._acquire()
    await sequencer.number()
    return sequencer


@asynccontextmanager
async def sealed(sequencer: Sequencer, vault: Vault, database: str) -> AsyncIterator[Store]:
    """A store whose log is sealed to its end."""
    sealing = Sealing(sequencer, vault, SystemClock(), DEAD, "test.example", None)
    while await sealing._seal():
        pass
    key = Key.of((await sealing.signer()).verifier_key)
    connection = await asyncpg.connect(database, timeout=10)
    try:
        yield Store(sequencer.store.service, connection, key)
    finally:
        await connection.close()


async def test_a_store_and_its_export_are_whole(store: Store) -> None:
    await is_whole(store, EVENTS)


async def is_whole(store: Store, events: int) -> None:
    async with store.connection.transaction():
        stored = await store.verified()
    for report in (stored, await store.exported()):
        assert report.outcome == "whole"
        assert report.verdicts[0].events == report.verdicts[0].holds == events


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
async def test_what_was_recorded_before_logs_were_sealed_is_sealed_with_the_rest(
    writer: ServiceDescription, database: str, roles: Mapping[str, str], tmp_path: Path
) -> None:
    assert roles
    versions = versions_of(writer.database)
    [sealing] = versions.glob("*_sealing.py")
    for older in (version for version in versions.glob("[0-9]*.py") if version.name < sealing.name):
        shutil.copy(older, tmp_path)
    await migrations.upgrade(tmp_path, database, writer.app)
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        store = EventStore(writer.name, pool)
        await store.append([write(f"trust-{n}", 0, 3, service=writer.name) for n in range(STREAMS)])
        await (await numbered(store))._release()

    await migrations.upgrade(versions, database, writer.app)

    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        await pool.execute(vault.schema())
        keys, store = Vault(writer.name, pool, MASTER_KEY), EventStore(writer.name, pool)
        await keys.start()
        await store.append([write("trust-0", 3, service=writer.name)])
        async with sealed(await numbered(store), keys, database) as upgraded:
            await is_whole(upgraded, 3 * STREAMS + 1)


ALTERATIONS = {
    "update event set type = 'x' where position = 3": ("content", 2, "type"),
    "update event set stream = 'trust-9' where position = 3": ("content", 2, "subject"),
    "update event set id = gen_random_uuid() where position = 3": ("content", 2, "id"),
    "update event set version = 7 where position = 12": ("content", 11, "streamversion"),
    "update event set meta = '' where position = 3": ("content", 2, "hashed"),
    "update event set record = '{}' where position = 3": ("content", 2, "hashed"),
    "update event set prev_hash = hash where position = 9": ("content", 8, "hashed"),
    "delete from event where position = 3": ("missing", 2, "event 2"),
    "delete from log where logindex = 2": ("missing", None, "never"),
    "delete from log where logindex > 7": ("missing", None, "never"),
    "delete from log where logindex = 2; delete from event where position = 3": ("missing", 2, "event 2"),
    "update log set position = 1000 where position = 3": ("missing", None, "never"),
    "truncate event, log": ("missing", 0, f"events 0 to {EVENTS - 1}"),
    """insert into event (stream, version, id, type, meta, record, prev_hash, hash)
       select stream, 4, gen_random_uuid(), type, meta, record, hash, sha256(hash) from event where position = 12""": (
        "missing",
        None,
        "never",
    ),
    """update log set position = -position where position in (2, 3);
       update log set position = 5 + position where position < 0""": ("root", 0, "12 events"),
    "update stream set version = 2 where name = 'trust-1'": ("derived", None, "head of trust-1 says version 2"),
    "update stream set hash = sha256(hash) where name = 'trust-1'": ("derived", None, "head of trust-1 has another"),
    "delete from stream where name = 'trust-1'": ("derived", None, "head of trust-1 is not there"),
    "insert into stream values ('trust-9', 1, sha256(''))": ("derived", None, "head of trust-9 says version 1, and"),
    "delete from merkle_node": ("derived", None, "node 0 of level 1"),
    "insert into merkle_node values (1, 1, sha256(''))": ("derived", None, "nodes of level 1"),
    "update checkpoint set note = 'x' where size = 12": ("derived", None, "checkpoint of 12 events"),
    "update checkpoint set note = 'x' || note where size = 12": ("derived", None, "checkpoint of 12 events"),
    f"update checkpoint set note = replace(note, '{EVENTS}', '{EVENTS - 1}')": ("signature", None, "test.example"),
}


async def test_each_alteration_is_found_and_named(store: Store) -> None:
    for statement, (kind, logindex, says) in ALTERATIONS.items():
        altering = store.connection.transaction()
        await altering.start()
        await store.connection.execute(statement)

        report = await store.verified()

        first = report.findings[0]
        assert (first.kind, first.logindex) == (kind, logindex), f"{statement}: {first}"
        assert says in first.says, f"{statement}: {first}"
        await altering.rollback()
    async with store.connection.transaction():
        assert (await store.verified()).outcome == "whole"


# By each column how its change is named; None: it says when or whether something was done, and nobody signs that.
KINDS: dict[str, dict[str, str | None]] = {
    "event": {
        "position": "missing",
        **dict.fromkeys(("stream", "version", "id", "type", "meta", "record", "prev_hash", "hash"), "content"),
    },
    "log": {"logindex": "missing", "position": "missing"},
    "stream": dict.fromkeys(("name", "version", "hash"), "derived"),
    "merkle_node": dict.fromkeys(("level", "number", "hash"), "derived"),
    "checkpoint": {"size": "derived", "root": "derived", "note": "derived", "sealed_at": None, "published": None},
}
CHANGED = {
    "bigint": "{0} + 1000",
    "integer": "{0} + 1000",
    "smallint": "{0} + 1",
    "text": "overlay({0} placing chr(ascii(substr({0}, {1} % length({0}) + 1)) # 1) from {1} % length({0}) + 1 for 1)",
    "bytea": "set_bit({0}, {1} % (8 * octet_length({0})), 1 - get_bit({0}, {1} % (8 * octet_length({0}))))",
    "uuid": "gen_random_uuid()",
}


async def test_every_column_of_the_first_the_newest_and_any_row_is_looked_at(store: Store) -> None:
    chance, columns = (
        random.Random(9),
        await store.connection.fetch(
            "select table_name, column_name, data_type from information_schema.columns where table_name = any($1)",
            list(KINDS),
        ),
    )
    assert {(row["table_name"], row["column_name"]) for row in columns} == {
        (table, column) for table, named in KINDS.items() for column in named
    }
    await store.connection.execute("alter table event alter position drop identity")
    for table, column, type_ in columns:
        kind = KINDS[table][column]
        rows = await store.connection.fetch(f"select ctid::text from {table} order by {table}.ctid")
        for number in (0, len(rows) - 1, chance.randrange(len(rows))):
            altering = store.connection.transaction()
            await altering.start()
            changed = CHANGED[type_].format(column, chance.randrange(10_000)) if kind else column
            await store.connection.execute(
                f"update {table} set {column} = {changed} where ctid = '{rows[number]['ctid']}'"
            )

            report = await store.verified()

            what = f"{column} of row {number} of {table}: {report.findings[:2]}"
            assert report.outcome == ("altered" if kind else "whole"), what
            assert kind is None or kind in {finding.kind for finding in report.findings}, what
            assert kind != "content" or report.findings[0].logindex == number, what
            await altering.rollback()
