"""How much there is from day to day, and the least of it: what may not be exceeded is asked of this.

What is used up is one amount, whenever it is; a rate has a level of its own each day.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shared.contracts.collaboration.capacity import Unit, rates
from shared.contracts.vocabulary import Day


class Span(NamedTuple):
    """So much (or, with less than zero, so much less) from one day to another, both among them."""

    from_on: Day
    to_on: Day
    quantity: int


def least(spans: Iterable[Span], unit: Unit, from_on: Day, to_on: Day) -> int:
    """The least that these come to: of a rate on any day from one to another, of what is used up in all.

    Of a rate, the level changes only where a span begins or has ended, so those days are looked at and no others.
    """
    these = tuple(spans)
    if unit not in rates:
        return sum(span.quantity for span in these)
    days = {from_on, *(span.from_on for span in these if from_on <= span.from_on <= to_on)}
    days |= {after for span in these if from_on <= (after := _day_after(span.to_on)) <= to_on}
    return min(sum(span.quantity for span in these if span.from_on <= day <= span.to_on) for day in days)


def _day_after(day: Day) -> Day:
    return type(day).fromordinal(day.toordinal() + 1)
