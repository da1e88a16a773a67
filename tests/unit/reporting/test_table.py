"""A report's rows as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from services.reporting.web.table import table

NINE = datetime(2026, 11, 5, 9, tzinfo=UTC)


def test_what_only_a_machine_needs_is_left_out_and_lists_are_read_out() -> None:
    rows = [
        {"session_id": "a", "clashing_ids": ["b"], "starts_at": NINE, "audience_roles": ["head", "deputy"]},
        {"session_id": "b", "clashing_ids": ["a"], "starts_at": NINE, "audience_roles": []},
    ]

    shown = table(rows)

    assert [column.title for column in shown.columns] == ["Starts", "Audience roles"]
    assert [line.texts for line in shown.lines] == [
        ("5 November 2026, 09:00", "head, deputy"),
        ("5 November 2026, 09:00", "–"),  # noqa: RUF001  the dash that stands for nothing
    ]


def test_a_session_and_the_first_row_of_a_focus_area_can_be_pointed_at() -> None:
    sessions = table([{"session_id": "a"}, {"session_id": "b"}])
    answers = table([{"focus_id": "x"}, {"focus_id": "x"}, {"focus_id": "y"}])

    assert [line.anchor for line in sessions.lines] == ["a", "b"]
    assert [line.anchor for line in answers.lines] == ["x", None, "y"]
