"""How far reporting is, told to every page that listens: one LISTEN a process, fanned out, a few times a second.

NOTIFY only wakes: the positions are read from the database, and they are read now and then without one too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from services.reporting import ledger
from services.reporting.read_models import live

log = structlog.get_logger()

_shortest_s = 0.25
_longest_s = 5.0
_again_s = 2.0
_acquire_s = 5.0


class Feed:
    """The positions as they move."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._position: dict[str, int] = {}
        self._moved = asyncio.Condition()
        self._moves = 0
        self._stopped = False

    async def start(self) -> None:
        """Listen in the background; without a database it keeps trying."""
        self._stopped = False
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End every stream."""
        self._stopped = True
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        async with self._moved:
            self._moved.notify_all()

    async def positions(self) -> AsyncGenerator[dict[str, Any], None]:
        """The position now, then whenever it moved: server-sent events."""
        seen = -1
        while not self._stopped:
            async with self._moved:
                while seen == self._moves and not self._stopped:
                    await self._moved.wait()
                seen = self._moves
                message = {"data": json.dumps({"position": self._position})}
            if not self._stopped:
                yield message

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
                log.warning("feed_interrupted", error=type(fault).__name__)
            await asyncio.sleep(_again_s)

    async def _listen(self) -> None:
        def wake(*_: object) -> None:
            self._woken.set()

        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.add_listener(live.channel, wake)
            try:
                while not conn.is_closed():
                    self._woken.clear()
                    await self._look(conn)
                    await asyncio.sleep(_shortest_s)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_longest_s):
                            await self._woken.wait()
            finally:
                with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                    await conn.remove_listener(live.channel, wake)

    async def _look(self, conn: Any) -> None:
        position = await ledger.position(conn)
        if position != self._position or not self._moves:
            async with self._moved:
                self._position = position
                self._moves += 1
                self._moved.notify_all()
