"""The sequencer on a real Postgres and Kafka: no reader of the log misses an event, whoever commits or dies when."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from aiokafka import ConsumerRecord

from deploy.description import TopicDescription
from deploy.dsn import with_database
from deploy.local.ports import free_port
from deploy.topics import ensure_topics
from shared import sequencer as module
from shared.contracts import canonical
from shared.contracts.envelope import chain_hash, genesis
from shared.decider import Rejected
from shared.eventstore import Act, Decision, Recorded, States, Write, act
from shared.messaging import Cluster, Delivered, Message, delivered, events_topic, make_producer, receipts_topic
from shared.sequencer import Deposed, Sequencer
from tests.stack import Stack, unique
from tests.support.history import History, context, history, part, people, person, rows
from tests.support.kafka import records

PARTITIONS = 4
DEAD = "127.0.0.1:1"


@pytest.fixture
async def talent(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[History]:
    """A writer whose name, and so whose topic, is this test's alone."""
    service = unique("talent")
    await ensure_topics(Cluster(stack.kafka), [TopicDescription(name=events_topic(service), partitions=PARTITIONS)])
    async with history(stack, database, service=service) as made:
        yield made


@asynccontextmanager
async def running(talent: History, kafka: str) -> AsyncIterator[Sequencer]:
    """A sequencer at work."""
    sequencer = Sequencer(talent.store, Cluster(kafka))
    await sequencer.start()
    try:
        yield sequencer
    finally:
        await sequencer.stop()


async def leader(talent: History, kafka: str = DEAD) -> Sequencer:
    """A sequencer that holds the lease and does nothing by itself."""
    sequencer = Sequencer(talent.store, Cluster(kafka))
    assert await sequencer._acquire()
    return sequencer


async def expire(talent: History) -> None:
    """The leader's time is over, though it does not know."""
    await talent.pool.execute("update lease set expires_at = '-infinity'")


def write(talent: History, stream: str, expected: int, events: int = 1) -> Write:
    return Write([part(stream, expected, events, service=talent.store.service)])


async def append(talent: History, *streams: str, events: int = 1) -> None:
    """The next events of some streams."""
    loaded, _ = await talent.store.load(streams)
    written = await talent.store.append([write(talent, name, loaded[name].version, events) for name in streams])
    assert {one.outcome for one in written} == {"appended"}


async def until(holds: Callable[[], Awaitable[Any]], what: str, within: float = 30) -> None:
    deadline = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < deadline, f"{what} did not come within {within} s"
        await asyncio.sleep(0.02)


async def cursor(talent: History) -> int:
    published: int = await talent.pool.fetchval("select published from lease")
    return published


async def is_published(talent: History, count: int) -> None:
    async def reached() -> bool:
        return await cursor(talent) == count

    await until(reached, f"{count} published events")


async def topic(kafka: str, name: str) -> dict[int, list[ConsumerRecord[bytes, bytes]]]:
    """What a topic holds now, by partition."""
    found: dict[int, list[ConsumerRecord[bytes, bytes]]] = defaultdict(list)
    for record in await records(kafka, name):
        found[record.partition].append(record)
    return found


async def published(talent: History, kafka: str) -> list[Delivered]:
    """Every event on the service's topic: of each partition in its order."""
    found = await topic(kafka, events_topic(talent.store.service))
    return [delivered(record) for of_partition in found.values() for record in of_partition]


def streams_in_order(events: Sequence[Recorded | Delivered]) -> None:
    """Each stream is whole and in its order."""
    versions: dict[str, list[int]] = defaultdict(list)
    for event in events:
        versions[event.envelope.stream].append(event.envelope.version)
    for stream, found in versions.items():
        assert found == list(range(1, len(found) + 1)), stream


# Numbering


async def test_what_commits_late_is_numbered_late_and_no_reader_misses_it(talent: History) -> None:
    """The interleaving that loses events for a reader of positions, made to happen."""
    sequencer = await leader(talent)
    async with talent.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await talent.on(connection).append([write(talent, "late", 0, 2)])
        await append(talent, "fast-1", "fast-2")
        assert await sequencer.number() == 2
        seen = await talent.log()
        await transaction.commit()
    await append(talent, "fast-1")
    assert await sequencer.number() == 3

    rest = await talent.store.read_log(seen[-1].logindex + 1 if seen[-1].logindex is not None else 0, 100)

    order = await talent.pool.fetch("select stream, position from log join event using (position) order by logindex")
    assert [r.envelope.stream for r in seen] == ["fast-1", "fast-2"]
    assert [r.envelope.stream for r in rest] == ["late", "late", "fast-1"]
    assert [row["position"] for row in order] == [3, 4, 1, 2, 5], "the late one took its position before the others"
    assert [r.logindex for r in seen + rest] == [0, 1, 2, 3, 4]


@dataclass
class Race:
    """Writers, a sequencer that numbers what they commit, and a reader that follows the log, all at once."""

    talent: History
    sequencer: Sequencer
    sent: set[UUID] = field(default_factory=set)
    writing: bool = True

    async def fast(self, number: int) -> None:
        """Appends to streams that others write too, at once."""
        for turn in range(12):
            while not await self._appended(f"shared-{(number + turn) % 6}"):
                pass

    async def slow(self, number: int) -> None:
        """Takes positions early and commits late, or never."""
        version = 0
        for turn in range(5):
            async with self.talent.pool.acquire() as connection:
                transaction = connection.transaction()
                await transaction.start()
                one = write(self.talent, f"slow-{number}", version, 2)
                await self.talent.on(connection).append([one])
                await asyncio.sleep(random.uniform(0, 0.15))
                if turn % 3 == 2:
                    await transaction.rollback()
                    continue
                await transaction.commit()
            version += 2
            self._note(one)

    async def numbers(self) -> None:
        while await self.sequencer.number() or self.writing:  # noqa: ASYNC110  it is to lag behind by chance
            await asyncio.sleep(random.uniform(0, 0.01))

    async def follows(self) -> list[Recorded]:
        """Everything that a reader sees who goes on from the last log index that it saw."""
        seen: list[Recorded] = []
        while True:
            over = not self.writing and not await self.talent.pool.fetchval("select exists (select from pending)")
            batch = await self.talent.store.read_log(len(seen), 7)
            assert [r.logindex for r in batch] == list(range(len(seen), len(seen) + len(batch)))
            seen += batch
            if over and not batch:
                return seen
            await asyncio.sleep(random.uniform(0, 0.005))

    async def _appended(self, stream: str) -> bool:
        loaded, _ = await self.talent.store.load([stream])
        one = write(self.talent, stream, loaded[stream].version)
        [written] = await self.talent.store.append([one])
        if written.outcome != "appended":
            return False
        self._note(one)
        return True

    def _note(self, one: Write) -> None:
        self.sent.update(event.envelope.id for part_ in one.parts for event in part_.events)


async def test_a_reader_racing_slow_and_fast_writers_sees_every_event_once_and_each_stream_in_order(
    talent: History,
) -> None:
    race = Race(talent, await leader(talent))
    numbering, following = asyncio.create_task(race.numbers()), asyncio.create_task(race.follows())
    await asyncio.gather(*(race.fast(number) for number in range(16)), *(race.slow(number) for number in range(16)))
    race.writing = False
    await numbering
    seen = await following

    assert len(seen) == len(race.sent) == 16 * 12 + 16 * 4 * 2
    assert {r.envelope.id for r in seen} == race.sent
    streams_in_order(seen)
    positions = [row["position"] for row in await talent.pool.fetch("select position from log order by logindex")]
    assert positions != sorted(positions), "no transaction overtook another: the race did not happen"
    assert max(positions) > len(positions), "no transaction was rolled back"


async def test_more_than_one_batch_is_numbered_in_order_and_without_a_gap(
    talent: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "batch_size", 7)
    sequencer = await leader(talent)
    for _ in range(5):
        await append(talent, "a", "b", events=3)

    assert [await sequencer.number() for _ in range(6)] == [7, 7, 7, 7, 2, 0]
    log = await talent.log()
    assert [r.logindex for r in log] == list(range(30))
    streams_in_order(log)


# The lease


async def test_of_many_that_want_to_lead_one_does(talent: History) -> None:
    crowd = [Sequencer(talent.store, Cluster(DEAD)) for _ in range(8)]

    for turn in range(5):
        led = await asyncio.gather(*(sequencer._acquire() for sequencer in crowd))
        assert sum(led) == 1, f"in turn {turn}"
        await expire(talent)

    assert len({sequencer.state.epoch for sequencer in crowd} - {0}) >= 1
    assert await talent.pool.fetchval("select epoch from lease") == 5


async def test_after_a_takeover_the_old_leader_writes_nothing(talent: History, stack: Stack) -> None:
    old = await leader(talent, stack.kafka)
    await append(talent, "s", events=3)
    await old.number()
    await talent.execute(Act(context("c", publish=True, origin=await school(stack)), {"s": people}, refusing))
    await append(talent, "s", events=3)
    await expire(talent)
    new = await leader(talent, stack.kafka)
    before = await rows(talent.pool, "log", "pending", "lease", "receipt_pending")

    async with talent.pool.acquire() as connection, connection.transaction():
        with pytest.raises(Deposed):
            await old._hold(connection)
    for writes in (old.number, lambda: old._publish(0), old._publish_receipts):
        with pytest.raises(Deposed):
            await writes()
    await old._release()
    await old._drop_producer()

    assert await rows(talent.pool, "log", "pending", "lease", "receipt_pending") == before
    assert await new.number() == 3
    assert [r.logindex for r in await talent.log()] == list(range(6))


@asynccontextmanager
async def begun(talent: History, sequencer: Sequencer) -> AsyncIterator[Any]:
    """A leader in the middle of its transaction. It was silent for so long that the lease looks free to others."""
    await expire(talent)
    async with talent.pool.acquire() as connection, connection.transaction():
        await sequencer._hold(connection)
        yield connection


async def test_a_takeover_waits_for_what_the_old_leader_has_begun(talent: History) -> None:
    """A plain check of the epoch would let the old leader write after it; the lock on the lease's row does not."""
    await append(talent, "s", events=3)
    old, new = await leader(talent), Sequencer(talent.store, Cluster(DEAD))
    async with begun(talent, old) as connection:
        await connection.execute("update lease set expires_at = '-infinity'")  # this, too, takes longer than the lease
        taking_over = asyncio.create_task(new._acquire())
        await asyncio.wait([taking_over], timeout=0.5)
        assert not taking_over.done(), "another leads while the old one's transaction is still open"
        assert await connection.fetchval(module._number, 100) == 3

    assert await taking_over
    assert await new.number() == 0
    with pytest.raises(Deposed):
        await old.number()
    assert [r.logindex for r in await talent.log()] == [0, 1, 2]


async def test_a_leader_that_is_only_slow_keeps_its_lease(talent: History) -> None:
    old, new = await leader(talent), Sequencer(talent.store, Cluster(DEAD))
    async with begun(talent, old):
        taking_over = asyncio.create_task(new._acquire())
        await asyncio.wait([taking_over], timeout=0.2)
        assert not taking_over.done()

    assert not await taking_over
    assert await old.number() == 0


async def test_two_at_work_publish_everything_whoever_leads(talent: History, stack: Stack) -> None:
    async with running(talent, stack.kafka) as first, running(talent, stack.kafka) as second:
        for turn in range(6):
            await append(talent, "a", "b", "c", events=5)
            if turn % 2:
                await expire(talent)
        await is_published(talent, 90)
        assert [first.state.leading, second.state.leading].count(True) <= 2
        leads = first if first.state.epoch > second.state.epoch else second
        await leads.stop()
        await append(talent, "a")
        await is_published(talent, 91)

    assert [r.logindex for r in await talent.log()] == list(range(91))
    names = {(event.logindex, event.envelope.id) for event in await published(talent, stack.kafka)}
    assert sorted(logindex for logindex, _ in names) == list(range(91))


async def test_one_that_stops_gives_the_lease_back(talent: History, stack: Stack) -> None:
    async with running(talent, stack.kafka):
        await append(talent, "s")
        await is_published(talent, 1)

    assert await talent.pool.fetchval("select expires_at = '-infinity' from lease")
    assert (await leader(talent)).state.epoch == 2


async def works(talent: History) -> bool:
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        return bool(await talent.pool.fetchval("select true"))
    return False


async def test_lost_connections_are_no_more_than_a_pause(talent: History, stack: Stack) -> None:
    database = urlsplit(talent.dsn).path[1:]
    admin = await asyncpg.connect(with_database(stack.postgres_dsn, database), timeout=10)
    async with running(talent, stack.kafka):
        for _ in range(3):
            await append(talent, "s", events=4)
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'talent_app'",
                database,
            )
            await asyncio.sleep(0.1)
            await until(lambda: works(talent), "a connection")
        await is_published(talent, 12)
    await admin.close()

    streams_in_order(await talent.log())


class Stumbles(Sequencer):
    """Fails in a way that nobody foresaw, as asyncpg does when a connection dies at the wrong moment."""

    times: int = 0

    async def number(self) -> int:
        self.times += 1
        if self.times < 3:
            raise asyncpg.InternalClientError("another operation is in progress")
        return await super().number()


async def test_an_error_that_nobody_foresaw_is_no_more_than_a_pause(talent: History, stack: Stack) -> None:
    await append(talent, "s")
    sequencer = Stumbles(talent.store, Cluster(stack.kafka))
    await sequencer.start()
    await is_published(talent, 1)
    await sequencer.stop()

    assert sequencer.times > 2


# Publishing


async def test_the_topic_holds_the_log_in_order_and_whoever_reads_it_can_check_the_hashes(
    talent: History, stack: Stack
) -> None:
    names = [f"s{number}" for number in range(20)]
    async with running(talent, stack.kafka) as sequencer:
        for _ in range(10):
            await append(talent, *names, events=2)
            sequencer.wake()
        await is_published(talent, 400)

    found = await topic(stack.kafka, events_topic(talent.store.service))
    assert len(found) == PARTITIONS
    heads: dict[str, bytes] = {}
    seen = {}
    for of_partition in found.values():
        events = [delivered(record) for record in of_partition]
        assert [event.logindex for event in events] == sorted({event.logindex for event in events})
        for record, event in zip(of_partition, events, strict=True):
            stream = event.envelope.stream
            assert record.key == stream.encode()
            heads[stream] = chain_hash(heads.get(stream, genesis), event.meta, event.record)
            seen[event.logindex] = event
        streams_in_order(events)
    stored = await talent.log()
    assert [(r.envelope, r.record) for r in stored] == [(seen[n].envelope, seen[n].record) for n in range(400)]
    assert heads == {row["name"]: row["hash"] for row in await talent.pool.fetch("select name, hash from stream")}


class CrashesOnce(Sequencer):
    """Ends after the acknowledgement, before its cursor moved."""

    sent: Sequence[Message] = ()

    async def _send(self, messages: Sequence[Message]) -> None:
        await super()._send(messages)
        self.sent = messages
        raise ConnectionAbortedError


async def test_a_crash_between_acknowledgement_and_cursor_repeats_the_same_events(
    talent: History, stack: Stack
) -> None:
    await append(talent, "a", "b", events=5)
    crashing = CrashesOnce(talent.store, Cluster(stack.kafka))
    assert await crashing._acquire()
    await crashing.number()
    with pytest.raises(ConnectionAbortedError):
        await crashing._publish(0)
    await crashing._drop_producer()
    assert len(crashing.sent) == 10
    assert await cursor(talent) == 0
    first = {(event.logindex, event.envelope.id) for event in await published(talent, stack.kafka)}
    await expire(talent)

    async with running(talent, stack.kafka):
        await is_published(talent, 10)

    events = await published(talent, stack.kafka)
    assert len(first) == 10
    assert len(events) == 20
    assert {(event.logindex, event.envelope.id) for event in events} == first


class CrashesInTheMiddle(Sequencer):
    """Ends when a part of a batch is acknowledged."""

    async def _send(self, messages: Sequence[Message]) -> None:
        await super()._send(messages[: len(messages) // 2])
        raise ConnectionAbortedError


async def test_a_crash_in_the_middle_of_a_batch_leaves_no_hole(talent: History, stack: Stack) -> None:
    await append(talent, "a", "b", "c", events=4)
    crashing = CrashesInTheMiddle(talent.store, Cluster(stack.kafka))
    await crashing.start()

    async def some_are_there() -> bool:
        return len(await published(talent, stack.kafka)) >= 6

    await until(some_are_there, "half a batch")
    await crashing.stop()
    assert await cursor(talent) == 0
    assert crashing.state.last_error == "ConnectionAbortedError"

    async with running(talent, stack.kafka):
        await is_published(talent, 12)

    assert {event.logindex for event in await published(talent, stack.kafka)} == set(range(12))


@asynccontextmanager
async def restored(stack: Stack, service: str) -> AsyncIterator[History]:
    """The service in a fresh database, as after a restore from an old backup, with the topic as it is."""
    admin = await asyncpg.connect(stack.postgres_dsn, timeout=10)
    name = unique("test")
    try:
        await admin.execute(f'create database "{name}" template template0')
        async with history(stack, with_database(stack.postgres_dsn, name), service=service) as made:
            yield made
        await admin.execute(f'drop database "{name}" with (force)')
    finally:
        await admin.close()


@pytest.mark.parametrize("events", [3, 10, 14])
async def test_a_log_that_is_not_the_one_in_kafka_is_not_published(talent: History, stack: Stack, events: int) -> None:
    """It ends below, or has other events under the same numbers, or went on from there."""
    async with running(talent, stack.kafka):
        await append(talent, "s", events=10)
        await is_published(talent, 10)
    before = await published(talent, stack.kafka)

    async with restored(stack, talent.store.service) as older:
        await append(older, "s", events=events)
        async with running(older, stack.kafka) as sequencer:

            async def refuses() -> bool:
                return sequencer.state.refused is not None

            await until(refuses, "the refusal")
            await append(older, "s", events=2)

            async def numbered() -> bool:
                return len(await older.log()) == events + 2

            await until(numbered, "the numbering")
            await asyncio.sleep(1)

            assert sequencer.state.refused is not None
            assert "Kafka holds event 9 " in sequencer.state.refused
            assert sequencer.state.leading
        assert await cursor(older) == 0

    assert await published(talent, stack.kafka) == before


async def test_what_somebody_else_wrote_to_the_topic_does_not_end_publishing(talent: History, stack: Stack) -> None:
    async with running(talent, stack.kafka):
        await append(talent, "s", events=3)
        await is_published(talent, 3)
    producer = make_producer(Cluster(stack.kafka), "somebody")
    await producer.start()
    for partition in range(PARTITIONS):
        await producer.send_and_wait(events_topic(talent.store.service), b"garbage", partition=partition)
    await producer.stop()

    await append(talent, "s", events=2)

    async with running(talent, stack.kafka):
        await is_published(talent, 5)


async def test_a_log_that_goes_on_where_kafka_ends_is_published(talent: History, stack: Stack) -> None:
    for turn in range(1, 4):
        await append(talent, "a", "b", events=5)
        async with running(talent, stack.kafka) as sequencer:
            await is_published(talent, turn * 10)
            assert sequencer.state.refused is None

    assert len(await published(talent, stack.kafka)) == 30


# Receipts


async def school(stack: Stack) -> str:
    """A school's URN, with a topic for its receipts."""
    urn = str(random.randrange(100_000, 1_000_000))
    await ensure_topics(Cluster(stack.kafka), [TopicDescription(name=receipts_topic(urn), partitions=1)])
    return urn


def refusing(_: States) -> Decision:
    raise Rejected("not_now", "This is not allowed now.", field="/name")


async def receipts(stack: Stack, urn: str) -> list[Any]:
    found = await topic(stack.kafka, receipts_topic(urn))
    return [canonical.loads(record.value or b"") for record in found[0]]


async def test_every_answer_is_published_to_its_origin_once(talent: History, stack: Stack) -> None:
    mine, theirs = await school(stack), await school(stack)
    accepted = act(people, "s", person("p"), context("1", origin=mine, publish=True))
    async with running(talent, stack.kafka) as sequencer:
        await talent.execute(
            accepted,
            Act(context("2", origin=mine, publish=True), {"s": people}, refusing),
            act(people, "t", person("q"), context("1", origin=theirs, publish=True)),
            act(people, "t", person("r"), context("2", origin=theirs)),
        )
        await talent.execute(accepted)
        sequencer.wake()

        async def done() -> bool:
            return not await talent.pool.fetchval("select exists (select from receipt_pending)")

        await until(done, "the receipts")

    assert await receipts(stack, mine) == [
        {"event_id": "1", "outcome": "accepted", "streams": {"s": 1}},
        {
            "event_id": "2",
            "outcome": "refused",
            "code": "not_now",
            "field": "/name",
            "message": "This is not allowed now.",
        },
    ]
    assert await receipts(stack, theirs) == [{"event_id": "1", "outcome": "accepted", "streams": {"t": 1}}]
    [record, _] = (await topic(stack.kafka, receipts_topic(mine)))[0]
    headers = dict(record.headers)
    assert headers["ce_type"].decode() == f"uk.mat.{talent.store.service}.Receipt.v1"
    assert (record.key, headers["ce_subject"]) == (b"1", b"1")


async def test_a_receipt_whose_origin_has_no_topic_holds_up_nothing(talent: History, stack: Stack) -> None:
    mine, nobody = await school(stack), "100000"
    async with running(talent, stack.kafka) as sequencer:
        for number in range(3):
            asked = [context(f"{number}", origin=origin, publish=True) for origin in (nobody, mine)]
            await talent.execute(*(act(people, "s", person(f"p{number}"), each) for each in asked))
            sequencer.wake()

        async def mine_is_there() -> bool:
            return len(await receipts(stack, mine)) == 3

        await until(mine_is_there, "the other school's receipts", within=6)
        await is_published(talent, 6)

    assert await talent.pool.fetchval("select count(*) from command where origin = $1", nobody) == 3


# Without Kafka


@asynccontextmanager
async def forwarding(port: int, kafka: str) -> AsyncIterator[None]:
    """Kafka is reachable on this port as long as the block runs."""
    host, _, target = kafka.rpartition(":")

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(target))

        async def copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                while chunk := await source.read(65_536):
                    to.write(chunk)
                    await to.drain()
            to.close()

        await asyncio.gather(copy(reader, back), copy(there, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", port):
        yield


async def test_without_kafka_it_takes_writes_numbers_them_and_publishes_when_kafka_is_there(
    talent: History, stack: Stack
) -> None:
    port = free_port()
    async with running(talent, f"127.0.0.1:{port}") as sequencer:
        await append(talent, "a", "b", events=3)

        async def numbered() -> bool:
            return len(await talent.log()) == 6

        await until(numbered, "the numbering")
        await append(talent, "a", events=2)
        await asyncio.sleep(0.5)
        failing = sequencer.state.last_error
        assert failing == "KafkaConnectionError"
        assert sequencer.state.leading
        assert sequencer.state.refused is None
        assert await cursor(talent) == 0

        async with forwarding(port, stack.kafka):
            await is_published(talent, 8)
            assert sequencer.state.last_error is None

    assert sorted(event.logindex for event in await published(talent, stack.kafka)) == list(range(8))
