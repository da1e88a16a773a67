"""What there is from day to day, of amounts that begin and end: offered, less what is allocated, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from shared.contracts.collaboration.capacity import rates

_a_day = timedelta(days=1)


class Span(NamedTuple):
    """So much more, or less, from one day to another, both among them."""

    from_on: date
    to_on: date
    quantity: int


class Level(NamedTuple):
    """How much there is from one day to another, both among them."""

    from_on: date
    to_on: date
    quantity: int


def levels(spans: Sequence[Span], unit: str, from_on: date, to_on: date) -> tuple[Level, ...]:
    """How much there is on these days: of what is used up one amount, of a rate stretch by stretch."""
    if unit not in rates:
        return (Level(from_on, to_on, sum(span.quantity for span in spans)),)
    edges = {from_on, to_on + _a_day}
    edges |= {edge for span in spans for edge in (span.from_on, span.to_on + _a_day) if from_on < edge <= to_on}
    return tuple(
        Level(first, after - _a_day, sum(s.quantity for s in spans if s.from_on <= first <= s.to_on))
        for first, after in pairwise(sorted(edges))
    )
