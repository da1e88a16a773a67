"""The parts of an offer that are given to schools: allocated, drawn, released. A part of the offer, in its stream.

Drawn is never more than allocated and not released: of what is used up in all, of a rate on any day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.collaboration.domain.capacity_request import CapacityRequest, check_open_for
from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.spans import Span, least
from services.collaboration.domain.windows import check_given_back, check_within
from shared.contracts.collaboration.capacity import (
    CapacityAllocated,
    CapacityDrawn,
    CapacityOffered,
    CapacityReleased,
    Quantity,
)
from shared.contracts.vocabulary import Day, Id, Urn
from shared.decider import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateCapacity:
    """`request`: the request that it is for, a fact from its stream; None where it is for none."""

    allocation_id: Id
    offer_id: Id
    request_id: Id | None = None
    taker_urn: Urn
    quantity: Quantity
    from_on: Day
    to_on: Day
    plan_id: Id | None = None
    request: CapacityRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCapacity:
    draw_id: Id
    offer_id: Id
    allocation_id: Id
    quantity: Quantity
    from_on: Day
    to_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCapacity:
    """`released_on`: of a rate the first day on which it is not needed any more."""

    release_id: Id
    offer_id: Id
    allocation_id: Id
    quantity: Quantity
    released_on: Day


AllocationCommand = AllocateCapacity | DrawCapacity | ReleaseCapacity
AllocationEvent = CapacityAllocated | CapacityDrawn | CapacityReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    allocated: CapacityAllocated
    released: tuple[CapacityReleased, ...] = ()
    drawn: tuple[CapacityDrawn, ...] = ()

    def spans(self) -> Iterator[Span]:
        """What of it stands, from day to day."""
        yield Span(self.allocated.from_on, self.allocated.to_on, self.allocated.quantity)
        for released in self.released:
            yield Span(released.released_on, self.allocated.to_on, -released.quantity)

    def undrawn(self, from_on: Day, to_on: Day) -> int:
        """How much of it was neither drawn nor released, from one day to another."""
        drawn = (Span(d.from_on, d.to_on, -d.quantity) for d in self.drawn)
        return least([*self.spans(), *drawn], self.allocated.unit, from_on, to_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocations:
    by_id: Mapping[Id, Allocation] = field(default_factory=dict)

    def of(self, allocation_id: Id) -> Allocation:
        """One that stands in the offer."""
        known = self.by_id.get(allocation_id)
        if known is None:
            raise Rejected(
                "allocation_unknown",
                "Nothing of this offer was allocated under this id: check both.",
                field="/allocation_id",
            )
        return known


def taken(state: Allocations) -> Iterator[Span]:
    """What the allocations take of the offer, from day to day."""
    for allocation in state.by_id.values():
        yield from (span._replace(quantity=-span.quantity) for span in allocation.spans())


def allocate(
    c: AllocateCapacity, offered: CapacityOffered, state: Allocations, left: Callable[[Day, Day], int]
) -> list[CapacityAllocated]:
    """`left`: how much can still be allocated from one day to another."""
    allocated = CapacityAllocated(
        allocation_id=c.allocation_id,
        offer_id=c.offer_id,
        request_id=c.request_id,
        trustuid=offered.trustuid,
        giver_urn=offered.giver_urn,
        outside=offered.outside,
        taker_urn=c.taker_urn,
        dimension=offered.dimension,
        quantity=c.quantity,
        unit=offered.unit,
        from_on=c.from_on,
        to_on=c.to_on,
        plan_id=c.plan_id,
        person_id=offered.person_id,
    )
    known = state.by_id.get(c.allocation_id)
    if known is not None and known.allocated == allocated:
        return []
    if known is not None:
        raise Rejected(
            "allocation_exists",
            "This is allocated with other details: release it, and give a new one an id of its own.",
            field="/allocation_id",
        )
    if c.taker_urn == offered.giver_urn:
        raise Rejected("giver_is_taker", "Allocate it to another school than the giver.", field="/taker_urn")
    check_within(c.from_on, c.to_on, offered)
    if c.request is not None:
        check_open_for(c.request, c.taker_urn, offered.dimension, offered.unit)
    if c.quantity > left(c.from_on, c.to_on):
        raise Rejected(
            "more_than_offered",
            "Allocate at most what is left of the offer: of a rate, on each day.",
            field="/quantity",
        )
    return [allocated]


def decide(
    asked: Dated[DrawCapacity | ReleaseCapacity], offered: CapacityOffered, state: Allocations
) -> list[AllocationEvent]:
    allocation = state.of(asked.command.allocation_id)
    match asked.command:
        case DrawCapacity():
            return _draw(asked.command, offered, allocation, asked.today)
        case ReleaseCapacity():
            return _release(asked.command, offered, allocation, asked.today)
        case _:
            assert_never(asked.command)


def _draw(c: DrawCapacity, offered: CapacityOffered, allocation: Allocation, today: Day) -> list[AllocationEvent]:
    drawn = CapacityDrawn(
        draw_id=c.draw_id,
        allocation_id=c.allocation_id,
        offer_id=c.offer_id,
        giver_urn=offered.giver_urn,
        outside=offered.outside,
        taker_urn=allocation.allocated.taker_urn,
        dimension=offered.dimension,
        quantity=c.quantity,
        unit=offered.unit,
        from_on=c.from_on,
        to_on=c.to_on,
    )
    if drawn in allocation.drawn:
        return []
    if any(known.draw_id == c.draw_id for known in allocation.drawn):
        raise Rejected(
            "draw_exists", "This is drawn with other details: give a new draw an id of its own.", field="/draw_id"
        )
    check_within(c.from_on, c.to_on, allocation.allocated)
    check_happened(c.to_on, today, "/to_on")
    if c.quantity > allocation.undrawn(c.from_on, c.to_on):
        raise Rejected(
            "more_than_allocated",
            "Draw at most what is allocated and not released: of a rate, on each day.",
            field="/quantity",
        )
    return [drawn]


def _release(c: ReleaseCapacity, offered: CapacityOffered, allocation: Allocation, today: Day) -> list[AllocationEvent]:
    released = CapacityReleased(
        release_id=c.release_id,
        allocation_id=c.allocation_id,
        offer_id=c.offer_id,
        giver_urn=offered.giver_urn,
        outside=offered.outside,
        taker_urn=allocation.allocated.taker_urn,
        dimension=offered.dimension,
        quantity=c.quantity,
        unit=offered.unit,
        released_on=c.released_on,
    )
    if released in allocation.released:
        return []
    if any(known.release_id == c.release_id for known in allocation.released):
        raise Rejected(
            "release_exists",
            "This is released with other details: give a new release an id of its own.",
            field="/release_id",
        )
    check_given_back(c.released_on, allocation.allocated, today, "/released_on")
    if c.quantity > allocation.undrawn(c.released_on, allocation.allocated.to_on):
        raise Rejected("more_than_undrawn", "Release at most what was not drawn.", field="/quantity")
    return [released]


def evolve(state: Allocations, event: AllocationEvent) -> Allocations:
    match event:
        case CapacityAllocated():
            changed = Allocation(allocated=event)
        case CapacityDrawn():
            known = state.by_id[event.allocation_id]
            changed = replace(known, drawn=(*known.drawn, event))
        case CapacityReleased():
            known = state.by_id[event.allocation_id]
            changed = replace(known, released=(*known.released, event))
        case _:
            assert_never(event)
    return Allocations(by_id={**state.by_id, event.allocation_id: changed})
