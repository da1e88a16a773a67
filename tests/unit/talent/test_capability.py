"""A person, their line manager and their peers rate what the person can do, once each in a cycle."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.capability import Capabilities, RateCapability, capabilities, capabilities_stream
from shared.contracts.talent.careers import CapabilityRated, Rater
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

ADA, BEN, CLEO = (UUID(int=n) for n in (1, 2, 3))
ON, TODAY = date(2026, 11, 16), date(2026, 12, 1)

RATE = RateCapability(
    person_id=ADA,
    capability="leads_change",
    rating=2,
    rater="manager",
    rater_id=BEN,
    cycle="2026/27-A2",
    rated_on=ON,
    line_manager_id=BEN,
    today=TODAY,
)
RATED = CapabilityRated(
    person_id=ADA,
    capability="leads_change",
    rating=2,
    rater="manager",
    rater_id=BEN,
    cycle="2026/27-A2",
    rated_on=ON,
)


@pytest.mark.parametrize(("rater", "rater_id"), [("self", ADA), ("manager", BEN), ("peer", CLEO)])
def test_a_person_their_manager_and_a_peer_rate(rater: Rater, rater_id: UUID) -> None:
    when = given(capabilities)

    assert when(replace(RATE, rater=rater, rater_id=rater_id)) == [replace(RATED, rater=rater, rater_id=rater_id)]


@pytest.mark.parametrize("rater_id", [BEN, CLEO])
def test_a_self_rating_is_the_persons_own(rater_id: UUID) -> None:
    when = given(capabilities)

    with refused("rater_not_self", "/rater_id"):
        when(replace(RATE, rater="self", rater_id=rater_id))


@pytest.mark.parametrize(("rater_id", "line_manager_id"), [(ADA, BEN), (CLEO, BEN), (BEN, None), (ADA, ADA)])
def test_only_the_line_manager_of_that_day_rates_as_the_manager(rater_id: UUID, line_manager_id: UUID | None) -> None:
    when = given(capabilities)

    with refused("rater_not_manager", "/rater_id"):
        when(replace(RATE, rater_id=rater_id, line_manager_id=line_manager_id))


@pytest.mark.parametrize("rater_id", [ADA, BEN])
def test_a_peer_is_neither_the_person_nor_their_manager(rater_id: UUID) -> None:
    when = given(capabilities)

    with refused("rater_not_peer", "/rater"):
        when(replace(RATE, rater="peer", rater_id=rater_id))


def test_a_rating_has_been_given() -> None:
    when = given(capabilities)

    assert when(replace(RATE, rated_on=TODAY))
    with refused("in_the_future", "/rated_on"):
        when(replace(RATE, rated_on=date(2026, 12, 2)))


def test_the_same_rating_again_changes_nothing_also_when_the_manager_is_another_by_now() -> None:
    when = given(capabilities, RATED)

    assert when(RATE) == []
    assert when(replace(RATE, line_manager_id=CLEO)) == []


def test_another_value_takes_the_place_of_the_one_before() -> None:
    when = given(capabilities, RATED)

    assert when(replace(RATE, rating=3)) == [replace(RATED, rating=3)]
    assert given(capabilities, RATED, replace(RATED, rating=3))(RATE) == [RATED]


def test_each_capability_and_rater_has_a_rating_of_its_own() -> None:
    when = given(capabilities, RATED)

    assert when(replace(RATE, capability="coaches_others"))
    assert when(replace(RATE, rater="self", rater_id=ADA))


def test_a_cycle_has_a_stream_of_its_own() -> None:
    assert capabilities_stream(ADA, "2026/27-A2.3") == f"capabilities-{ADA}-2026-27-A2.3"


commands = st.builds(
    replace,
    st.just(RATE),
    capability=st.sampled_from(["leads_change", "coaches_others"]),
    rating=st.integers(1, 4),
    rater=st.sampled_from(["self", "manager", "peer"]),
    rater_id=st.sampled_from([ADA, BEN, CLEO]),
    rated_on=st.sampled_from([ON, date(2026, 12, 2)]),
    line_manager_id=st.sampled_from([BEN, CLEO, None]),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[RateCapability]) -> None:
    once, taken = after(capabilities, sequence)

    assert after(capabilities, twice_each(sequence)) == (once, twice_each(taken))


@over(st.lists(commands, max_size=12))
def test_the_last_rating_of_each_rater_counts(sequence: list[RateCapability]) -> None:
    state, taken = after(capabilities, sequence)

    last = {(c.capability, c.rater_id): (c.rater, c.rating) for c in taken}
    assert state == Capabilities(ratings=last)
    assert all((rater == "self") == (rater_id == ADA) for (_, rater_id), (rater, _) in last.items())
