"""How far a long command is, said so that whoever waits knows whether it moves, how fast, and for how long still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

_A_FEW_MINUTES = 180


class Progress(Protocol):
    """Told what is being done; and of what is counted, how much is done and of how much."""

    def __call__(self, what: str, done: int = 0, total: int = 0, /) -> None: ...


class Paced:
    """Says each step, and of one that is counted how much of it is done, how many a second, and for how long still.

    Args:
        clock: in seconds. A count begins when it is first told of.
    """

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._say = say
        self._clock = clock
        self._began: dict[str, tuple[float, int]] = {}

    def __call__(self, what: str, done: int = 0, total: int = 0, /) -> None:
        if not total:
            self._say(what)
            return
        now = self._clock()
        since, before = self._began.setdefault(what, (now, done))
        rate = (done - before) / (now - since) if now > since else 0.0
        pace = f", {rate:,.0f}/s" if rate else ""
        left = f", about {_for_people((total - done) / rate)} left" if rate and done < total else ""
        self._say(f"{what}: {done:,} of {total:,}{pace}{left}")


def _for_people(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _A_FEW_MINUTES else f"{seconds / 60:.0f} min"
