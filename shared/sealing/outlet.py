"""Where checkpoints go, so that others hold them: an append-only file, and the topic that everybody may listen to."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared import crashpoint, messaging
from shared.sealing.note import Noted, notes_in, read_note

at_once = 500
send_seconds = 8.0
_tail_bytes = 8_192  # many times what a note takes


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A service's checkpoints in a file, one after the other, an empty line after each; only ever appended to."""

    path: Path

    def newest(self) -> Noted | None:
        """What the last note in it says; None where there is none."""
        note, _ = self._end()
        return None if note is None else read_note(note)

    def append(self, notes: Sequence[str]) -> None:
        """Add the notes of larger trees of a log than it has, and see them on the disk."""
        note, begun = self._end()
        last = None if note is None else read_note(note)
        read = [(note, read_note(note)) for note in notes]
        new = [note for note, it in read if last is None or it.origin != last.origin or it.size > last.size]
        if not new:
            return
        with self.path.open("ab") as file:
            file.truncate(file.tell() - begun)
            file.write("".join(f"{note}\n" for note in new).encode())
            file.flush()
            os.fsync(file.fileno())

    def _end(self) -> tuple[str | None, int]:
        """The last whole note, and how many bytes stand behind it: of a write that a crash cut short."""
        if not self.path.exists():
            return None, 0
        with self.path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - _tail_bytes, 0))
            tail = file.read()
        notes = notes_in(tail.decode(errors="ignore"))
        if not notes:
            return None, len(tail)
        ends = tail.rindex(f"{notes[-1]}\n".encode()) + len(notes[-1].encode()) + 1
        return notes[-1], len(tail) - ends


class Outlet:
    """Publishes one service's checkpoints, each at least once.

    Args:
        pool: connections to its store.
        file: where they are kept beside it, if anywhere.
    """

    def __init__(
        self, service: str, pool: asyncpg.Pool, cluster: messaging.Cluster, file: CheckpointFile | None
    ) -> None:
        self._service = service
        self._pool = pool
        self._cluster = cluster
        self._file = file
        self._producer: AIOKafkaProducer | None = None

    async def publish(self) -> None:
        """Publish what is not published yet, oldest first: into the file, then on the topic."""
        rows = await self._pool.fetch(
            "select size, note from checkpoint where not published order by size limit $1", at_once
        )
        if not rows:
            return
        crashpoint.reach("seal.after_sign")
        if self._file is not None:
            await asyncio.to_thread(self._file.append, [row["note"] for row in rows])
        crashpoint.reach("seal.after_file")
        try:
            async with asyncio.timeout(send_seconds):
                await self._send([row["note"] for row in rows])
        except BaseException:  # a producer that failed once is not used again
            await self.close()
            raise
        crashpoint.reach("seal.after_ack")
        await self._pool.execute(
            "update checkpoint set published = true where size = any($1::bigint[])", [row["size"] for row in rows]
        )

    async def close(self) -> None:
        """Let go of Kafka."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TimeoutError, KafkaError, OSError):
                await asyncio.wait_for(producer.stop(), 2)

    async def _send(self, notes: Sequence[str]) -> None:
        if self._producer is None:
            self._producer = messaging.make_producer(self._cluster, f"{self._service}-checkpoints")
            await self._producer.start()
        key = self._service.encode()
        await messaging.send_all(
            self._producer, [messaging.Message(messaging.checkpoints_topic, key, note.encode(), ()) for note in notes]
        )
