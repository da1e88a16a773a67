"""What reactions made of a fact that turns out to be void: gone with it, whenever that is heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.talent.intake.putting_right import putting_right
from shared.consumer import Arrival
from shared.contracts import codec
from shared.contracts.collaboration.reviews import ReviewCompleted
from shared.contracts.talent.register import EngagementEnded, EngagementStarted
from shared.reactions import Effect, Fact, Reacting, Reaction, void_what_followed
from shared.reactions.undoing import made_of
from tests.support.process import Process, facts, opened, place_of
from tests.support.read_model import HandClock, arrival
from tests.support.story import Story
from tests.support.writer import TALENT, TRUST, Place

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 20)


async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """Whoever led a review is engaged: a thing that something can rest on."""
    person_id: UUID = fact.event.lead_id
    about: dict[str, Any] = {"kind": "permanent", "role": "reviewer", "fte_hundredths": 1, "started_on": DAY}
    engaged = EngagementStarted(person_id=person_id, engagement_id=person_id, **about)
    return [Effect(f"person-{person_id}", lambda within: facts(f"person-{person_id}", engaged, within=within))]


@dataclass(frozen=True, kw_only=True)
class Service(Process):
    """Talent, without its topics: a test says what it hears."""

    reacting: Reacting

    async def hears(self, *arrivals: Arrival) -> None:
        async with self.store.pool.acquire() as connection, connection.transaction():
            await self.reacting.keep(cast("asyncpg.Connection", connection), arrivals)

    async def does(self) -> None:
        await self.reacting.work_off()

    async def records(self, stream: str, event: Any) -> None:
        await self.says(facts(stream, event))

    async def history(self, like: str) -> list[Any]:
        rows = await self.store.pool.fetch(
            "select type, record from event where stream like $1 order by position", like
        )
        return [codec.decode(row["type"], row["record"]) for row in rows]


here = place_of(TALENT)


@pytest.fixture
async def service(here: Place) -> AsyncIterator[Service]:
    reactions = [Reaction("engage_reviewer", (ReviewCompleted,), react), void_what_followed(putting_right)]
    clock = HandClock(NOW)
    async with opened(here) as process:
        reacting = Reacting(process.store, process.vault, clock, reactions, lambda: None)
        yield Service(resources=process.resources, store=process.store, clock=clock, reacting=reacting)


@dataclass(frozen=True, slots=True)
class Review:
    """A review that was completed, and that this was wrong."""

    lead_id: UUID
    completed: Arrival
    voided: Arrival

    @property
    def stream(self) -> str:
        return f"person-{self.lead_id}"


@pytest.fixture
def review() -> Review:
    story, review_id, lead_id = Story(now=NOW, trust=TRUST), uuid4(), uuid4()
    about: dict[str, Any] = {"trustuid": TRUST, "urn": "900001", "focus": "Reading", "strengths": 1, "developments": 0}
    completed = ReviewCompleted(
        review_id=review_id,
        lead_id=lead_id,
        reviewer_ids=(lead_id,),
        agreed_by_host_on=DAY,
        completed_on=DAY,
        **about,
    )
    told = story.tell(completed, f"review-{review_id}")
    return Review(lead_id, arrival(told), arrival(story.voids(told)))


async def test_what_was_made_of_it_is_voided_once(service: Service, review: Review) -> None:
    await service.hears(review.completed)
    await service.does()

    for _ in range(2):
        await service.hears(review.voided)
        await service.does()

    made, undone = await service.history(review.stream)
    assert isinstance(made, EngagementStarted)
    assert (undone.event_type, undone.version) == (codec.type_name(made), 1)


async def test_a_fact_that_is_void_before_anything_was_done_about_it_causes_nothing(
    service: Service, review: Review
) -> None:
    await service.hears(review.completed)
    await service.hears(review.voided)
    await service.does()

    assert await service.history(review.stream) == []


async def test_in_one_batch_too(service: Service, review: Review) -> None:
    await service.hears(review.completed, review.voided)
    await service.does()

    assert await service.history(review.stream) == []


async def test_heard_again_from_the_beginning_nothing_is_made_anew(service: Service, review: Review) -> None:
    await service.hears(review.completed)
    await service.does()
    await service.hears(review.voided)
    await service.does()

    await service.hears(review.completed)
    await service.does()
    await service.hears(review.voided)
    await service.does()

    assert len(await service.history(review.stream)) == 2


async def test_what_people_built_on_it_stays_and_is_seen(service: Service, review: Review) -> None:
    await service.hears(review.completed)
    await service.does()
    ended = EngagementEnded(person_id=review.lead_id, engagement_id=review.lead_id, ended_on=DAY)
    await service.records(review.stream, ended)

    await service.hears(review.voided)
    await service.does()

    assert [type(event) for event in await service.history(review.stream)] == [EngagementStarted, EngagementEnded]
    [refused] = [event for event in await service.history("reaction-%") if event.target == review.stream]
    assert (refused.reaction, refused.code) == ("void_what_followed", "others_rest_on_it")


async def test_its_effects_are_found_by_an_index(service: Service) -> None:
    async with service.store.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        plan = await connection.fetch(f"explain {made_of.replace('$1', chr(39) + 'x' + chr(39) + '::bytea')}")

    assert any("event_of_reaction" in line[0] for line in plan)
