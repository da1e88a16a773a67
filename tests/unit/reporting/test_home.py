"""What the first page makes of the reports' rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.reporting.reports.loop import Count, Delay, Step, Summary
from services.reporting.web.home import Cycle, choose, note, problems, steps

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
        **more,
    }


def test_the_worst_comes_first_and_the_answered_not_at_all() -> None:
    cells = [
        row("D", "overdue"),
        row("C", "amber", needs_help=True, help_dimension="people"),
        row("B", "red"),
        row("A", "red"),
    ]

    found = problems(cells, [raised("A", responded_at=AT), raised("B"), raised("C", acknowledged_at=AT)], AT)

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


def summary(**counts: tuple[int, int]) -> Summary:
    names = get_args(Step)
    nothing = Delay(None, None)
    return Summary({name: Count(*counts.get(name, (0, 0))) for name in names}, nothing, nothing, Delay(400, 900))


def test_what_is_missing_is_the_unfilled_part() -> None:
    strip = steps(summary(met=(12, 12), answered=(36, 42), visible=(36, 36), acknowledged=(2, 4)), "2026/27-A2.3")

    assert [(step.text, step.percent) for step in strip[:4]] == [
        ("12 of 12 schools", 100.0),
        ("36 of 42 items", 85.7),
        ("36 of 36, median 0.4 s", 100.0),
        ("2 of 4 needing help", 50.0),
    ]


def test_where_nobody_needs_help_no_step_is_missing() -> None:
    assert [step.text for step in steps(summary(), "c")[3:]] == ["none needed"] * 3
