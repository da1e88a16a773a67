"""What the Kafka door does with one poll: several schools' topics, answered at once, each school's in its order."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared import consumer
from shared.consumer import Fenced, Slice
from shared.eventstore import Act, Context, act
from shared.intake import Admission, Intake, People, staff
from shared.intake.kafka import KafkaDoor
from shared.messaging import Cluster
from tests.stack import Stack
from tests.support.history import APP, TRUST, History, history, people, person

TYPE = "uk.mat.talent.Greeting.v1"
URNS = [f"90000{n}" for n in range(1, 7)]
TOPICS = [TopicPartition(f"ingest.talent.{urn}", 0) for urn in URNS]
PLACES = "select array_agg(next order by topic) from offsets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a school claims here."""

    urn: str
    staff_ref: str


def greet(shape: Greeting, context: Context) -> Act:
    return act(people, f"greetings-{shape.urn}", person(shape.staff_ref), context)


@pytest.fixture
async def talent(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[History]:
    async with history(stack, database, consumer.schema(APP)) as made:
        yield made


def door(talent: History) -> KafkaDoor:
    async def trusts_of(urns: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(urns, TRUST)

    found = People(staff.heard_of(talent.pool))
    admissions = {TYPE: Admission(Greeting, greet)}
    taking = Intake(talent.store, talent.vault, talent.clock, admissions, found, trusts_of, lambda: None)
    return KafkaDoor(talent.pool, taking, Cluster("127.0.0.1:1"))


def said(topic: TopicPartition, count: int) -> Slice:
    """A school's first claims."""
    urn = topic.topic.rpartition(".")[2]
    records = [
        SimpleNamespace(
            topic=topic.topic,
            partition=0,
            offset=offset,
            timestamp=0,
            key=None,
            value=json.dumps({"urn": urn, "staff_ref": f"{urn}-{offset}"}).encode(),
            headers=[(f"ce_{name}", text.encode()) for name, text in _attributes(offset).items()],
        )
        for offset in range(count)
    ]
    return Slice(topic, 0, records)


def _attributes(offset: int) -> Mapping[str, Any]:
    return {"id": f"c{offset}", "source": "/hr", "type": TYPE, "specversion": "1.0"}


async def greeted(talent: History, urn: str) -> list[str]:
    return [recorded.event().staff_ref for recorded in await talent.events(f"greetings-{urn}")]


async def test_each_schools_claims_are_answered_in_their_order_and_under_its_own_name(talent: History) -> None:
    taking = door(talent)
    await taking.assigned(TOPICS)

    await taking.received([said(topic, count) for count, topic in enumerate(TOPICS, start=1)])

    for count, urn in enumerate(URNS, start=1):
        assert await greeted(talent, urn) == [f"{urn}-{offset}" for offset in range(count)]
    assert await talent.pool.fetchval(PLACES) == [1, 2, 3, 4, 5, 6]
    assert await talent.pool.fetchval("select count(distinct origin) from command") == len(URNS)


async def test_a_topic_that_somebody_else_took_over_is_theirs_and_the_others_are_not_answered_twice(
    talent: History,
) -> None:
    taking, other = door(talent), door(talent)
    await taking.assigned(TOPICS[:2])
    await other.assigned(TOPICS[1:2])
    poll = [said(topic, 1) for topic in TOPICS[:2]]

    with pytest.raises(Fenced):
        await taking.received(poll)
    assert await talent.pool.fetchval(PLACES) == [1, 0]
    await other.received(poll[1:])

    assert await talent.pool.fetchval(PLACES) == [1, 1]
    assert [await greeted(talent, urn) for urn in URNS[:2]] == [[f"{urn}-0"] for urn in URNS[:2]]
