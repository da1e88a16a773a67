"""What became of what was sent to a door, counted alike for every import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol


class Answered(Protocol):
    """An answer; not `recorded`, though accepted, means that it was there already."""

    @property
    def outcome(self) -> str: ...
    @property
    def recorded(self) -> bool: ...
    @property
    def code(self) -> str | None: ...


class Tally:
    """Counts the `answers` of whoever has some."""

    __slots__ = ()
    answers: Sequence[Answered]

    @property
    def recorded(self) -> int:
        return sum(answer.recorded for answer in self.answers)

    @property
    def already_there(self) -> int:
        """How many were accepted without a new event."""
        return sum(a.outcome in {"accepted", "duplicate"} and not a.recorded for a in self.answers)

    @property
    def refused(self) -> dict[str, int]:
        """How many were refused, by code."""
        return dict(Counter(a.code or "refused" for a in self.answers if a.outcome == "refused"))

    @property
    def parked(self) -> int:
        return sum(answer.outcome == "parked" for answer in self.answers)
