"""Calls made at the same time share round trips to Postgres: who comes while enough are under way joins the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from typing import Generic, TypeVar, cast

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
_at_once = 4  # round trips: so that events are encoded while Postgres writes others
_most = 4  # callers in each


class Gathering(Generic[Asked, Answered]):
    """A few round trips at a time for everybody in this process; nobody waits for company, so one alone goes at once.

    Args:
        together: answers several callers at once, in their order.
        whose: faults that one of the callers brought. Each is then answered alone, so that none is told of another's.
        apart: names of which no two callers of one round trip may have the same.
    """

    def __init__(
        self,
        together: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered]]],
        whose: tuple[type[Exception], ...],
        apart: Callable[[Asked], Collection[Hashable]] = lambda _asked: (),
    ) -> None:
        self._together = together
        self._whose = whose
        self._apart = apart
        self._queue: deque[tuple[Asked, asyncio.Future[Answered]]] = deque()
        self._working: set[asyncio.Task[None]] = set()

    async def __call__(self, asked: Asked) -> Answered:
        """The answer to one caller, whose own cancellation ends nobody else's round trip."""
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._queue.append((asked, answer))
        if len(self._working) < _at_once:
            self._working.add(asyncio.create_task(self._work()))
        return await answer

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._answer(self._take())
        finally:  # and not a moment later, or somebody would queue for a worker who has left
            self._working.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    def _take(self) -> list[tuple[Asked, asyncio.Future[Answered]]]:
        """The first in the queue, and as many of the others as go with them."""
        taken: list[tuple[Asked, asyncio.Future[Answered]]] = []
        left: list[tuple[Asked, asyncio.Future[Answered]]] = []
        names: set[Hashable] = set()
        while self._queue and len(taken) < _most:
            asked, answer = self._queue.popleft()
            theirs = self._apart(asked)
            if names.isdisjoint(theirs):
                names.update(theirs)
                taken.append((asked, answer))
            else:
                left.append((asked, answer))
        self._queue.extendleft(reversed(left))
        return taken

    async def _answer(self, taken: Sequence[tuple[Asked, asyncio.Future[Answered]]]) -> None:
        waiting = [(asked, answer) for asked, answer in taken if not answer.done()]
        if not waiting:
            return
        try:
            answers = await self._together([asked for asked, _ in waiting])
        except Exception as fault:  # noqa: BLE001 - whoever asked is told
            if len(waiting) > 1 and isinstance(fault, self._whose):
                for one in waiting:
                    await self._answer([one])
                return
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(fault)
        except BaseException:
            for _, answer in waiting:
                answer.cancel()
            raise
        else:
            for (_, answer), found in zip(waiting, answers, strict=True):
                if not answer.done():
                    answer.set_result(found)
