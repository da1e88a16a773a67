"""The Kafka door: claims from `ingest.<service>.<urn>`. The topic's name proves which school speaks.

Claims come in clear, over TLS, and do not stay: what was handled is deleted from the topic within seconds, and leaves
the brokers' disks within a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence

import asyncpg
import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import KafkaError

from shared.consumer import Gap, Offsets, Place, Slice
from shared.eventstore import Outcome
from shared.intake.claims import ClaimRefused
from shared.intake.door import Intake
from shared.intake.keeping import Came
from shared.intake.reading import Unreadable, from_record
from shared.intake.segments import Segments, closes
from shared.intake.senders import Said, Sender
from shared.messaging import Cluster
from shared.problems import count_refusal

log = structlog.get_logger()

consumer = "intake"
at_once = 4
delete_seconds = 10.0
delete_every_seconds = 2.0


class Contended(RuntimeError):
    """A claim lost every race for its stream and has no answer yet: its batch is taken again."""


def ingest_pattern(service: str) -> str:
    """The topics of one service's claims; without braces, which FastStream takes for a parameter of a path."""
    return rf"^ingest\.{service}\.[1-9][0-9][0-9][0-9][0-9][0-9]$"


class KafkaDoor:
    """Takes claims from a subscription. Its places move once the claims are answered; one that comes twice is known."""

    def __init__(self, pool: asyncpg.Pool, intake: Intake, cluster: Cluster) -> None:
        self._pool = pool
        self._intake = intake
        self._cluster = cluster
        self._offsets = Offsets(pool, consumer)
        self._handled: dict[TopicPartition, int] = {}
        self._segments = Segments(cluster)
        self._deleted_at = 0.0

    async def assigned(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        """Take partitions over. What was handled is deleted, and cannot show whether the topic is still the same."""
        places = {partition: place.next for partition, place in (await self._offsets.take(partitions)).items()}
        handled = {partition: n for partition, n in places.items() if n}
        self._handled |= handled
        self._segments.hold(handled)
        return {partition: Place(n) for partition, n in places.items()}

    async def restarted(self, partition: TopicPartition) -> None:
        """The topic was made anew: from its beginning."""
        self._handled.pop(partition, None)
        await self._offsets.restart(partition)

    async def received(self, slices: Sequence[Slice]) -> None:
        """Answer the claims, each topic's in its order and several topics at once, and move their places together."""
        answered = await asyncio.gather(*(self._answer(group) for group in _groups(slices)), return_exceptions=True)
        outcomes: list[Outcome] = []
        for answers in answered:  # all have ended: none runs on beside the next try
            if isinstance(answers, BaseException):
                raise answers
            outcomes += answers
        places = {part.partition: part.next for part in slices}
        await self._offsets.put(self._pool, {partition: Place(n) for partition, n in places.items()})
        for outcome in outcomes:
            if outcome.status == "refused":
                count_refusal(self._intake.store.service, "kafka", outcome.code)
        self._handled |= places
        self._segments.hold(part.partition for part in slices if not all(map(closes, part.records)))

    async def _answer(self, slices: Sequence[Slice]) -> list[Outcome]:
        answers = await self._intake.take([said for part in slices for said in _said(part)])
        outcomes = [outcome for _, outcome in answers]
        if any(outcome.status == "conflict" for outcome in outcomes):
            raise Contended
        return outcomes

    async def overtaken(self, gap: Gap) -> None:
        """Refuse what cannot be read, as whoever sent it may know by its places.

        Claims that were gone before anybody read them were promised nothing but Kafka's retention: an alarm.
        """
        if gap.garbled is None:
            log.error("claims_gone", topic=gap.partition.topic, since=gap.since, first=gap.first)
        else:
            answers = await self._intake.take(_unread(gap, gap.garbled))
            for _, outcome in answers:
                count_refusal(self._intake.store.service, "kafka", outcome.code)
        await self._offsets.put(self._pool, {gap.partition: Place(gap.first)})
        self._handled[gap.partition] = gap.first
        self._segments.hold([gap.partition])

    async def idle(self, partitions: Collection[TopicPartition]) -> None:
        """Delete what was handled, every two seconds: batches wait meanwhile, and over TLS a client takes its time."""
        await self._segments.close(partitions)
        self._handled = {partition: n for partition, n in self._handled.items() if partition in partitions}
        if not self._handled or time.monotonic() - self._deleted_at < delete_every_seconds:
            return
        self._deleted_at = time.monotonic()
        admin = AIOKafkaAdminClient(**self._cluster.client)
        try:
            await asyncio.wait_for(admin.start(), delete_seconds)
            await asyncio.wait_for(
                admin.delete_records({p: RecordsToDelete(before_offset=n) for p, n in self._handled.items()}),
                delete_seconds,
            )
            self._handled.clear()  # not before: whatever ends this, they are still to be deleted
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("handled_claims_not_deleted", error=type(error).__name__)
        finally:
            await admin.close()


def _groups(slices: Sequence[Slice]) -> list[list[Slice]]:
    """About equal numbers of claims, to be answered at the same time: a topic's claims stay together."""
    groups: list[list[Slice]] = [[] for _ in range(min(at_once, len(slices)))]
    for part in sorted(slices, key=_size, reverse=True):
        min(groups, key=lambda group: sum(map(_size, group))).append(part)
    return groups


def _size(part: Slice) -> int:
    return len(part.records)


def _said(part: Slice) -> list[Said]:
    sender = _sender(part.partition)
    return [
        (sender, from_record(record, _place(part.partition, record.offset)))
        for record in part.records
        if not closes(record)
    ]


def _unread(gap: Gap, batch: bytes) -> list[Said]:
    """What stands in a batch that cannot be read, each with all of it."""
    reason = "This cannot be read: send it unpacked or with gzip, at most 32 MiB of it, header names in UTF-8."
    refusal, came = ClaimRefused("not_json", reason), Came({}, batch)
    places = [_place(gap.partition, offset) for offset in range(gap.since, gap.first)]
    return [(_sender(gap.partition), Unreadable(place, place, refusal, came)) for place in places]


def _sender(partition: TopicPartition) -> Sender:
    urn = partition.topic.rpartition(".")[2]
    return Sender(urn, f"school-{urn}", None, frozenset({urn}), publish=True)


def _place(partition: TopicPartition, offset: int) -> str:
    return f"record-{partition.partition}-{offset}"
