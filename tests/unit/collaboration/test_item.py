"""An agenda item is issued for an open focus area, in a known cycle, to schools that can answer in time."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.cycle import ReportingCycle
from services.collaboration.domain.focus import FocusArea
from services.collaboration.domain.item import IssueAgendaItem, agenda_item, item_stream
from shared.contracts.vocabulary import Instant
from tests.unit.collaboration.facts import (
    CYCLE_OPENED,
    DUE_BY,
    ELM,
    ENDS,
    FOCUS_CLOSED,
    FOCUS_SET,
    ISSUED,
    ITEM,
    NOW,
    OAK,
    OPEN_CYCLE,
    OPEN_FOCUS,
    OTHER_TRUST,
    TRUST,
)
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

ISSUE = IssueAgendaItem(
    item_id=ITEM,
    trustuid=TRUST,
    applies_to=(OAK, ELM),
    due_by=DUE_BY,
    focus=OPEN_FOCUS,
    cycle=OPEN_CYCLE,
    at=NOW,
)
CLOSED_FOCUS = FocusArea(agreed=FOCUS_SET, closed=FOCUS_CLOSED)


def test_an_item_is_issued() -> None:
    when = given(agenda_item)

    assert when(ISSUE) == [ISSUED]


def test_a_school_named_twice_is_asked_once() -> None:
    when = given(agenda_item)

    assert when(replace(ISSUE, applies_to=(OAK, ELM, OAK))) == [ISSUED]


def test_an_item_needs_a_known_focus_area() -> None:
    when = given(agenda_item)

    with refused("focus_area_unknown", "/focus_id"):
        when(replace(ISSUE, focus=FocusArea()))


def test_another_trusts_focus_area_is_unknown() -> None:
    when = given(agenda_item)

    with refused("focus_area_unknown", "/focus_id"):
        when(replace(ISSUE, focus=FocusArea(agreed=replace(FOCUS_SET, trustuid=OTHER_TRUST))))


def test_an_item_needs_a_known_cycle() -> None:
    when = given(agenda_item)

    with refused("cycle_unknown", "/cycle"):
        when(replace(ISSUE, cycle=ReportingCycle()))


def test_another_trusts_cycle_is_unknown() -> None:
    when = given(agenda_item)

    with refused("cycle_unknown", "/cycle"):
        when(replace(ISSUE, cycle=ReportingCycle(opened=replace(CYCLE_OPENED, trustuid=OTHER_TRUST))))


def test_a_closed_focus_area_is_not_asked_again() -> None:
    when = given(agenda_item)

    with refused("focus_area_closed", "/focus_id"):
        when(replace(ISSUE, focus=CLOSED_FOCUS, at=datetime(2026, 12, 1, 9, tzinfo=UTC)))


def test_a_focus_area_that_will_be_closed_may_still_be_asked() -> None:
    when = given(agenda_item)

    assert when(replace(ISSUE, focus=CLOSED_FOCUS)) == [ISSUED]


def test_a_focus_area_closed_before_the_cycle_starts_is_not_asked_in_it() -> None:
    when = given(agenda_item)
    spring = replace(CYCLE_OPENED, starts_on=date(2027, 1, 4), ends_on=date(2027, 2, 12))

    with refused("focus_area_closed", "/focus_id"):
        when(replace(ISSUE, focus=CLOSED_FOCUS, cycle=ReportingCycle(opened=spring)))


def test_a_focus_area_is_not_asked_before_it_starts() -> None:
    when = given(agenda_item)
    next_term = FocusArea(agreed=replace(FOCUS_SET, starts_on=date(2026, 10, 24)))

    with refused("focus_area_not_started", "/focus_id"):
        when(replace(ISSUE, focus=next_term))


def test_a_focus_area_may_start_on_the_last_day_of_the_cycle() -> None:
    when = given(agenda_item)
    last_day = FocusArea(agreed=replace(FOCUS_SET, starts_on=ENDS))

    assert when(replace(ISSUE, focus=last_day)) == [ISSUED]


def test_an_item_asks_at_least_one_school() -> None:
    when = given(agenda_item)

    with refused("applies_to_no_school", "/applies_to"):
        when(replace(ISSUE, applies_to=()))


@pytest.mark.parametrize(
    "due_by",
    [datetime(2026, 8, 31, 23, 0, tzinfo=UTC), datetime(2026, 11, 6, 23, 59, tzinfo=UTC)],
    ids=["the first minute of the first day in London", "the last minute of 14 days after the end"],
)
def test_an_item_is_due_in_its_cycle_or_up_to_14_days_after(due_by: Instant) -> None:
    when = given(agenda_item)

    assert when(replace(ISSUE, due_by=due_by)) == [replace(ISSUED, due_by=due_by)]


@pytest.mark.parametrize(
    "due_by",
    [datetime(2026, 8, 31, 22, 59, tzinfo=UTC), datetime(2026, 11, 7, 0, 0, tzinfo=UTC)],
    ids=["the day before the cycle", "15 days after it"],
)
def test_an_item_is_not_due_outside_its_cycle(due_by: Instant) -> None:
    when = given(agenda_item)

    with refused("due_outside_cycle", "/due_by"):
        when(replace(ISSUE, due_by=due_by))


def test_issuing_an_item_again_changes_nothing() -> None:
    when = given(agenda_item, ISSUED)

    assert when(ISSUE) == []


def test_issuing_it_again_changes_nothing_when_the_focus_area_is_closed_meanwhile() -> None:
    when = given(agenda_item, ISSUED)

    assert when(replace(ISSUE, focus=CLOSED_FOCUS, at=datetime(2027, 1, 4, tzinfo=UTC))) == []


def test_an_issued_item_keeps_its_content() -> None:
    when = given(agenda_item, ISSUED)

    with refused("item_already_issued", "/item_id"):
        when(replace(ISSUE, applies_to=(OAK,)))


def test_its_stream_is_named_for_its_id() -> None:
    assert item_stream(ITEM) == f"item-{ITEM}"


COMMANDS = st.lists(
    st.builds(
        replace,
        st.just(ISSUE),
        applies_to=st.sampled_from([(OAK,), (ELM,), (OAK, ELM), (OAK, ELM, OAK), ()]),
        due_by=st.sampled_from([DUE_BY, DUE_BY, datetime(2027, 1, 4, tzinfo=UTC)]),
        focus=st.sampled_from([OPEN_FOCUS, OPEN_FOCUS, CLOSED_FOCUS, FocusArea()]),
        cycle=st.sampled_from([OPEN_CYCLE, OPEN_CYCLE, OPEN_CYCLE, ReportingCycle()]),
        at=st.sampled_from([NOW, datetime(2027, 1, 4, tzinfo=UTC)]),
    )
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[IssueAgendaItem]) -> None:
    assert_repeats_change_nothing(agenda_item, commands)
    assert_late_repeats_change_nothing(agenda_item, commands)
