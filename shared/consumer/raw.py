"""Batches of records as Kafka has them: FastStream without its decoding and without its acknowledging."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from faststream.kafka import KafkaMessage
from faststream.kafka.message import KafkaAckableMessage


@dataclass(slots=True)
class Listener(ConsumerRebalanceListener):
    """Tells that partitions come and go."""

    assigned: Callable[[Collection[TopicPartition]], Awaitable[None]]
    revoked: Callable[[Collection[TopicPartition]], Awaitable[None]]

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self.assigned(assigned)

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self.revoked(revoked)


async def unparsed(records: tuple[Any, ...]) -> KafkaMessage:
    """The batch as it is. FastStream's own parser decodes every header: one that is not UTF-8 would lose the batch."""
    return KafkaAckableMessage(
        raw_message=records,
        body=b"",
        headers={},
        message_id="",
        correlation_id="",
        consumer=_no_consumer,
    )


class _NoConsumer:
    """Nobody acknowledges through a message."""

    async def commit(self) -> None: ...

    def seek(self, partition: Any, offset: int) -> None: ...


_no_consumer = _NoConsumer()


async def undecoded(_message: Any) -> bytes:
    return b""
