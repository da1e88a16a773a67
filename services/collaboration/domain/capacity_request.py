"""A request for capacity: made by a school or the trust, or drafted from an answer that asked for help.

A draft says no more than which school needs help in which dimension. It is open once the trust has confirmed it; it is
gone when the school needs no help any more, and drafted again when it does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.units import check_unit
from services.collaboration.domain.windows import check_window
from shared.contracts.collaboration.capacity import (
    CapacityRequestConfirmed,
    CapacityRequested,
    CapacityRequestWithdrawn,
    Priority,
    Quantity,
    Unit,
)
from shared.contracts.vocabulary import Code, Day, Dimension, Id, TrustUid, Urn
from shared.decider import Decider, Rejected

HELP_NOT_NEEDED: Code = "help_not_needed_any_more"


def capacity_request_stream(request_id: Id) -> str:
    return f"capacity-request-{request_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCapacity:
    request_id: Id
    trustuid: TrustUid
    taker_urn: Urn
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    from_on: Day
    to_on: Day
    specialism: Code | None = None
    priority: Priority = "medium"
    plan_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAnswer:
    """`dimension`: which kind of help the answer (`basis`) asks for; None: it asks for none any more."""

    request_id: Id
    trustuid: TrustUid
    taker_urn: Urn
    dimension: Dimension | None
    basis: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRequest:
    """What the trust thinks is needed; it may be of another dimension than the answer named."""

    request_id: Id
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    from_on: Day
    to_on: Day
    specialism: Code | None = None
    priority: Priority = "medium"
    plan_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRequest:
    request_id: Id
    reason: Code
    withdrawn_on: Day


RequestCommand = RequestCapacity | FollowAnswer | ConfirmRequest | WithdrawRequest
RequestEvent = CapacityRequested | CapacityRequestConfirmed | CapacityRequestWithdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRequest:
    requested: CapacityRequested | None = None
    confirmed: CapacityRequestConfirmed | None = None
    withdrawn: CapacityRequestWithdrawn | None = None

    @property
    def needs(self) -> tuple[Dimension, Unit] | None:
        """The dimension and the unit that it is open in; None as long as it is a draft."""
        said = self.confirmed or self.requested
        return None if said is None or said.unit is None else (said.dimension, said.unit)


def standing(state: CapacityRequest) -> CapacityRequested:
    """What was requested."""
    if state.requested is None:
        raise Rejected(
            "request_unknown", "There is no such request: check its id, or make it first.", field="/request_id"
        )
    return state.requested


def check_open_for(state: CapacityRequest, taker_urn: Urn, dimension: Dimension, unit: Unit) -> None:
    """Whether something of a dimension, in a unit, can be given to a school for this request."""
    requested = standing(state)
    if state.withdrawn is not None:
        raise Rejected("request_withdrawn", "This request is withdrawn: allocate without it.", field="/request_id")
    if state.needs is None:
        raise Rejected("request_is_a_draft", "Confirm what is needed first.", field="/request_id")
    if requested.taker_urn != taker_urn:
        raise Rejected("request_of_other_school", "Allocate it to the school that asks for it.", field="/taker_urn")
    if state.needs != (dimension, unit):
        raise Rejected(
            "other_than_requested", "Offer and request are of one dimension and one unit.", field="/request_id"
        )


def decide(asked: Dated[RequestCommand], state: CapacityRequest) -> list[RequestEvent]:
    match asked.command:
        case RequestCapacity():
            return _request(asked.command, state)
        case FollowAnswer():
            return _follow(asked.command, state, asked.today)
        case ConfirmRequest():
            return _confirm(asked.command, state)
        case WithdrawRequest():
            return _withdraw(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _request(c: RequestCapacity, state: CapacityRequest) -> list[RequestEvent]:
    requested = CapacityRequested(
        request_id=c.request_id,
        trustuid=c.trustuid,
        taker_urn=c.taker_urn,
        dimension=c.dimension,
        quantity=c.quantity,
        unit=c.unit,
        from_on=c.from_on,
        to_on=c.to_on,
        specialism=c.specialism,
        priority=c.priority,
        plan_id=c.plan_id,
    )
    if state.requested == requested:
        return []
    if state.requested is not None:
        raise _exists()
    _check_needed(c)
    return [requested]


def _follow(c: FollowAnswer, state: CapacityRequest, today: Day) -> list[RequestEvent]:
    """One draft for each school and item; what people confirmed or withdrew is theirs."""
    if state.requested is not None and not state.requested.drafted:
        # Whoever knows the item can tell the draft's id beforehand: then the trust has to see that help was asked for.
        raise _exists()
    gone = state.withdrawn is not None and state.withdrawn.reason == HELP_NOT_NEEDED and state.confirmed is None
    if c.dimension is not None and (state.requested is None or gone):
        return [
            CapacityRequested(
                request_id=c.request_id,
                trustuid=c.trustuid,
                taker_urn=c.taker_urn,
                dimension=c.dimension,
                drafted=True,
                basis=c.basis,
            )
        ]
    if c.dimension is not None or state.requested is None or state.confirmed is not None:
        return []
    withdrawal = WithdrawRequest(request_id=c.request_id, reason=HELP_NOT_NEEDED, withdrawn_on=today)
    return _withdraw(withdrawal, state, today)


def _exists() -> Rejected:
    return Rejected(
        "request_exists",
        "This request is made with other details: withdraw it, and give a new one an id of its own.",
        field="/request_id",
    )


def _confirm(c: ConfirmRequest, state: CapacityRequest) -> list[RequestEvent]:
    requested = standing(state)
    confirmed = CapacityRequestConfirmed(
        request_id=c.request_id,
        taker_urn=requested.taker_urn,
        dimension=c.dimension,
        quantity=c.quantity,
        unit=c.unit,
        from_on=c.from_on,
        to_on=c.to_on,
        specialism=c.specialism,
        priority=c.priority,
        plan_id=c.plan_id,
    )
    if state.confirmed == confirmed:
        return []
    if not requested.drafted or state.confirmed is not None:
        raise Rejected(
            "request_is_no_draft",
            "Only a draft is confirmed, and once: withdraw this request and make another one.",
            field="/request_id",
        )
    if state.withdrawn is not None:
        raise Rejected("draft_withdrawn", "This draft is withdrawn: make a request of its own.", field="/request_id")
    _check_needed(c)
    return [confirmed]


def _withdraw(c: WithdrawRequest, state: CapacityRequest, today: Day) -> list[RequestEvent]:
    requested = standing(state)
    if state.withdrawn is not None:
        return []
    check_happened(c.withdrawn_on, today, "/withdrawn_on")
    return [
        CapacityRequestWithdrawn(
            request_id=c.request_id, taker_urn=requested.taker_urn, reason=c.reason, withdrawn_on=c.withdrawn_on
        )
    ]


def _check_needed(c: RequestCapacity | ConfirmRequest) -> None:
    check_unit(c.dimension, c.unit)
    check_window(c.from_on, c.to_on)


def evolve(state: CapacityRequest, event: RequestEvent) -> CapacityRequest:
    match event:
        case CapacityRequested():
            return CapacityRequest(requested=event)
        case CapacityRequestConfirmed():
            return replace(state, confirmed=event)
        case CapacityRequestWithdrawn():
            return replace(state, withdrawn=event)
        case _:
            assert_never(event)


capacity_request: Decider[Dated[RequestCommand], CapacityRequest, RequestEvent] = Decider(
    CapacityRequest(), decide, evolve
)
