"""A reporting cycle is opened once, with days that make sense."""

from dataclasses import replace
from datetime import date

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.cycle import OpenCycle, cycle_stream, reporting_cycle
from tests.unit.collaboration.facts import CYCLE_OPENED, ENDS, STARTS, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

OPEN = OpenCycle(trustuid=TRUST, cycle="2026/27-A1", starts_on=STARTS, ends_on=ENDS)


def test_a_cycle_is_opened() -> None:
    when = given(reporting_cycle)

    assert when(OPEN) == [CYCLE_OPENED]


def test_a_cycle_may_last_one_day() -> None:
    when = given(reporting_cycle)

    assert when(replace(OPEN, ends_on=STARTS)) == [replace(CYCLE_OPENED, ends_on=STARTS)]


def test_a_cycle_never_ends_before_it_starts() -> None:
    when = given(reporting_cycle)

    with refused("cycle_ends_before_it_starts", "/ends_on"):
        when(replace(OPEN, ends_on=date(2026, 8, 31)))


def test_opening_a_cycle_again_changes_nothing() -> None:
    when = given(reporting_cycle, CYCLE_OPENED)

    assert when(OPEN) == []


def test_an_open_cycle_keeps_its_dates() -> None:
    when = given(reporting_cycle, CYCLE_OPENED)

    with refused("cycle_already_open", "/cycle"):
        when(replace(OPEN, ends_on=date(2026, 10, 30)))


def test_its_stream_is_named_for_the_trust_and_the_cycle() -> None:
    assert cycle_stream("2057", "2026/27-A1") == "cycle-2057-2026-27-A1"


COMMANDS = st.lists(
    st.builds(
        OpenCycle,
        trustuid=st.just(TRUST),
        cycle=st.just("2026/27-A1"),
        starts_on=st.sampled_from([STARTS, date(2026, 9, 8)]),
        ends_on=st.sampled_from([ENDS, date(2026, 8, 31)]),
    )
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[OpenCycle]) -> None:
    assert_repeats_change_nothing(reporting_cycle, commands)
    assert_late_repeats_change_nothing(reporting_cycle, commands)
