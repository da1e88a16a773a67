"""The transaction of a batch: cut anywhere, lost at any moment, or made by somebody who is not the owner any more."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from services.reporting.read_models import rebuild
from services.reporting.read_models.live import Live, channel
from shared.clock import SystemClock
from shared.consumer import Arrival, Fenced, Inbox, Place
from tests.integration.reporting.world import Log, Plain, Poison, World, Writer, names

SERVICES = {"talent.events": "talent"}


class Effects(Live):
    """The real effects, with something that may go wrong after them."""

    async def apply(self, conn: Any, arrivals: Sequence[Arrival]) -> None:
        await super().apply(conn, arrivals)
        await self.afterwards(conn)

    async def afterwards(self, conn: Any) -> None: ...


@pytest.fixture
async def effects(world: World) -> Effects:
    await rebuild.prepare(world.pool, [names])
    return Effects({"names": names}, SystemClock())


def inbox(world: World, effects: Effects) -> Inbox:
    return Inbox(
        world.pool, "reporting", SERVICES, effects.apply, Plain(), world.door, hold=effects.hold, notify=channel
    )


async def test_whoever_was_slow_is_fenced_and_changes_nothing(world: World, effects: Effects) -> None:
    writer, log = Writer(), Log()
    log.publish(writer.many(30, streams=5))
    slow, quick = inbox(world, effects), inbox(world, effects)
    await slow.assigned(log.places)
    await slow.received([log.slice(0, 0, 2)])

    places = await quick.assigned(log.places)
    assert places[log.places[0]] == Place(2, str(_id_of(log, 0, 1)))
    with pytest.raises(Fenced):
        await slow.received([log.slice(0, 2, 5)])
    with pytest.raises(Fenced):
        await slow.restarted(log.places[0])
    assert await world.pool.fetchval("select count(*) from ledger") == 2

    for partition, records in enumerate(log.partitions):
        await quick.received([log.slice(partition, 2 if partition == 0 else 0, len(records))])
    await world.equals_fold_of(writer.events)


async def test_a_batch_from_another_place_than_the_stored_one_is_refused(world: World, effects: Effects) -> None:
    log = Log()
    log.publish(Writer().many(30, streams=5))
    one = inbox(world, effects)
    await one.assigned(log.places)

    with pytest.raises(Fenced):
        await one.received([log.slice(1, 1, 3)])
    assert await world.pool.fetchval("select count(*) from ledger") == 0


async def test_a_marked_record_is_not_redriven_by_who_lost_the_partition(world: World, effects: Effects) -> None:
    writer, log = Writer(), Log()
    log.publish(writer.many(9, streams=3))
    Poison.names = frozenset({"name 0 of talent"})
    slow, quick = inbox(world, effects), inbox(world, effects)
    await slow.assigned(log.places)
    await slow.received([log.slice(p, 0, len(r)) for p, r in enumerate(log.partitions)])
    Poison.names = frozenset()
    await world.pool.execute("update parked set redrive_requested_at = now()")

    await quick.assigned(log.places)
    await slow.idle(log.places)
    assert len(await world.parked()) == 3
    await quick.idle(log.places)
    assert await world.parked() == []
    await world.equals_fold_of(writer.events)


async def test_a_crash_between_effect_and_commit_leaves_nothing(
    world: World, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, log = Writer(), Log()
    log.publish(writer.many(20, streams=4))
    one = inbox(world, effects)
    await one.assigned(log.places)
    every = [log.slice(p, 0, len(r)) for p, r in enumerate(log.partitions) if r]

    async def killed(conn: Any) -> None:
        await conn.execute("select pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(effects, "afterwards", killed)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await one.received(every)
    assert await world.pool.fetchval("select count(*) from ledger") == 0
    assert await world.pool.fetchval("select max(next) from offsets") == 0
    assert await world.rows() == []

    monkeypatch.undo()
    await one.received(every)
    await world.equals_fold_of(writer.events)
    assert await world.parked() == []


async def test_a_defect_of_the_database_parks_nothing(world: World, effects: Effects) -> None:
    log = Log()
    log.publish(Writer().many(5, streams=1))
    one = inbox(world, effects)
    await one.assigned(log.places)
    await world.pool.execute("alter table " + await _table(world, "latest") + " rename column name to nom")

    with pytest.raises(asyncpg.UndefinedColumnError):
        await one.received([log.slice(p, 0, len(r)) for p, r in enumerate(log.partitions) if r])
    assert await world.parked() == []


async def test_a_log_index_given_twice_is_parked_and_seen(world: World, effects: Effects) -> None:
    first, second, log = Writer(), Writer(), Log()
    log.publish([first.record("talent-a", "the first")])
    log.publish([second.record("talent-b", "another with the same number"), second.record("talent-b", "after it")])
    one = inbox(world, effects)
    await one.assigned(log.places)
    for partition, records in enumerate(log.partitions):
        if records:
            await one.received([log.slice(partition, 0, len(records))])

    assert await world.pool.fetchval("select count(*) from ledger where not parked") == 1
    assert len(await world.parked()) == 2


@pytest.mark.parametrize("seed", range(6))
async def test_any_interleaving_of_partitions_and_any_cut_ends_in_the_same_tables(
    world: World, effects: Effects, seed: int
) -> None:
    chance = random.Random(seed)
    writer, log = Writer(), Log()
    events = [writer.record(f"talent-{chance.randrange(9)}", f"name {n}") for n in range(150)]
    refused = set(chance.sample(events, 12))
    Poison.names = frozenset(f"name {n}" for n in chance.sample(range(150), 3))
    log.publish([event for event in events if event not in refused])
    log.publish(chance.sample([*refused, *chance.sample(events, 20)], len(refused) + 20))
    world.door.shut = True

    await _consume(world, effects, log, chance)
    Poison.names = frozenset()
    await world.pool.execute("update parked set redrive_requested_at = now()")
    last = inbox(world, effects)
    await last.assigned(log.places)
    await last.idle(log.places)

    await world.equals_fold_of(events)
    assert await world.parked() == []
    assert await world.position() == {"talent": 149}
    assert not (await rebuild.verify(world.pool, names)).differences


async def _consume(world: World, effects: Effects, log: Log, chance: random.Random) -> None:
    """Batches of random slices of random partitions, with a new owner now and then."""
    at = dict.fromkeys(range(len(log.partitions)), 0)
    one = inbox(world, effects)
    await one.assigned(log.places)
    while open_ := [p for p, since in at.items() if since < len(log.partitions[p])]:
        chosen = sorted(chance.sample(open_, chance.randint(1, len(open_))))
        cuts = {p: min(at[p] + chance.randint(1, 25), len(log.partitions[p])) for p in chosen}
        await one.received([log.slice(p, at[p], cuts[p]) for p in chosen])
        at |= cuts
        if chance.random() < 0.2:
            one = inbox(world, effects)
            places = await one.assigned(log.places)
            assert {tp.partition: place.next for tp, place in places.items()} == at
            await one.idle(log.places)


def _id_of(log: Log, partition: int, offset: int) -> str:
    return dict(log.partitions[partition][offset].headers)["ce_id"].decode()


async def _table(world: World, name: str) -> str:
    schema = await world.pool.fetchval("select schema from live where projection = 'names'")
    return f'"{schema}"."{name}"'
