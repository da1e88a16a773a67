"""Where one consumer stands in each partition: stored with what records brought, and moved under its epoch alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg
from aiokafka import TopicPartition

from shared.consumer.arrivals import logindex_of
from shared.consumer.receiving import Fenced, Gap, Place, Slice

acquire_s = 5.0


class Offsets:
    """The stored places of one consumer, and the epoch under which it holds each partition.

    Whoever takes a partition over raises its epoch: who had it before is `Fenced` from then on.
    """

    def __init__(self, pool: asyncpg.Pool, consumer: str) -> None:
        self._pool = pool
        self._consumer = consumer
        self._epochs: dict[TopicPartition, int] = {}

    async def take(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        """Take the partitions over: their epoch rises, so whoever had them before can move nothing any more."""
        ordered = sorted(partitions)
        async with self._pool.acquire(timeout=acquire_s) as conn:
            rows = await conn.fetch(
                "insert into offsets (consumer, topic, partition)"
                " select $1, t.topic, t.partition from unnest($2::text[], $3::int[]) as t(topic, partition)"
                " order by t.topic, t.partition"
                " on conflict (consumer, topic, partition) do update set epoch = offsets.epoch + 1"
                " returning topic, partition, next, epoch, last_id",
                self._consumer,
                [tp.topic for tp in ordered],
                [tp.partition for tp in ordered],
            )
        places = {}
        for row in rows:
            partition = TopicPartition(row["topic"], row["partition"])
            self._epochs[partition] = row["epoch"]
            places[partition] = Place(row["next"], row["last_id"])
        return places

    async def restart(self, partition: TopicPartition) -> None:
        """Begin this partition again: its topic is not the one that was consumed."""
        async with self._pool.acquire(timeout=acquire_s) as conn:
            await self.put(conn, {partition: Place()})

    async def put(self, conn: Any, places: Mapping[TopicPartition, Place]) -> None:
        """Let these be the places, wherever they were: for who may take the same records twice.

        Args:
            conn: a connection, or the pool.

        Raises:
            Fenced: one of the partitions is not ours any more; the others have moved.
        """
        moved = await conn.fetchval(
            "with ours as (select topic, partition, w.next, w.last_id from offsets o"
            " join unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::bigint[])"
            " as w(topic, partition, next, last_id, epoch) using (topic, partition, epoch)"
            " where o.consumer = $1 order by topic, partition for update of o),"
            " moved as (update offsets o set next = ours.next, last_id = ours.last_id, last_logindex = null from ours"
            " where o.consumer = $1 and o.topic = ours.topic and o.partition = ours.partition returning 1)"
            " select count(*) from moved",
            self._consumer,
            [partition.topic for partition in places],
            [partition.partition for partition in places],
            [place.next for place in places.values()],
            [place.last for place in places.values()],
            [self._epochs.get(partition, 0) for partition in places],
        )
        if moved != len(places):
            raise Fenced

    async def move(self, conn: Any, slices: Sequence[Slice]) -> None:
        """Move the offsets, each from exactly where we think it is, under our epoch, in the partitions' order."""
        moved = await conn.fetchval(
            "with want as (select * from unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[],"
            " $7::text[], $8::bigint[]) as w(topic, partition, since, epoch, next, last_id, last_logindex)),"
            " ours as (select topic, partition from offsets o join want w using (topic, partition)"
            " where o.consumer = $1 and o.next = w.since and o.epoch = w.epoch"
            " order by topic, partition for update of o),"
            " moved as (update offsets o set next = w.next, last_id = w.last_id, last_logindex = w.last_logindex"
            " from want w join ours using (topic, partition)"
            " where o.consumer = $1 and o.topic = w.topic and o.partition = w.partition returning 1)"
            " select count(*) from moved",
            self._consumer,
            [part.partition.topic for part in slices],
            [part.partition.partition for part in slices],
            [part.since for part in slices],
            [self._epochs.get(part.partition, 0) for part in slices],
            [part.next for part in slices],
            [part.last for part in slices],
            [logindex_of(part.records[-1]) for part in slices],
        )
        if moved != len(slices):
            raise Fenced

    async def ours(self, conn: Any, partitions: Collection[TopicPartition]) -> list[TopicPartition]:
        """Which of the partitions are still ours; they stay so to the end of the transaction."""
        rows = await conn.fetch(
            "select o.topic, o.partition from offsets o"
            " join unnest($2::text[], $3::int[], $4::bigint[]) as w(topic, partition, epoch) using (topic, partition)"
            " where o.consumer = $1 and o.epoch = w.epoch order by o.topic, o.partition for update of o",
            self._consumer,
            [tp.topic for tp in partitions],
            [tp.partition for tp in partitions],
            [self._epochs.get(tp, 0) for tp in partitions],
        )
        return [TopicPartition(row["topic"], row["partition"]) for row in rows]

    async def known(self, partition: TopicPartition) -> int:
        """The log index of the last record that was taken of a partition; -1: none that is known."""
        async with self._pool.acquire(timeout=acquire_s) as conn:
            last = await conn.fetchval(
                "select last_logindex from offsets where consumer = $1 and topic = $2 and partition = $3",
                self._consumer,
                partition.topic,
                partition.partition,
            )
        return -1 if last is None else int(last)

    async def skip(self, gap: Gap, known: int) -> None:
        """Store the place behind a gap whose events are here up to a log index."""
        async with self._pool.acquire(timeout=acquire_s) as conn:
            moved = await conn.fetchval(
                "update offsets set next = $5, last_id = null, last_logindex = $6"
                " where consumer = $1 and topic = $2 and partition = $3 and next = $4 and epoch = $7 returning 1",
                self._consumer,
                gap.partition.topic,
                gap.partition.partition,
                gap.since,
                gap.first,
                known,
                self._epochs.get(gap.partition, 0),
            )
        if not moved:
            raise Fenced
