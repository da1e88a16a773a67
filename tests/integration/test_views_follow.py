"""What is voided is gone from every service's own views, however it was heard."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

import asyncpg
import pytest

from services.collaboration.reactions import views as collaboration
from services.cpd.reactions import views as cpd
from services.talent.reactions import views as talent
from shared import migrations
from shared.consumer import Arrival
from shared.contracts import codec
from shared.contracts.bookkeeping import RecordVoided, standing
from shared.contracts.collaboration.loop import ActionAgreed
from shared.contracts.cpd.compliance import StatutoryRequirementSet, StatutoryTrainingCompleted
from shared.contracts.talent.leaders import LeaderIdentified, LeaderRecordClosed, LeaderRecordReopened
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
    LineManagerAssigned,
    PersonRegistered,
    SchoolJoinedTrust,
    StaffReferenceAssigned,
)
from shared.decider import Rejected
from shared.documents.listening import heard_by
from shared.intake import View, Views, origins, staff, successions
from tests.support.read_model import arrival
from tests.support.story import TRUST, Story, named
from tests.support.voided import PUTTING_RIGHT

SERVICES = Path(__file__).parents[2] / "services"
EPOCH = date(2024, 9, 1)
VIEWS: Mapping[str, Sequence[View]] = {
    "talent": (origins.view, successions.view, *talent),
    "cpd": (origins.view, successions.view, staff.view, *cpd),
    "collaboration": (origins.view, successions.view, staff.view, *collaboration),
}
# Who took a school meanwhile said so before: so this is when the leaving was taken back, not when the school joined.
OF_TIME = {"school": "recorded_at"}


@dataclass
class Life:
    """What happens in a trust, by chance; each thing that happens stands in a stream and may turn out to be wrong."""

    chance: random.Random
    story: Story = field(default_factory=lambda: Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC)))

    def happens(self) -> None:
        self.story.later(hours=1)
        of_somebody = [self._a_school, self._an_entry, self._an_engagement, self._an_engagement, self._a_record]
        of_a_service = [self._a_training, self._a_programme, self._the_loop, self._an_action]
        self.chance.choice([*of_somebody, self._a_manager, *of_a_service, *[self._voids] * 4])()

    def _a_school(self) -> None:
        urn = self.chance.choice(("900001", "900002"))
        stream = f"school-{TRUST}-{urn}"
        if isinstance(self._last(stream), SchoolJoinedTrust):
            end = self.chance.choice((self.story.leaves, partial(self.story.becomes, new_urn="900003")))
            end(urn, on=self._day())
        else:
            self.story.joins(urn, f"School {urn}", self._day())

    def _an_entry(self) -> None:
        person_id = self._somebody()
        if self._last(f"person-{person_id}") is None:
            about: dict[str, Any] = {"person_id": person_id, "trustuid": TRUST, "source": "mis"}
            registered = PersonRegistered(staff_ref=f"S{person_id}", name="Somebody", **about)
            self.story.tell(registered, f"person-{person_id}")
        reference = self.chance.choice("AB")
        if self._last(f"staff-{reference}") is None:
            self.story.tell(
                StaffReferenceAssigned(person_id=person_id, trustuid=TRUST, source="mis", staff_ref=reference),
                f"staff-{reference}",
            )

    def _an_engagement(self) -> None:
        person_id = self._somebody()
        stream = f"person-{person_id}"
        about: dict[str, Any] = {"person_id": person_id, "engagement_id": uuid5(person_id, self.chance.choice("12"))}
        had = [e for e in self._standing(stream) if getattr(e, "engagement_id", None) == about["engagement_id"]]
        kinds = {type(event) for event in had}
        role: dict[str, Any] = {
            "role": self.chance.choice(("teacher", "headteacher")),
            "fte_hundredths": self.chance.randrange(1, 100),
        }
        paused = [e for e in had if isinstance(e, EngagementPaused | EngagementResumed)][-1:]
        if not self._standing(stream):
            return
        if EngagementStarted not in kinds:
            event: Any = EngagementStarted(urn="900001", kind="permanent", started_on=self._day(), **role, **about)
        elif self.chance.random() < 0.3:
            event = EngagementChanged(urn="900001", from_on=self._day(), **role, **about)
        elif self.chance.random() < 0.3 and EngagementEnded not in kinds:
            event = EngagementEnded(ended_on=self._day(), **about)
        elif paused and isinstance(paused[0], EngagementPaused):
            event = EngagementResumed(urn="900001", from_on=self._day(), **about)
        else:
            event = EngagementPaused(urn="900001", from_on=self._day(), **about)
        self.story.tell(event, stream)

    def _a_manager(self) -> None:
        person_id = self._somebody()
        if self._standing(f"person-{person_id}"):
            manager_id = named(self.chance.choice(("head", "deputy")))
            assigned = LineManagerAssigned(person_id=person_id, manager_id=manager_id, from_on=self._day())
            self.story.tell(assigned, f"person-{person_id}")

    def _a_programme(self) -> None:
        programme = self.chance.choice("AB")
        if not self._standing(f"programme-{named(programme)}"):
            self.story.publishes(programme, outcomes=(f"As of {self.story.now}",))

    def _an_action(self) -> None:
        action = self.chance.choice("AB")
        match self._last(f"action-{named(action)}"):
            case None:
                self.story.acts(action, "meeting", "item", "reading", "900001")
            case ActionAgreed():
                self.story.closes(action, "900001", "green")
            case _:
                pass

    def _a_record(self) -> None:
        leader_id = self._somebody()
        stream = f"leader-{leader_id}"
        match self._last(stream):
            case None:
                about: dict[str, Any] = {"identified_by": named("head"), "source": "nomination", "ambition": "headship"}
                event: Any = LeaderIdentified(leader_id=leader_id, person_id=leader_id, **about)
            case LeaderRecordClosed():
                event = LeaderRecordReopened(
                    leader_id=leader_id, reopened_by=named("head"), reopened_on=self._day(), reason="returned"
                )
            case _:
                event = LeaderRecordClosed(leader_id=leader_id, closed_on=self._day(), reason="mistake")
        self.story.tell(event, stream)

    def _a_training(self) -> None:
        training, person_id = self.chance.choice(("fire", "first_aid")), self._somebody()
        if self.chance.random() < 0.3:
            required = [e.effective_from for e in self._standing(f"requirement-{TRUST}-{training}")]
            event: Any = StatutoryRequirementSet(
                trustuid=TRUST,
                training=training,
                title=training,
                basis="statutory",
                recurrence_months=self.chance.choice((None, 12, 36)),
                grace_days=0,
                effective_from=max(required, default=EPOCH) + timedelta(days=30),
            )
            self.story.tell(event, f"requirement-{TRUST}-{training}")
            return
        expires_on = self.chance.choice((None, self._day()))
        event = StatutoryTrainingCompleted(
            person_id=person_id,
            trustuid=TRUST,
            training=training,
            completed_on=self._day(),
            expires_on=expires_on,
            dated_by="certificate" if expires_on else "nobody_yet",
        )
        self.story.tell(event, f"training-{person_id}-{training}")

    def _the_loop(self) -> None:
        cycle, focus, item = (f"2026/27-{self.chance.randrange(3)}", *(self.chance.choice("AB") for _ in range(2)))
        if not self._standing(f"cycle-{TRUST}-{cycle.replace('/', '-')}"):
            self.story.opens(cycle, self._day(), self._day())
        if not self._standing(f"focus-{named(focus)}"):
            self.story.agrees_on(focus, f"{focus} of {self.story.now}", EPOCH)
        if not self._standing(f"item-{named(item)}"):
            self.story.asks(item, focus, cycle, ["900001", "900002"], self.story.now)

    def _voids(self) -> None:
        wrong = self.chance.choice(self.story.told) if self.story.told else None
        if wrong is None:
            return
        stands = [arrival(delivered) for delivered in self.story.stream(wrong.envelope.stream)]
        found = next((one for one in stands if one.delivered is wrong), None)
        if found is None:
            return
        try:
            gone = PUTTING_RIGHT[wrong.envelope.service].gone_with(found, stands)
        except Rejected:
            return
        for one in reversed(gone):
            assert one.delivered is not None
            self.story.voids(one.delivered)

    def _standing(self, stream: str) -> list[Any]:
        return [codec.decode(d.envelope.type, d.record) for d in self.story.stream(stream)]

    def _last(self, stream: str) -> Any:
        return next(reversed(self._standing(stream)), None)

    def _somebody(self) -> UUID:
        return named(self.chance.choice(("Ada", "Ben")))

    def _day(self) -> date:
        return EPOCH + timedelta(days=self.chance.randrange(700))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("service", VIEWS)
async def test_a_view_ends_as_if_what_is_void_had_not_been(
    database: str, roles: Mapping[str, str], service: str, seed: int
) -> None:
    chance = random.Random(seed)
    life = Life(chance)
    for _ in range(200):
        life.happens()
    told = [arrival(delivered) for delivered in life.story.told]
    assert sum(isinstance(one.event, RecordVoided) for one in told) > 10
    await migrations.upgrade(SERVICES / service / "migrations" / "versions", database, f"{service}_app")
    views = Views(VIEWS[service], heard_by(*VIEWS[service]))

    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        heard = await _tables(pool, lambda: _batches(told, chance), views)
        expected = await _tables(pool, lambda: [_what_stands(told)], views)

    assert heard == expected
    assert any(heard.values())


def _batches(told: Sequence[Arrival], chance: random.Random) -> list[Sequence[Arrival]]:
    """Cut anywhere."""
    cuts = sorted(chance.sample(range(len(told)), 20))
    return [told[since:until] for since, until in zip([0, *cuts], [*cuts, len(told)], strict=True)]


def _what_stands(told: Sequence[Arrival]) -> list[Arrival]:
    by_stream = groupby(sorted(told, key=lambda one: (one.stream, one.version)), lambda one: one.stream)
    stands = {id(one) for _, stream in by_stream for one in standing(stream) if not isinstance(one.event, RecordVoided)}
    return [one for one in told if id(one) in stands]


async def _tables(
    pool: asyncpg.Pool, batches: Callable[[], Sequence[Sequence[Arrival]]], views: Views
) -> dict[str, set[str]]:
    """What the views hold after these batches, in a transaction of which nothing stays."""
    async with pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            for batch in batches():
                await views.hear(cast("asyncpg.Connection", conn), batch)
            names = await conn.fetch(
                """select table_name as name from information_schema.tables
                   where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'heard_event'"""
            )
            return {
                row["name"]: {
                    str({column: value for column, value in found.items() if column != OF_TIME.get(row["name"])})
                    for found in await conn.fetch(f'select * from "{row["name"]}"')
                }
                for row in names
                if row["name"] not in {"headship_change", "alembic_version", "lease"}
            }
        finally:
            await transaction.rollback()


async def test_a_school_is_not_taken_back_by_voiding_that_it_left(database: str, roles: Mapping[str, str]) -> None:
    """Whoever took it meanwhile has said so before."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.joins("900001", "Ashby", EPOCH)
    story.later(days=1)
    story.leaves("900001", EPOCH + timedelta(days=100))
    left = story.told[-1]
    story.later(days=1)
    story.trust = "99002"
    story.joins("900001", "Ashby", EPOCH + timedelta(days=100))
    story.later(days=1)
    story.trust = TRUST
    story.voids(left)
    await migrations.upgrade(SERVICES / "cpd" / "migrations" / "versions", database, "cpd_app")

    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        async with pool.acquire() as connection, connection.transaction():
            views = Views([origins.view], heard_by(origins.view))
            await views.hear(cast("asyncpg.Connection", connection), [arrival(told) for told in story.told])

        assert await origins.trusts_of(pool, ["900001"], story.now) == {"900001": "99002"}
