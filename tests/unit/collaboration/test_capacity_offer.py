"""A school, the trust or a supplier outside offers something from day to day, and takes back what nobody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.collaboration.domain.capacity_offer import capacity_offer, capacity_offer_stream
from shared.contracts.collaboration.capacity import Unit
from shared.contracts.vocabulary import Dimension
from tests.unit.collaboration.giving import (
    ALLOCATED,
    DAY,
    FIRST,
    LAST,
    MAKE,
    OFFER,
    OFFERED,
    OTHER_WITHDRAWAL,
    RATE_ALLOCATED,
    RATE_OFFERED,
    RATE_WITHDRAWN,
    RELEASED,
    TAKE_BACK,
    TODAY,
    WITHDRAWN,
    on,
)
from tests.unit.given import given, refused

UNITS: dict[Dimension, set[Unit]] = {
    "people": {"half_days", "half_days_a_week", "fte_hundredths"},
    "time": {"half_days", "half_days_a_week", "fte_hundredths"},
    "collaboration": {"half_days", "half_days_a_week", "fte_hundredths"},
    "intellectual": {"places", "half_days"},
    "financial": {"pence"},
}
EVERY_UNIT: list[Unit] = ["half_days", "places", "pence", "half_days_a_week", "fte_hundredths"]
FITTING = [(dimension, unit) for dimension in UNITS for unit in EVERY_UNIT if unit in UNITS[dimension]]
UNFITTING = [(dimension, unit) for dimension in UNITS for unit in EVERY_UNIT if unit not in UNITS[dimension]]
SUPPLIER = "Saltmarsh University"
BY_SUPPLIER = replace(OFFERED, giver_urn=None, outside=SUPPLIER)


# Offering


def test_a_school_offers_something() -> None:
    assert given(capacity_offer)(on(MAKE)) == [OFFERED]


def test_the_trust_and_a_supplier_outside_offer_something() -> None:
    when = given(capacity_offer)

    assert when(on(replace(MAKE, giver_urn=None))) == [replace(OFFERED, giver_urn=None)]
    assert when(on(replace(MAKE, giver_urn=None, outside=SUPPLIER))) == [BY_SUPPLIER]


def test_an_offer_may_be_one_persons_time() -> None:
    ann = UUID(int=99)

    assert given(capacity_offer)(on(replace(MAKE, person_id=ann))) == [replace(OFFERED, person_id=ann)]


@pytest.mark.parametrize(("dimension", "unit"), FITTING)
def test_each_dimension_has_units_of_its_own(dimension: Dimension, unit: Unit) -> None:
    [offered] = given(capacity_offer)(on(replace(MAKE, dimension=dimension, unit=unit)))

    assert offered == replace(OFFERED, dimension=dimension, unit=unit)


@pytest.mark.parametrize(("dimension", "unit"), UNFITTING)
def test_no_dimension_is_counted_in_units_of_another(dimension: Dimension, unit: Unit) -> None:
    with refused("unit_of_other_dimension", "/unit"):
        given(capacity_offer)(on(replace(MAKE, dimension=dimension, unit=unit)))


def test_offering_it_again_changes_nothing() -> None:
    assert given(capacity_offer, OFFERED)(on(MAKE)) == []
    assert given(capacity_offer, OFFERED, ALLOCATED, WITHDRAWN)(on(MAKE)) == []


def test_another_offer_has_an_id_of_its_own() -> None:
    with refused("offer_exists", "/offer_id"):
        given(capacity_offer, OFFERED)(on(replace(MAKE, quantity=11)))


def test_a_school_and_a_supplier_outside_offer_nothing_together() -> None:
    with refused("two_givers", "/outside"):
        given(capacity_offer)(on(replace(MAKE, outside=SUPPLIER)))


def test_an_offer_has_at_least_one_day() -> None:
    when = given(capacity_offer)

    assert when(on(replace(MAKE, to_on=FIRST))) == [replace(OFFERED, to_on=FIRST)]
    with refused("ends_before_it_starts", "/to_on"):
        when(on(replace(MAKE, to_on=FIRST - DAY)))


# Withdrawing


def test_what_nobody_has_is_withdrawn() -> None:
    assert given(capacity_offer, OFFERED)(on(replace(TAKE_BACK, quantity=10))) == [replace(WITHDRAWN, quantity=10)]
    assert given(capacity_offer, OFFERED, ALLOCATED)(on(TAKE_BACK)) == [WITHDRAWN]


def test_a_supplier_outside_is_named_in_what_is_withdrawn() -> None:
    when = given(capacity_offer, BY_SUPPLIER)

    assert when(on(TAKE_BACK)) == [replace(WITHDRAWN, giver_urn=None, outside=SUPPLIER)]


def test_withdrawing_again_changes_nothing() -> None:
    when = given(capacity_offer, OFFERED, ALLOCATED, WITHDRAWN)

    assert when(on(TAKE_BACK)) == []


def test_another_withdrawal_has_an_id_of_its_own() -> None:
    when = given(capacity_offer, OFFERED, WITHDRAWN)

    assert when(on(replace(TAKE_BACK, withdrawal_id=OTHER_WITHDRAWAL))) != []
    with refused("withdrawal_exists", "/withdrawal_id"):
        when(on(replace(TAKE_BACK, quantity=1)))


def test_only_the_unallocated_rest_is_withdrawn() -> None:
    with refused("only_the_rest_can_be_withdrawn", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED)(on(replace(TAKE_BACK, quantity=5)))
    with refused("only_the_rest_can_be_withdrawn", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED, WITHDRAWN)(
            on(replace(TAKE_BACK, withdrawal_id=OTHER_WITHDRAWAL, quantity=1))
        )


def test_what_was_released_can_be_withdrawn() -> None:
    when = given(capacity_offer, OFFERED, ALLOCATED, RELEASED)

    assert when(on(replace(TAKE_BACK, quantity=6))) == [replace(WITHDRAWN, quantity=6)]


def test_what_was_not_offered_is_not_withdrawn() -> None:
    with refused("offer_unknown", "/offer_id"):
        given(capacity_offer)(on(TAKE_BACK))


def test_what_is_used_up_is_withdrawn_when_that_is_said_and_not_in_the_future() -> None:
    when = given(capacity_offer, OFFERED)

    assert when(on(replace(TAKE_BACK, withdrawn_on=FIRST - DAY))) != []
    with refused("in_the_future", "/withdrawn_on"):
        when(on(replace(TAKE_BACK, withdrawn_on=TODAY + DAY)))


def test_a_rate_is_withdrawn_from_a_day_on_which_may_be_still_to_come() -> None:
    when = given(capacity_offer, RATE_OFFERED, RATE_ALLOCATED)

    for day in (FIRST, LAST):
        assert when(on(replace(TAKE_BACK, withdrawn_on=day))) == [replace(RATE_WITHDRAWN, withdrawn_on=day)]
    with refused("only_the_rest_can_be_withdrawn", "/quantity"):
        when(on(replace(TAKE_BACK, quantity=5)))


def test_a_rate_is_free_again_on_the_days_after_an_allocation() -> None:
    autumn = replace(RATE_ALLOCATED, to_on=TODAY)
    when = given(capacity_offer, RATE_OFFERED, autumn)
    everything = replace(TAKE_BACK, quantity=10)

    assert when(on(replace(everything, withdrawn_on=TODAY + DAY))) != []
    with refused("only_the_rest_can_be_withdrawn", "/quantity"):
        when(on(replace(everything, withdrawn_on=TODAY)))


@pytest.mark.parametrize("day", [FIRST - DAY, LAST + DAY])
def test_a_rate_is_withdrawn_on_a_day_on_which_it_is_offered(day: date) -> None:
    with refused("outside_window", "/withdrawn_on"):
        given(capacity_offer, RATE_OFFERED)(on(replace(TAKE_BACK, withdrawn_on=day)))


def test_its_stream_is_named_for_its_id() -> None:
    assert capacity_offer_stream(OFFER) == f"capacity-offer-{OFFER}"
