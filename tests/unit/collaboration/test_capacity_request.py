"""A school asks for something; or a draft of it waits for the trust, as long as the school needs help."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.capacity_request import (
    ConfirmRequest,
    FollowAnswer,
    RequestCapacity,
    RequestCommand,
    RequestEvent,
    WithdrawRequest,
    capacity_request,
    capacity_request_stream,
)
from services.collaboration.domain.days import Dated
from shared.contracts.collaboration.capacity import (
    CapacityRequestConfirmed,
    CapacityRequested,
    CapacityRequestWithdrawn,
)
from tests.unit.collaboration.facts import ELM, TRUST
from tests.unit.collaboration.giving import DAY, FIRST, LAST, PLAN, REQUEST, TODAY, on
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

ANSWER, LATER_ANSWER = UUID(int=20), UUID(int=21)
ASK = RequestCapacity(
    request_id=REQUEST,
    trustuid=TRUST,
    taker_urn=ELM,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
    specialism="phonics",
    priority="high",
    plan_id=PLAN,
)
REQUESTED = CapacityRequested(
    request_id=REQUEST,
    trustuid=TRUST,
    taker_urn=ELM,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
    specialism="phonics",
    priority="high",
    plan_id=PLAN,
)
HELP = FollowAnswer(request_id=REQUEST, trustuid=TRUST, taker_urn=ELM, dimension="time", basis=ANSWER)
NO_HELP = replace(HELP, dimension=None, basis=LATER_ANSWER)
DRAFTED = CapacityRequested(
    request_id=REQUEST, trustuid=TRUST, taker_urn=ELM, dimension="time", drafted=True, basis=ANSWER
)
CONFIRM = ConfirmRequest(
    request_id=REQUEST,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
    specialism="phonics",
    priority="high",
    plan_id=PLAN,
)
CONFIRMED = CapacityRequestConfirmed(
    request_id=REQUEST,
    taker_urn=ELM,
    dimension="people",
    quantity=4,
    unit="half_days",
    from_on=FIRST,
    to_on=LAST,
    specialism="phonics",
    priority="high",
    plan_id=PLAN,
)
WITHDRAW = WithdrawRequest(request_id=REQUEST, reason="met_otherwise", withdrawn_on=TODAY)
WITHDRAWN = CapacityRequestWithdrawn(request_id=REQUEST, taker_urn=ELM, reason="met_otherwise", withdrawn_on=TODAY)
NOT_NEEDED = replace(WITHDRAWN, reason="help_not_needed_any_more")


# Requesting


def test_a_school_asks_for_something() -> None:
    assert given(capacity_request)(on(ASK)) == [REQUESTED]


def test_asking_for_it_again_changes_nothing() -> None:
    assert given(capacity_request, REQUESTED)(on(ASK)) == []
    assert given(capacity_request, REQUESTED, WITHDRAWN)(on(ASK)) == []


def test_another_request_has_an_id_of_its_own() -> None:
    for before in (REQUESTED, DRAFTED):
        with refused("request_exists", "/request_id"):
            given(capacity_request, before)(on(replace(ASK, quantity=5)))


def test_a_request_has_a_unit_of_its_dimension_and_at_least_one_day() -> None:
    when = given(capacity_request)

    with refused("unit_of_other_dimension", "/unit"):
        when(on(replace(ASK, unit="pence")))
    with refused("ends_before_it_starts", "/to_on"):
        when(on(replace(ASK, to_on=FIRST - DAY)))


# Drafting


def test_help_that_is_asked_for_is_drafted() -> None:
    assert given(capacity_request)(on(HELP)) == [DRAFTED]


def test_no_help_is_not_drafted() -> None:
    assert given(capacity_request)(on(NO_HELP)) == []


def test_asking_for_help_again_changes_nothing() -> None:
    again = on(replace(HELP, dimension="people", basis=LATER_ANSWER))

    assert given(capacity_request, DRAFTED)(again) == []
    assert given(capacity_request, DRAFTED, CONFIRMED)(again) == []


def test_a_draft_goes_when_no_help_is_needed_any_more() -> None:
    assert given(capacity_request, DRAFTED)(on(NO_HELP)) == [NOT_NEEDED]
    assert given(capacity_request, DRAFTED, NOT_NEEDED)(on(NO_HELP)) == []


def test_a_draft_comes_again_when_help_is_needed_after_all() -> None:
    when = given(capacity_request, DRAFTED, NOT_NEEDED)

    redrafted = replace(DRAFTED, dimension="people", basis=LATER_ANSWER)
    assert when(on(replace(HELP, dimension="people", basis=LATER_ANSWER))) == [redrafted]
    assert given(capacity_request, DRAFTED, NOT_NEEDED, redrafted)(on(CONFIRM)) == [CONFIRMED]


@pytest.mark.parametrize("command", [HELP, NO_HELP])
@pytest.mark.parametrize("happened", [(CONFIRMED,), (WITHDRAWN,), (CONFIRMED, WITHDRAWN), (CONFIRMED, NOT_NEEDED)])
def test_what_people_confirmed_or_withdrew_is_theirs(command: FollowAnswer, happened: tuple[RequestEvent, ...]) -> None:
    assert given(capacity_request, DRAFTED, *happened)(on(command)) == []


@pytest.mark.parametrize("command", [HELP, NO_HELP])
def test_a_request_in_the_place_of_a_draft_is_seen_and_left_alone(command: FollowAnswer) -> None:
    with refused("request_exists", "/request_id"):
        given(capacity_request, REQUESTED)(on(command))


# Confirming


def test_the_trust_confirms_a_draft_and_says_what_is_needed() -> None:
    assert given(capacity_request, DRAFTED)(on(CONFIRM)) == [CONFIRMED]


def test_confirming_it_again_changes_nothing() -> None:
    assert given(capacity_request, DRAFTED, CONFIRMED)(on(CONFIRM)) == []
    assert given(capacity_request, DRAFTED, CONFIRMED, WITHDRAWN)(on(CONFIRM)) == []


def test_only_a_draft_is_confirmed_and_once() -> None:
    for happened in ((REQUESTED,), (DRAFTED, CONFIRMED)):
        with refused("request_is_no_draft", "/request_id"):
            given(capacity_request, *happened)(on(replace(CONFIRM, quantity=5)))


def test_a_draft_that_is_withdrawn_is_not_confirmed() -> None:
    with refused("draft_withdrawn", "/request_id"):
        given(capacity_request, DRAFTED, WITHDRAWN)(on(CONFIRM))


def test_what_nobody_asked_for_is_neither_confirmed_nor_withdrawn() -> None:
    for command in (CONFIRM, WITHDRAW):
        with refused("request_unknown", "/request_id"):
            given(capacity_request)(on(command))


def test_what_is_confirmed_has_a_unit_of_its_dimension_and_at_least_one_day() -> None:
    when = given(capacity_request, DRAFTED)

    with refused("unit_of_other_dimension", "/unit"):
        when(on(replace(CONFIRM, dimension="financial")))
    with refused("ends_before_it_starts", "/to_on"):
        when(on(replace(CONFIRM, to_on=FIRST - DAY)))


# Withdrawing


@pytest.mark.parametrize("happened", [(REQUESTED,), (DRAFTED,), (DRAFTED, CONFIRMED)])
def test_a_request_is_withdrawn(happened: tuple[RequestEvent, ...]) -> None:
    assert given(capacity_request, *happened)(on(WITHDRAW)) == [WITHDRAWN]


def test_withdrawing_it_again_changes_nothing() -> None:
    when = given(capacity_request, REQUESTED, WITHDRAWN)

    assert when(on(WITHDRAW)) == []
    assert when(on(replace(WITHDRAW, reason="a_mistake", withdrawn_on=TODAY + DAY))) == []


def test_nothing_is_withdrawn_in_the_future() -> None:
    with refused("in_the_future", "/withdrawn_on"):
        given(capacity_request, REQUESTED)(on(replace(WITHDRAW, withdrawn_on=TODAY + DAY)))


def test_its_stream_is_named_for_its_id() -> None:
    assert capacity_request_stream(REQUEST) == f"capacity-request-{REQUEST}"


ENDS: st.SearchStrategy[date] = st.sampled_from([FIRST - DAY, FIRST, LAST])
ASKED: st.SearchStrategy[RequestCommand] = (
    st.builds(replace, st.just(ASK), to_on=ENDS)
    | st.builds(replace, st.just(CONFIRM), to_on=ENDS, quantity=st.integers(4, 5))
    | st.builds(replace, st.just(WITHDRAW), withdrawn_on=st.sampled_from([TODAY, TODAY + DAY]))
)
FOLLOWED: st.SearchStrategy[RequestCommand] = st.sampled_from([HELP, NO_HELP, replace(HELP, basis=LATER_ANSWER)])
BEGINNINGS: st.SearchStrategy[tuple[RequestEvent, ...]] = st.sampled_from([(), (DRAFTED,), (DRAFTED, NOT_NEEDED)])


@over(BEGINNINGS, st.lists((ASKED | FOLLOWED).map(on), max_size=12), st.lists(ASKED.map(on), max_size=12))
def test_any_commands_may_come_more_than_once(
    before: tuple[RequestEvent, ...], all_: list[Dated[RequestCommand]], said: list[Dated[RequestCommand]]
) -> None:
    """What follows an answer says how it is now, so of it only the same again at once is a repeat."""
    there = replace(capacity_request, initial=capacity_request.fold(before))

    assert_repeats_change_nothing(there, all_)
    assert_late_repeats_change_nothing(there, said)
