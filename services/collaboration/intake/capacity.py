"""Claims about capacity: schools offer, ask and use; the trust allocates and confirms what was drafted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.collaboration.domain.allocations import AllocateCapacity, DrawCapacity, ReleaseCapacity
from services.collaboration.domain.capacity_offer import (
    CapacityOffer,
    OfferCapacity,
    WithdrawOffer,
    capacity_offer,
    capacity_offer_stream,
)
from services.collaboration.domain.capacity_request import (
    CapacityRequest,
    ConfirmRequest,
    RequestCapacity,
    WithdrawRequest,
    capacity_request,
    capacity_request_stream,
)
from services.collaboration.domain.days import Dated
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_names_school, check_own_school
from shared.clock import today
from shared.contracts.collaboration import capacity as events
from shared.contracts.vocabulary import Day, Id, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """`CapacityAllocated`: a part of an offer goes to a school."""

    allocation_id: Id
    offer_id: Id
    request_id: Id | None = None
    taker_urn: Urn
    quantity: events.Quantity
    from_on: Day
    to_on: Day
    plan_id: Id | None = None


def offer_capacity(c: OfferCapacity, context: Context) -> Act:
    """Offer something of a dimension, from day to day."""
    check_names_school(c.giver_urn, context, "/giver_urn")
    check_own_school(context, "/giver_urn", c.giver_urn)
    return _anew(capacity_offer, capacity_offer_stream(c.offer_id), c, context)


def withdraw_offer(c: WithdrawOffer, context: Context) -> Act:
    """Take back what is not allocated."""
    return _on_offer(c, on_day(c.withdrawn_on, context), _givers)


def allocate_capacity(c: Allocation, context: Context) -> Act:
    """Give a part of an offer to a school."""
    stream = capacity_offer_stream(c.offer_id)
    request = None if c.request_id is None else capacity_request_stream(c.request_id)

    def decide(states: States) -> Decision:
        command = AllocateCapacity(
            allocation_id=c.allocation_id,
            offer_id=c.offer_id,
            request_id=c.request_id,
            taker_urn=c.taker_urn,
            quantity=c.quantity,
            from_on=c.from_on,
            to_on=c.to_on,
            plan_id=c.plan_id,
            request=None if request is None else states[request],
        )
        return {stream: capacity_offer.decide(Dated(command, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: capacity_offer}
    if request is None:
        return Act(context, reads, decide)
    held = frozenset({request})
    return Act(context, {**reads, request: capacity_request}, decide, writes=frozenset({stream}), holds=held)


def draw_capacity(c: DrawCapacity, context: Context) -> Act:
    """Say that a part of an allocation was used."""

    def between(state: CapacityOffer) -> Sequence[Urn | None]:
        return (*_givers(state), *_takers(state, c.allocation_id))

    return _on_offer(c, on_day(c.to_on, context), between)


def release_capacity(c: ReleaseCapacity, context: Context) -> Act:
    """Give back a part of an allocation that is not needed."""
    return _on_offer(c, on_day(c.released_on, context), lambda state: _takers(state, c.allocation_id))


def request_capacity(c: RequestCapacity, context: Context) -> Act:
    """Ask for something of a dimension."""
    check_own_school(context, "/taker_urn", c.taker_urn)
    return _anew(capacity_request, capacity_request_stream(c.request_id), c, context)


def confirm_request(c: ConfirmRequest, context: Context) -> Act:
    """Confirm a draft: how much of what is needed, and when."""
    return _on_request(c, context)


def withdraw_request(c: WithdrawRequest, context: Context) -> Act:
    """Say that nothing is needed any more."""
    return _on_request(c, on_day(c.withdrawn_on, context))


_offer = "/capacity-offers/{offer_id}"
_allocation = f"{_offer}/allocations/{{allocation_id}}"
_request = "/capacity-requests/{request_id}"
taken: Sequence[Taken] = (
    (
        events.CapacityOffered,
        "/capacity-offers",
        Admission(OfferCapacity, offer_capacity, look_up=names_members("giver_urn")),
    ),
    (events.CapacityOfferWithdrawn, f"{_offer}/withdraw", Admission(WithdrawOffer, withdraw_offer)),
    (
        events.CapacityAllocated,
        f"{_offer}/allocations",
        Admission(Allocation, allocate_capacity, trust_only=True, look_up=names_members("taker_urn")),
    ),
    (events.CapacityDrawn, f"{_allocation}/draw", Admission(DrawCapacity, draw_capacity)),
    (events.CapacityReleased, f"{_allocation}/release", Admission(ReleaseCapacity, release_capacity)),
    (
        events.CapacityRequested,
        "/capacity-requests",
        Admission(RequestCapacity, request_capacity, look_up=names_members("taker_urn")),
    ),
    (
        events.CapacityRequestConfirmed,
        f"{_request}/confirm",
        Admission(ConfirmRequest, confirm_request, trust_only=True),
    ),
    (events.CapacityRequestWithdrawn, f"{_request}/withdraw", Admission(WithdrawRequest, withdraw_request)),
)


def _anew(decider: AnyDecider, stream: str, c: OfferCapacity | RequestCapacity, context: Context) -> Act:
    """A command that begins a stream."""

    def decide(states: States) -> Decision:
        return {stream: decider.decide(Dated(c, today(states.at)), states[stream])}

    return Act(context, {stream: decider}, decide)


def _on_offer(
    c: WithdrawOffer | DrawCapacity | ReleaseCapacity,
    context: Context,
    schools: Callable[[CapacityOffer], Sequence[Urn | None]],
) -> Act:
    """A command on an offer, by the trust or by the schools that it concerns."""
    stream = capacity_offer_stream(c.offer_id)

    def decide(states: States) -> Decision:
        state: CapacityOffer = states[stream]
        if state.offered is not None:
            check_own_school(context, "/offer_id", *schools(state))
        return {stream: capacity_offer.decide(Dated(c, today(states.at)), state)}

    return Act(context, {stream: capacity_offer}, decide)


def _on_request(c: ConfirmRequest | WithdrawRequest, context: Context) -> Act:
    """A command on a request, by the trust or by the school that asks."""
    stream = capacity_request_stream(c.request_id)

    def decide(states: States) -> Decision:
        state: CapacityRequest = states[stream]
        if state.requested is not None:
            check_own_school(context, "/request_id", state.requested.taker_urn)
        return {stream: capacity_request.decide(Dated(c, today(states.at)), state)}

    return Act(context, {stream: capacity_request}, decide)


def _givers(state: CapacityOffer) -> Sequence[Urn | None]:
    return () if state.offered is None else (state.offered.giver_urn,)


def _takers(state: CapacityOffer, allocation_id: Id) -> Sequence[Urn | None]:
    known = state.allocations.by_id.get(allocation_id)
    return () if known is None else (known.allocated.taker_urn,)
