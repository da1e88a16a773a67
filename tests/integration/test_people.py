"""What a service that is not the register knows of people, and what it answers to claims about them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared import consumer
from shared import intake as tables
from shared.clock import Clock
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementMoved,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
    StaffReferenceAssigned,
)
from shared.contracts.vocabulary import PersonId
from shared.eventstore import Act, CommandKey, Context, Outcome, act
from shared.intake import Admission, Intake, People, parking, read_claim, staff
from shared.intake import door as door_module
from shared.intake.people import Asked, Somebody, StaffReference
from shared.intake.senders import Sender
from tests.stack import Stack
from tests.support.history import APP, TRUST, History, history, people, person
from tests.support.read_model import HandClock

HERE, THERE, OTHER_TRUST = "900001", "900002", "99002"
TYPE = "uk.mat.talent.Greeting.v1"
DAY = date(2026, 9, 1)
FIRST = UUID(int=11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What is claimed here: somebody was greeted, by somebody else perhaps."""

    person_id: PersonId
    greeted_by: PersonId | None = None


def greet(shape: Greeting, context: Context) -> Act:
    return act(people, f"greeting-{shape.person_id}", person(str(shape.greeted_by)), context)


@pytest.fixture
async def elsewhere(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[History]:
    async with history(stack, database, consumer.schema(APP), tables.staff_schema(APP)) as made:
        yield made


async def hears(service: History, *events: Any) -> None:
    """One batch of the register's events."""
    arrivals: Sequence[Any] = [SimpleNamespace(event=event) for event in events]
    connection = await asyncpg.connect(service.dsn)
    await staff.remember(connection, arrivals)
    await connection.close()


async def knows(service: History, *asked: Asked) -> list[tuple[UUID, set[str | None]] | None]:
    """Who each of these is, and where they work or worked."""
    references = [one for one in asked if isinstance(one, StaffReference)]
    found = await staff.heard_of(service.pool)(references, [one for one in asked if isinstance(one, UUID)])
    return [None if (one := found.get(a)) is None else (one.person_id, {*one.urns}) for a in asked]


def ref(person_id: UUID, trustuid: str = TRUST) -> StaffReference:
    return StaffReference(trustuid, "mis", f"S-{person_id.int}")


def registered(person_id: UUID, trustuid: str = TRUST) -> tuple[PersonRegistered, StaffReferenceAssigned]:
    known_as = {"source": "mis", "staff_ref": ref(person_id).staff_ref}
    return (
        PersonRegistered(person_id=person_id, trustuid=trustuid, name="sealed:1:x", **known_as),
        StaffReferenceAssigned(person_id=person_id, trustuid=trustuid, **known_as),
    )


def started(person_id: UUID, urn: str | None = HERE, engagement_id: UUID = FIRST) -> EngagementStarted:
    return EngagementStarted(
        person_id=person_id,
        engagement_id=engagement_id,
        urn=urn,
        kind="permanent",
        role="teacher",
        fte_hundredths=60,
        started_on=DAY,
    )


ADA, TWICE, THRICE, NOBODY = (UUID(int=n) for n in (1, 2, 3, 9))
MERGED = PersonsMerged(person_id=TWICE, into_person_id=ADA, engagement_ids=(FIRST,), reason="duplicate")
SPLIT = PersonsSplit(person_id=TWICE, from_person_id=ADA, reason="two_people")
MOVED = EngagementMoved(person_id=ADA, engagement_id=FIRST, to_person_id=TWICE)


async def test_people_are_known_by_id_and_by_reference_with_where_they_worked(elsewhere: History) -> None:
    await hears(elsewhere, *registered(ADA), started(ADA), started(ADA, None, uuid4()), *registered(TWICE))

    assert await knows(elsewhere, ref(ADA), ADA, TWICE, NOBODY, ref(NOBODY), ref(ADA, OTHER_TRUST)) == [
        (ADA, {HERE, None}),
        (ADA, {HERE, None}),
        (TWICE, set()),
        None,
        None,
        None,
    ]


async def test_a_merged_entrys_reference_and_id_lead_to_the_survivor_and_back(elsewhere: History) -> None:
    await hears(elsewhere, *registered(TWICE), *registered(THRICE), *registered(ADA), started(TWICE))
    asked = (ref(TWICE), TWICE, ref(THRICE))

    await hears(elsewhere, MERGED, started(ADA), replace(MERGED, person_id=THRICE, into_person_id=TWICE))
    assert await knows(elsewhere, *asked) == [(ADA, {HERE})] * 3
    await hears(elsewhere, SPLIT, MOVED)
    assert await knows(elsewhere, *asked, ADA) == [(TWICE, {HERE})] * 3 + [(ADA, set())]


async def test_all_of_it_in_one_batch_ends_the_same(elsewhere: History) -> None:
    """A service that hears the register from its beginning hears years at once."""
    ended = EngagementEnded(person_id=ADA, engagement_id=FIRST, ended_on=DAY)
    await hears(
        elsewhere,
        *registered(ADA),
        *registered(TWICE),
        started(TWICE),
        *(MERGED, started(ADA), ended),
        *(SPLIT, MOVED),
        *(MERGED, started(ADA)),
    )

    assert await knows(elsewhere, TWICE, ref(TWICE), ADA) == [(ADA, {HERE})] * 3
    assert await elsewhere.pool.fetchval("select ended_on from engagement where person_id = $1", ADA) is None


async def test_an_engagement_is_kept_as_it_was_said_last(elsewhere: History) -> None:
    one: dict[str, Any] = {"person_id": ADA, "engagement_id": FIRST}
    await hears(
        elsewhere,
        *registered(ADA),
        started(ADA),
        EngagementChanged(**one, urn=HERE, role="head_of_year", fte_hundredths=80, acting=True, from_on=DAY),
        EngagementPaused(**one, urn=HERE, from_on=DAY),
    )
    kept = "select role, fte_hundredths, acting, paused_on, ended_on from engagement"
    assert tuple(await elsewhere.pool.fetchrow(kept) or ()) == ("head_of_year", 80, True, DAY, None)

    await hears(elsewhere, EngagementResumed(**one, urn=HERE, from_on=DAY), EngagementEnded(**one, ended_on=DAY))
    await hears(elsewhere, *registered(ADA), started(ADA))  # again
    assert tuple(await elsewhere.pool.fetchrow(kept) or ()) == ("head_of_year", 80, True, None, DAY)


# Claims about them


def door(service: History, clock: Clock | None = None) -> Intake:
    async def trusts_of(urns: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(urns, TRUST)

    found = People(staff.heard_of(service.pool))
    return Intake(
        service.store,
        service.vault,
        clock or service.clock,
        {TYPE: Admission(Greeting, greet)},
        found,
        trusts_of,
        lambda: None,
    )


async def says(intake: Intake, *, urns: frozenset[str] | None = None, id: str = "", **data: Any) -> Outcome:
    sender = Sender(HERE if urns else TRUST, "tester", TRUST, urns, is_trust=urns is None)
    attributes = {"specversion": "1.0", "id": id or str(uuid4()), "source": "/mis", "type": TYPE}
    [(_, outcome)] = await intake.take([(sender, read_claim(attributes, data))])
    return outcome


def by(person_id: UUID) -> dict[str, str]:
    return {"source": "mis", "staff_ref": ref(person_id).staff_ref}


async def test_who_is_known_is_spoken_of_under_the_survivors_id(elsewhere: History) -> None:
    await hears(elsewhere, *registered(ADA), *registered(TWICE), MERGED)

    outcome = await says(door(elsewhere), person_id=str(TWICE), greeted_by=by(TWICE))

    assert (outcome.status, dict(outcome.streams)) == ("accepted", {f"greeting-{ADA}": 1})
    [recorded] = await elsewhere.events(f"greeting-{ADA}")
    assert recorded.event().staff_ref == str(ADA)


async def test_a_claim_about_somebody_not_heard_of_waits_for_them(elsewhere: History) -> None:
    intake = door(elsewhere)
    outcomes = [await says(intake, person_id=str(ADA)), await says(intake, person_id=by(ADA))]
    assert [(o.status, o.code, o.waits_for) for o in outcomes] == [
        ("parked", "person_unknown", f"person-{ADA}"),
        ("parked", "person_unknown", ref(ADA).stream),
    ]

    await intake.look_after_parked()
    assert len(await intake.parking.all()) == 2
    await hears(elsewhere, *registered(ADA))
    for stream in (f"person-{ADA}", ref(ADA).stream):
        await elsewhere.pool.execute("insert into stream_head values ('views', 'talent', $1, 1, 0)", stream)
    await intake.look_after_parked()

    assert await intake.parking.all() == []
    assert len(await elsewhere.events(f"greeting-{ADA}")) == 2


async def heard_of(service: History, *person_ids: UUID) -> None:
    """Their registration is heard."""
    for person_id in person_ids:
        await hears(service, *registered(person_id))
        await service.pool.execute(
            "insert into stream_head values ('views', 'talent', $1, 1, 0)", ref(person_id).stream
        )


async def test_what_waits_for_two_people_waits_for_one_after_the_other(elsewhere: History) -> None:
    intake = door(elsewhere)
    await says(intake, person_id=by(ADA), greeted_by=by(TWICE))
    [first] = await intake.parking.all()

    await heard_of(elsewhere, ADA)
    await intake.look_after_parked()
    [second] = await intake.parking.all()
    assert (second.key, second.content, second.parked_at) == (first.key, first.content, first.parked_at)
    assert [first.waits_for, second.waits_for] == [ref(ADA).stream, ref(TWICE).stream]

    await heard_of(elsewhere, TWICE)
    await intake.look_after_parked()
    [recorded] = await elsewhere.events(f"greeting-{ADA}")
    assert recorded.event().staff_ref == str(TWICE)


async def test_however_many_wait_a_look_is_short_and_each_persons_claims_keep_their_order(
    elsewhere: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "streams_a_look", 2)
    monkeypatch.setattr(door_module, "brought_back_at_once", 3)
    intake, greeted = door(elsewhere), [UUID(int=n) for n in range(1, 6)]
    greeters = [uuid4() for _ in range(4)]
    await hears(elsewhere, *(event for greeter in greeters for event in registered(greeter)))
    for greeter in greeters:
        for person_id in greeted:
            await says(intake, person_id=by(person_id), greeted_by=str(greeter))

    await heard_of(elsewhere, *greeted)
    left = []
    for _ in range(3):
        await intake.look_after_parked()
        left.append(len(await intake.parking.all()))

    assert left == [12, 4, 0]
    for person_id in greeted:
        said = [recorded.event().staff_ref for recorded in await elsewhere.events(f"greeting-{person_id}")]
        assert said == [str(greeter) for greeter in greeters]


async def test_who_does_not_come_within_a_day_is_waited_for_no_more(elsewhere: History) -> None:
    clock = HandClock(datetime.now(UTC))
    intake = door(elsewhere, clock)
    await says(intake, id="late-1", person_id=by(ADA))

    clock.time += timedelta(hours=23, minutes=59)
    await intake.look_after_parked()
    assert len(await intake.parking.all()) == 1
    clock.time += timedelta(minutes=2)
    await intake.look_after_parked()

    assert await intake.parking.all() == []
    answer = await elsewhere.store.answer_of(CommandKey(TRUST, "/mis", "late-1"))
    assert answer is not None
    assert (answer.outcome, json.loads(answer.receipt)["code"]) == ("refused", "person_unknown")


async def test_another_trusts_people_are_refused_at_once(elsewhere: History) -> None:
    await hears(elsewhere, *registered(ADA, OTHER_TRUST), *registered(TWICE))

    outcome = await says(door(elsewhere), person_id=str(TWICE), greeted_by=str(ADA))

    assert (outcome.status, outcome.code, outcome.field) == ("refused", "person_unknown", "/data/greeted_by")


async def test_a_school_speaks_of_those_who_work_or_worked_there(elsewhere: History) -> None:
    intake, here = door(elsewhere), frozenset({HERE})
    await hears(elsewhere, *registered(ADA), *registered(TWICE), started(ADA, HERE), started(TWICE, THERE))
    await hears(elsewhere, EngagementEnded(person_id=ADA, engagement_id=FIRST, ended_on=DAY))

    own = await says(intake, urns=here, person_id=str(ADA), greeted_by=str(TWICE))
    foreign = await says(intake, urns=here, person_id=by(TWICE), greeted_by=str(ADA))

    assert own.status == "accepted"
    assert (foreign.status, foreign.code, foreign.field) == ("refused", "not_your_school", "/data/person_id")


async def test_somebody_has_an_entry_with_nothing_but_an_id(elsewhere: History) -> None:
    await hears(elsewhere, registered(ADA)[0])

    assert await staff.heard_of(elsewhere.pool)([], [ADA]) == {ADA: Somebody(ADA, TRUST)}
