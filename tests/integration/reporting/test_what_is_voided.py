"""What is voided is gone from the reports, and from nowhere else: however it came, and as of before it still stands."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import icalendar
import pytest

from services.reporting import ledger
from services.reporting.ledger import Entry
from services.reporting.read_models import live
from services.reporting.read_models.as_of import AsOf
from services.reporting.read_models.live import Live
from services.reporting.read_models.projecting import ddl, statements
from services.reporting.read_models.projection import Projection
from services.reporting.read_models.reading import Reading
from services.reporting.read_models.rebuild import verify
from services.reporting.reports import answer, reports
from services.reporting.web.ics import feed_of
from shared.contracts import codec
from shared.contracts.bookkeeping import standing
from shared.contracts.collaboration.capacity import CapacityOffered, CapacityRequested
from shared.messaging import Delivered
from tests.support import read_model
from tests.support.chapters import CHAPTERS
from tests.support.read_model import HandClock, arrival
from tests.support.story import Story, named
from tests.support.teller import Chapter, Teller

ASHBY, BIRCH = "900001", "900002"
MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
BY_HAND = ("focus", "loop", "agenda", "roles", "matches", "calendar")
PROJECTIONS = {projection.name: projection for projection in read_model.ALL}


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_ends_as_if_what_is_void_had_not_been(pool: asyncpg.Pool, seed: int) -> None:
    """In any interleaving of streams, cut into any batches: live, rebuilt, and as of any moment."""
    chance = random.Random(seed)
    one = Teller(chance)
    other = Teller(chance, one.story, "99002")
    for _ in range(100):
        chance.choice((one, other)).tell(2)
    told = one.story.told
    assert sum("RecordVoided" in delivered.envelope.type for delivered in told) > 5

    await _receive(pool, _interleaved(told, chance), chance)

    for projection in read_model.ALL:
        rebuilt = await verify(pool, projection)
        assert (rebuilt.compared, rebuilt.differences) == (True, ())
        async with pool.acquire() as conn:
            [schema] = (await live.schemas(conn, [projection.name])).values()
            assert await _tables(conn, projection, schema) == await _of_what_stands(conn, projection, told)
    for moment in sorted(chance.sample(sorted({delivered.envelope.time for delivered in told}), 3)):
        known = _contiguous(told, moment)
        for projection in read_model.ALL:
            async with Reading(pool, HandClock(moment), PROJECTIONS)((projection.name,), AsOf(moment)) as view:
                schema = await view.conn.fetchval("select current_schema")
                then = await _tables(view.conn, projection, schema)
            async with pool.acquire() as conn:
                assert then == await _of_what_stands(conn, projection, known)


async def test_a_fact_and_its_voiding_in_one_batch_leave_nothing(pool: asyncpg.Pool) -> None:
    story = Story(now=MONDAY)
    story.declares("Leicester", "NLE", "National leader", count=17, as_at=date(2026, 11, 1))
    story.voids(story.told[-1])

    await _receive_batch(pool, story.told)

    async with Reading(pool, HandClock(MONDAY), PROJECTIONS)(("roles",)) as view:
        assert await reports["roles"].rows(view.conn, at=view.at, school=None) == []


async def test_a_parked_voiding_has_no_effect_until_it_is_brought_back(pool: asyncpg.Pool) -> None:
    story = Story(now=MONDAY)
    story.declares("Leicester", "NLE", "National leader", count=17, as_at=date(2026, 11, 1))
    story.voids(story.told[-1])
    declared, voided = story.told
    await _receive_batch(pool, [declared])
    async with pool.acquire() as conn, conn.transaction():
        await Live(PROJECTIONS, HandClock(MONDAY)).hold(conn, [arrival(voided)])
    assert (await verify(pool, PROJECTIONS["roles"])).differences == ()
    async with Reading(pool, HandClock(MONDAY), PROJECTIONS)(("roles",)) as view:
        assert len(await reports["roles"].rows(view.conn, at=view.at, school=None)) == 1

    await _receive_batch(pool, [voided])

    assert (await verify(pool, PROJECTIONS["roles"])).differences == ()
    async with Reading(pool, HandClock(MONDAY), PROJECTIONS)(("roles",)) as view:
        assert await reports["roles"].rows(view.conn, at=view.at, school=None) == []


async def test_what_was_voided_yesterday_is_gone_from_every_report_and_was_there_two_days_ago(
    pool: asyncpg.Pool,
) -> None:
    story, wrong = _with_mistakes()
    two_days_ago, yesterday = story.now, story.now + timedelta(days=1)
    story.later(days=1)
    for told in reversed(wrong):
        story.voids(told)
    await read_model.receive(pool, story.told)

    then, now = await _all(pool, two_days_ago, AsOf(two_days_ago)), await _all(pool, yesterday, None)

    assert {name: _told_apart(then[name]) for name in BY_HAND} == {
        "focus": {(ASHBY, "Reading", "red"), (BIRCH, "Reading", "no_answer"), (ASHBY, "Wrong", "no_answer")},
        "loop": {(ASHBY, "Reading", True)},
        "agenda": {(ASHBY, 1, 2), (BIRCH, 0, 1), ("900003", 1, 0)},
        "roles": {("Leicester", 71)},
        "matches": {(ASHBY, "3 half-days")},
        "calendar": {("A", "cancelled", 1), ("B", "confirmed", 1), ("C", "confirmed", 0)},
    }
    assert {name: _told_apart(now[name]) for name in BY_HAND} == {
        "focus": {(ASHBY, "Reading", "red"), (BIRCH, "Reading", "no_answer")},
        "loop": {(ASHBY, "Reading", False)},
        "agenda": {(ASHBY, 1, 1), (BIRCH, 0, 1)},
        "roles": {("Leicester", 17)},
        "matches": {(ASHBY, None)},
        "calendar": {("A", "confirmed", 2), ("B at first", "confirmed", 2)},
    }
    assert {event["SEQUENCE"] for event in _events(now["calendar"])} == {2}
    assert await pool.fetchval("select count(*) from ledger") == len(story.told)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.__name__)
async def test_a_fact_behind_a_figure_is_gone_with_its_voiding(pool: asyncpg.Pool, chapter: type[Chapter]) -> None:
    teller = Teller(random.Random(7), chapters=[chapter])
    story, told = teller.tell(250), 0
    for model in chapter.reports:
        facts, before = list[Delivered](), story.now
        while not facts:  # what counts few people is hidden: then there have to be more
            teller.tell(50 * bool(told))
            new = read_model.by_log(story.told[told:])
            await read_model.receive(pool, new)
            told = len(story.told)
            before = max(delivered.envelope.time for delivered in story.told) + timedelta(hours=1)
            behind = await _behind(pool, model, before, None)
            facts = [one for one in story.told if one.envelope.id in behind and teller.gone_with(one)]
        wrong = facts[0]
        story.now = before + timedelta(days=1)
        for one in reversed(teller.gone_with(wrong)):
            story.voids(one.delivered)
        await read_model.receive(pool, story.told[told:])
        told = len(story.told)

        assert wrong.envelope.id not in await _behind(pool, model, story.now, None)
        assert wrong.envelope.id in await _behind(pool, model, before, AsOf(before))


def test_every_report_has_a_mistake_of_its_own() -> None:
    told = {*BY_HAND, *(model for chapter in CHAPTERS for model in chapter.reports)}

    assert reports.keys() - {"history"} == told  # where what is void stays


async def _behind(pool: asyncpg.Pool, model: str, at: datetime, as_of: AsOf | None) -> set[UUID]:
    """Every event that a report counts or names."""
    async with Reading(pool, HandClock(at), PROJECTIONS)(reports[model].needs, as_of) as view:
        found = await answer(reports[model], view)
    counted = {event_id for row in found.behind for ids in row.values() for event_id in ids}
    return counted | {UUID(str(row["event_id"])) for row in found.rows if row.get("event_id")}


def _with_mistakes() -> tuple[Story, list[Delivered]]:
    """A trust's week with a mistake in everything that it reports, the mistakes in the order of their telling."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    wrong: list[Delivered] = []

    def mistakenly(tell: Any, *about: Any, **more: Any) -> None:
        tell(*about, **more)
        wrong.append(story.told[-1])

    story.joins(ASHBY, "Ashby", date(2020, 9, 1))
    story.joins(BIRCH, "Birch", date(2020, 9, 1))
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.agrees_on("wrong", "Wrong", date(2026, 9, 1))
    story.opens("2026/27-2", date(2026, 11, 16), date(2026, 11, 27))
    due_by = MONDAY + timedelta(days=9)
    story.asks("item", "reading", "2026/27-2", [ASHBY, BIRCH], due_by)
    mistakenly(story.asks, "other", "wrong", "2026/27-2", [ASHBY], due_by)
    mistakenly(story.joins, "900003", "Cedar", date(2020, 9, 1))
    story.now = MONDAY + timedelta(hours=1)
    story.meets("meeting", [ASHBY], MONDAY)
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    story.meets("another", ["900003"], MONDAY)
    wrong.append(story.told[-1])
    mistakenly(story.acknowledges, "meeting", "item", ASHBY)
    story.declares("Leicester", "NLE", "National leader", count=17, as_at=date(2026, 11, 1))
    mistakenly(story.declares, "Leicester", "NLE", "National leader", count=71, as_at=date(2026, 11, 1))
    for_a_month: dict[str, Any] = {"dimension": "people", "quantity": 3, "unit": "half_days"}
    for_a_month |= {"from_on": date(2026, 11, 16), "to_on": date(2026, 12, 15)}
    wanted = CapacityRequested(request_id=named("wanted"), trustuid=story.trust, taker_urn=ASHBY, **for_a_month)
    story.tell(wanted, f"capacity-request-{named('wanted')}")
    offered = CapacityOffered(offer_id=named("offered"), trustuid=story.trust, giver_urn=BIRCH, **for_a_month)
    mistakenly(story.tell, offered, f"capacity-offer-{named('offered')}")
    story.publishes("Mentoring")
    for place in "AB":
        story.schedules(place, "Mentoring", MONDAY + timedelta(days=3), where="A" if place == "A" else "B at first")
    mistakenly(story.schedules, "C", "Mentoring", MONDAY + timedelta(days=3), where="C")
    mistakenly(story.cancels, "A", "The speaker is ill.")
    mistakenly(story.moves, "B", MONDAY + timedelta(days=4), where="B")
    return story, wrong


def _told_apart(rows: Sequence[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """What this story changes in each report's rows."""
    if not rows:
        return set()
    columns = next(
        names
        for names in (
            ("urn", "title", "state"),
            ("urn", "meetings_held", "items_issued"),
            ("area", "count"),
            ("where", "status", "sequence"),
            ("urn", "title", "acknowledged_at"),
            ("taker_urn", "would_cover"),
        )
        if set(names) <= rows[0].keys()
    )
    return {
        tuple(row[name] if name != "acknowledged_at" else row[name] is not None for name in columns) for row in rows
    }


def _events(rows: Sequence[dict[str, Any]]) -> Sequence[Any]:
    """What the calendar's feed holds."""
    feed = icalendar.Calendar.from_ical(feed_of(rows, "Harbour Trust", "https://baton.test/"))
    return feed.walk("VEVENT")


async def _all(pool: asyncpg.Pool, at: datetime, as_of: AsOf | None) -> dict[str, list[dict[str, Any]]]:
    """Every report there is."""
    found = {}
    for name, report in reports.items():
        async with Reading(pool, HandClock(at), PROJECTIONS)(report.needs, as_of) as view:
            found[name] = (await answer(report, view)).rows
    return found


def _interleaved(told: Sequence[Delivered], chance: random.Random) -> list[Delivered]:
    """The streams shuffled into each other, each in its own order."""
    waiting = {
        stream: list(events)
        for stream, events in groupby(sorted(told, key=lambda d: d.envelope.stream), lambda d: d.envelope.stream)
    }
    for events in waiting.values():
        events.sort(key=lambda delivered: -delivered.envelope.version)
    order = [delivered.envelope.stream for delivered in told]
    chance.shuffle(order)
    return [waiting[stream].pop() for stream in order]


async def _receive(pool: asyncpg.Pool, told: Sequence[Delivered], chance: random.Random) -> None:
    """In batches of any size."""
    since = 0
    while since < len(told):
        until = since + chance.choice((1, 2, 7, 40, 300))
        await _receive_batch(pool, told[since:until])
        since = until


async def _receive_batch(pool: asyncpg.Pool, told: Sequence[Delivered]) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await Live(PROJECTIONS, HandClock(MONDAY)).apply(conn, [arrival(delivered) for delivered in told])


def _contiguous(told: Sequence[Delivered], moment: datetime) -> list[Delivered]:
    """What had been recorded by a moment; of a stream, only what has no hole before it."""
    heads: dict[str, int] = {}
    known = []
    for delivered in read_model.by_log(told):
        stream, version = delivered.envelope.stream, delivered.envelope.version
        if delivered.envelope.time <= moment and version == heads.get(stream, 0) + 1:
            heads[stream] = version
            known.append(delivered)
    return known


async def _of_what_stands(
    conn: Any, projection: Projection, told: Sequence[Delivered]
) -> dict[str, list[tuple[Any, ...]]]:
    """The tables of events from which what is void was taken first."""
    entries = [Entry(d, codec.decode(d.envelope.type, d.record)) for d in told]
    by_stream = groupby(sorted(entries, key=lambda e: (e.stream, e.version)), lambda e: e.stream)
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(ddl(projection, "afresh"))
        for statement, rows in statements(
            "afresh", projection, [one for _, events in by_stream for one in standing(events)]
        ):
            await conn.execute(statement, rows)
        return await _tables(conn, projection, "afresh")
    finally:
        await transaction.rollback()


async def _tables(conn: Any, projection: Projection, schema: str) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: sorted(
            (tuple(row) for row in await conn.fetch(f'select * from "{schema}"."{table.name}"')), key=repr
        )
        for table in projection.tables
    }


async def test_without_a_voiding_the_ledger_is_not_asked(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(now=MONDAY)
    story.declares("Leicester", "NLE", "National leader", count=17, as_at=date(2026, 11, 1))

    def asked(*_: Any) -> None:
        raise AssertionError("nothing is void")

    monkeypatch.setattr(ledger, "told", asked)
    await _receive_batch(pool, story.told)
    assert (await verify(pool, PROJECTIONS["roles"])).differences == ()
