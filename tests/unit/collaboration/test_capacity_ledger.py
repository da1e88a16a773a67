"""Whatever is asked in whatever order: an offer is never given away twice, and nobody uses what they do not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.capacity_offer import (
    CapacityOffer,
    OfferCommand,
    OfferEvent,
    capacity_offer,
)
from services.collaboration.domain.days import Dated
from shared.contracts.collaboration.capacity import (
    CapacityAllocated,
    CapacityDrawn,
    CapacityOffered,
    CapacityOfferWithdrawn,
    CapacityReleased,
    Unit,
    rates,
)
from shared.decider import Rejected
from tests.unit.collaboration.facts import ASH, ELM
from tests.unit.collaboration.giving import (
    ALLOCATE,
    ALLOCATION,
    DAY,
    DRAW,
    FIRST,
    GIVE_BACK,
    MAKE,
    OTHER_ALLOCATION,
    OTHER_DRAW,
    OTHER_RELEASE,
    OTHER_WITHDRAWAL,
    RELEASE,
    TAKE_BACK,
    USE,
    WITHDRAWAL,
    on,
)
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)

WEEK = [FIRST + n * DAY for n in range(8)]
DAYS = st.sampled_from(WEEK)
WINDOWS = st.tuples(DAYS, DAYS).map(sorted)
SOME = st.integers(1, 7)
ALLOCATIONS = st.sampled_from([ALLOCATION, OTHER_ALLOCATION])


def commands_on(unit: Unit) -> st.SearchStrategy[list[Dated[OfferCommand]]]:
    """An offer of eight days in this unit, and anything that may be asked of it."""
    make = replace(MAKE, unit=unit, dimension="intellectual" if unit == "places" else "people", to_on=WEEK[-1])
    anything: st.SearchStrategy[OfferCommand] = (
        st.builds(
            lambda window, **said: replace(ALLOCATE, from_on=window[0], to_on=window[1], **said),
            WINDOWS,
            allocation_id=ALLOCATIONS,
            taker_urn=st.sampled_from([ELM, ASH]),
            quantity=SOME,
        )
        | st.builds(
            lambda window, **said: replace(USE, from_on=window[0], to_on=window[1], **said),
            WINDOWS,
            draw_id=st.sampled_from([DRAW, OTHER_DRAW]),
            allocation_id=ALLOCATIONS,
            quantity=SOME,
        )
        | st.builds(
            replace,
            st.just(GIVE_BACK),
            release_id=st.sampled_from([RELEASE, OTHER_RELEASE]),
            allocation_id=ALLOCATIONS,
            quantity=SOME,
            released_on=DAYS,
        )
        | st.builds(
            replace,
            st.just(TAKE_BACK),
            withdrawal_id=st.sampled_from([WITHDRAWAL, OTHER_WITHDRAWAL]),
            quantity=SOME,
            withdrawn_on=DAYS,
        )
    )
    return st.lists(anything.map(on), max_size=16).map(lambda asked: [on(make), *asked])


OFFERS = st.sampled_from(sorted({"half_days", "places", *rates})).flatmap(commands_on)


def happened_of(commands: Sequence[Dated[OfferCommand]]) -> list[OfferEvent]:
    """All that these commands bring about."""
    state, happened = CapacityOffer(), list[OfferEvent]()
    for command in commands:
        try:
            events = capacity_offer.decide(command, state)
        except Rejected:
            continue
        happened += events
        state = capacity_offer.fold(events, state)
    return happened


class Ledger:
    """What was given and taken, counted naively: each day by itself, and what is used up in all."""

    def __init__(self, happened: Sequence[OfferEvent]) -> None:
        self._happened = happened
        [self.offered] = [event for event in happened if isinstance(event, CapacityOffered)]

    def days(self) -> Sequence[date | None]:
        """The days to look at; of what is used up there is none."""
        return WEEK if self.offered.unit in rates else [None]

    def sum_of(self, kind: type[OfferEvent], day: date | None, allocation_id: object = None) -> int:
        """How much of a kind there is, on a day or in all."""
        return sum(
            event.quantity
            for event in self._happened
            if isinstance(event, kind)
            and (allocation_id is None or getattr(event, "allocation_id", None) == allocation_id)
            and (day is None or self._holds(event, day))
        )

    def _holds(self, event: OfferEvent, day: date) -> bool:
        match event:
            case CapacityOffered() | CapacityAllocated() | CapacityDrawn():
                return event.from_on <= day <= event.to_on
            case CapacityReleased():
                return event.released_on <= day <= self._end_of(event.allocation_id)
            case CapacityOfferWithdrawn():
                return event.withdrawn_on <= day

    def _end_of(self, allocation_id: object) -> date:
        return next(
            event.to_on
            for event in self._happened
            if isinstance(event, CapacityAllocated) and event.allocation_id == allocation_id
        )


@over(OFFERS)
def test_no_more_is_allocated_than_is_offered(commands: list[Dated[OfferCommand]]) -> None:
    ledger = Ledger(happened_of(commands))

    for day in ledger.days():
        allocated = ledger.sum_of(CapacityAllocated, day) - ledger.sum_of(CapacityReleased, day)
        assert 0 <= allocated <= ledger.sum_of(CapacityOffered, day) - ledger.sum_of(CapacityOfferWithdrawn, day)


@over(OFFERS)
def test_no_more_is_drawn_than_is_allocated(commands: list[Dated[OfferCommand]]) -> None:
    ledger = Ledger(happened_of(commands))

    for day in ledger.days():
        for one in (ALLOCATION, OTHER_ALLOCATION):
            allocated = ledger.sum_of(CapacityAllocated, day, one) - ledger.sum_of(CapacityReleased, day, one)
            assert ledger.sum_of(CapacityDrawn, day, one) <= allocated


@over(OFFERS)
def test_what_is_given_is_taken_in_its_dimension_and_unit(commands: list[Dated[OfferCommand]]) -> None:
    given, taken = Counter[object](), Counter[object]()
    happened = happened_of(commands)
    [offered] = [event for event in happened if isinstance(event, CapacityOffered)]
    for event in happened:
        if isinstance(event, CapacityDrawn):
            assert event.giver_urn == offered.giver_urn != event.taker_urn
            given[offered.dimension, offered.unit] += event.quantity
            taken[event.dimension, event.unit] += event.quantity

    assert given == taken


@over(OFFERS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[OfferCommand]]) -> None:
    assert_repeats_change_nothing(capacity_offer, commands)
    assert_late_repeats_change_nothing(capacity_offer, commands)


@pytest.mark.parametrize("unit", ["half_days", "half_days_a_week"])
def test_the_ledgers_of_chance_are_not_empty(unit: Unit) -> None:
    """The properties say something: all kinds of events happen, of what is used up and of rates."""
    asked = [
        on(replace(MAKE, unit=unit)),
        *(on(command) for command in (ALLOCATE, USE, GIVE_BACK, TAKE_BACK)),
    ]

    assert len({type(event) for event in happened_of(asked)}) == 5
