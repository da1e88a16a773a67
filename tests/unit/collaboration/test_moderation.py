"""Schools plan to compare their judgements, and say once what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.moderation import (
    HoldModeration,
    ModerationCommand,
    PlanModeration,
    moderation,
    moderation_stream,
)
from shared.contracts.collaboration.reviews import ModerationHeld, ModerationPlanned
from tests.unit.collaboration.facts import ASH, ELM, OAK, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

MODERATION = UUID(int=1)
STARTS, ENDS = datetime(2026, 6, 25, 13, tzinfo=UTC), datetime(2026, 6, 25, 16, tzinfo=UTC)
THAT_DAY = date(2026, 6, 25)
TODAY = date(2026, 7, 1)
DAY = timedelta(days=1)
PLAN = PlanModeration(
    moderation_id=MODERATION,
    trustuid=TRUST,
    subject="Performance management",
    urns=(OAK, ELM, ASH),
    starts_at=STARTS,
    ends_at=ENDS,
    where="Training room",
)
PLANNED = ModerationPlanned(
    moderation_id=MODERATION,
    trustuid=TRUST,
    subject="Performance management",
    urns=(OAK, ELM, ASH),
    starts_at=STARTS,
    ends_at=ENDS,
    where="Training room",
)
HOLD = HoldModeration(moderation_id=MODERATION, urns=(OAK, ELM), sampled=12, agreed=9, adjusted=3, held_on=THAT_DAY)
HELD = ModerationHeld(moderation_id=MODERATION, urns=(OAK, ELM), sampled=12, agreed=9, adjusted=3, held_on=THAT_DAY)


def on(command: ModerationCommand, today: date = TODAY) -> Dated[ModerationCommand]:
    return Dated(command, today)


@pytest.mark.parametrize("today", [THAT_DAY - 30 * DAY, TODAY])
def test_a_moderation_is_planned_for_a_time_to_come_or_told_afterwards(today: date) -> None:
    assert given(moderation)(on(PLAN, today)) == [PLANNED]


def test_planning_it_again_changes_nothing() -> None:
    assert given(moderation, PLANNED)(on(PLAN)) == []
    assert given(moderation, PLANNED, HELD)(on(PLAN)) == []


def test_another_moderation_has_an_id_of_its_own() -> None:
    with refused("moderation_exists", "/moderation_id"):
        given(moderation, PLANNED)(on(replace(PLAN, where="Hall")))


def test_each_school_is_named_once() -> None:
    with refused("school_named_twice", "/urns"):
        given(moderation)(on(replace(PLAN, urns=(OAK, OAK))))
    with refused("school_named_twice", "/urns"):
        given(moderation, PLANNED)(on(replace(HOLD, urns=(OAK, OAK))))


def test_a_moderation_ends_after_it_starts() -> None:
    with refused("moderation_ends_before_it_starts", "/ends_at"):
        given(moderation)(on(replace(PLAN, ends_at=STARTS)))


def test_what_came_of_a_moderation_is_said() -> None:
    assert given(moderation, PLANNED)(on(HOLD)) == [HELD]


def test_it_may_take_place_later_than_planned() -> None:
    assert given(moderation, PLANNED)(on(replace(HOLD, held_on=TODAY))) == [replace(HELD, held_on=TODAY)]


def test_saying_it_again_changes_nothing() -> None:
    assert given(moderation, PLANNED, HELD)(on(HOLD)) == []


def test_a_moderation_is_held_once() -> None:
    with refused("moderation_already_held", "/moderation_id"):
        given(moderation, PLANNED, HELD)(on(replace(HOLD, agreed=8, adjusted=4)))


def test_what_was_not_planned_is_unknown() -> None:
    with refused("moderation_unknown", "/moderation_id"):
        given(moderation)(on(HOLD))


def test_those_take_part_whom_it_was_planned_for() -> None:
    with refused("school_not_planned", "/urns"):
        given(moderation, PLANNED)(on(replace(HOLD, urns=(OAK, "123459"))))


def test_a_moderation_is_held_on_the_day_it_was_planned_for_or_later_and_not_in_the_future() -> None:
    with refused("held_before_planned", "/held_on"):
        given(moderation, PLANNED)(on(replace(HOLD, held_on=THAT_DAY - DAY)))
    with refused("in_the_future", "/held_on"):
        given(moderation, PLANNED)(on(HOLD, THAT_DAY - DAY))


def test_the_day_it_was_planned_for_is_a_day_in_london() -> None:
    after_midnight_in_london = replace(PLANNED, starts_at=datetime(2026, 6, 24, 23, 30, tzinfo=UTC))

    assert given(moderation, after_midnight_in_london)(on(HOLD)) == [HELD]
    with refused("held_before_planned", "/held_on"):
        given(moderation, after_midnight_in_london)(on(replace(HOLD, held_on=THAT_DAY - DAY)))


@pytest.mark.parametrize(("agreed", "adjusted"), [(9, 2), (9, 4), (0, 0)])
def test_each_judgement_that_was_sampled_stood_or_was_adjusted(agreed: int, adjusted: int) -> None:
    with refused("sample_does_not_add_up", "/sampled"):
        given(moderation, PLANNED)(on(replace(HOLD, agreed=agreed, adjusted=adjusted)))


def test_its_stream_is_named_for_its_id() -> None:
    assert moderation_stream(MODERATION) == f"moderation-{MODERATION}"


SCHOOLS = st.lists(st.sampled_from([OAK, ELM, ASH, "123459"]), min_size=2, max_size=3).map(tuple)
COMMANDS: st.SearchStrategy[list[Dated[ModerationCommand]]] = st.lists(
    (
        st.builds(replace, st.just(PLAN), urns=SCHOOLS)
        | st.builds(replace, st.just(HOLD), urns=SCHOOLS, agreed=st.integers(8, 9))
    ).map(on),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Dated[ModerationCommand]]) -> None:
    assert_repeats_change_nothing(moderation, commands)
    assert_late_repeats_change_nothing(moderation, commands)
