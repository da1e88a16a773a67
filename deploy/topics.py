"""Topics: created and configured as the description says. The number of partitions is fixed and never changed.

Each has a replica on as many brokers as there are, up to three, and what is written is on all of them but one before it
is acknowledged: one of three may fail, and nothing is lost and nothing stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from deploy.description import TopicDescription
from deploy.errors import Unmet
from shared.messaging import Cluster

_TIMEOUT_S = 30.0
_POLL_S = 0.05
_REPLICAS = 3


async def ensure_topics(cluster: Cluster, topics: Iterable[TopicDescription]) -> list[str]:
    """Create the topics that are missing, configure those that are there, and wait until the cluster shows them all.

    Returns:
        The names of the topics created.

    Raises:
        Unmet: when a topic is there with another number of partitions, or Kafka cannot be reached or refuses.
    """
    wanted = {topic.name: topic for topic in topics}
    admin = AIOKafkaAdminClient(**cluster.client, request_timeout_ms=int(_TIMEOUT_S * 1000))
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            await admin.start()
            known = _checked(await _described(admin), wanted)
            missing = [topic for topic in wanted.values() if topic.name not in known]
            await _configure(admin, {name: _config(wanted[name], made.replicas) for name, made in known.items()})
            await _create(admin, missing)
            while len(_checked(await _described(admin), wanted)) < len(wanted):  # noqa: ASYNC110 - Kafka's
                await asyncio.sleep(_POLL_S)
            return [topic.name for topic in missing]
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unmet(f"The topics could not be created on {cluster.bootstrap}: {_reason(error)}.") from error
    finally:
        with suppress(TimeoutError, KafkaError, OSError):
            await asyncio.wait_for(admin.close(), _TIMEOUT_S)


class _Made(NamedTuple):
    """A topic as the cluster has it."""

    partitions: int
    replicas: int


async def _described(admin: AIOKafkaAdminClient) -> dict[str, _Made]:
    """Each topic of the cluster."""
    described: list[dict[str, Any]] = await admin.describe_topics()
    return {
        topic["topic"]: _Made(len(topic["partitions"]), min(len(one["replicas"]) for one in topic["partitions"]))
        for topic in described
        if topic["error_code"] == 0
    }


def _checked(known: Mapping[str, _Made], wanted: Mapping[str, TopicDescription]) -> dict[str, _Made]:
    """Those of the wanted topics that are known, with the number of partitions that is wanted."""
    for name, topic in wanted.items():
        if name in known and known[name].partitions != topic.partitions:
            raise Unmet(
                f"The topic {name} has {known[name].partitions} partitions, and {topic.partitions} are needed.",
                "Partitions are fixed at creation: make a new topic and `baton republish` to it.",
            )
    return {name: made for name, made in known.items() if name in wanted}


async def _configure(admin: AIOKafkaAdminClient, configs: Mapping[str, Mapping[str, str]]) -> None:
    """What is told now counts for a topic of yesterday as well: how long it is kept above all."""
    if not configs:
        return
    answers: Any = await admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name, dict(config)) for name, config in configs.items()]
    )
    for answer in answers:
        for code, _, _, name in answer.resources:
            if code != 0:
                raise Unmet(f"Kafka refused to configure the topic {name}: {for_code(code).__name__}.")


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[TopicDescription]) -> None:
    if not topics:
        return
    replicas = min(_REPLICAS, len((await admin.describe_cluster())["brokers"]))
    created: Any = await admin.create_topics(
        [NewTopic(topic.name, topic.partitions, replicas, topic_configs=_config(topic, replicas)) for topic in topics],
    )
    for name, code, *_ in created.topic_errors:
        failure = for_code(code)
        if code != 0 and failure is not TopicAlreadyExistsError:  # somebody else created it meanwhile
            raise Unmet(f"Kafka refused to create the topic {name}: {failure.__name__}.")


def _config(topic: TopicDescription, replicas: int) -> dict[str, str]:
    return {**topic.config, "min.insync.replicas": str(max(1, replicas - 1))}


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_TIMEOUT_S:.0f} seconds"
    return str(error) or type(error).__name__
