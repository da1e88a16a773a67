"""A focus area is set once and closed once."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.focus import (
    CloseFocusArea,
    FocusArea,
    FocusCommand,
    SetFocusArea,
    focus_area,
    focus_stream,
)
from tests.unit.collaboration.facts import FOCUS, FOCUS_CLOSED, FOCUS_SET, STARTS, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

SET = SetFocusArea(
    focus_id=FOCUS,
    trustuid=TRUST,
    title=FOCUS_SET.title,
    principle=FOCUS_SET.principle,
    question=FOCUS_SET.question,
    starts_on=FOCUS_SET.starts_on,
    ends_on=FOCUS_SET.ends_on,
    disadvantaged_lens=FOCUS_SET.disadvantaged_lens,
)
CLOSE = CloseFocusArea(closed_on=FOCUS_CLOSED.closed_on, reason=FOCUS_CLOSED.reason)


def test_a_focus_area_is_set() -> None:
    when = given(focus_area)

    assert when(SET) == [FOCUS_SET]


def test_a_focus_area_may_have_no_end() -> None:
    when = given(focus_area)

    assert when(replace(SET, ends_on=None)) == [replace(FOCUS_SET, ends_on=None)]


def test_a_focus_area_may_last_one_day() -> None:
    when = given(focus_area)

    assert when(replace(SET, ends_on=STARTS)) == [replace(FOCUS_SET, ends_on=STARTS)]


def test_a_focus_area_never_ends_before_it_starts() -> None:
    when = given(focus_area)

    with refused("focus_area_ends_before_it_starts", "/ends_on"):
        when(replace(SET, ends_on=date(2026, 8, 31)))


def test_setting_a_focus_area_again_changes_nothing() -> None:
    when = given(focus_area, FOCUS_SET)

    assert when(SET) == []


def test_setting_it_again_does_not_reopen_a_closed_focus_area() -> None:
    when = given(focus_area, FOCUS_SET, FOCUS_CLOSED)

    assert when(SET) == []


def test_a_focus_area_keeps_its_question() -> None:
    when = given(focus_area, FOCUS_SET)

    with refused("focus_area_exists", "/focus_id"):
        when(replace(SET, question="Which pupils write better?"))


def test_a_focus_area_is_closed() -> None:
    when = given(focus_area, FOCUS_SET)

    assert when(CLOSE) == [FOCUS_CLOSED]


def test_an_unknown_focus_area_cannot_be_closed() -> None:
    when = given(focus_area)

    with refused("focus_area_unknown", "/focus_id"):
        when(CLOSE)


def test_a_focus_area_may_be_closed_on_its_first_day() -> None:
    when = given(focus_area, FOCUS_SET)

    assert when(replace(CLOSE, closed_on=STARTS)) == [replace(FOCUS_CLOSED, closed_on=STARTS)]


def test_a_focus_area_is_not_closed_before_it_starts() -> None:
    when = given(focus_area, FOCUS_SET)

    with refused("focus_area_closed_before_it_starts", "/closed_on"):
        when(replace(CLOSE, closed_on=date(2026, 8, 31)))


def test_closing_a_focus_area_again_changes_nothing() -> None:
    when = given(focus_area, FOCUS_SET, FOCUS_CLOSED)

    assert when(CLOSE) == []


def test_a_closed_focus_area_keeps_its_day() -> None:
    when = given(focus_area, FOCUS_SET, FOCUS_CLOSED)

    with refused("focus_area_closed", "/focus_id"):
        when(replace(CLOSE, closed_on=date(2027, 1, 1)))


@pytest.mark.parametrize(
    ("state", "day", "is_over"),
    [
        (FocusArea(), date(2027, 7, 20), False),
        (FocusArea(agreed=FOCUS_SET), date(2027, 7, 20), False),
        (FocusArea(agreed=FOCUS_SET), date(2027, 7, 21), True),
        (FocusArea(agreed=FOCUS_SET, closed=FOCUS_CLOSED), date(2026, 11, 30), False),
        (FocusArea(agreed=FOCUS_SET, closed=FOCUS_CLOSED), date(2026, 12, 1), True),
        (FocusArea(agreed=replace(FOCUS_SET, ends_on=None)), date(2040, 1, 1), False),
    ],
)
def test_it_is_over_after_its_last_day_and_from_the_day_of_closing(
    state: FocusArea, day: date, *, is_over: bool
) -> None:
    assert state.is_over(day) == is_over


def test_its_stream_is_named_for_its_id() -> None:
    assert focus_stream(FOCUS) == f"focus-{FOCUS}"


COMMANDS: st.SearchStrategy[list[FocusCommand]] = st.lists(
    st.builds(
        replace,
        st.just(SET),
        question=st.sampled_from(["Who reads?", "Who writes?"]),
        ends_on=st.sampled_from([None, date(2027, 7, 20), date(2026, 8, 31)]),
    )
    | st.builds(
        CloseFocusArea,
        closed_on=st.sampled_from([STARTS, date(2026, 12, 1), date(2026, 8, 31)]),
        reason=st.sampled_from([None, "It has become a habit."]),
    )
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[FocusCommand]) -> None:
    assert_repeats_change_nothing(focus_area, commands)
    assert_late_repeats_change_nothing(focus_area, commands)
