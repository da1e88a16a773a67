"""What depends on the time at which it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from services.collaboration.domain.days import LONGEST_AGO
from shared.contracts.vocabulary import Instant
from shared.decider import Rejected

C_co = TypeVar("C_co", covariant=True)

SKEW = timedelta(minutes=5)  # how far a school's clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class Timed(Generic[C_co]):
    """A command, and the time at which it is decided."""

    command: C_co
    at: Instant


def check_past(instant: Instant, at: Instant, field: str) -> None:
    """What is said to have happened is not in the future, and not of another age."""
    if instant > at + SKEW:
        raise Rejected("in_the_future", "Say this when it has happened: the time is in the future.", field=field)
    if instant < at - LONGEST_AGO:
        raise Rejected("too_long_ago", "Give a time of the last ten years.", field=field)
