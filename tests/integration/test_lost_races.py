"""A claim that lost every race for its stream has no answer: nobody may forget it, and it is decided again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared import consumer
from shared.consumer import Slice
from shared.eventstore import Act, Context, Outcome, act, execute
from shared.intake import Admission, Intake, People, staff
from shared.intake import door as module
from shared.intake.kafka import Contended, KafkaDoor
from shared.intake.reading import from_record
from shared.intake.senders import Sender
from shared.messaging import Cluster
from tests.stack import Stack
from tests.support.history import APP, TRUST, History, history, people, person

URN = "900001"
TYPE = "uk.mat.talent.Greeting.v1"
TOPIC = TopicPartition(f"ingest.talent.{URN}", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a school claims here."""

    staff_ref: str


def greet(shape: Greeting, context: Context) -> Act:
    return act(people, "person-1", person(shape.staff_ref), context)


@pytest.fixture
async def talent(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[History]:
    async with history(stack, database, consumer.schema(APP)) as made:
        yield made


class Contention:
    """Somebody who is faster, every time, as long as they are."""

    lasts = True

    async def execute(self, store: Any, vault: Any, clock: Any, acts: Sequence[Act]) -> list[Outcome]:
        if self.lasts:
            return [Outcome("conflict", code="version_conflict", current_version=7) for _ in acts]
        return await execute(store, vault, clock, acts)


@pytest.fixture
def contention(monkeypatch: pytest.MonkeyPatch) -> Contention:
    made = Contention()
    monkeypatch.setattr(module, "execute", made.execute)
    return made


def intake(talent: History, *types: str) -> Intake:
    async def trusts_of(urns: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(urns, TRUST)

    admissions = {name: Admission(Greeting, greet) for name in types}
    people = People(staff.heard_of(talent.pool))
    return Intake(talent.store, talent.vault, talent.clock, admissions, people, trusts_of, lambda: None)


def record(offset: int) -> Any:
    attributes = {"id": f"c{offset}", "source": "/hr", "type": TYPE, "specversion": "1.0"}
    headers = [*((f"ce_{name}", text.encode()) for name, text in attributes.items())]
    return SimpleNamespace(
        topic=TOPIC.topic,
        partition=0,
        offset=offset,
        timestamp=0,
        key=None,
        value=json.dumps({"staff_ref": f"p{offset}"}).encode(),
        headers=[*headers, ("content-type", b"application/json")],
    )


async def test_the_kafka_door_takes_its_batch_again(talent: History, contention: Contention) -> None:
    door = KafkaDoor(talent.pool, intake(talent, TYPE), Cluster("127.0.0.1:1"))
    await door.assigned([TOPIC])
    batch = [Slice(TOPIC, 0, [record(0), record(1)])]

    with pytest.raises(Contended):
        await door.received(batch)
    assert await talent.pool.fetchval("select next from offsets") == 0
    contention.lasts = False
    await door.received(batch)

    assert await talent.pool.fetchval("select next from offsets") == 2
    assert [recorded.event().staff_ref for recorded in await talent.events("person-1")] == ["p0", "p1"]


async def test_a_parked_claim_stays_parked(talent: History, contention: Contention) -> None:
    contention.lasts = False
    sender = Sender(URN, f"school-{URN}", TRUST, frozenset({URN}))
    [(_, parked)] = await intake(talent).take([(sender, from_record(record(0), "here"))])
    assert parked.code == "unknown_type"
    knowing = intake(talent, TYPE)

    contention.lasts = True
    [lost] = await knowing.bring_back(await knowing.parking.all())
    assert lost.status == "conflict"
    assert len(await knowing.parking.all()) == 1
    contention.lasts = False
    [accepted] = await knowing.bring_back(await knowing.parking.all())

    assert accepted.status == "accepted"
    assert await knowing.parking.all() == []
