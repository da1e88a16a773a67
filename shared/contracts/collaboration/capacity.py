"""Capacity as a ledger: who offers what, who asks for it, what is allocated and what of that is drawn.

Five dimensions, each in units of its own. What is used up (half-days, places, pence) is counted over an offer's whole
life; a rate (half-days a week, hundredths of full time) at every instant. Totals never mix units.
"""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le

from shared.contracts.vocabulary import Code, Day, Dimension, Id, Name, PersonId, TrustUid, Urn, event

Unit = Literal["half_days", "places", "pence", "half_days_a_week", "fte_hundredths"]
rates: frozenset[Unit] = frozenset({"half_days_a_week", "fte_hundredths"})
"""Units that are counted at every instant; the others are used up, and counted over their whole life."""
Quantity = Annotated[int, Ge(1), Le(1_000_000_000)]
Priority = Literal["high", "medium", "low"]


@event
class Amount:
    """So much of a dimension."""

    dimension: Dimension
    quantity: Quantity
    unit: Unit


@event
class CapacityOffered:
    """A school, the trust (no `giver_urn`) or a supplier outside (`outside`) can give something from day to day.

    `person_id`: whose time it is, where it is one person's.
    """

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


@event
class CapacityRequested:
    """A school needs something. Drafted from an answer that asked for help, it waits for the trust to confirm it.

    A draft has no quantity yet; `basis` is the answer (an event) that it was drafted from.
    """

    request_id: Id
    trustuid: TrustUid
    taker_urn: Urn
    dimension: Dimension
    quantity: Quantity | None = None
    unit: Unit | None = None
    from_on: Day | None = None
    to_on: Day | None = None
    specialism: Code | None = None
    priority: Priority = "medium"
    plan_id: Id | None = None
    drafted: bool = False
    basis: Id | None = None


@event
class CapacityRequestConfirmed:
    """The trust confirmed a draft, and says how much of what is needed from when to when."""

    request_id: Id
    taker_urn: Urn
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    from_on: Day
    to_on: Day
    specialism: Code | None = None
    priority: Priority = "medium"
    plan_id: Id | None = None


@event
class CapacityRequestWithdrawn:
    """A request is not open any more: it is met otherwise, or was none."""

    request_id: Id
    taker_urn: Urn
    reason: Code
    withdrawn_on: Day


@event
class CapacityAllocated:
    """A part of an offer goes to a school, for a request or without one, from day to day."""

    allocation_id: Id
    offer_id: Id
    request_id: Id | None = None
    trustuid: TrustUid
    giver_urn: Urn | None = None
    outside: Name | None = None
    taker_urn: Urn
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    from_on: Day
    to_on: Day
    plan_id: Id | None = None
    person_id: PersonId | None = None


@event
class CapacityDrawn:
    """A part of an allocation was used: given by the one and taken by the other. Of a rate: from day to day."""

    draw_id: Id
    allocation_id: Id
    offer_id: Id
    giver_urn: Urn | None = None
    outside: Name | None = None
    taker_urn: Urn
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    from_on: Day
    to_on: Day


@event
class CapacityReleased:
    """A part of an allocation is not needed and can be allocated anew. Of a rate: from that day on."""

    release_id: Id
    allocation_id: Id
    offer_id: Id
    giver_urn: Urn | None = None
    outside: Name | None = None
    taker_urn: Urn
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    released_on: Day


@event
class CapacityOfferWithdrawn:
    """The unallocated rest of an offer, or a part of it, is not offered any more. Of a rate: from that day on."""

    withdrawal_id: Id
    offer_id: Id
    giver_urn: Urn | None = None
    outside: Name | None = None
    dimension: Dimension
    quantity: Quantity
    unit: Unit
    withdrawn_on: Day


events = (
    CapacityOffered,
    CapacityRequested,
    CapacityRequestConfirmed,
    CapacityRequestWithdrawn,
    CapacityAllocated,
    CapacityDrawn,
    CapacityReleased,
    CapacityOfferWithdrawn,
)
