"""The heading is the message: each rule, and the order in which they hold."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.web.heading import heading

Cell = dict[str, Any]


def cell(school: int, focus: int, state: str, *, needs_help: bool = False) -> Cell:
    return {
        "urn": f"90000{school}",
        "school": f"School {school}",
        "focus_id": str(focus),
        "title": f"Focus {focus}",
        "state": state,
        "needs_help": needs_help,
        "event_id": f"{school}-{focus}",
    }


ON_TRACK = [cell(school, focus, "green") for school in (1, 2, 3) for focus in (1, 2)]


def test_nothing_asked() -> None:
    assert heading([], current=True) == "No question has been asked in this cycle yet"
    assert heading([cell(1, 1, "not_applicable")], current=True) == "No question has been asked in this cycle yet"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([cell(1, 3, "red")], "School 1 needs you this week: Focus 3"),
        ([cell(1, 3, "green", needs_help=True)], "School 1 needs you this week: Focus 3"),
        ([cell(1, 3, "red"), cell(2, 3, "red")], "One of three priorities needs you this week"),
        ([cell(1, 3, "red"), cell(2, 4, "amber", needs_help=True)], "Two of four priorities need you this week"),
        ([cell(1, 1, "red"), cell(2, 2, "red")], "Both priorities need you this week"),
        ([cell(4, 1, "overdue")], "School 4 has not answered in time"),
        ([cell(4, 1, "overdue"), cell(5, 2, "overdue")], "Two schools have not answered in time"),
        ([cell(4, 1, "no_answer")], "One of four schools still has to answer"),
        ([cell(4, 1, "no_answer"), cell(5, 1, "no_answer")], "Two of five schools still have to answer"),
        ([cell(1, 3, "amber")], "No school is off track; School 1 is at risk"),
        ([cell(1, 3, "amber"), cell(2, 3, "amber")], "No school is off track; two schools are at risk"),
        ([cell(4, 1, "not_applicable")], "All three schools on track"),
    ],
)
def test_what_is_said_beside_schools_on_track(cells: list[Cell], said: str) -> None:
    assert heading([*ON_TRACK, *cells], current=True) == said


def test_the_first_rule_that_holds_is_said() -> None:
    cells = [cell(1, 1, "red"), cell(2, 1, "overdue"), cell(3, 1, "no_answer"), cell(4, 1, "amber")]

    assert heading(cells, current=True) == "School 1 needs you this week: Focus 1"
    assert heading(cells[1:], current=True) == "School 2 has not answered in time"
    assert heading(cells[2:], current=True) == "One of two schools still has to answer"
    assert heading(cells[3:], current=True) == "No school is off track; School 4 is at risk"


def test_who_has_the_trusts_response_waits_no_longer() -> None:
    cells = [*ON_TRACK, cell(1, 3, "red")]

    assert heading(cells, {"1-3"}, current=True) == "One of three priorities is off track, and the trust has responded"


def test_this_week_is_said_of_the_current_cycle_only() -> None:
    assert heading([*ON_TRACK, cell(1, 3, "red")], current=False) == "School 1 needs you: Focus 3"


def test_schools_read_for_what_they_wait() -> None:
    one, two = cell(1, 3, "red"), cell(2, 3, "red")

    assert heading([*ON_TRACK, one], current=True, for_schools=True) == "School 1 waits for the trust: Focus 3"
    assert heading([one, two], current=True, for_schools=True) == "The one priority waits for the trust"
    assert (
        heading([*ON_TRACK, one, two], current=False, for_schools=True) == "One of three priorities waits for the trust"
    )


def test_one_school_and_many() -> None:
    assert heading([cell(1, 1, "green")], current=True) == "The one school on track"
    assert heading([cell(1, 1, "green"), cell(2, 1, "green")], current=True) == "Both schools on track"
    many = [{**cell(0, 1, "green"), "urn": str(urn)} for urn in range(900001, 900041)]
    assert heading(many, current=True) == "All 40 schools on track"
