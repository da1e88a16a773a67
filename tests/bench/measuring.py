"""Figures and ratios: contestants run in turns, so that whatever else the machine does meets them alike."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

Told = Callable[[str], None]
"""Told what is being measured, before each run."""
Run = Callable[[], Awaitable[float]]
"""One run of a contestant: its rate."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in which unit, and what each run gave. A figure is the median."""

    unit: str
    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one of the runs."""
        return statistics.median(self.runs)


Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Turns:
    """How often each contestant runs; `match` leaves only those whose name begins so, for a profile of one."""

    runs: int
    told: Told
    match: str = ""

    async def __call__(self, contestants: Mapping[str, Run], unit: str) -> Figures:
        """Each once a round: A B C, A B C … One round before that is not counted: it warms everything up."""
        measured: dict[str, list[float]] = {name: [] for name in contestants if name.startswith(self.match)}
        for number in range(self.runs + 1):
            for name, rates in measured.items():
                self.told(f"{name} · {f'run {number} of {self.runs}' if number else 'warming up'}")
                rate = await contestants[name]()
                if number:
                    rates.append(rate)
        return {name: Figure(unit, tuple(rates)) for name, rates in measured.items()}


def ratio(ours: Figure, theirs: Figure) -> Figure:
    """Ours to theirs, round by round."""
    return Figure("times", tuple(a / b for a, b in zip(ours.runs, theirs.runs, strict=True)))


async def rate(work: Iterable[Callable[[], Awaitable[object]]], clients: int, each: int = 1) -> float:
    """How many a second, when so many clients take the next piece of work whenever they are free.

    Args:
        each: how many a piece of work counts for.
    """
    pieces = list(work)
    queue = iter(pieces)

    async def client() -> None:
        for piece in queue:
            await piece()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return each * len(pieces) / (time.perf_counter() - began)
