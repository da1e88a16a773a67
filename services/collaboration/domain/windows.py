"""The days on which capacity is offered, asked for, allocated and used: each within what it is taken from."""

from __future__ import annotations

from services.collaboration.domain.days import check_happened
from shared.contracts.collaboration.capacity import CapacityAllocated, CapacityOffered, rates
from shared.contracts.vocabulary import Day
from shared.decider import Rejected


def check_window(from_on: Day, to_on: Day) -> None:
    """A window has at least one day."""
    if to_on < from_on:
        raise Rejected("ends_before_it_starts", "Let it end on its first day or later.", field="/to_on")


def check_within(from_on: Day, to_on: Day, source: CapacityOffered | CapacityAllocated) -> None:
    """A window, and inside that of what it is taken from."""
    check_window(from_on, to_on)
    if not (source.from_on <= from_on and to_on <= source.to_on):
        raise Rejected("outside_window", "Stay within the days of what it is taken from.", field="/from_on")


def check_given_back(day: Day, source: CapacityOffered | CapacityAllocated, today: Day, field: str) -> None:
    """A rate is given back from a day on, which may be still to come; what is used up, when that is said."""
    if source.unit not in rates:
        check_happened(day, today, field)
    elif not source.from_on <= day <= source.to_on:
        raise Rejected("outside_window", "Give one of the days of what a part is given back of.", field=field)
