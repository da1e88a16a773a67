"""What a school's page makes of the reports' rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.reporting.web.question import Question, came_back, owed
from services.reporting.web.school import heading
from services.reporting.web.words import states

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def question(state: str, *, owed: tuple[str, ...] = (), title: str = "Reading") -> Question:
    answered = None if state == "not_applicable" else state in {"red", "amber", "green"}
    return Question(
        focus_id="f",
        title=title,
        asked="How is it going?",
        lens=None,
        look=states[state],
        note="",
        due_by=AT,
        answered=answered,
        said="",
        came_back=(),
        owed=owed,
        actions=(),
        texts=None,
        unread=None,
        event_id="e",
    )


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ([], "Nothing has been asked in this cycle yet"),
        ([question("overdue"), question("red")], "One answer is still to come"),
        ([question("overdue"), question("no_answer")], "Two answers are still to come"),
        ([question("red", owed=("a response, for two days",))], "The trust owes something on one question"),
        ([question("red"), question("green")], "Off track in Reading"),
        ([question("red"), question("red", title="Maths")], "Off track in two questions"),
        ([question("amber"), question("not_applicable")], "Everything is answered, and nothing is off track"),
    ],
)
def test_the_heading_is_the_message(questions: list[Question], said: str) -> None:
    assert heading(questions) == said


def raised(**more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("acknowledged_at", "responded_at", "read_at", "effect"))
    return {"raised_at": AT - timedelta(days=3), **nothing, **more}


def action(**more: Any) -> dict[str, Any]:
    return {"owner": "trust", "due_on": date(2026, 11, 18), "closed_at": None, "reviewed_by": [], **more}


@pytest.mark.parametrize(
    ("answer", "actions", "said"),
    [
        (raised(), [], ["an acknowledgement, for three days"]),
        (raised(acknowledged_at=AT), [], ["a response, for three days"]),
        (raised(raised_at=AT), [], ["an acknowledgement, since today"]),
        (raised(responded_at=AT), [], []),
        (raised(responded_at=AT), [action()], ["an action that was due two days ago"]),
        (raised(responded_at=AT), [action(due_on=date(2026, 11, 20))], []),
        (raised(responded_at=AT), [action(owner="school")], []),
        (raised(responded_at=AT), [action(closed_at=AT - timedelta(days=1))], ["a look at the effect, for one day"]),
        (raised(responded_at=AT), [action(closed_at=AT, reviewed_by=["trust"])], []),
    ],
)
def test_what_the_trust_owes(answer: dict[str, Any], actions: list[dict[str, Any]], said: list[str]) -> None:
    assert list(owed(answer, actions, AT)) == said


def test_what_came_back_in_its_order() -> None:
    answer = raised(acknowledged_at=AT - timedelta(days=2), responded_at=AT - timedelta(days=1), effect="better")

    assert came_back(answer, AT) == (
        "Acknowledged at 12:00 on 18 November.",
        "Responded to at 12:00 yesterday.",
        "It got better.",
    )
