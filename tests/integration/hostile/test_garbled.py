"""What Kafka takes and its client cannot read: each has a receipt, its bytes are kept, and the door goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import BrokerResponseError, KafkaError
from confluent_kafka import Producer

from shared.consumer.garbled import read_batch
from shared.messaging import Cluster, ingest_topic
from tests.integration.hostile import raw
from tests.integration.hostile.doors import Doors
from tests.integration.stories.conftest import HERE, Trust

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

GARBLED: Mapping[str, bytes] = {
    "a header's name is no UTF-8": bytes(raw.with_header_name(b"\xff\xfe\xfd\xfc")),
    "64 MiB of nothing, packed": bytes(raw.batch(bytes(64 * 1024 * 1024), packed=raw.GZIP)),
}
REFUSED = ("refused", "not_json", None)


@pytest.fixture
def talent(admitted: Trust) -> Doors:
    return Doors("talent", admitted.writers["talent"])


@pytest.mark.parametrize("batch", GARBLED.values(), ids=GARBLED)
async def test_it_has_a_receipt_its_bytes_are_kept_and_others_go_on(talent: Doors, batch: bytes) -> None:
    place = talent.writer.place
    before = await talent.effects()

    error, offset = await raw.produce(place.kafka.bootstrap, ingest_topic("talent", HERE), batch)
    await talent.handled(offset)

    assert error == 0
    assert (await talent.receipts())[f"record-0-{offset}"] == REFUSED
    assert await place.fetchval("select code from kept_claim where id = $1", f"record-0-{offset}") == "not_json"
    assert await talent.effects() == before
    await talent.goes_on()


async def test_what_was_packed_in_a_way_that_is_not_known_has_a_receipt_each(talent: Doors) -> None:
    place = talent.writer.place
    offsets: list[int] = []
    producer = Producer({"bootstrap.servers": place.kafka.bootstrap, "compression.type": "zstd", "linger.ms": 50})
    for _ in range(20):
        sent = json.dumps(talent.fine()).encode() * 3  # it packs well
        producer.produce(ingest_topic("talent", HERE), sent, on_delivery=lambda _, m: offsets.append(m.offset() or 0))
    producer.flush(20)

    await talent.handled(offsets[-1])

    receipts = await talent.receipts()
    assert {receipts[f"record-0-{offset}"] for offset in offsets} == {REFUSED}
    await talent.goes_on()


async def test_a_batch_that_kafka_does_not_give_is_said_to_be_so(talent: Doors) -> None:
    topic = TopicPartition(ingest_topic("talent", HERE), 0)

    with pytest.raises(BrokerResponseError):
        await read_batch(Cluster(talent.writer.place.kafka.bootstrap), topic, 1_000_000)
    with pytest.raises(KafkaError):
        await read_batch(Cluster("127.0.0.1:1"), topic, 0)


async def test_another_version_of_the_protocol_is_not_taken_by_kafka_itself(talent: Doors) -> None:
    error, _ = await raw.produce(
        talent.writer.place.kafka.bootstrap, ingest_topic("talent", HERE), bytes(raw.with_magic(7))
    )

    assert error != 0
    await talent.goes_on()
