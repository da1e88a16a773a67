"""The writers' checkpoints, heard and kept apart from them: who signs two roots for one size is found out here.

Only a writer may publish on the topic. Signatures are for an auditor to check, with keys that did not come this way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import structlog
from aiokafka import TopicPartition

from shared.clock import Clock
from shared.consumer import Gap, Offsets, Place, Slice
from shared.runtime import read_gauge
from shared.sealing.note import read_note

log = structlog.get_logger()

consumer = "checkpoints"
group = "reporting-checkpoints"
_acquire_s = 5.0
_refused = read_gauge("baton_checkpoints_refused", "Sizes of a log that two different roots were signed for", "source")


def schema(app_role: str) -> str:
    """The tables of checkpoints, and what the application's role may do with them."""
    text = Path(__file__).with_name("schema_checkpoints.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


class Heard(NamedTuple):
    """A checkpoint as it came."""

    service: str
    size: int
    root: bytes
    note: str


class Checkpoints:
    """Receives checkpoints and keeps them: the first root that it hears for a size stands."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._offsets = Offsets(pool, consumer)

    async def assigned(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        """Take partitions over."""
        return await self._offsets.take(partitions)

    async def restarted(self, partition: TopicPartition) -> None:
        """The topic was made anew: from its beginning."""
        await self._offsets.restart(partition)

    async def received(self, slices: Sequence[Slice]) -> None:
        """Keep what is new, and what contradicts what was heard before."""
        async with self._pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await self._offsets.put(conn, {part.partition: Place(part.next, part.last) for part in slices})
            for part in slices:
                await self._keep(conn, list(_heard(part)))

    async def overtaken(self, gap: Gap) -> None:
        """What is gone or cannot be read is not known here; the writers still have it."""
        log.error("checkpoints_gone", topic=gap.partition.topic, since=gap.since, first=gap.first)
        await self._offsets.put(self._pool, {gap.partition: Place(gap.first)})

    async def idle(self, partitions: Collection[TopicPartition]) -> None:
        """Nothing waits here."""

    async def _keep(self, conn: Any, heard: Sequence[Heard]) -> None:
        columns = [list(column) for column in zip(*heard, strict=True)] or [[]] * len(Heard._fields)
        await conn.execute(_keep, *columns, self._clock.now())
        for row in await conn.fetch(_refuse, *columns, self._clock.now()):
            log.critical("checkpoint_refused", source=row["service"], size=row["size"])


async def read_refused(service: str, pool: asyncpg.Pool, sources: Collection[str]) -> None:
    """For how many sizes each writer has signed two roots."""
    rows = await pool.fetch("select service, count(distinct size) as sizes from checkpoint_refused group by 1")
    found = {row["service"]: row["sizes"] for row in rows}
    for source in sources:
        _refused.labels(service, source).set(found.get(source, 0))


def _heard(part: Slice) -> Iterator[Heard]:
    for record in part.records:
        heard = _read(record.key or b"", record.value or b"")
        if heard is None:
            log.error("checkpoint_unreadable", topic=part.partition.topic, offset=record.offset)
        else:
            yield heard


def _read(key: bytes, value: bytes) -> Heard | None:
    try:
        note = value.decode()
        said = read_note(note)
        return Heard(key.decode(), said.size, said.root, note)
    except ValueError:
        return None


_keep = """
insert into checkpoint (service, size, root, note, heard_at)
select service, size, root, note, $5 from unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[])
    with ordinality h(service, size, root, note, nth) order by nth
on conflict do nothing
"""
_refuse = """
insert into checkpoint_refused (service, size, root, note, heard_at)
select h.service, h.size, h.root, h.note, $5
from unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[]) h(service, size, root, note)
join checkpoint c on (c.service, c.size) = (h.service, h.size) and c.root <> h.root
on conflict do nothing returning service, size
"""
