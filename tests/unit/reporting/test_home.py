"""What the first page makes of the reports' rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.web.cycles import Cycle, choose
from services.reporting.web.home import steps
from services.reporting.web.matrix import note
from services.reporting.web.problems import problems, waiting

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CYCLES = [
    Cycle("a", date(2026, 11, 2), date(2026, 11, 13), None),
    Cycle("b", date(2026, 11, 16), date(2026, 11, 27), None),
    Cycle("c", date(2026, 11, 30), date(2026, 12, 11), None),
]


@pytest.mark.parametrize(
    ("wanted", "day", "chosen"),
    [
        (None, 20, "b"),
        (None, 14, "a"),  # between two cycles: the latest that has begun
        (None, 1, "a"),  # before all: the first
        ("c", 20, "c"),
        ("unknown", 20, "b"),
    ],
)
def test_which_cycle_is_shown(wanted: str | None, day: int, chosen: str) -> None:
    place = choose(CYCLES, wanted, AT.replace(day=day))

    assert place is not None
    assert CYCLES[place].name == chosen


def test_without_cycles_there_is_none() -> None:
    assert choose([], None, AT) is None


@pytest.mark.parametrize(
    ("state", "before", "trend", "said"),
    [
        ("green", "amber", "better", "better, was at risk"),
        ("red", "green", "worse", "worse, was on track"),
        ("green", "green", "same", ""),
        ("red", None, None, ""),
        ("overdue", "red", None, "was due 18 November"),
        ("no_answer", "green", None, "was on track, due 18 November"),
        ("no_answer", "overdue", None, "due 18 November"),
    ],
)
def test_what_stands_below_a_state(state: str, before: str | None, trend: str | None, said: str) -> None:
    row = {"state": state, "previous_state": before, "trend": trend, "due_by": AT.replace(day=18)}

    assert note(row, AT) == said


def row(school: str, state: str, **more: Any) -> dict[str, Any]:
    answered = state in {"red", "amber", "green"}
    return {
        "urn": school,
        "school": school,
        "title": "Reading",
        "cycle": "c",
        "focus_id": "f",
        "state": state,
        "needs_help": False if answered else None,
        "help_dimension": None,
        "comment_given": False,
        "answered_at": AT.replace(day=17) if answered else None,
        "due_by": AT.replace(day=18),
        "item_id": "i" if answered else None,
        "meeting_id": "m" if answered else None,
        **more,
    }


def raised(school: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": "i",
        "urn": school,
        "meeting_id": "m",
        "raised_at": AT.replace(day=19),
        "acknowledged_at": None,
        "acknowledged_within_2_working_days": None,
        "responded_at": None,
        "read_at": None,
        "action_agreed_at": None,
        "trustuid": "99001",
        "needs_help": False,
        **more,
    }


def test_the_worst_comes_first_and_the_answered_not_at_all() -> None:
    cells = [
        row("D", "overdue"),
        row("C", "amber", needs_help=True, help_dimension="people"),
        row("B", "red"),
        row("A", "red"),
    ]

    answers = [raised("A", responded_at=AT), raised("B"), raised("C", acknowledged_at=AT)]
    found = problems(waiting(cells, answers), cells, AT)

    assert [(problem.school, problem.what, problem.next) for problem in found] == [
        (
            "B",
            "Off track at the meeting of 17 November.",
            "Not acknowledged yet: two working days end on 23 November.",
        ),
        (
            "C",
            "At risk at the meeting of 17 November. Asks for help: people.",
            "Acknowledged at 12:00 today, not responded to yet.",
        ),
        ("D", "No answer by 12:00 on 18 November.", "The school has answered nothing in this cycle."),
    ]


def meeting(*, no_meeting: bool | None, items_issued: int = 3) -> dict[str, Any]:
    return {"no_meeting": no_meeting, "items_issued": items_issued}


def test_the_steps_count_what_their_addresses_list() -> None:
    meetings = [meeting(no_meeting=False)] * 2 + [meeting(no_meeting=True), meeting(no_meeting=False, items_issued=0)]
    cells = [{"answered": True}] * 5 + [{"answered": False}] * 2 + [{"answered": None}]
    raised = [
        {"acknowledged_at": AT, "responded_at": AT, "read_at": None, "effect_reviewed_at": None},
        {"acknowledged_at": AT, "responded_at": None, "read_at": None, "effect_reviewed_at": None},
    ]

    strip = steps("2026/27-A2.3", meetings, cells, raised, 400)

    assert [(step.text, step.percent) for step in strip] == [
        ("2 of 3 schools", 66.7),
        ("5 of 7 questions", 71.4),
        ("5 of 5, median 0.4 s", 100.0),
        ("2 of 2 needing help", 100.0),
        ("1 of 2, 0 read", 50.0),
        ("0 of 2", 0.0),
    ]
    assert strip[0].missing == "/reports/agenda?cycle=2026%2F27-A2.3&no_meeting%21=false&items_issued%21=0"
    assert strip[4].href == "/reports/loop?cycle=2026%2F27-A2.3&responded_at%21="
    assert strip[4].missing == "/reports/loop?cycle=2026%2F27-A2.3&responded_at="


def test_one_school_is_no_schools() -> None:
    assert [step.text for step in steps("c", [meeting(no_meeting=False)], [{"answered": True}], [], None)[:2]] == [
        "1 of 1 school",
        "1 of 1 question",
    ]


def test_where_nobody_needs_help_no_step_is_missing() -> None:
    assert [step.text for step in steps("c", [], [], [], None)[3:]] == ["none needed"] * 3
