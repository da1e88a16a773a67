"""The Postgres side of a consumer: events applied once each, in their streams' order, together with the offsets.

Each stream is applied by its contiguous version, so a repeat is what stands at or below the stream's head, and a hole
holds that stream alone. What cannot be applied is parked, and so is what follows it in its stream; other streams go on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from aiokafka import TopicPartition

from shared import crashpoint
from shared.consumer.arrivals import Arrival, Sealer, logindex_of, read
from shared.consumer.catchup import Door, Missed, as_record, find, since
from shared.consumer.parking import Parking, Stream, Waiting, released_alone
from shared.consumer.receiving import Fenced, Gap, KafkaRecord, Place, Slice
from shared.messaging import events_topic, partition_of

log = structlog.get_logger()

Apply = Callable[[Any, Sequence[Arrival]], Awaitable[None]]
"""The effect: apply events, each stream's in its order, with the batch's connection; raise and it did not happen."""
Hold = Callable[[Any, Sequence[Arrival]], Awaitable[None]]
"""Told which readable events were parked instead of applied, in the same transaction."""

_acquire_s = 5.0
_door_first_wait_s = 1.0
_door_longest_wait_s = 60.0
_door_s = 5.0
_gaps_at_once = 50
_run_length = 1_000
_read_at_once = 50
_to_blame = ("21", "22", "23", "P0")  # classes of SQLSTATE that are an event's fault; others are the database's


def schema(app_role: str) -> str:
    """The tables of an inbox, and what the application's role may do with them."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


def from_the_beginning(consumer: str, service: str) -> str:
    """What lets a consumer hear all of a service's events once more, for a view that is new: topics keep everything."""
    return f"""
        delete from offsets where consumer = '{consumer}' and topic = '{events_topic(service)}';
        delete from stream_head where consumer = '{consumer}' and service = '{service}';
    """  # noqa: S608  a migration's own words


_Run = Sequence[tuple[TopicPartition, KafkaRecord]]
"""Some of a batch's records, in its order."""


@dataclass(slots=True)
class _Outcome:
    """What became of some events that fitted."""

    applied: list[Arrival] = field(default_factory=list)
    parked: list[tuple[Arrival, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Retry:
    """When a door is tried again, or is asked again for a stream."""

    at: float = 0.0
    wait: float = _door_first_wait_s

    def later(self) -> None:
        self.at, self.wait = time.monotonic() + self.wait, min(self.wait * 2, _door_longest_wait_s)


class Inbox:
    """One consumer's inbox in one database.

    Args:
        consumer: its name within the database; offsets, heads and parked records are kept by it.
        services: which service alone publishes on which topic.
        apply: the effect. It may also be given events again that were applied, if a transaction was lost after it.
        hold: told of events that were parked.
        notify: a channel that is notified once a transaction in which something was applied.
        after: called after a transaction in which something may have been applied.
        transient: further exceptions of `apply` that pass by themselves and are no event's fault.
    """

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        pool: asyncpg.Pool,
        consumer: str,
        services: Mapping[str, str],
        apply: Apply,
        sealer: Sealer,
        door: Door | None = None,
        *,
        hold: Hold | None = None,
        notify: str | None = None,
        after: Callable[[], None] = lambda: None,
        transient: tuple[type[Exception], ...] = (),
    ) -> None:
        self._pool = pool
        self._consumer = consumer
        self._services = services
        self._apply = apply
        self._parking = Parking(consumer, sealer, services)
        self._door = door
        self._hold = hold
        self._notify = notify
        self._after = after
        self._transient = transient
        self._epochs: dict[TopicPartition, int] = {}
        self._retries: dict[Stream, _Retry] = {}
        self._doors: dict[str, _Retry] = {}

    # What a Receiver does

    async def assigned(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        """Take the partitions over: their epoch rises, so whoever had them before can move nothing any more."""
        ordered = sorted(partitions)
        async with self._pool.acquire(timeout=_acquire_s) as conn:
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

    async def restarted(self, partition: TopicPartition) -> None:
        """Begin this partition again: its topic is not the one that was consumed."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            moved = await conn.fetchval(
                "update offsets set next = 0, last_id = null, last_logindex = null"
                " where consumer = $1 and topic = $2 and partition = $3 and epoch = $4 returning 1",
                self._consumer,
                partition.topic,
                partition.partition,
                self._epochs.get(partition, 0),
            )
        if not moved:
            raise Fenced

    async def received(self, slices: Sequence[Slice]) -> None:
        """Apply what fits, park what does not, and move the offsets: all of it or nothing."""
        crashpoint.reach("proj.before_batch")
        first, *others = _runs(slices)
        ahead = asyncio.create_task(self._read(first))
        try:
            async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
                await self._move(conn, slices)
                for run in others:
                    arrivals, ahead = await ahead, asyncio.create_task(self._read(run))
                    await self._settle(conn, arrivals)
                await self._settle(conn, await ahead)
                crashpoint.reach("proj.before_commit")
        finally:
            ahead.cancel()
        self._after()
        crashpoint.reach("proj.after_commit")

    async def overtaken(self, gap: Gap) -> None:
        """Ask the writer for everything that it logged after the last record taken, and go on behind the gap.

        A partition is published in the order of the log, so this is all that the gone records can have brought. What
        comes again from Kafka is a repeat.
        """
        partition, service = gap.partition, self._services[gap.partition.topic]
        below = read(gap.record, partition, gap.first, service).logindex if gap.record else -1
        known = await self._known(partition)
        if self._door is None:
            raise LookupError(f"there is no door of {service} to ask for the records that are gone")
        found = 0
        async for page in since(self._door, service, known + 1, below if below >= 0 else None):
            ours = [e for e in page if partition_of(e.envelope.stream, gap.partitions) == partition.partition]
            async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
                if not await self._ours(conn, [partition]):
                    raise Fenced
                await self._settle(conn, [read(as_record(event), partition, None, service) for event in ours])
            found, known = found + len(ours), max(known, page[-1].logindex if page else known)
        await self._skip(gap, known)
        log.error(
            "records_made_up_for",
            consumer=self._consumer,
            topic=partition.topic,
            partition=partition.partition,
            records=gap.first - gap.since,
            events=found,
        )

    async def idle(self, partitions: Collection[TopicPartition]) -> None:
        """Between batches: try again what was marked, and ask the writers for what is missing."""
        now = time.monotonic()
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            if not await self._parking.any(conn):
                self._retries.clear()
                return
            async with conn.transaction():
                await self._redrive(conn, await self._ours(conn, partitions))
            missing = await self._missing(conn, partitions, now) if self._door else []
        for missed, partition in missing:
            if self._doors.setdefault(missed.service, _Retry()).at <= now:
                await self._catch_up(missed, partition)

    # What Kafka does not have any more

    async def _known(self, partition: TopicPartition) -> int:
        """The log index of the last record that was taken of a partition; -1: none that is known."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            last = await conn.fetchval(
                "select last_logindex from offsets where consumer = $1 and topic = $2 and partition = $3",
                self._consumer,
                partition.topic,
                partition.partition,
            )
        return -1 if last is None else int(last)

    async def _skip(self, gap: Gap, known: int) -> None:
        """Store the place behind a gap whose events are here up to a log index."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
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

    # The transaction of a batch

    async def _read(self, run: _Run) -> list[Arrival]:
        """Read records, a few at a time: it is done in the time that Postgres takes for those before."""
        arrivals = []
        for number, (partition, record) in enumerate(run, start=1):
            arrivals.append(read(record, partition, record.offset, self._services.get(partition.topic)))
            if number % _read_at_once == 0:
                await asyncio.sleep(0)
        return arrivals

    async def _move(self, conn: Any, slices: Sequence[Slice]) -> None:
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

    async def _ours(self, conn: Any, partitions: Collection[TopicPartition]) -> list[TopicPartition]:
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

    async def _settle(self, conn: Any, arrivals: Sequence[Arrival]) -> None:
        """Each arrival is a repeat, or the next of its stream, or it has to wait."""
        streams = {(a.service, a.stream) for a in arrivals if a.delivered}
        heads = await self._heads(conn, streams)
        waiting = await self._parking.waiting(conn, streams) if await self._parking.any(conn) else {}
        fitting, parked = _sorted_out(arrivals, heads, waiting)
        outcome = await self._isolated(conn, fitting)
        moved = await self._advance(conn, outcome.applied)
        await self._park(conn, [*parked, *outcome.parked])
        held = {(a.service, a.stream) for a, _, _ in parked}
        if behind := [stream for stream in moved if stream in waiting or stream in held]:
            await self._release(conn, behind)
        if self._notify and outcome.applied:
            await conn.execute("select pg_notify($1, '')", self._notify)

    async def _heads(self, conn: Any, streams: Collection[Stream]) -> dict[Stream, int]:
        """The version that each of these streams stands at."""
        rows = await conn.fetch(
            "select h.service, h.stream, h.version from stream_head h"
            " join unnest($2::text[], $3::text[]) as s(service, stream) using (service, stream) where h.consumer = $1",
            self._consumer,
            [service for service, _ in streams],
            [stream for _, stream in streams],
        )
        return {(row["service"], row["stream"]): row["version"] for row in rows}

    async def _isolated(self, conn: Any, events: Sequence[Arrival]) -> _Outcome:
        """Apply all that can be applied: a batch that fails is halved until the event is found that it fails by."""
        outcome, held = _Outcome(), set[Stream]()
        chunks = [list(events)] if events else []
        while chunks:
            chunk = chunks.pop()
            outcome.parked += [(a, "behind", "") for a in chunk if (a.service, a.stream) in held]
            chunk = [a for a in chunk if (a.service, a.stream) not in held]
            if not chunk:
                continue
            try:
                async with conn.transaction():
                    await self._apply(conn, chunk)
            except Exception as fault:
                if self._passes(fault):
                    raise
                if len(chunk) > 1:
                    middle = len(chunk) // 2
                    chunks += [chunk[middle:], chunk[:middle]]
                    continue
                held.add((chunk[0].service, chunk[0].stream))
                outcome.parked.append((chunk[0], "poison", _described(fault)))
            else:
                outcome.applied += chunk
        return outcome

    def _passes(self, fault: Exception) -> bool:
        """Whether the fault is no event's: then the whole batch is tried again."""
        if isinstance(fault, asyncpg.PostgresError):
            return not str(getattr(fault, "sqlstate", "")).startswith(_to_blame)
        if isinstance(fault, ValueError):  # asyncpg's own, for an argument that does not fit its type, is one too
            return isinstance(fault, self._transient)
        return isinstance(fault, (asyncpg.InterfaceError, OSError, TimeoutError, *self._transient))

    async def _advance(self, conn: Any, applied: Sequence[Arrival]) -> dict[Stream, int]:
        """Move the heads of the streams that went on."""
        last = {(a.service, a.stream): a for a in applied}
        if last:
            await conn.execute(
                "insert into stream_head (consumer, service, stream, version, logindex)"
                " select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::bigint[])"
                " on conflict (consumer, service, stream)"
                " do update set version = excluded.version, logindex = excluded.logindex",
                self._consumer,
                [service for service, _ in last],
                [stream for _, stream in last],
                [a.version for a in last.values()],
                [a.logindex for a in last.values()],
            )
        return {stream: a.version for stream, a in last.items()}

    async def _park(self, conn: Any, parked: Sequence[tuple[Arrival, str, str]]) -> None:
        if not parked:
            return
        await self._parking.park(conn, parked)
        readable = [arrival for arrival, _, _ in parked if arrival.delivered]
        if self._hold and readable:
            await self._hold(conn, readable)
        for reason in {reason for _, reason, _ in parked}:
            some = [arrival for arrival, why, _ in parked if why == reason]
            log.warning(
                "parked",
                consumer=self._consumer,
                reason=reason,
                records=len(some),
                service=some[0].service,
                stream=some[0].stream,
                logindex=some[0].logindex,
            )

    # What waits

    async def _release(self, conn: Any, streams: Iterable[Stream], marked: Collection[UUID] = ()) -> None:
        """Apply what waits in these streams and fits now: what only waited for its turn, and what was marked."""
        streams = list(streams)
        heads = await self._heads(conn, streams)
        waiting = await self._parking.waiting(conn, streams)
        chains = [w for s in streams for w in _chain(heads.get(s, 0), waiting.get(s, {}), marked)]
        if not chains:
            return
        taken = await self._parking.take(conn, [w.id for w in chains])
        fitting, parked = _sorted_out([taken[w.id] for w in chains if w.id in taken], heads, {})
        outcome = await self._isolated(conn, fitting)
        await self._advance(conn, outcome.applied)
        await self._parking.released(conn, [a.id_for(self._consumer) for a in outcome.applied])
        await self._park(conn, [*parked, *outcome.parked])
        log.info("released", consumer=self._consumer, records=len(outcome.applied))
        if self._notify and outcome.applied:
            await conn.execute("select pg_notify($1, '')", self._notify)

    async def _redrive(self, conn: Any, partitions: Sequence[TopicPartition]) -> None:
        """Work off the marks in our partitions; a mark is one try."""
        marks = await self._parking.marked(conn, partitions)
        if not marks:
            return
        unread = [id_ for id_, _, _, version in marks if version is None]
        taken = await self._parking.take(conn, unread)
        readable = {id_: arrival for id_, arrival in taken.items() if arrival.delivered}
        await self._settle(conn, list(readable.values()))
        await self._parking.released(conn, list(readable))
        await self._release(conn, {(s, t) for _, s, t, v in marks if v is not None}, {id_ for id_, _, _, _ in marks})
        await self._parking.refused(conn, [id_ for id_, _, _, _ in marks])

    async def _missing(
        self, conn: Any, partitions: Collection[TopicPartition], now: float
    ) -> list[tuple[Missed, TopicPartition]]:
        """The holes in our partitions' streams whose time to be asked for has come."""
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
            _gaps_at_once * 4,
        )
        due: list[tuple[Missed, TopicPartition]] = []
        for row in rows:
            stream = (row["service"], row["stream"])
            if len(due) < _gaps_at_once and self._retries.setdefault(stream, _Retry()).at <= now:
                lowest = min(set(range(row["head"] + 1, row["version"])) - set(row["waiting"]), default=row["head"] + 1)
                versions = range(lowest, row["version"])
                missed = Missed(*stream, versions, row["known"], row["logindex"])
                due.append((missed, TopicPartition(row["topic"], row["partition"])))
        return due

    async def _catch_up(self, missed: Missed, partition: TopicPartition) -> None:
        """Ask the writer for the missing events of one stream and apply them and what waited for them."""
        self._retries[missed.service, missed.stream].later()
        about = {"consumer": self._consumer, "service": missed.service, "stream": missed.stream}
        try:
            async with asyncio.timeout(_door_s):
                found = await find(self._door, missed) if self._door else []
        except Exception as fault:  # noqa: BLE001 - whatever keeps the door shut: later; other streams go on
            self._doors[missed.service].later()
            log.warning("catch_up_door_shut", **about, error=type(fault).__name__)
            return
        self._doors.pop(missed.service, None)
        if not found:
            log.error(
                "events_missing_at_the_writer", **about, versions=[missed.versions.start, missed.versions.stop - 1]
            )
            return
        arrivals = [read(as_record(event), partition, None, missed.service) for event in found]
        async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            if await self._ours(conn, [partition]):
                await self._settle(conn, arrivals)
                log.info("caught_up", **about, events=len(found))
                self._retries.pop((missed.service, missed.stream), None)


def _runs(slices: Sequence[Slice]) -> list[_Run]:
    """The records of a batch in runs that are applied one after the other."""
    records = [(part.partition, record) for part in slices for record in part.records]
    return [records[at : at + _run_length] for at in range(0, len(records), _run_length)]


def _sorted_out(
    arrivals: Sequence[Arrival], heads: dict[Stream, int], waiting: Mapping[Stream, Mapping[int, Waiting]]
) -> tuple[list[Arrival], list[tuple[Arrival, str, str]]]:
    """What is next in its stream, and what has to be parked, with reason and detail. Repeats are in neither."""
    fitting: list[Arrival] = []
    parked: list[tuple[Arrival, str, str]] = []
    at = dict(heads)
    held: dict[Stream, set[int]] = {}
    for arrival in arrivals:
        if arrival.delivered is None:
            parked.append((arrival, arrival.fault or "unreadable", arrival.detail))
            continue
        stream, version = (arrival.service, arrival.stream), arrival.version
        head, waits = at.get(stream, 0), waiting.get(stream, {})
        if version <= head or version in waits or version in held.get(stream, ()):
            continue
        if version == head + 1 and arrival.fault is None:
            fitting.append(arrival)
            at[stream] = version
            continue
        if version == head + 1:
            reason = str(arrival.fault)
        else:
            reason = "behind" if version - 1 in waits or version - 1 in held.get(stream, ()) else "gap"
        held.setdefault(stream, set()).add(version)
        parked.append((arrival, reason, arrival.detail))
    return fitting, parked


def _chain(head: int, waiting: Mapping[int, Waiting], marked: Collection[UUID]) -> Iterable[Waiting]:
    """What follows a head without a hole, up to the first that still has to wait for a mark."""
    version = head + 1
    while (one := waiting.get(version)) and (one.reason in released_alone or one.id in marked):
        yield one
        version += 1


def _described(fault: Exception) -> str:
    """A fault without what it may quote."""
    return " ".join(filter(None, [type(fault).__name__, str(getattr(fault, "sqlstate", "") or "")]))
