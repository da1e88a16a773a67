"""Kafka as anybody uses it who may: what a topic holds, and records that somebody sends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.description import topics_of_school
from deploy.topics import ensure_topics
from shared.intake.reading import event_type
from shared.messaging import Cluster, make_producer


@asynccontextmanager
async def administering(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """An administrator of a Kafka that lets everybody in."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def config_of(kafka: str, topic: str) -> dict[str, str]:
    """How a topic is configured now."""
    described: Any
    async with administering(kafka) as admin:
        [described] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    return {entry[0]: entry[1] for resource in described.resources for entry in resource[4]}


async def admit(kafka: str, *urns: str) -> None:
    """These schools have their topics."""
    await ensure_topics(Cluster(kafka), [topic for urn in urns for topic in topics_of_school(urn)])


async def records(kafka: str, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    """What a topic holds now, partition after partition."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found: list[ConsumerRecord[bytes, bytes]] = []
        for partition, end in (await consumer.end_offsets(consumer.assignment())).items():
            while await consumer.position(partition) < end:
                batch = await consumer.getmany(partition, timeout_ms=1_000)
                found += [record for records in batch.values() for record in records]
        return found
    finally:
        await consumer.stop()


async def produce(
    kafka: str,
    topic: str,
    *contents: Any,
    headers: Mapping[str, str] = MappingProxyType({"content-type": event_type}),
) -> list[int]:
    """Send records in this order; their offsets, once Kafka has them.

    Args:
        contents: bytes as they are, anything else as JSON.
        headers: of each record; those of a claim in structured mode unless told otherwise.
    """
    encoded = [(name, text.encode()) for name, text in headers.items()]
    bodies = [content if isinstance(content, bytes) else json.dumps(content).encode() for content in contents]
    producer = make_producer(Cluster(kafka), "school")
    await producer.start()
    try:
        sent = [await producer.send(topic, body, headers=encoded) for body in bodies]
        return [(await one).offset for one in sent]
    finally:
        await producer.stop()
