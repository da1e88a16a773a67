"""What depends on the day on which it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from shared.contracts.vocabulary import Day
from shared.decider import Rejected

C_co = TypeVar("C_co", covariant=True)


LONGEST_AGO = timedelta(days=3_650)
"""Of what schools do together nobody records now what is ten years old; careers are of another service."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[C_co]):
    """A command, and the day on which it is decided."""

    command: C_co
    today: Day


def check_happened(day: Day, today: Day, field: str) -> None:
    """What is said to have happened is not in the future, and not of another age."""
    if day > today:
        raise Rejected("in_the_future", "Say this when it has happened: the day is in the future.", field=field)
    if day < today - LONGEST_AGO:
        raise Rejected("too_long_ago", "Give a day of the last ten years.", field=field)
