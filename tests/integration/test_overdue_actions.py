"""The clock of actions: what is not closed when its due day is over is overdue once, whichever process asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.collaboration.domain.action import action_stream
from services.collaboration.intake.putting_right import putting_right
from services.collaboration.reactions import overdue_actions
from services.collaboration.reactions.overdue_actions import record_overdue_actions
from shared.contracts.collaboration.loop import ActionAgreed, ActionClosed
from shared.documents.listening import heard_by
from shared.eventstore import Act
from shared.intake import Views, voiding
from tests.support.process import Process, context, facts, opened, place_of
from tests.support.read_model import HandClock
from tests.support.writer import COLLABORATION, TRUST, Place

pytestmark = pytest.mark.timeout(300)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DUE = date(2027, 7, 1)
LAST_MINUTE, OVER = datetime(2027, 7, 1, 22, 59, tzinfo=UTC), datetime(2027, 7, 1, 23, 0, tzinfo=UTC)
"""In London it is summer: the day is over an hour before that of UTC."""
JOINS_LATER, LEAVES_BEFORE, HERE = "900003", "900002", "900001"
VIEWS = Views([overdue_actions.view], heard_by(overdue_actions.view))


class Overdue(Process):
    """One process of the service, and its clock of actions."""

    async def hears(self, *action_ids: UUID) -> None:
        await self.takes_in(VIEWS, *map(action_stream, action_ids))

    async def ticks(self, at: datetime = OVER) -> None:
        await record_overdue_actions(self.store, self.vault, HandClock(at))

    async def happened(self, action_id: UUID) -> list[str]:
        """What stands in an action's stream, oldest first."""
        stream = action_stream(action_id)
        loaded, _ = await self.store.load([stream])
        return [type(recorded.event()).__name__ for recorded in loaded[stream].standing]


here = place_of(COLLABORATION)


@asynccontextmanager
async def running(here: Place) -> AsyncIterator[Overdue]:
    async with opened(here) as one:
        await one.store.pool.execute(
            """insert into school (trustuid, urn, joined_on, left_on, recorded_at)
               select $1, *, now() from unnest($2::text[], $3::date[], $4::date[]) on conflict do nothing""",
            TRUST,
            [HERE, LEAVES_BEFORE, JOINS_LATER],
            [date(2020, 1, 1), date(2020, 1, 1), DUE + timedelta(days=1)],
            [None, DUE, None],
        )
        yield Overdue(one.resources, one.store, HandClock(NOW))


@pytest.fixture
async def process(here: Place) -> AsyncIterator[Overdue]:
    async with running(here) as one:
        yield one


def agreed(action_id: UUID, urn: str = HERE) -> Act:
    event = ActionAgreed(
        action_id=action_id,
        meeting_id=uuid4(),
        item_id=uuid4(),
        focus_id=uuid4(),
        urn=urn,
        action="Two teachers teach beside each other.",
        owner="deputy-head",
        due_on=DUE,
    )
    return facts(action_stream(action_id), event)


def closed(action_id: UUID) -> Act:
    return facts(action_stream(action_id), ActionClosed(action_id=action_id, urn=HERE, outcome="green"))


async def void(process: Overdue, action_id: UUID, kind: str) -> None:
    stream = action_stream(action_id)
    loaded, _ = await process.store.load([stream])
    [wrong] = [r.envelope.id for r in loaded[stream].standing if type(r.event()).__name__ == kind]
    await process.says(voiding.voiding(putting_right, stream, [wrong], "A mistake.", context()))


async def test_an_action_is_overdue_when_its_due_day_is_over_in_london(process: Overdue) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)

    await process.ticks(LAST_MINUTE)
    before = await process.happened(action_id)
    await process.ticks(OVER)

    assert (before, await process.happened(action_id)) == (["ActionAgreed"], ["ActionAgreed", "ActionOverdue"])


async def test_two_processes_that_ask_at_once_make_one_fact(here: Place, process: Overdue) -> None:
    actions = [uuid4() for _ in range(32)]
    await process.says(*map(agreed, actions))
    await process.hears(*actions)

    async with running(here) as other:
        await asyncio.gather(*(each.ticks() for each in (process, other) * 4))

    for action_id in actions:
        assert await process.happened(action_id) == ["ActionAgreed", "ActionOverdue"]


async def test_it_is_recorded_once_however_often_it_is_heard(process: Overdue) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id))
    for _ in range(3):
        await process.hears(action_id)
        await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed", "ActionOverdue"]


@pytest.mark.parametrize("heard", [True, False])
async def test_what_is_closed_is_not_overdue_even_if_the_view_is_behind(process: Overdue, heard: bool) -> None:  # noqa: FBT001
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)
    await process.says(closed(action_id))
    if heard:
        await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed", "ActionClosed"]


@pytest.mark.parametrize("urn", [JOINS_LATER, LEAVES_BEFORE])
async def test_what_was_due_while_a_school_was_not_the_trusts_is_not_overdue(process: Overdue, urn: str) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id, urn))
    await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed"]


@pytest.mark.parametrize("asked_while_behind", [True, False])
async def test_what_was_closed_by_mistake_is_overdue_after_all(process: Overdue, asked_while_behind: bool) -> None:  # noqa: FBT001
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)
    await process.says(closed(action_id))
    if asked_while_behind:
        await process.ticks()
    await process.hears(action_id)
    await void(process, action_id, "ActionClosed")
    await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed", "ActionOverdue"]


async def test_what_was_agreed_by_mistake_is_overdue_no_more(process: Overdue) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)
    await process.ticks()
    await process.hears(action_id)
    await void(process, action_id, "ActionAgreed")
    await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == []
