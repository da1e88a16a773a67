"""A read model built afresh while events arrive and pages are read."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from services.reporting.composition import Reporting
from services.reporting.read_models import rebuild
from services.reporting.read_models.rebuild import RebuildRefused, RebuildRunning
from tests.integration.reporting.world import Poison, World, Writer, fold, names, until


async def test_a_rebuild_while_events_flow_gives_equal_tables_and_no_page_is_empty_or_mixed(world: World) -> None:
    writer = Writer()
    await world.send(writer.many(2_000, streams=40))
    async with world.running() as reporting:
        await world.reaches({"talent": 1_999})
        flowing = asyncio.create_task(_flow(world, writer))
        looking = asyncio.create_task(_look(reporting))
        said: list[tuple[int, int]] = []
        for _ in range(4):
            built = await rebuild.rebuild(world.pool, names, progress=lambda done, of: said.append((done, of)))
            assert (built.compared, built.differences, built.left_out, built.switched) == (True, (), (), True)
        flowing.cancel()
        await asyncio.gather(flowing, return_exceptions=True)
        await world.reaches({"talent": len(writer.events) - 1})
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    await world.equals_fold_of(writer.events)
    assert said
    assert all(0 <= done <= of for done, of in said)


async def test_a_rebuild_follows_a_ledger_that_is_filled_out_of_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "_step", 10)
    writer = Writer()
    events = writer.many(60, streams=3)
    late = {events[4], events[5], events[22]}
    Poison.names = frozenset({"name 33 of talent"})
    world.door.shut = True
    builder = rebuild._Builder(world.pool, names, "names_beside", None)
    async with world.running():
        await world.send([event for event in events if event not in late])
        await until(lambda: _entered(world, 57))
        await builder.create()
        for _ in range(4):
            await builder.step()
        assert len(builder.missing) == 3
        assert builder.parked

        await world.send([events[5], events[22], events[4]])
        Poison.names = frozenset()
        await until(lambda: _only_poison_waits(world))
        await builder.step()
        await world.pool.execute("update parked set redrive_requested_at = now()")
        await until(lambda: _nothing_parked(world))

        assert await builder.compare() == (True, ())
        await builder.switch()

    await world.equals_fold_of(events)
    assert builder.done == 60


async def test_a_rebuild_leaves_out_what_is_parked_and_names_it(world: World) -> None:
    writer = Writer()
    Poison.names = frozenset({"name 5 of talent"})
    async with world.running():
        await world.send(writer.many(20, streams=4))
        await world.reaches({"talent": 19})
        Poison.names = frozenset()
        built = await rebuild.rebuild(world.pool, names)

        assert built.left_out == tuple(("talent", n) for n in (5, 9, 13, 17))
        assert built.differences == ()
        await world.pool.execute("update parked set redrive_requested_at = now()")
        await until(lambda: _nothing_parked(world))

    await world.equals_fold_of(writer.events)
    assert (await rebuild.verify(world.pool, names)).left_out == ()


async def test_new_poison_refuses_the_rebuild_and_names_the_event(world: World) -> None:
    async with world.running():
        await world.send(Writer().many(20, streams=4))
        await world.reaches({"talent": 19})
    before = await _schemas(world)
    Poison.names = frozenset({"name 7 of talent"})

    with pytest.raises(RebuildRefused) as refused:
        await rebuild.rebuild(world.pool, names)

    assert refused.value.event == ("talent", 7)
    assert await _schemas(world) == before


async def test_a_cancelled_rebuild_leaves_nothing_behind(world: World) -> None:
    writer = Writer()
    async with world.running():
        await world.send(writer.many(500, streams=4))
        await world.reaches({"talent": 499})
    before = await _schemas(world)
    reached = asyncio.Event()
    task = asyncio.create_task(rebuild.rebuild(world.pool, names, progress=lambda _done, _of: reached.set()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await _schemas(world) == before
    await world.equals_fold_of(writer.events)


async def test_two_rebuilds_of_one_read_model_exclude_each_other(world: World) -> None:
    await rebuild.prepare(world.pool, [names])

    results = await asyncio.gather(*(rebuild.rebuild(world.pool, names) for _ in range(3)), return_exceptions=True)
    assert any(not isinstance(result, BaseException) for result in results)
    assert all(isinstance(r, rebuild.Rebuilt | RebuildRunning) for r in results)


async def test_verify_finds_a_row_that_was_tampered_with(world: World) -> None:
    writer = Writer()
    async with world.running():
        await world.send(writer.many(20, streams=4))
        await world.reaches({"talent": 19})
    schema = await world.pool.fetchval("select schema from live where projection = 'names'")
    assert (await rebuild.verify(world.pool, names)).differences == ()
    await world.pool.execute(f"""update "{schema}".latest set name = 'somebody else' where stream = 'talent-1'""")

    found = await rebuild.verify(world.pool, names)

    assert [(d.table, d.only_live, d.only_rebuilt) for d in found.differences] == [("latest", 1, 1)]
    assert not found.switched
    await rebuild.rebuild(world.pool, names)
    await world.equals_fold_of(writer.events)


async def test_retired_schemas_are_dropped_when_no_page_can_be_reading_them(world: World) -> None:
    await rebuild.prepare(world.pool, [names])
    await rebuild.rebuild(world.pool, names)
    assert len(await _schemas(world)) == 2
    await world.pool.execute("update retired set at = at - interval '1 hour'")

    await rebuild.drop_retired(world.pool)

    assert len(await _schemas(world)) == 1


async def test_the_app_may_not_change_what_was_received(world: World) -> None:
    async with world.running():
        await world.send(Writer().many(3, streams=1))
        await world.reaches({"talent": 2})

    for forbidden in ("update ledger set record = ''", "delete from ledger", "truncate ledger", "delete from parked"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await world.pool.execute(forbidden)


async def _flow(world: World, writer: Writer) -> None:
    while True:
        await world.send(writer.many(20, streams=40))
        await asyncio.sleep(0.02)


async def _look(reporting: Reporting) -> None:
    """A page again and again: both tables belong to the same moment, and nothing ever goes back."""
    last = 0
    while True:
        async with reporting.reading(("names",)) as view:
            streams = await view.conn.fetch("select stream, version from latest")
            await asyncio.sleep(0)
            rows = await view.conn.fetchval("select count(*) from seen")
            entered = await view.conn.fetchval("select count(*) from ledger")
        assert sum(row["version"] for row in streams) == rows == entered
        assert rows >= max(last, 2_000)
        last = rows


async def _entered(world: World, number: int) -> bool:
    return bool(await world.pool.fetchval("select count(*) = $1 from ledger", number))


async def _only_poison_waits(world: World) -> bool:
    return {reason for _, _, reason in await world.parked()} <= {"poison", "behind"}


async def _nothing_parked(world: World) -> bool:
    return await world.parked() == []


async def _schemas(world: World) -> list[str]:
    rows = await world.pool.fetch("select nspname from pg_namespace where nspname like 'names\\_%' order by 1")
    return [row["nspname"] for row in rows]


def test_the_fold_is_not_empty() -> None:
    assert len(fold(Writer().many(10, streams=2))[0]) == 2
