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
from shared.consumer.arrivals import Arrival, Sealer, read
from shared.consumer.catchup import Door, Missed, as_record, find, since
from shared.consumer.offsets import Offsets, acquire_s
from shared.consumer.order import advance, chain, heads, sorted_out
from shared.consumer.parking import Parking, Stream
from shared.consumer.receiving import Fenced, Gap, KafkaRecord, Place, Slice
from shared.messaging import events_topic, partition_of

log = structlog.get_logger()

Apply = Callable[[Any, Sequence[Arrival]], Awaitable[None]]
"""The effect: apply events, each stream's in its order, with the batch's connection; raise and it did not happen."""
Hold = Callable[[Any, Sequence[Arrival]], Awaitable[None]]
"""Told which readable events were parked instead of applied, in the same transaction."""

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
        self._offsets = Offsets(pool, consumer)
        self._retries: dict[Stream, _Retry] = {}
        self._doors: dict[str, _Retry] = {}

    # What a Receiver does

    async def assigned(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        """Take the partitions over: their epoch rises, so whoever had them before can move nothing any more."""
        return await self._offsets.take(partitions)

    async def restarted(self, partition: TopicPartition) -> None:
        """Begin this partition again: its topic is not the one that was consumed."""
        await self._offsets.restart(partition)

    async def received(self, slices: Sequence[Slice]) -> None:
        """Apply what fits, park what does not, and move the offsets: all of it or nothing."""
        crashpoint.reach("proj.before_batch")
        first, *others = _runs(slices)
        ahead = asyncio.create_task(self._read(first))
        try:
            async with self._pool.acquire(timeout=acquire_s) as conn, conn.transaction():
                await self._offsets.move(conn, slices)
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
        known = await self._offsets.known(partition)
        if self._door is None:
            raise LookupError(f"there is no door of {service} to ask for the records that are gone")
        found = 0
        async for page in since(self._door, service, known + 1, below if below >= 0 else None):
            ours = [e for e in page if partition_of(e.envelope.stream, gap.partitions) == partition.partition]
            async with self._pool.acquire(timeout=acquire_s) as conn, conn.transaction():
                if not await self._offsets.ours(conn, [partition]):
                    raise Fenced
                await self._settle(conn, [read(as_record(event), partition, None, service) for event in ours])
            found, known = found + len(ours), max(known, page[-1].logindex if page else known)
        await self._offsets.skip(gap, known)
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
        async with self._pool.acquire(timeout=acquire_s) as conn:
            if not await self._parking.any(conn):
                self._retries.clear()
                return
            async with conn.transaction():
                await self._redrive(conn, await self._offsets.ours(conn, partitions))
            missing = await self._parking.missing(conn, partitions, _gaps_at_once * 4) if self._door else []
        due = [one for one in missing if self._retries.setdefault(one[0].of, _Retry()).at <= now]
        for missed, partition in due[:_gaps_at_once]:
            if self._doors.setdefault(missed.service, _Retry()).at <= now:
                await self._catch_up(missed, partition)

    # The transaction of a batch

    async def _read(self, run: _Run) -> list[Arrival]:
        """Read records, a few at a time: it is done in the time that Postgres takes for those before."""
        arrivals = []
        for number, (partition, record) in enumerate(run, start=1):
            arrivals.append(read(record, partition, record.offset, self._services.get(partition.topic)))
            if number % _read_at_once == 0:
                await asyncio.sleep(0)
        return arrivals

    async def _settle(self, conn: Any, arrivals: Sequence[Arrival]) -> None:
        """Each arrival is a repeat, or the next of its stream, or it has to wait."""
        streams = {(a.service, a.stream) for a in arrivals if a.delivered}
        at = await heads(conn, self._consumer, streams)
        waiting = await self._parking.waiting(conn, streams) if await self._parking.any(conn) else {}
        fitting, parked = sorted_out(arrivals, at, waiting)
        outcome = await self._isolated(conn, fitting)
        moved = await advance(conn, self._consumer, outcome.applied)
        await self._park(conn, [*parked, *outcome.parked])
        held = {(a.service, a.stream) for a, _, _ in parked}
        if behind := [stream for stream in moved if stream in waiting or stream in held]:
            await self._release(conn, behind)
        if self._notify and outcome.applied:
            await conn.execute("select pg_notify($1, '')", self._notify)

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
                if _passes(fault):
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
        at = await heads(conn, self._consumer, streams)
        waiting = await self._parking.waiting(conn, streams)
        chains = [w for s in streams for w in chain(at.get(s, 0), waiting.get(s, {}), marked)]
        if not chains:
            return
        taken = await self._parking.take(conn, [w.id for w in chains])
        fitting, parked = sorted_out([taken[w.id] for w in chains if w.id in taken], at, {})
        outcome = await self._isolated(conn, fitting)
        await advance(conn, self._consumer, outcome.applied)
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

    async def _catch_up(self, missed: Missed, partition: TopicPartition) -> None:
        """Ask the writer for the missing events of one stream and apply them and what waited for them."""
        self._retries[missed.of].later()
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
        async with self._pool.acquire(timeout=acquire_s) as conn, conn.transaction():
            if await self._offsets.ours(conn, [partition]):
                await self._settle(conn, arrivals)
                log.info("caught_up", **about, events=len(found))
                self._retries.pop(missed.of, None)


def _runs(slices: Sequence[Slice]) -> list[_Run]:
    """The records of a batch in runs that are applied one after the other."""
    records = [(part.partition, record) for part in slices for record in part.records]
    return [records[at : at + _run_length] for at in range(0, len(records), _run_length)]


def _passes(fault: Exception) -> bool:
    """Whether the fault is no event's: then the whole batch is tried again."""
    if isinstance(fault, asyncpg.PostgresError):
        return not str(getattr(fault, "sqlstate", "")).startswith(_to_blame)
    if isinstance(fault, ValueError):  # asyncpg's own, for an argument that does not fit its type, is one too
        return False
    return isinstance(fault, (asyncpg.InterfaceError, OSError, TimeoutError))


def _described(fault: Exception) -> str:
    """A fault without what it may quote."""
    return " ".join(filter(None, [type(fault).__name__, str(getattr(fault, "sqlstate", "") or "")]))
