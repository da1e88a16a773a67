"""Roles, databases and topics on real servers: brought about once, left alone afterwards, closed to the public."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
import pytest

from deploy.description import DatabaseDescription, TopicDescription
from deploy.errors import Unmet
from deploy.provision import ensure_database, ensure_roles
from deploy.topics import ensure_topics
from shared.messaging import Cluster
from tests.conftest import MakeTopic
from tests.stack import Stack, unique
from tests.support.kafka import config_of


@pytest.fixture
async def talent(stack: Stack, roles: Mapping[str, str]) -> DatabaseDescription:
    return DatabaseDescription(name=unique("talent"), owner="talent_owner", apps=("talent_app",))


async def test_provisioning_twice_is_provisioning_once(stack: Stack, talent: DatabaseDescription) -> None:
    for _ in range(2):
        await ensure_roles(stack.postgres_dsn, stack.passwords)
        await ensure_database(stack.postgres_dsn, talent)

    owner = await asyncpg.connect(stack.dsn("talent_owner", talent.name))
    await owner.execute("create table fact (id int); grant select, insert on fact to talent_app")
    await owner.close()
    app = await asyncpg.connect(stack.dsn("talent_app", talent.name))
    await app.execute("insert into fact values (1)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("update fact set id = 2")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("create table other (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("create temporary table other (id int)")
    await app.close()


async def test_another_services_role_is_not_let_in(stack: Stack, talent: DatabaseDescription) -> None:
    await ensure_database(stack.postgres_dsn, talent)

    for stranger in ("cpd_app", "reporting_owner", "vault_owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(stack.dsn(stranger, talent.name))


async def test_a_wrong_password_is_refused(stack: Stack, roles: Mapping[str, str], database: str) -> None:
    wrong = stack.dsn("talent_app", "postgres").replace(stack.passwords["talent_app"], "wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


async def test_topics_are_created_once(stack: Stack) -> None:
    wanted = [
        TopicDescription(name=unique("talent.events"), partitions=12, config={"retention.ms": "-1"}),
        TopicDescription(name=unique("ingest.talent"), partitions=1, config={"segment.ms": "600000"}),
    ]

    assert await ensure_topics(Cluster(stack.kafka), wanted) == [topic.name for topic in wanted]
    assert await ensure_topics(Cluster(stack.kafka), wanted) == []


async def test_a_topic_of_yesterday_is_configured_as_is_said_today(stack: Stack, make_topic: MakeTopic) -> None:
    name = await make_topic("to-school", config={"retention.ms": "-1"})

    await ensure_topics(
        Cluster(stack.kafka), [TopicDescription(name=name, partitions=1, config={"retention.ms": "86400000"})]
    )

    assert (await config_of(stack.kafka, name))["retention.ms"] == "86400000"


async def test_another_number_of_partitions_is_one_clear_sentence(stack: Stack, make_topic: MakeTopic) -> None:
    name = await make_topic("events", partitions=3)

    with pytest.raises(Unmet, match=f"The topic {name} has 3 partitions, and 12 are needed"):
        await ensure_topics(Cluster(stack.kafka), [TopicDescription(name=name, partitions=12)])


async def test_a_configuration_that_kafka_refuses_is_one_clear_sentence(stack: Stack) -> None:
    with pytest.raises(Unmet, match="Kafka refused to create"):
        await ensure_topics(
            Cluster(stack.kafka), [TopicDescription(name=unique("t"), partitions=1, config={"retention.ms": "soon"})]
        )


async def test_a_broker_that_is_not_there_is_one_clear_sentence() -> None:
    with pytest.raises(Unmet, match="could not be created on"):
        await ensure_topics(Cluster("127.0.0.1:1"), [TopicDescription(name="t", partitions=1)])
