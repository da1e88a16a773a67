"""From Kafka to tables: every event once, in its stream's order, whatever the way there does to it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewTopic
from structlog.testing import capture_logs

from shared.consumer import Gap, Health, Place, Slice, Subscription, mark_for_redrive
from shared.messaging import Cluster, Message, make_producer
from tests.integration.reporting.world import Poison, World, Writer, until
from tests.support.kafka import administering


async def test_events_of_several_services_reach_the_tables(world: World) -> None:
    talent, cpd = Writer("talent"), Writer("cpd")
    events = [*talent.many(50, streams=7), *cpd.many(20, streams=3)]
    await world.send(events)

    async with world.running():
        await world.reaches({"talent": 49, "cpd": 19})

    await world.equals_fold_of(events)
    assert await world.parked() == []


async def test_an_event_published_twice_is_applied_once(world: World) -> None:
    writer = Writer()
    events = writer.many(30, streams=4)
    last = writer.record("last", "one more")

    async with world.running():
        await world.send([*events, *events[10:], *events])
        await world.send([last])
        await world.reaches({"talent": 30})

    await world.equals_fold_of(writer.events)
    assert await world.pool.fetchval("select count(*) from ledger") == 31
    assert await world.parked() == []


async def test_redelivery_from_the_first_offset_changes_nothing(world: World) -> None:
    writer = Writer()
    await world.send(writer.many(40, streams=5))
    async with world.running():
        await world.reaches({"talent": 39})
    before = await world.pool.fetch("select * from ledger order by logindex")

    await world.pool.execute("update offsets set next = 0, last_id = null")
    async with world.running():
        await world.send([writer.record("last", "one more")])
        await world.reaches({"talent": 40})

    await world.equals_fold_of(writer.events)
    assert await world.pool.fetch("select * from ledger where logindex < 40 order by logindex") == before


async def test_a_restart_goes_on_where_it_was(world: World) -> None:
    writer = Writer()
    await world.send(writer.many(25, streams=5))
    async with world.running(instance="one"):
        await world.reaches({"talent": 24})
    for times in range(2, 5):
        await world.send(writer.many(25, streams=5))
        with capture_logs() as logs:
            async with world.running(instance="one"):
                await world.reaches({"talent": 25 * times - 1})
        assert "topic_recreated" not in [entry["event"] for entry in logs]

    await world.equals_fold_of(writer.events)


async def test_records_fetched_before_the_place_was_sought_are_not_taken_for_another_topic(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer()
    await world.send(writer.many(25, streams=5))
    async with world.running():
        await world.reaches({"talent": 24})
    stale = await from_the_beginning(world, 25)
    sought = Subscription._assigned

    async def assigned(subscription: Subscription, partitions: Collection[TopicPartition]) -> None:
        await sought(subscription, partitions)
        await subscription._records(stale)

    monkeypatch.setattr(Subscription, "_assigned", assigned)
    with capture_logs() as logs:
        async with world.running():
            await world.send(writer.many(25, streams=5))
            await world.reaches({"talent": 49})

    assert {"assigned", "topic_recreated"} & {entry["event"] for entry in logs} == {"assigned"}
    await world.equals_fold_of(writer.events)


async def from_the_beginning(world: World, count: int) -> tuple[Any, ...]:
    """So many records of the talent service's topic."""
    consumer = AIOKafkaConsumer(world.topics["talent"], bootstrap_servers=world.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return tuple([await consumer.getone() for _ in range(count)])
    finally:
        await consumer.stop()


async def test_what_the_broker_refused_at_first_is_applied_when_it_comes(world: World) -> None:
    writer = Writer()
    events = writer.many(40, streams=4)
    late = events[9]  # its stream's third
    world.door.shut = True

    async with world.running():
        await world.send([event for event in events if event is not late])
        await until(lambda: _parked_are(world, 7))
        assert await world.position() == {"talent": 8}
        others = [e for e in events if e.envelope.stream != late.envelope.stream]
        held = [e for e in events if e.envelope.stream == late.envelope.stream and e.envelope.version < 3]
        await world.equals_fold_of([*others, *held])

        await world.send([late])
        await world.reaches({"talent": 39})

    await world.equals_fold_of(events)
    assert await world.parked() == []


async def test_a_hole_in_a_stream_is_filled_through_the_writers_door(world: World) -> None:
    writer = Writer()
    events = writer.many(60, streams=6)
    world.door.writers["talent"] = writer
    missing = {events[0], events[13], events[19]}  # a stream's first, and two others

    async with world.running():
        await world.send([event for event in events if event not in missing])
        await world.reaches({"talent": 59})

    await world.equals_fold_of(events)
    assert await world.parked() == []


async def test_a_door_that_is_shut_holds_only_its_stream_and_is_asked_again(world: World) -> None:
    writer = Writer()
    events = writer.many(20, streams=4)
    world.door.writers["talent"], world.door.shut = writer, True

    async with world.running():
        await world.send([event for event in events if event.logindex != 4])
        await until(lambda: _asked(world, 2), what="a second question")
        assert {stream for stream, _, _ in await world.parked()} == {"talent-0"}
        world.door.shut = False
        await world.reaches({"talent": 19})

    await world.equals_fold_of(events)


async def test_poison_parks_its_stream_and_others_go_on(world: World) -> None:
    writer = Writer()
    events = writer.many(50, streams=5)
    bad = events[11]
    Poison.names = frozenset({"name 11 of talent"})

    async with world.running():
        await world.send(events)
        await world.reaches({"talent": 49})

    after = [e for e in events if e.envelope.stream == bad.envelope.stream and e.envelope.version >= 3]
    assert await world.parked() == [("talent-1", e.envelope.version, "poison" if e is bad else "behind") for e in after]
    await world.equals_fold_of([e for e in events if e not in after])
    assert await world.pool.fetchval("select count(*) from ledger where parked") == len(after)


async def test_redrive_brings_the_stream_back_in_its_order(world: World) -> None:
    writer = Writer()
    Poison.names = frozenset({"name 3 of talent", "name 11 of talent"})

    async with world.running():
        await world.send(writer.many(20, streams=4))
        await world.reaches({"talent": 19})
        assert len(await world.parked()) == 5

        async with world.pool.acquire() as conn:
            assert await mark_for_redrive(conn) == 5
        await until(lambda: _no_marks(world))
        assert len(await world.parked()) == 5, "what is poison still stays where it is"

        await world.send([writer.record("talent-3", "comes while it is parked")])
        await world.reaches({"talent": 20})
        Poison.names = frozenset()
        async with world.pool.acquire() as conn:
            ids = [row["id"] for row in await conn.fetch("select id from parked where reason = 'poison'")]
            await mark_for_redrive(conn, ids)
        await until(lambda: _parked_are(world, 0))

    await world.equals_fold_of(writer.events)
    assert await world.pool.fetchval("select count(*) from ledger where parked") == 0


async def test_unreadable_bytes_are_parked_alone(world: World) -> None:
    writer = Writer()
    events = writer.many(30, streams=3)
    topic = world.topics["talent"]
    good = world.message(events[0])
    headers = dict(good.headers)
    garbage = [
        Message(topic, b"talent-0", b"{}", ()),
        Message(topic, b"talent-1", b"\xff\xfe", (("ce_id", b"\xff\xff"),)),
        Message(topic, b"talent-0", good.value, tuple((headers | {"ce_streamversion": b"9" * 30}).items())),
        Message(topic, b"talent-0", good.value, tuple((headers | {"ce_type": b"a\x00b"}).items())),
        Message(topic, b"talent-0", good.value, tuple((headers | {"ce_time": b"2026-01-01T00:00:00"}).items())),
        Message(topic, b"talent-0", good.value, tuple((headers | {"ce_source": b"/cpd"}).items())),
        Message(topic, b"another", good.value, good.headers),
        Message(topic, b"\xff\x00", good.value, good.headers),
    ]

    async with world.running():
        await world.send_messages(garbage[:4])
        await world.send(events[:15])
        await world.send_messages(garbage[4:])
        await world.send(events[15:])
        await world.reaches({"talent": 29})
        await until(lambda: _parked_are(world, len(garbage)))

    await world.equals_fold_of(events)
    assert {reason for _, _, reason in await world.parked()} == {"unreadable"}


async def test_an_unknown_type_waits_with_its_stream_until_it_is_known(world: World) -> None:
    writer = Writer()
    first = writer.record("talent-a", "first")
    writer.record("talent-a", "second", kind="uk.mat.talent.TrustRegistered.v9")
    writer.record("talent-a", "third")
    other = writer.record("talent-b", "another stream")

    async with world.running():
        await world.send(writer.events)
        await world.reaches({"talent": 3})

    assert await world.parked() == [("talent-a", 2, "unknown_type"), ("talent-a", 3, "behind")]
    await world.equals_fold_of([first, other])


async def test_a_recreated_topic_is_read_from_its_beginning(world: World) -> None:
    writer = Writer()
    await world.send(writer.many(40, streams=8))
    async with world.running():
        await world.reaches({"talent": 39})

    topic = world.topics["talent"]
    async with administering(world.kafka) as admin:
        await admin.delete_topics([topic])
        await asyncio.sleep(1)
        await admin.create_topics([NewTopic(topic, 2, 1)])
    await asyncio.sleep(1)
    await world.producer.stop()
    world.producer = make_producer(Cluster(world.kafka), "another tester")
    await world.producer.start()
    await world.send(writer.many(80, streams=8))
    world.door.shut = True

    async with world.running():
        await world.reaches({"talent": 119})
    await world.equals_fold_of(writer.events)


async def test_without_a_broker_it_keeps_trying_and_stops_in_time() -> None:
    subscription = Subscription(
        Cluster("127.0.0.1:9"), _Nobody(), service="reporting", group="nobody", topics=("none",)
    )
    await subscription.start()

    await until(lambda: _failing(subscription), what="a first failure")
    assert subscription.health().alive
    async with asyncio.timeout(10):
        await subscription.stop()


async def test_health_and_lag_are_known(world: World) -> None:
    writer = Writer()
    await world.send(writer.many(20, streams=4))
    async with world.running() as reporting:
        await world.reaches({"talent": 19})

        def settled() -> Health | None:
            health = reporting.health()
            return health if health.lag_records == 0 and health.polled_s_ago is not None else None

        await until(lambda: _value(settled()))
        health = reporting.health()
        assert (health.partitions, health.error, health.alive) == (12, None, True)


async def test_a_page_knows_of_which_service_events_wait(world: World) -> None:
    async with world.running() as reporting:

        async def lag_is(*services: str) -> bool:
            async with reporting.reading(()) as view:
                return view.lag is not None and {*view.lag} == {*services}

        await until(lag_is)
        async with world.pool.acquire() as conn, conn.transaction():
            await conn.execute("lock table position in share mode")  # it can be read, and nothing can be entered
            await world.send(Writer("cpd").many(3, streams=2))
            await until(lambda: lag_is("cpd"))
        await until(lag_is)


@pytest.mark.parametrize("streams", [1, 9])
async def test_two_members_share_the_partitions_and_hand_them_over(world: World, streams: int) -> None:
    writer = Writer()
    async with world.running():
        await world.send(writer.many(30, streams=streams))
        await world.reaches({"talent": 29})
        async with world.running():
            await world.send(writer.many(30, streams=streams))
            await world.reaches({"talent": 59})
        await world.send(writer.many(30, streams=streams))
        await world.reaches({"talent": 89}, within=60)

    await world.equals_fold_of(writer.events)
    assert await world.parked() == []


class _Nobody:
    """A receiver that is never reached."""

    async def assigned(self, _: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        return {}

    async def restarted(self, _: TopicPartition) -> None: ...

    async def received(self, _: Sequence[Slice]) -> None: ...

    async def overtaken(self, _: Gap) -> None: ...

    async def idle(self, _: Collection[TopicPartition]) -> None: ...


async def _parked_are(world: World, number: int) -> bool:
    return len(await world.parked()) == number


async def _no_marks(world: World) -> bool:
    return not await world.pool.fetchval(
        "select count(*) from parked where redrive_requested_at is not null and redriven_at is null"
    )


async def _asked(world: World, times: int) -> bool:
    return world.door.asked >= times


async def _failing(subscription: Subscription) -> bool:
    return subscription.health().error is not None


async def _value(value: object) -> bool:
    return value is not None
