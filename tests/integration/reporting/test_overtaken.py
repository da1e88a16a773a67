"""A topic has lost records before they were taken: the writer is asked for what they brought, and nothing is jumped."""

from __future__ import annotations

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin.records_to_delete import RecordsToDelete
from structlog.testing import capture_logs

from tests.integration.reporting.world import World, Writer, until
from tests.support.kafka import administering


async def lose(world: World, topic: str, *, keep: int = 0) -> None:
    """Delete the records of a topic from its beginning, as retention does, but for the last ones."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=world.kafka, enable_auto_commit=False)
    await consumer.start()
    ends = await consumer.end_offsets(consumer.assignment())
    await consumer.stop()
    before = {partition: RecordsToDelete(before_offset=max(end - keep, 0)) for partition, end in ends.items()}
    async with administering(world.kafka) as admin:
        await admin.delete_records(before)


async def consumed(world: World, writer: Writer) -> None:
    """A consumer has taken a first part of the writer's events, and is away."""
    world.door.writers["talent"] = writer
    await world.send(writer.many(40, streams=8))
    async with world.running():
        await world.reaches({"talent": 39})


@pytest.mark.parametrize("keep", [0, 3])
async def test_what_is_gone_is_asked_of_the_writer(world: World, keep: int) -> None:
    writer = Writer()
    await consumed(world, writer)
    await world.send(writer.many(40, streams=8))
    await world.send([writer.record(f"only-{n}", "its stream has no other event") for n in range(20)])
    await lose(world, world.topics["talent"], keep=keep)

    with capture_logs() as logs:
        async with world.running():
            await world.reaches({"talent": 99})
            await world.send([writer.record("later", "comes as usual")])
            await world.reaches({"talent": 100})

    await world.equals_fold_of(writer.events)
    assert await world.parked() == []
    assert {"records_gone", "records_made_up_for"} <= {entry["event"] for entry in logs}
    assert "topic_recreated" not in {entry["event"] for entry in logs}


async def test_who_was_never_there_gets_the_whole_log(world: World) -> None:
    writer = Writer()
    world.door.writers["talent"] = writer
    await world.send(writer.many(1_200, streams=30))
    await lose(world, world.topics["talent"])

    async with world.running():
        await world.reaches({"talent": 1_199})

    await world.equals_fold_of(writer.events)


async def test_with_the_door_shut_the_place_stays_and_other_services_go_on(world: World) -> None:
    writer, other = Writer(), Writer("cpd")
    await consumed(world, writer)
    await world.send(writer.many(40, streams=8))
    await lose(world, world.topics["talent"])
    world.door.shut = True
    places = await stored(world)

    async with world.running():
        await world.send(other.many(20, streams=4))
        await world.reaches({"talent": 39, "cpd": 19})
        await until(lambda: asked(world), what="the door")
        assert await stored(world) == places

        world.door.shut = False
        await world.reaches({"talent": 79, "cpd": 19})

    await world.equals_fold_of([*writer.events, *other.events])


async def test_what_was_taken_may_go_without_anybody_being_asked(world: World) -> None:
    writer = Writer()
    await consumed(world, writer)
    await lose(world, world.topics["talent"])
    world.door.shut = True

    async with world.running():
        await world.send([writer.record("later", "comes as usual")])
        await world.reaches({"talent": 40})

    await world.equals_fold_of(writer.events)
    assert world.door.asked == 0


async def stored(world: World) -> list[tuple[int, int]]:
    rows = await world.pool.fetch(
        "select partition, next from offsets where topic = $1 order by 1", world.topics["talent"]
    )
    return [(row["partition"], row["next"]) for row in rows]


async def asked(world: World) -> bool:
    return world.door.asked > 1
