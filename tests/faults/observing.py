"""What every part of a cluster holds, read into a history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer

from deploy.description import CHECKPOINTS, WRITERS
from shared.messaging import delivered, events_topic
from tests.faults.cluster import Cluster
from tests.faults.history import Asked, Entered, History, Holder, Moved, Place, Published, Sealed, Stored
from tests.support import fold
from tests.support.kafka import records
from verifier.checkpoint import checkpoints

_BEHIND = """
select (select count(*) from pending) + (select coalesce(max(logindex) + 1, 0) from log) - published
     + (select count(*) from receipt_pending) + (select count(*) from parked_claim) as behind,
       (select coalesce(max(logindex) + 1, 0) from log) as length,
       (select coalesce(max(size), 0) from checkpoint where published) as sealed
from lease
"""


async def drained(cluster: Cluster, asked: Sequence[Asked], *, within: float) -> float | None:
    """Wait until everything has arrived everywhere: how long it took, or None where it did not in time."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        try:
            if await _is_drained(cluster, asked):
                return time.monotonic() - began
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pass
        await asyncio.sleep(0.2)
    return None


async def _is_drained(cluster: Cluster, asked: Sequence[Asked]) -> bool:
    lengths = {}
    for writer in WRITERS:
        async with cluster.database(writer.name) as connection:
            row = await connection.fetchrow(_BEHIND)
            answered = await connection.fetchval("select count(*) from command")
        told = sum(1 for one in asked if one.service == writer.name and one.outcome == "ok")
        if row is None or row["behind"] or row["sealed"] < row["length"] or answered < told:
            return False
        lengths[writer.name] = row["length"]
    async with cluster.database("reporting") as connection:
        rows = await connection.fetch("select service, next from position")
        heard = await connection.fetch("select service, max(size) as size from checkpoint group by service")
        waiting = await connection.fetchval("select count(*) from parked where redriven_at is null")
    positions = {row["service"]: row["next"] for row in rows}
    sizes = {row["service"]: row["size"] for row in heard}
    return not waiting and all(positions.get(n, 0) == sizes.get(n, 0) == length for n, length in lengths.items())


async def observed(cluster: Cluster, asked: Sequence[Asked], calm_from: datetime | None) -> History:
    """The history of a run, at its end."""
    history = History(asked=asked, calm_from=calm_from)
    stored, published, places, moved, sealed = [], [], [], [], []
    for writer in WRITERS:
        stored += await _stored(cluster, writer.name)
        moved += await _moved(cluster, writer.name)
        sealed += await _signed(cluster, writer.name)
    moved += await _moved(cluster, "reporting")
    for writer in WRITERS:
        events, found = await _topic(cluster, writer.name)
        published += events
        places += found
    history.stored, history.published, history.places, history.moved = stored, published, places, moved
    history.sealed = [*sealed, *await _told(cluster), *await _heard(cluster)]
    history.keys = {w.name: (cluster.settings.checkpoints / f"{w.name}.key").read_text().strip() for w in WRITERS}
    await _reporting(cluster, history)
    await _reports(cluster, history)
    return history


async def _stored(cluster: Cluster, service: str) -> list[Stored]:
    async with cluster.database(service) as connection:
        rows = await connection.fetch(
            "select l.logindex, e.stream, e.version, e.id::text, e.meta, e.record, e.prev_hash, e.hash"
            " from event e left join log l using (position) order by e.position"
        )
    return [Stored(service=service, **dict(row)) for row in rows]


async def _moved(cluster: Cluster, database: str) -> list[Moved]:
    async with cluster.database(database) as connection:
        rows = await connection.fetch("select what, was, now from moved_back")
    return [Moved(what=f"{database} {row['what']}", was=row["was"], now=row["now"]) for row in rows]


async def _signed(cluster: Cluster, service: str) -> list[Sealed]:
    """A service's checkpoints, in its store and in its file."""
    async with cluster.database(service) as connection:
        rows = await connection.fetch("select note from checkpoint order by size")
    file = checkpoints((cluster.settings.checkpoints / f"{service}.txt").read_text())
    held: Sequence[tuple[Holder, str]] = [*(("store", r["note"]) for r in rows), *(("file", str(c.note)) for c in file)]
    return [Sealed(service=service, where=where, note=note) for where, note in held]


async def _told(cluster: Cluster) -> list[Sealed]:
    """The checkpoints on their topic."""
    return [
        Sealed(service=(record.key or b"").decode(), where="topic", note=(record.value or b"").decode())
        for record in await records(cluster.settings.kafka, CHECKPOINTS)
    ]


async def _heard(cluster: Cluster) -> list[Sealed]:
    """The checkpoints that reporting keeps, also those that it refused."""
    async with cluster.database("reporting") as connection:
        rows = await connection.fetch(
            "select service, note from checkpoint union all select service, note from checkpoint_refused"
        )
    return [Sealed(service=row["service"], where="reporting", note=row["note"]) for row in rows]


async def _topic(cluster: Cluster, service: str) -> tuple[list[Published], list[Place]]:
    """A service's topic, and how far reporting is in it."""
    consumer = AIOKafkaConsumer(
        events_topic(service),
        bootstrap_servers=cluster.settings.kafka,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        partitions = sorted(consumer.assignment())
        firsts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        nexts = await _nexts(cluster)
        published: list[Published] = []
        for partition, end in ends.items():
            while await consumer.position(partition) < end:
                batch = await consumer.getmany(partition, timeout_ms=1_000)
                published += [_published(service, record) for some in batch.values() for record in some]
        return published, [
            Place(
                topic=p.topic,
                partition=p.partition,
                next=nexts.get((p.topic, p.partition), 0),
                first=firsts[p],
                end=ends[p],
            )
            for p in partitions
        ]
    finally:
        await consumer.stop()


async def _nexts(cluster: Cluster) -> dict[tuple[str, int], int]:
    async with cluster.database("reporting") as connection:
        rows = await connection.fetch("select topic, partition, next from offsets where consumer = 'reporting'")
    return {(row["topic"], row["partition"]): row["next"] for row in rows}


def _published(service: str, record: Any) -> Published:
    found = delivered(record)
    envelope = found.envelope
    return Published(
        service=service,
        partition=record.partition,
        offset=record.offset,
        at=record.timestamp / 1000,
        logindex=found.logindex,
        stream=envelope.stream,
        version=envelope.version,
        id=str(envelope.id),
        meta=found.meta,
        record=found.record,
    )


async def _reporting(cluster: Cluster, history: History) -> None:
    async with cluster.database("reporting") as connection:
        rows = await connection.fetch(
            "select service, logindex, stream, streamversion as version, id::text, trustuid, meta, record, visible_at,"
            " parked from ledger"
        )
        heads = await connection.fetch("select service, stream, version from stream_head where consumer = 'reporting'")
    history.entered = [Entered(**dict(row)) for row in rows]
    history.heads = {(row["service"], row["stream"]): row["version"] for row in heads}


async def _reports(cluster: Cluster, history: History) -> None:
    """What reporting says, and when: nothing of it changes with the time while the questions are open."""
    async with httpx.AsyncClient(base_url=cluster.services["reporting"].url, timeout=60, trust_env=False) as client:
        reports = {}
        for model in fold.reports:
            answer = await client.get(f"/reports/{model}.json")
            if answer.status_code == httpx.codes.BAD_REQUEST and answer.json()["code"] == "history_too_long":
                continue  # it lists events, and tells no more than so many at once
            reports[model] = answer.raise_for_status().json()["rows"]
    history.reports, history.reported_at = reports, datetime.now(UTC)
