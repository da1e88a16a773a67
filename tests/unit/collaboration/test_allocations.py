"""Parts of an offer go to schools, are used by them, and come back: never more than there is, on no day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.collaboration.domain.allocations import DrawCapacity, ReleaseCapacity
from services.collaboration.domain.capacity_offer import capacity_offer
from services.collaboration.domain.capacity_request import CapacityRequest
from shared.contracts.collaboration.capacity import (
    CapacityRequestConfirmed,
    CapacityRequested,
    CapacityRequestWithdrawn,
)
from tests.unit.collaboration.facts import ASH, ELM, OAK, TRUST
from tests.unit.collaboration.giving import (
    ALLOCATE,
    ALLOCATED,
    DAY,
    DRAWN,
    FIRST,
    GIVE_BACK,
    LAST,
    OFFERED,
    OTHER_ALLOCATION,
    OTHER_DRAW,
    OTHER_RELEASE,
    PLAN,
    RATE_ALLOCATED,
    RATE_DRAWN,
    RATE_OFFERED,
    RATE_RELEASED,
    RATE_WITHDRAWN,
    RELEASED,
    REQUEST,
    TODAY,
    USE,
    WITHDRAWN,
    on,
)
from tests.unit.given import given, refused

REQUESTED = CapacityRequested(
    request_id=REQUEST,
    trustuid=TRUST,
    taker_urn=ELM,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
)
DRAFTED = CapacityRequested(request_id=REQUEST, trustuid=TRUST, taker_urn=ELM, dimension="people", drafted=True)
CONFIRMED = CapacityRequestConfirmed(
    request_id=REQUEST,
    taker_urn=ELM,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
)
REQUEST_WITHDRAWN = CapacityRequestWithdrawn(
    request_id=REQUEST, taker_urn=ELM, reason="met_otherwise", withdrawn_on=TODAY
)
OPEN = CapacityRequest(requested=REQUESTED)
FOR_IT = replace(ALLOCATE, request_id=REQUEST, request=OPEN)


# Allocating


def test_a_part_of_an_offer_goes_to_a_school() -> None:
    assert given(capacity_offer, OFFERED)(on(ALLOCATE)) == [ALLOCATED]


def test_an_allocation_names_whose_time_it_is_and_for_which_plan() -> None:
    when = given(capacity_offer, replace(OFFERED, person_id=OTHER_DRAW))

    assert when(on(replace(ALLOCATE, plan_id=PLAN))) == [replace(ALLOCATED, plan_id=PLAN, person_id=OTHER_DRAW)]


def test_what_the_trust_and_a_supplier_outside_give_names_them() -> None:
    for outside in (None, "Saltmarsh University"):
        when = given(capacity_offer, replace(OFFERED, giver_urn=None, outside=outside))

        assert when(on(ALLOCATE)) == [replace(ALLOCATED, giver_urn=None, outside=outside)]


def test_allocating_it_again_changes_nothing() -> None:
    assert given(capacity_offer, OFFERED, ALLOCATED)(on(ALLOCATE)) == []
    gone = CapacityRequest(requested=REQUESTED, withdrawn=REQUEST_WITHDRAWN)
    when = given(capacity_offer, OFFERED, replace(ALLOCATED, request_id=REQUEST), DRAWN)
    assert when(on(replace(FOR_IT, request=gone))) == []


def test_another_allocation_has_an_id_of_its_own() -> None:
    with refused("allocation_exists", "/allocation_id"):
        given(capacity_offer, OFFERED, ALLOCATED)(on(replace(ALLOCATE, quantity=1)))


def test_what_was_not_offered_is_not_allocated() -> None:
    with refused("offer_unknown", "/offer_id"):
        given(capacity_offer)(on(ALLOCATE))


def test_nobody_gives_to_itself() -> None:
    with refused("giver_is_taker", "/taker_urn"):
        given(capacity_offer, OFFERED)(on(replace(ALLOCATE, taker_urn=OAK)))


@pytest.mark.parametrize(("from_on", "to_on"), [(FIRST - DAY, LAST), (FIRST, LAST + DAY)])
def test_an_allocation_stays_within_the_offers_days(from_on: date, to_on: date) -> None:
    with refused("outside_window", "/from_on"):
        given(capacity_offer, OFFERED)(on(replace(ALLOCATE, from_on=from_on, to_on=to_on)))


def test_an_allocation_has_at_least_one_day() -> None:
    with refused("ends_before_it_starts", "/to_on"):
        given(capacity_offer, OFFERED)(on(replace(ALLOCATE, from_on=LAST, to_on=FIRST)))


def test_what_is_used_up_is_allocated_once_whenever_it_is() -> None:
    early, late = replace(ALLOCATED, to_on=TODAY), replace(ALLOCATE, allocation_id=OTHER_ALLOCATION, from_on=LAST)
    when = given(capacity_offer, OFFERED, early)

    assert len(when(on(replace(late, quantity=4)))) == 1
    with refused("more_than_offered", "/quantity"):
        when(on(replace(late, quantity=5)))


def test_what_is_withdrawn_is_not_allocated() -> None:
    with refused("more_than_offered", "/quantity"):
        given(capacity_offer, OFFERED, WITHDRAWN)(on(replace(ALLOCATE, quantity=7)))


def test_what_is_released_is_allocated_anew() -> None:
    other = replace(ALLOCATE, allocation_id=OTHER_ALLOCATION, taker_urn=ASH)

    assert given(capacity_offer, OFFERED, ALLOCATED, RELEASED)(on(other)) != []
    with refused("more_than_offered", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED, RELEASED)(on(replace(other, quantity=7)))


def test_a_rate_is_allocated_to_one_school_after_the_other() -> None:
    autumn = replace(RATE_ALLOCATED, quantity=10, to_on=TODAY)
    next_ = replace(ALLOCATE, allocation_id=OTHER_ALLOCATION, taker_urn=ASH, quantity=10)
    when = given(capacity_offer, RATE_OFFERED, autumn)

    assert when(on(replace(next_, from_on=TODAY + DAY))) != []
    with refused("more_than_offered", "/quantity"):
        when(on(replace(next_, from_on=TODAY)))


def test_a_rate_that_overlaps_only_for_a_day_in_between_is_too_much() -> None:
    one_day = replace(RATE_ALLOCATED, from_on=TODAY, to_on=TODAY)
    when = given(capacity_offer, RATE_OFFERED, one_day)

    with refused("more_than_offered", "/quantity"):
        when(on(replace(ALLOCATE, allocation_id=OTHER_ALLOCATION, quantity=5)))


def test_a_rate_is_not_allocated_beyond_the_day_of_its_withdrawal() -> None:
    when = given(capacity_offer, RATE_OFFERED, RATE_WITHDRAWN)

    assert when(on(replace(ALLOCATE, quantity=10, to_on=TODAY - DAY))) != []
    with refused("more_than_offered", "/quantity"):
        when(on(replace(ALLOCATE, quantity=10, to_on=TODAY)))


def test_a_rate_that_is_released_from_a_day_on_is_free_from_that_day_on() -> None:
    when = given(capacity_offer, RATE_OFFERED, RATE_ALLOCATED, RATE_RELEASED)
    other = replace(ALLOCATE, allocation_id=OTHER_ALLOCATION, taker_urn=ASH)

    assert when(on(replace(other, from_on=TODAY))) != []
    with refused("more_than_offered", "/quantity"):
        when(on(replace(other, from_on=TODAY - DAY)))


# Allocating for a request


def test_a_school_gets_what_it_asked_for_and_may_get_more() -> None:
    [allocated] = given(capacity_offer, OFFERED)(on(FOR_IT))

    assert allocated == replace(ALLOCATED, request_id=REQUEST)


def test_a_confirmed_draft_is_met_in_the_dimension_that_was_confirmed() -> None:
    draft = replace(DRAFTED, dimension="financial")
    confirmed = CapacityRequest(requested=draft, confirmed=CONFIRMED)

    assert len(given(capacity_offer, OFFERED)(on(replace(FOR_IT, request=confirmed)))) == 1


@pytest.mark.parametrize(
    ("request_", "code", "field"),
    [
        (CapacityRequest(), "request_unknown", "/request_id"),
        (CapacityRequest(requested=DRAFTED), "request_is_a_draft", "/request_id"),
        (CapacityRequest(requested=REQUESTED, withdrawn=REQUEST_WITHDRAWN), "request_withdrawn", "/request_id"),
        (CapacityRequest(requested=DRAFTED, withdrawn=REQUEST_WITHDRAWN), "request_withdrawn", "/request_id"),
        (CapacityRequest(requested=replace(REQUESTED, taker_urn=ASH)), "request_of_other_school", "/taker_urn"),
        (CapacityRequest(requested=replace(REQUESTED, dimension="time")), "other_than_requested", "/request_id"),
        (CapacityRequest(requested=replace(REQUESTED, unit="fte_hundredths")), "other_than_requested", "/request_id"),
    ],
)
def test_only_an_open_request_of_that_school_and_kind_is_met(request_: CapacityRequest, code: str, field: str) -> None:
    with refused(code, field):
        given(capacity_offer, OFFERED)(on(replace(FOR_IT, request=request_)))


# Drawing


def test_a_part_of_an_allocation_is_used() -> None:
    assert given(capacity_offer, OFFERED, ALLOCATED)(on(USE)) == [DRAWN]


def test_using_it_again_changes_nothing() -> None:
    assert given(capacity_offer, OFFERED, ALLOCATED, DRAWN)(on(USE)) == []
    assert given(capacity_offer, OFFERED, ALLOCATED, DRAWN, RELEASED)(on(USE, FIRST)) == []


def test_another_draw_has_an_id_of_its_own() -> None:
    with refused("draw_exists", "/draw_id"):
        given(capacity_offer, OFFERED, ALLOCATED, DRAWN)(on(replace(USE, quantity=1)))


def test_no_more_is_used_than_is_allocated_and_not_released() -> None:
    more = replace(USE, draw_id=OTHER_DRAW)

    assert given(capacity_offer, OFFERED, ALLOCATED, DRAWN)(on(replace(more, quantity=2))) != []
    with refused("more_than_allocated", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED, DRAWN)(on(replace(more, quantity=3)))
    with refused("more_than_allocated", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED, DRAWN, RELEASED)(on(replace(more, quantity=1)))


def test_a_rate_is_used_anew_each_week_and_no_more_on_any_day() -> None:
    when = given(capacity_offer, RATE_OFFERED, RATE_ALLOCATED, replace(RATE_DRAWN, quantity=6))
    more = replace(USE, draw_id=OTHER_DRAW, quantity=6)

    assert when(on(replace(more, from_on=USE.to_on + DAY, to_on=USE.to_on + 5 * DAY))) != []
    with refused("more_than_allocated", "/quantity"):
        when(on(replace(more, from_on=USE.to_on, to_on=USE.to_on + 5 * DAY)))


def test_it_is_used_within_the_days_of_its_allocation() -> None:
    later = replace(ALLOCATED, from_on=FIRST + DAY)

    with refused("outside_window", "/from_on"):
        given(capacity_offer, OFFERED, later)(on(USE))
    with refused("ends_before_it_starts", "/to_on"):
        given(capacity_offer, OFFERED, ALLOCATED)(on(replace(USE, to_on=USE.from_on - DAY)))


def test_nothing_is_used_in_the_future() -> None:
    when = given(capacity_offer, OFFERED, ALLOCATED)

    assert when(on(USE, USE.to_on)) == [DRAWN]
    with refused("in_the_future", "/to_on"):
        when(on(USE, USE.to_on - DAY))


# Releasing


def test_what_is_not_needed_comes_back() -> None:
    assert given(capacity_offer, OFFERED, ALLOCATED, DRAWN)(on(GIVE_BACK)) == [RELEASED]


def test_releasing_it_again_changes_nothing() -> None:
    assert given(capacity_offer, OFFERED, ALLOCATED, DRAWN, RELEASED)(on(GIVE_BACK)) == []


def test_another_release_has_an_id_of_its_own() -> None:
    with refused("release_exists", "/release_id"):
        given(capacity_offer, OFFERED, ALLOCATED, RELEASED)(on(replace(GIVE_BACK, quantity=1)))


def test_only_what_was_not_drawn_is_released_and_once() -> None:
    with refused("more_than_undrawn", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED, DRAWN)(on(replace(GIVE_BACK, quantity=3)))
    with refused("more_than_undrawn", "/quantity"):
        given(capacity_offer, OFFERED, ALLOCATED, DRAWN, RELEASED)(
            on(replace(GIVE_BACK, release_id=OTHER_RELEASE, quantity=1))
        )


def test_a_rate_is_released_after_the_days_on_which_it_was_used() -> None:
    when = given(capacity_offer, RATE_OFFERED, RATE_ALLOCATED, RATE_DRAWN)
    everything = replace(GIVE_BACK, quantity=6)

    assert when(on(replace(everything, released_on=USE.to_on + DAY))) != []
    with refused("more_than_undrawn", "/quantity"):
        when(on(replace(everything, released_on=USE.to_on)))


@pytest.mark.parametrize("day", [FIRST - DAY, LAST + DAY])
def test_a_rate_is_released_on_a_day_on_which_it_is_allocated(day: date) -> None:
    with refused("outside_window", "/released_on"):
        given(capacity_offer, RATE_OFFERED, RATE_ALLOCATED)(on(replace(GIVE_BACK, released_on=day)))


def test_what_is_used_up_is_released_when_that_is_said_and_not_in_the_future() -> None:
    with refused("in_the_future", "/released_on"):
        given(capacity_offer, OFFERED, ALLOCATED)(on(replace(GIVE_BACK, released_on=TODAY + DAY)))


@pytest.mark.parametrize("command", [USE, GIVE_BACK])
def test_what_was_not_allocated_is_not_used_or_released(command: DrawCapacity | ReleaseCapacity) -> None:
    with refused("allocation_unknown", "/allocation_id"):
        given(capacity_offer, OFFERED)(on(command))
    with refused("offer_unknown", "/offer_id"):
        given(capacity_offer)(on(command))


def test_each_allocation_has_its_own_draws() -> None:
    other = replace(ALLOCATED, allocation_id=OTHER_ALLOCATION, taker_urn=ASH, quantity=4)
    when = given(capacity_offer, OFFERED, ALLOCATED, DRAWN, other)

    [drawn] = when(on(replace(USE, draw_id=OTHER_DRAW, allocation_id=OTHER_ALLOCATION)))

    assert drawn == replace(DRAWN, draw_id=OTHER_DRAW, allocation_id=OTHER_ALLOCATION, taker_urn=ASH)
