"""What could not be applied: kept sealed, in its stream's order, until it fits or somebody marks it for another try."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from aiokafka import TopicPartition

from shared.consumer.arrivals import Arrival, Raw, Sealer, read
from shared.consumer.catchup import Missed

Reason = Literal["gap", "behind", "unknown_type", "unreadable", "poison"]
Stream = tuple[str, str]

released_alone: frozenset[str] = frozenset({"gap", "behind"})
"""Reasons that end by themselves, when the stream has come so far. The others wait for a mark."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked record, without its bytes."""

    id: UUID
    consumer: str
    topic: str
    partition: int
    offset: int | None
    service: str
    stream: str
    streamversion: int | None
    logindex: int | None
    type: str | None
    reason: str
    detail: str
    at: datetime
    redrive_requested_at: datetime | None


async def parked(conn: Any, *, limit: int = 1000) -> list[Parked]:
    """What is parked, the oldest first."""
    rows = await conn.fetch(
        'select id, consumer, topic, partition, "offset", service, stream, streamversion, logindex, type, reason,'
        " detail, at, redrive_requested_at from parked where redriven_at is null"
        " order by at, service, stream, streamversion limit $1",
        limit,
    )
    return [Parked(**dict(row)) for row in rows]


async def mark_for_redrive(conn: Any, ids: Collection[UUID] | None = None) -> int:
    """Ask for another try of these, or of everything, by the consumer that owns the partition. How many were marked."""
    marked = await conn.fetchval(
        "with marked as (update parked set redrive_requested_at = clock_timestamp()"
        " where redriven_at is null and ($1::uuid[] is null or id = any($1)) returning 1) select count(*) from marked",
        None if ids is None else list(ids),
    )
    return int(marked)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parked event of a stream, as the order within the stream needs to know it."""

    id: UUID
    version: int
    reason: str


class Parking:
    """The parked records of one consumer, inside a transaction of its own."""

    def __init__(self, consumer: str, sealer: Sealer, services: Mapping[str, str]) -> None:
        self._consumer = consumer
        self._sealer = sealer
        self._services = services

    async def waiting(self, conn: Any, streams: Collection[Stream]) -> dict[Stream, dict[int, Waiting]]:
        """What waits in these streams, by version."""
        rows = await conn.fetch(
            "select p.id, p.service, p.stream, p.streamversion, p.reason"
            " from parked p join unnest($2::text[], $3::text[]) as s(service, stream) using (service, stream)"
            " where p.consumer = $1 and p.redriven_at is null and p.streamversion is not null",
            self._consumer,
            [service for service, _ in streams],
            [stream for _, stream in streams],
        )
        found: dict[Stream, dict[int, Waiting]] = {}
        for row in rows:
            one = Waiting(row["id"], row["streamversion"], row["reason"])
            found.setdefault((row["service"], row["stream"]), {})[one.version] = one
        return found

    async def any(self, conn: Any) -> bool:
        """Whether anything is parked: mostly not, and then nothing more is asked."""
        return bool(
            await conn.fetchval(
                "select exists (select from parked where consumer = $1 and redriven_at is null)", self._consumer
            )
        )

    async def park(self, conn: Any, arrivals: Sequence[tuple[Arrival, str, str]]) -> None:
        """Park each with its reason and detail; a repeat is parked once, one that failed again says why now."""
        rows = []
        for arrival, reason, detail in arrivals:
            id_ = arrival.id_for(self._consumer)
            raw = Raw(arrival.raw.key, arrival.raw.value, arrival.raw.headers).dumps()
            rows.append(
                (
                    id_,
                    self._consumer,
                    arrival.partition.topic,
                    arrival.partition.partition,
                    arrival.offset,
                    arrival.service,
                    arrival.stream,
                    arrival.version or None,
                    arrival.logindex if arrival.delivered else None,
                    arrival.delivered.envelope.type if arrival.delivered else None,
                    reason,
                    detail,
                    self._sealer.seal_bytes(raw, place_of(id_)),
                )
            )
        await conn.executemany(
            'insert into parked (id, consumer, topic, partition, "offset", service, stream, streamversion, logindex,'
            " type, reason, detail, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
            " on conflict (id) do update set reason = excluded.reason, detail = excluded.detail,"
            " redrive_requested_at = null where parked.redriven_at is null",
            rows,
        )

    async def take(self, conn: Any, ids: Iterable[UUID]) -> dict[UUID, Arrival]:
        """The parked records themselves, read again: what was unknown may be known by now."""
        rows = await conn.fetch(
            'select id, topic, partition, "offset", sealed from parked where id = any($1) and redriven_at is null'
            " for update",
            list(ids),
        )
        taken = {}
        for row in rows:
            partition = TopicPartition(row["topic"], row["partition"])
            raw = Raw.loads(self._sealer.open_bytes(row["sealed"], place_of(row["id"])))
            taken[row["id"]] = read(raw, partition, row["offset"], self._services.get(partition.topic))
        return taken

    async def missing(
        self, conn: Any, partitions: Collection[TopicPartition], limit: int
    ) -> list[tuple[Missed, TopicPartition]]:
        """The lowest hole of each of these partitions' streams that something waits behind, the oldest first."""
        rows = await conn.fetch(
            "select p.service, p.stream, min(p.topic) as topic, min(p.partition) as partition,"
            " min(p.streamversion) as version, min(p.logindex) as logindex,"
            " coalesce(min(h.version), 0) as head, coalesce(min(h.logindex), -1) as known,"
            " (select coalesce(array_agg(b.streamversion), '{}') from parked b where b.consumer = $1"
            "  and b.service = p.service and b.stream = p.stream and b.redriven_at is null"
            "  and b.streamversion is not null) as waiting"
            " from parked p join unnest($2::text[], $3::int[]) as t(topic, partition) using (topic, partition)"
            " left join stream_head h on h.consumer = $1 and h.service = p.service and h.stream = p.stream"
            " where p.consumer = $1 and p.redriven_at is null and p.reason = 'gap'"
            " group by p.service, p.stream order by min(p.at) limit $4",
            self._consumer,
            [tp.topic for tp in partitions],
            [tp.partition for tp in partitions],
            limit,
        )
        found = []
        for row in rows:
            after, before = row["head"] + 1, row["version"]
            lowest = min(set(range(after, before)) - set(row["waiting"]), default=after)
            missed = Missed(row["service"], row["stream"], range(lowest, before), row["known"], row["logindex"])
            found.append((missed, TopicPartition(row["topic"], row["partition"])))
        return found

    async def released(self, conn: Any, ids: Collection[UUID]) -> None:
        """These were applied."""
        await conn.execute("update parked set redriven_at = clock_timestamp() where id = any($1)", list(ids))

    async def refused(self, conn: Any, ids: Collection[UUID]) -> None:
        """These were tried as asked and do not fit still: the mark is taken off."""
        await conn.execute("update parked set redrive_requested_at = null where id = any($1)", list(ids))

    async def marked(
        self, conn: Any, partitions: Collection[TopicPartition]
    ) -> list[tuple[UUID, str, str, int | None]]:
        """(id, service, stream, version) of what is marked in these partitions, in the streams' order."""
        rows = await conn.fetch(
            "select p.id, p.service, p.stream, p.streamversion from parked p"
            " join unnest($2::text[], $3::int[]) as t(topic, partition) using (topic, partition)"
            " where p.consumer = $1 and p.redriven_at is null and p.redrive_requested_at is not null"
            " order by p.service, p.stream, p.streamversion nulls first limit 500",
            self._consumer,
            [tp.topic for tp in partitions],
            [tp.partition for tp in partitions],
        )
        return [(row["id"], row["service"], row["stream"], row["streamversion"]) for row in rows]


def place_of(id_: UUID) -> str:
    return f"parked\n{id_}"
