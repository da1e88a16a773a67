"""The clock of required training: what ended lapses once, whichever process asks, however often it was restarted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.cpd.domain.requirement import SetRequirement
from services.cpd.intake.compliance import TrainingRecord, complete_training, set_requirement
from services.cpd.reactions import lapsing
from services.cpd.reactions.lapsing import lapses_at_once, record_lapsed
from shared.documents.listening import heard_by
from shared.eventstore import Act
from shared.intake import Views
from tests.support.process import Process, context, opened, place_of
from tests.support.read_model import HandClock
from tests.support.writer import CPD, TRUST, Place

pytestmark = pytest.mark.timeout(300)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LAST_DAY = date(2027, 3, 13)
OVER = datetime(2027, 3, 14, 0, 0, tzinfo=UTC)  # the first moment after it, in London too
VIEWS = Views([lapsing.view], heard_by(lapsing.view))


class Lapsing(Process):
    """One process of the service, and its clock of required training."""

    async def hears(self, *streams: str) -> None:
        await self.takes_in(VIEWS, *streams)

    async def ticks(self, at: datetime) -> int:
        return await record_lapsed(self.store, self.vault, HandClock(at))

    async def lapses(self, person_id: UUID, training: str) -> list[date]:
        loaded, _ = await self.store.load([stream_of(person_id, training)])
        events = [recorded.event() for recorded in loaded[stream_of(person_id, training)].events]
        return [event.lapsed_on for event in events if hasattr(event, "lapsed_on")]


here = place_of(CPD)


@asynccontextmanager
async def running(here: Place) -> AsyncIterator[Lapsing]:
    async with opened(here) as one:
        yield Lapsing(one.resources, one.store, HandClock(NOW))


@pytest.fixture
async def process(here: Place) -> AsyncIterator[Lapsing]:
    async with running(here) as one:
        yield one


@pytest.fixture
def training() -> str:
    """A training that is this test's alone."""
    return f"training-{uuid4().hex[:12]}"


def stream_of(person_id: UUID, training: str) -> str:
    return f"training-{person_id}-{training}"


def completed(person_id: UUID, training: str, on: date = date(2024, 3, 14), until: date | None = LAST_DAY) -> Act:
    shape = TrainingRecord(person_id=person_id, trustuid=TRUST, training=training, completed_on=on, expires_on=until)
    return complete_training(shape, context())


def required(training: str, effective_from: date, months: int | None = 12) -> Act:
    shape = SetRequirement(
        trustuid=TRUST,
        training=training,
        title="First aid at work",
        basis="statutory",
        recurrence_months=months,
        grace_days=0,
        effective_from=effective_from,
    )
    return set_requirement(shape, context())


async def test_it_lapses_when_its_last_day_is_over_in_london(process: Lapsing, training: str) -> None:
    ada = uuid4()
    await process.says(completed(ada, training))
    await process.hears(stream_of(ada, training))

    await process.ticks(OVER - timedelta(minutes=1))
    before = await process.lapses(ada, training)
    await process.ticks(OVER)

    assert (before, await process.lapses(ada, training)) == ([], [LAST_DAY + timedelta(days=1)])


async def test_in_summer_a_day_is_over_an_hour_earlier(process: Lapsing, training: str) -> None:
    ada, last_day = uuid4(), date(2027, 7, 1)
    await process.says(completed(ada, training, until=last_day))
    await process.hears(stream_of(ada, training))

    await process.ticks(datetime(2027, 7, 1, 22, 59, tzinfo=UTC))
    before = await process.lapses(ada, training)
    await process.ticks(datetime(2027, 7, 1, 23, 0, tzinfo=UTC))

    assert (before, await process.lapses(ada, training)) == ([], [date(2027, 7, 2)])


async def test_two_processes_that_ask_at_once_make_one_fact(here: Place, process: Lapsing, training: str) -> None:
    people = [uuid4() for _ in range(40)]
    await process.says(*(completed(person, training) for person in people))
    await process.hears(*(stream_of(person, training) for person in people))

    async with running(here) as other:
        await asyncio.gather(*(each.ticks(OVER) for each in (process, other) * 4))

    for person in people:
        assert await process.lapses(person, training) == [LAST_DAY + timedelta(days=1)]


async def test_a_process_that_died_between_fact_and_note_asks_again_in_vain(here: Place, training: str) -> None:
    ada = uuid4()
    async with running(here) as first:
        await first.says(completed(ada, training))
        await first.hears(stream_of(ada, training))
        await first.ticks(OVER)
        await first.store.pool.execute("update expiry set asked = false where person_id = $1", ada)

    async with running(here) as second:
        assert await second.ticks(OVER) == 0
        assert await second.lapses(ada, training) == [LAST_DAY + timedelta(days=1)]
        assert await second.store.pool.fetchval("select asked from expiry where person_id = $1", ada)


async def test_what_was_heard_twice_is_asked_once(process: Lapsing, training: str) -> None:
    ada = uuid4()
    await process.says(completed(ada, training))
    for _ in range(2):
        await process.hears(stream_of(ada, training))
        await process.ticks(OVER)

    assert await process.lapses(ada, training) == [LAST_DAY + timedelta(days=1)]


async def test_a_view_that_is_behind_makes_nothing_lapse(process: Lapsing, training: str) -> None:
    ada, later = uuid4(), date(2030, 1, 1)
    await process.says(completed(ada, training))
    await process.hears(stream_of(ada, training))
    await process.says(completed(ada, training, on=date(2026, 11, 1), until=later))

    await process.ticks(OVER)
    renewed = await process.lapses(ada, training)
    await process.hears(stream_of(ada, training))
    await process.ticks(datetime(2030, 1, 2, 9, 0, tzinfo=UTC))

    assert (renewed, await process.lapses(ada, training)) == ([], [date(2030, 1, 2)])


async def test_renewed_it_lapses_again(process: Lapsing, training: str) -> None:
    ada = uuid4()
    await process.says(completed(ada, training))
    await process.hears(stream_of(ada, training))
    await process.ticks(OVER)
    a_week_later = replace(process, clock=HandClock(OVER + timedelta(7)))
    await a_week_later.says(completed(ada, training, on=date(2027, 3, 20), until=date(2028, 3, 19)))
    await process.hears(stream_of(ada, training))

    for _ in range(3):
        await process.ticks(datetime(2028, 4, 1, tzinfo=UTC))

    assert await process.lapses(ada, training) == [date(2027, 3, 14), date(2028, 3, 20)]


async def test_more_than_a_tick_takes_are_taken_by_the_next(process: Lapsing, training: str) -> None:
    people = [uuid4() for _ in range(lapses_at_once + 1)]
    await process.says(*(completed(person, training) for person in people))
    await process.hears(*(stream_of(person, training) for person in people))

    asked = [await process.ticks(OVER) for _ in range(3)]

    assert asked == [lapses_at_once, 1, 0]


@pytest.mark.parametrize("order", ["requirement first", "completion first", "together"])
@pytest.mark.parametrize(
    ("on", "months", "last_day"),
    [
        (date(2026, 10, 31), 4, date(2027, 2, 28)),  # a short month
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2019, 5, 20), 12, date(2027, 8, 31)),  # it counts until it is required
        (date(2019, 5, 20), None, None),
    ],
)
async def test_what_nobody_required_is_dated_by_the_first_requirement(
    process: Lapsing, training: str, on: date, months: int | None, last_day: date | None, order: str
) -> None:
    ada, requirement = uuid4(), f"requirement-{TRUST}-{training}"
    from_on = date(2027, 9, 1) if on.year == 2019 else date(2026, 12, 1)
    await process.says(completed(ada, training, on=on, until=None))
    await process.says(required(training, from_on, months))
    heard: Sequence[Sequence[str]] = {
        "requirement first": [[requirement], [stream_of(ada, training)]],
        "completion first": [[stream_of(ada, training)], [requirement]],
        "together": [[stream_of(ada, training), requirement]],
    }[order]
    for streams in heard:
        await process.hears(*streams)

    for day in (last_day or date(2090, 1, 1), (last_day or date(2090, 1, 1)) + timedelta(days=1)):
        await process.ticks(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    assert await process.lapses(ada, training) == ([] if last_day is None else [last_day + timedelta(days=1)])
