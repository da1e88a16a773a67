"""The clock of actions: what is not closed when its due day is over is overdue once, whichever process asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import TopicPartition

from services.collaboration.domain.action import action_stream
from services.collaboration.intake.putting_right import putting_right
from services.collaboration.reactions import overdue_actions
from services.collaboration.reactions.overdue_actions import record_overdue_actions
from shared.consumer import Arrival
from shared.contracts.collaboration.loop import ActionAgreed, ActionClosed
from shared.decider import Decider
from shared.documents.listening import heard_by
from shared.eventstore import Act, CommandKey, Context, EventStore, Recorded, execute
from shared.intake import Views, voiding
from shared.messaging import Delivered
from shared.runtime import Resources
from shared.vault import Vault
from tests.stack import Stack
from tests.support.writer import COLLABORATION, TRUST, place

pytestmark = pytest.mark.timeout(300)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DUE = date(2027, 7, 1)
LAST_MINUTE, OVER = datetime(2027, 7, 1, 22, 59, tzinfo=UTC), datetime(2027, 7, 1, 23, 0, tzinfo=UTC)
"""In London it is summer: the day is over an hour before that of UTC."""
JOINS_LATER, LEAVES_BEFORE, HERE = "900003", "900002", "900001"
VIEWS = Views([overdue_actions.view], heard_by(overdue_actions.view))


@dataclass(frozen=True, slots=True)
class At:
    """A clock that stands."""

    time: datetime
    simulated: bool = False

    def now(self) -> datetime:
        return self.time


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service: its connections, and nothing that it remembers by itself."""

    store: EventStore
    vault: Vault

    async def says(self, *acts: Act) -> None:
        outcomes = await execute(self.store, self.vault, At(NOW), acts)
        assert {outcome.status for outcome in outcomes} == {"accepted"}

    async def hears(self, *action_ids: UUID) -> None:
        """Its view takes in everything that these actions' streams hold, as it would from its topic."""
        streams = [action_stream(action_id) for action_id in action_ids]
        loaded, _ = await self.store.load(streams)
        async with self.store.pool.acquire() as connection, connection.transaction():
            heard = [_arrival(recorded) for stream in streams for recorded in loaded[stream].events]
            await VIEWS.hear(cast("asyncpg.Connection", connection), heard)
            await connection.executemany(
                """insert into stream_head values ('views', 'collaboration', $1, $2, 0)
                   on conflict (consumer, service, stream) do update set version = excluded.version""",
                [(stream, loaded[stream].version) for stream in streams],
            )

    async def ticks(self, at: datetime = OVER) -> None:
        await record_overdue_actions(self.store, self.vault, At(at))

    async def happened(self, action_id: UUID) -> list[str]:
        """What stands in an action's stream, oldest first."""
        stream = action_stream(action_id)
        loaded, _ = await self.store.load([stream])
        return [type(recorded.event()).__name__ for recorded in loaded[stream].standing]


def _arrival(recorded: Recorded) -> Arrival:
    stream, raw = recorded.envelope.stream, cast("Any", None)
    delivered = Delivered(recorded.meta, 0, recorded.record)
    return Arrival(
        TopicPartition("collaboration.events", 0), 0, "collaboration", stream, raw, delivered, recorded.event()
    )


@pytest.fixture(scope="module")
async def settings(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Any]:
    async with place(stack, COLLABORATION, kafka_runs=False) as here:
        yield here.settings


@asynccontextmanager
async def running(settings: Any) -> AsyncIterator[Process]:
    resources = Resources.of(settings, by_key=True)
    await resources.start()
    await resources.pool.execute(
        """insert into school (trustuid, urn, joined_on, left_on, recorded_at)
           select $1, *, now() from unnest($2::text[], $3::date[], $4::date[]) on conflict do nothing""",
        TRUST,
        [HERE, LEAVES_BEFORE, JOINS_LATER],
        [date(2020, 1, 1), date(2020, 1, 1), DUE + timedelta(days=1)],
        [None, DUE, None],
    )
    yield Process(EventStore("collaboration", resources.pool), resources.vault)
    await resources.stop()


@pytest.fixture
async def process(settings: Any) -> AsyncIterator[Process]:
    async with running(settings) as one:
        yield one


def context() -> Context:
    return Context(
        key=CommandKey(TRUST, "/tests", str(uuid4())), trustuid=TRUST, actor="tester", claim=b"", correlation_id="test"
    )


def recorded(action_id: UUID, event: ActionAgreed | ActionClosed) -> Act:
    """The fact, whatever led to it."""
    any_decider: Decider[Any, None, Any] = Decider(None, lambda *_: [], lambda *_: None)
    stream = action_stream(action_id)
    return Act(context(), {stream: any_decider}, lambda _: {stream: [event]})


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
    return recorded(action_id, event)


def closed(action_id: UUID) -> Act:
    return recorded(action_id, ActionClosed(action_id=action_id, urn=HERE, outcome="green"))


async def void(process: Process, action_id: UUID, kind: str) -> None:
    stream = action_stream(action_id)
    loaded, _ = await process.store.load([stream])
    [wrong] = [r.envelope.id for r in loaded[stream].standing if type(r.event()).__name__ == kind]
    await process.says(voiding.voiding(putting_right, stream, [wrong], "A mistake.", context()))


async def test_an_action_is_overdue_when_its_due_day_is_over_in_london(process: Process) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)

    await process.ticks(LAST_MINUTE)
    before = await process.happened(action_id)
    await process.ticks(OVER)

    assert (before, await process.happened(action_id)) == (["ActionAgreed"], ["ActionAgreed", "ActionOverdue"])


async def test_two_processes_that_ask_at_once_make_one_fact(settings: Any, process: Process) -> None:
    actions = [uuid4() for _ in range(32)]
    await process.says(*map(agreed, actions))
    await process.hears(*actions)

    async with running(settings) as other:
        await asyncio.gather(*(each.ticks() for each in (process, other) * 4))

    for action_id in actions:
        assert await process.happened(action_id) == ["ActionAgreed", "ActionOverdue"]


async def test_it_is_recorded_once_however_often_it_is_heard(process: Process) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id))
    for _ in range(3):
        await process.hears(action_id)
        await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed", "ActionOverdue"]


@pytest.mark.parametrize("heard", [True, False])
async def test_what_is_closed_is_not_overdue_even_if_the_view_is_behind(process: Process, heard: bool) -> None:  # noqa: FBT001
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)
    await process.says(closed(action_id))
    if heard:
        await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed", "ActionClosed"]


@pytest.mark.parametrize("urn", [JOINS_LATER, LEAVES_BEFORE])
async def test_what_was_due_while_a_school_was_not_the_trusts_is_not_overdue(process: Process, urn: str) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id, urn))
    await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == ["ActionAgreed"]


@pytest.mark.parametrize("asked_while_behind", [True, False])
async def test_what_was_closed_by_mistake_is_overdue_after_all(process: Process, asked_while_behind: bool) -> None:  # noqa: FBT001
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


async def test_what_was_agreed_by_mistake_is_overdue_no_more(process: Process) -> None:
    action_id = uuid4()
    await process.says(agreed(action_id))
    await process.hears(action_id)
    await process.ticks()
    await process.hears(action_id)
    await void(process, action_id, "ActionAgreed")
    await process.hears(action_id)

    await process.ticks()

    assert await process.happened(action_id) == []
