"""From Kafka to tables: every event once, in its stream's order, whatever the way there does to it."""

from __future__ import annotations

from tests.integration.reporting.world import Writer, World


async def test_events_reach_the_tables(world: World) -> None:
    talent, cpd = Writer("talent"), Writer("cpd")
    events = [*talent.many(50, streams=7), *cpd.many(20, streams=3)]
    await world.send(events)

    async with world.running():
        await world.reaches({"talent": 49, "cpd": 19})

    await world.equals_fold_of(events)
    assert await world.parked() == []
