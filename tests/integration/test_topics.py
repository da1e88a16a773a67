"""Topics on more than one broker: replicated, and written to while one of three is away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from deploy.description import HOST, TopicDescription
from deploy.local.kafka import broker
from deploy.local.kafka.broker import LocalKafka
from deploy.local.kafka.libraries import fetch
from deploy.local.ports import free_port
from deploy.settings import StackSettings
from deploy.topics import ensure_topics
from shared.messaging import Cluster
from tests.stack import scratch_directory
from tests.support.kafka import administering, config_of
from tests.support.writer import until

TOPIC = TopicDescription(name="claims", partitions=2, config={"retention.ms": "60000"})


class Beside(LocalKafka):
    """A further broker of another node's cluster."""

    def __init__(self, directory: Path, first: LocalKafka, number: int) -> None:
        super().__init__(directory, StackSettings().kafka_libraries, free_port())
        self._first = first
        self._number = number

    def _write_properties(self, name: str, data: Path) -> Path:
        path = super()._write_properties(name, data)
        cluster = _properties(self._first.directory / "server.properties")
        own = {
            "process.roles": "broker",
            "node.id": str(self._number),
            "controller.quorum.voters": cluster["controller.quorum.voters"],
            "listeners": f"PLAINTEXT://{HOST}:{self.port}",
        }
        path.write_text("".join(f"{key}={value}\n" for key, value in (_properties(path) | own).items()))
        return path


def _properties(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


@pytest.fixture
async def brokers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sequence[LocalKafka]]:
    """Three, of which the first is their controller, too."""
    libraries = StackSettings().kafka_libraries
    await fetch(libraries)
    async with AsyncExitStack() as held:
        directory = held.enter_context(scratch_directory())
        first = LocalKafka(directory / "1", libraries, free_port())
        held.push_async_callback(first.stop)
        await first.start()
        cluster = _properties(first.directory / "data" / "meta.properties")["cluster.id"]
        monkeypatch.setattr(broker, "_new_cluster_id", lambda: cluster)
        others = [Beside(directory / str(number), first, number) for number in (2, 3)]
        for other in others:
            held.push_async_callback(other.stop)
            await other.start()

        async def know_each_other() -> bool:
            async with administering(first.bootstrap) as admin:
                return len((await admin.describe_cluster())["brokers"]) == 1 + len(others)

        await until(know_each_other)  # a broker answers before it is one of them
        yield [first, *others]


async def test_a_topic_has_three_replicas_and_is_written_to_while_a_broker_is_away(
    brokers: Sequence[LocalKafka],
) -> None:
    first, _, third = brokers
    cluster = Cluster(first.bootstrap)

    for _ in range(2):  # made, and configured once more
        await ensure_topics(cluster, [TOPIC])
        async with administering(first.bootstrap) as admin:
            [topic] = await admin.describe_topics([TOPIC.name])
        assert [sorted(one["replicas"]) for one in topic["partitions"]] == [[1, 2, 3], [1, 2, 3]]
        config = await config_of(first.bootstrap, TOPIC.name)
        assert (config["min.insync.replicas"], config["retention.ms"]) == ("2", "60000")

    await third.stop()
    async with AIOKafkaProducer(bootstrap_servers=first.bootstrap, acks="all", enable_idempotence=True) as producer:
        for partition in range(TOPIC.partitions):
            await producer.send_and_wait(TOPIC.name, b"claim", partition=partition)
