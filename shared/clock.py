"""What time it is: the machine's clock, or a declared simulated one that a demo moves.

The simulated clock is a file with the difference to the machine's clock, so that every process of a stack sees the same
time and it goes on through a restart. It refuses to run in production and is shown as a banner.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

_LONDON = ZoneInfo("Europe/London")


def today(at: datetime) -> date:
    """The day in London at a time: days in what people say are days there."""
    return at.astimezone(_LONDON).date()


def beginning_of(day: date) -> datetime:
    """When a day begins in London."""
    return datetime.combine(day, time.min, _LONDON)


class Clock(Protocol):
    """A source of the current time."""

    @property
    def simulated(self) -> bool:
        """Whether it is not the real time; shown wherever times are shown."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    simulated: bool = False

    def now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class SimulatedClock:
    """The machine's clock moved by the difference that a file holds; it ticks as fast as the real one."""

    path: Path
    simulated: bool = True
    _changed: int = field(default=-1, repr=False)
    _difference: timedelta = field(default=timedelta(), repr=False)

    def now(self) -> datetime:
        """The simulated time in UTC; the file is read again only when it changed."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            changed = 0
        if changed != self._changed:
            self._difference = _difference(self.path)
            self._changed = changed
        return datetime.now(UTC) + self._difference

    def move_to(self, when: datetime) -> None:
        """Let it be `when` from now on, for every process that reads this file."""
        difference = when - datetime.now(UTC)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({"difference_seconds": difference.total_seconds()}))
        draft.replace(self.path)


def _difference(path: Path) -> timedelta:
    try:
        return timedelta(seconds=json.loads(path.read_text())["difference_seconds"])
    except FileNotFoundError:
        return timedelta()
