"""An offer of capacity, and in the same stream all that becomes of it: so it is never given away twice.

What is used up: what is allocated and not released is never more than what is offered and not withdrawn, over the
offer's whole life. A rate: on no day. allocations.py decides on the parts that are given away.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never

from services.collaboration.domain import allocations
from services.collaboration.domain.allocations import (
    AllocateCapacity,
    AllocationCommand,
    AllocationEvent,
    Allocations,
    DrawCapacity,
    ReleaseCapacity,
)
from services.collaboration.domain.days import Dated
from services.collaboration.domain.spans import Span, least
from services.collaboration.domain.units import check_unit
from services.collaboration.domain.windows import check_given_back, check_window
from shared.contracts.collaboration.capacity import (
    CapacityAllocated,
    CapacityDrawn,
    CapacityOffered,
    CapacityOfferWithdrawn,
    CapacityReleased,
    Quantity,
    Unit,
)
from shared.contracts.vocabulary import Code, Day, Dimension, Id, Name, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def capacity_offer_stream(offer_id: Id) -> str:
    return f"capacity-offer-{offer_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCapacity:
    """Without `giver_urn` it is the trust's, or with `outside` that of a supplier outside."""

    offer_id: Id
    trustuid: TrustUid
    giver_urn: Urn | None = None
    outside: Name | None = None
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    from_on: Day
    to_on: Day
    specialism: Code | None = None
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer:
    """`withdrawn_on`: of a rate the first day on which it is not offered any more."""

    withdrawal_id: Id
    offer_id: Id
    quantity: Quantity
    withdrawn_on: Day


OfferCommand = OfferCapacity | WithdrawOffer | AllocationCommand
OfferEvent = CapacityOffered | CapacityOfferWithdrawn | AllocationEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOffer:
    offered: CapacityOffered | None = None
    withdrawals: tuple[CapacityOfferWithdrawn, ...] = ()
    allocations: Allocations = field(default_factory=Allocations)


def standing(state: CapacityOffer) -> CapacityOffered:
    """What was offered."""
    if state.offered is None:
        raise Rejected("offer_unknown", "There is no such offer: check its id, or offer it first.", field="/offer_id")
    return state.offered


def left(state: CapacityOffer, from_on: Day, to_on: Day) -> int:
    """How much can still be allocated from one day to another."""
    offered = standing(state)
    supply = [Span(offered.from_on, offered.to_on, offered.quantity)]
    supply += [Span(w.withdrawn_on, offered.to_on, -w.quantity) for w in state.withdrawals]
    return least([*supply, *allocations.taken(state.allocations)], offered.unit, from_on, to_on)


def decide(asked: Dated[OfferCommand], state: CapacityOffer) -> list[OfferEvent]:
    match asked.command:
        case OfferCapacity():
            return _offer(asked.command, state)
        case WithdrawOffer():
            return _withdraw(asked.command, state, asked.today)
        case AllocateCapacity():
            return [*allocations.allocate(asked.command, standing(state), state.allocations, partial(left, state))]
        case DrawCapacity() | ReleaseCapacity():
            return [*allocations.decide(Dated(asked.command, asked.today), standing(state), state.allocations)]
        case _:
            assert_never(asked.command)


def _offer(c: OfferCapacity, state: CapacityOffer) -> list[OfferEvent]:
    offered = CapacityOffered(
        offer_id=c.offer_id,
        trustuid=c.trustuid,
        giver_urn=c.giver_urn,
        outside=c.outside,
        dimension=c.dimension,
        quantity=c.quantity,
        unit=c.unit,
        from_on=c.from_on,
        to_on=c.to_on,
        specialism=c.specialism,
        person_id=c.person_id,
    )
    if state.offered == offered:
        return []
    if state.offered is not None:
        raise Rejected(
            "offer_exists",
            "This offer is made with other details: withdraw it, and give a new one an id of its own.",
            field="/offer_id",
        )
    if c.giver_urn is not None and c.outside is not None:
        raise Rejected("two_givers", "Name a school or a supplier outside, not both.", field="/outside")
    check_unit(c.dimension, c.unit)
    check_window(c.from_on, c.to_on)
    return [offered]


def _withdraw(c: WithdrawOffer, state: CapacityOffer, today: Day) -> list[OfferEvent]:
    offered = standing(state)
    withdrawn = CapacityOfferWithdrawn(
        withdrawal_id=c.withdrawal_id,
        offer_id=c.offer_id,
        giver_urn=offered.giver_urn,
        outside=offered.outside,
        dimension=offered.dimension,
        quantity=c.quantity,
        unit=offered.unit,
        withdrawn_on=c.withdrawn_on,
    )
    if withdrawn in state.withdrawals:
        return []
    if any(known.withdrawal_id == c.withdrawal_id for known in state.withdrawals):
        raise Rejected(
            "withdrawal_exists",
            "This withdrawal is recorded with other details: give a new one an id of its own.",
            field="/withdrawal_id",
        )
    check_given_back(c.withdrawn_on, offered, today, "/withdrawn_on")
    if c.quantity > left(state, c.withdrawn_on, offered.to_on):
        raise Rejected(
            "only_the_rest_can_be_withdrawn",
            "Withdraw at most what is not allocated: have the schools release the rest first.",
            field="/quantity",
        )
    return [withdrawn]


def evolve(state: CapacityOffer, event: OfferEvent) -> CapacityOffer:
    match event:
        case CapacityOffered():
            return replace(state, offered=event)
        case CapacityOfferWithdrawn():
            return replace(state, withdrawals=(*state.withdrawals, event))
        case CapacityAllocated() | CapacityDrawn() | CapacityReleased():
            return replace(state, allocations=allocations.evolve(state.allocations, event))
        case _:
            assert_never(event)


capacity_offer: Decider[Dated[OfferCommand], CapacityOffer, OfferEvent] = Decider(CapacityOffer(), decide, evolve)
