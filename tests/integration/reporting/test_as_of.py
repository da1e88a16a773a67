"""What was known at some moment equals a fold of what was recorded up to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.composition import Reporting
from services.reporting.read_models import as_of
from services.reporting.read_models.as_of import AsOf
from services.reporting.read_models.reading import Reading, View
from shared.problems import Problem
from tests.integration.reporting.world import EPOCH, World, Writer, fold, until


@pytest.fixture
async def running(world: World) -> AsyncIterator[Reporting]:
    async with world.running() as reporting:
        yield reporting


async def test_a_moment_shows_what_was_recorded_up_to_it(world: World, running: Reporting) -> None:
    writer, other = Writer("talent"), Writer("cpd")
    await world.send([*writer.many(60, streams=7), *other.many(30, streams=4)])
    await world.reaches({"talent": 59, "cpd": 29})
    everything = [*writer.events, *other.events]

    for minutes in (0, 13, 45, 1000):
        moment = EPOCH + timedelta(minutes=minutes)
        async with running.reading(("names",), AsOf(moment)) as view:
            known = [e for e in everything if e.envelope.time <= moment]
            assert await _tables(view) == fold(known)
            assert view.at == moment
            assert view.position == {
                service: max(e.logindex for e in known if e.envelope.service == service)
                for service in {e.envelope.service for e in known}
            }

    async with running.reading(("names",)) as view:
        assert await _tables(view) == fold(everything)
        assert view.as_of is None


async def test_an_event_names_what_was_known_when_it_was_recorded(world: World, running: Reporting) -> None:
    writer, other = Writer("talent"), Writer("cpd")
    for n in range(12):  # three of each service share a time
        after = timedelta(minutes=n // 3)
        writer.record(f"talent-{n % 2}", f"name {n}", after=after)
        other.record(f"cpd-{n % 2}", f"name {n}", after=after)
    await world.send([*writer.events, *other.events])
    await world.reaches({"talent": 11, "cpd": 11})

    async with running.reading(("names",), "event:talent:4") as view:
        assert await _tables(view) == fold([*writer.events[:5], *other.events[:6]])
        assert (str(view.as_of), view.position) == ("event:talent:4", {"talent": 4, "cpd": 5})


async def test_a_clock_that_was_turned_back_leaves_no_hole(world: World, running: Reporting) -> None:
    writer = Writer()
    writer.record("talent-a", "first", after=timedelta(minutes=10))
    writer.record("talent-a", "second", after=timedelta(minutes=5))
    writer.record("talent-b", "other", after=timedelta(minutes=5))
    await world.send(writer.events)
    await world.reaches({"talent": 2})

    async with running.reading(("names",), AsOf(EPOCH + timedelta(minutes=6))) as view:
        assert await _tables(view) == fold([writer.events[2]])


async def test_requests_for_the_same_events_share_one_fill(world: World, running: Reporting) -> None:
    await world.send(Writer().many(40, streams=7))
    await world.reaches({"talent": 39})

    moments = ["2026-09-01T08:20:00Z", "2026-09-01T08:20:59Z"]  # nothing came in between
    await asyncio.gather(*(_read(running.reading, moment) for moment in moments * 10))
    assert await world.pool.fetchval("select count(*) from scratch") == 1


async def test_postgres_knows_how_much_there_is_of_a_moment_with_many_events(
    world: World, running: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "_many", 39)
    await world.send(Writer().many(40, streams=7))
    await world.reaches({"talent": 39})

    looked_at = []
    for moment in ("2026-10-01", "2026-09-01T08:20:00Z"):  # all forty, and some of them
        async with running.reading(("names",), moment) as view:
            looked_at.append(
                await view.conn.fetchval(
                    "select bool_and(reltuples >= 0) from pg_class"
                    " where relkind = 'r' and relnamespace::regnamespace::text = (current_schemas(false))[1]"
                )
            )
    assert looked_at == [True, False]


async def test_what_arrives_late_about_a_moment_is_seen(world: World, running: Reporting) -> None:
    writer = Writer()
    events = writer.many(20, streams=20)
    world.door.shut = True
    await world.send([event for event in events if event.logindex != 5])
    await world.reaches({"talent": 4})
    moment = AsOf(EPOCH + timedelta(minutes=10))
    await until(lambda: _entered(world, 19))
    assert await _read(running.reading, moment) == fold(e for e in events[:11] if e.logindex != 5)

    await world.send([events[5]])
    await world.reaches({"talent": 19})
    assert await _read(running.reading, moment) == fold(events[:11])


async def test_old_fills_make_room_and_those_in_use_are_kept(
    world: World, running: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "_most", 3)
    await world.send(Writer().many(10, streams=2))
    await world.reaches({"talent": 9})
    for minute in (1, 2, 3):
        await _read(running.reading, f"2026-09-01T08:0{minute}:00Z")
    with pytest.raises(Problem, match="as_of_busy"):
        await _read(running.reading, "2026-10-01")

    await world.pool.execute("update scratch set used_at = used_at - interval '2 minutes'")
    await _read(running.reading, "2026-10-01")
    assert await world.pool.fetchval("select count(*) from scratch") == 3
    assert await world.pool.fetchval("select count(*) from pg_namespace where nspname like 'asof\\_%'") == 3
    await running.reading.scratch.drop_unused(timedelta(seconds=60))
    assert await world.pool.fetchval("select count(*) from scratch") == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("yesterday", "as_of_unreadable"),
        ("2026-13-01", "as_of_unreadable"),
        ("9999-12-31", "as_of_unreadable"),
        ("2026-09-01T08:00:00", "as_of_unreadable"),
        ("event:talent", "as_of_unreadable"),
        ("event:talent:999", "as_of_unknown"),
        ("receipt:7K3Q-9FTM", "as_of_unknown"),
    ],
)
async def test_a_moment_that_cannot_be_read_says_what_can(running: Reporting, text: str, code: str) -> None:
    with pytest.raises(Problem) as problem:
        await _read(running.reading, text)
    assert problem.value.code == code
    assert code == "as_of_unknown" or all(
        form in problem.value.detail for form in ("2026-11-22:", "2026-11-22T10:00:00Z", "event:talent:1200")
    )


async def test_a_date_is_its_end_in_london(running: Reporting) -> None:
    for text, at in (
        ("2026-07-01", datetime(2026, 7, 1, 22, 59, 59, 999_999, UTC)),
        ("2026-12-01", datetime(2026, 12, 1, 23, 59, 59, 999_999, UTC)),
        ("2026-10-25", datetime(2026, 10, 25, 23, 59, 59, 999_999, UTC)),
        ("2026-07-01T10:00:00+01:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-07-01T10:00:00 01:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
    ):
        async with running.reading((), text) as view:
            assert view.at == at


async def _entered(world: World, number: int) -> bool:
    return bool(await world.pool.fetchval("select count(*) = $1 from ledger", number))


async def _read(reading: Reading, moment: AsOf | str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    async with reading(("names",), moment) as view:
        return await _tables(view)


async def _tables(view: View) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    latest = await view.conn.fetch("select * from latest order by 1")
    seen = await view.conn.fetch("select * from seen order by 1, 2")
    return [tuple(row) for row in latest], [tuple(row) for row in seen]
