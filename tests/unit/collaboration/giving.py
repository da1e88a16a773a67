"""An offer of a school for a term and all that becomes of it, as the tests of capacity tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from services.collaboration.domain.allocations import AllocateCapacity, DrawCapacity, ReleaseCapacity
from services.collaboration.domain.capacity_offer import OfferCapacity, WithdrawOffer
from services.collaboration.domain.days import Dated
from shared.contracts.collaboration.capacity import (
    CapacityAllocated,
    CapacityDrawn,
    CapacityOffered,
    CapacityOfferWithdrawn,
    CapacityReleased,
    Unit,
)
from tests.unit.collaboration.facts import ELM, OAK, TRUST

C = TypeVar("C")

FIRST, LAST = date(2026, 9, 1), date(2026, 12, 18)
TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)
OFFER, REQUEST, PLAN = UUID(int=1), UUID(int=2), UUID(int=3)
ALLOCATION, OTHER_ALLOCATION = UUID(int=4), UUID(int=5)
DRAW, OTHER_DRAW = UUID(int=6), UUID(int=7)
RELEASE, OTHER_RELEASE = UUID(int=8), UUID(int=9)
WITHDRAWAL, OTHER_WITHDRAWAL = UUID(int=10), UUID(int=11)

MAKE = OfferCapacity(
    offer_id=OFFER,
    trustuid=TRUST,
    giver_urn=OAK,
    dimension="people",
    quantity=10,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
    specialism="phonics",
)
OFFERED = CapacityOffered(
    offer_id=OFFER,
    trustuid=TRUST,
    giver_urn=OAK,
    dimension="people",
    quantity=10,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
    specialism="phonics",
)
ALLOCATE = AllocateCapacity(
    allocation_id=ALLOCATION, offer_id=OFFER, taker_urn=ELM, quantity=6, from_on=FIRST, to_on=LAST
)
ALLOCATED = CapacityAllocated(
    allocation_id=ALLOCATION,
    offer_id=OFFER,
    trustuid=TRUST,
    giver_urn=OAK,
    taker_urn=ELM,
    dimension="people",
    quantity=6,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
)
USE = DrawCapacity(
    draw_id=DRAW, offer_id=OFFER, allocation_id=ALLOCATION, quantity=4, from_on=FIRST, to_on=FIRST + 4 * DAY
)
DRAWN = CapacityDrawn(
    draw_id=DRAW,
    allocation_id=ALLOCATION,
    offer_id=OFFER,
    giver_urn=OAK,
    taker_urn=ELM,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=FIRST + 4 * DAY,
)
GIVE_BACK = ReleaseCapacity(release_id=RELEASE, offer_id=OFFER, allocation_id=ALLOCATION, quantity=2, released_on=TODAY)
RELEASED = CapacityReleased(
    release_id=RELEASE,
    allocation_id=ALLOCATION,
    offer_id=OFFER,
    giver_urn=OAK,
    taker_urn=ELM,
    dimension="people",
    quantity=2,
    unit="half_days",
    released_on=TODAY,
)
TAKE_BACK = WithdrawOffer(withdrawal_id=WITHDRAWAL, offer_id=OFFER, quantity=4, withdrawn_on=TODAY)
WITHDRAWN = CapacityOfferWithdrawn(
    withdrawal_id=WITHDRAWAL,
    offer_id=OFFER,
    giver_urn=OAK,
    dimension="people",
    quantity=4,
    unit="half_days",
    withdrawn_on=TODAY,
)

WEEKLY: Unit = "half_days_a_week"
RATE_OFFERED = replace(OFFERED, unit=WEEKLY)
RATE_ALLOCATED = replace(ALLOCATED, unit=WEEKLY)
RATE_DRAWN = replace(DRAWN, unit=WEEKLY)
RATE_RELEASED = replace(RELEASED, unit=WEEKLY)
RATE_WITHDRAWN = replace(WITHDRAWN, unit=WEEKLY)


def on(command: C, today: date = TODAY) -> Dated[C]:
    """A command, on the day that these tests speak of."""
    return Dated(command, today)
