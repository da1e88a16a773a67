"""A report's rows as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.reporting.reports import meanings, reports
from services.reporting.web.cell import HIDDEN, asked
from services.reporting.web.columns import on_a_page, title
from services.reporting.web.table import table
from services.reporting.web.words import dash

NINE = datetime(2026, 11, 5, 9, tzinfo=UTC)


def test_what_only_a_machine_needs_is_left_out_and_lists_are_read_out() -> None:
    rows = [
        {"session_id": "a", "clashing_ids": ["b"], "starts_at": NINE, "audience_roles": ["head", "deputy"]},
        {"session_id": "b", "clashing_ids": ["a"], "starts_at": NINE, "audience_roles": []},
    ]

    shown = table(rows)

    assert [column.title for column in shown.columns] == ["Starts", "Audience roles"]
    assert [line.texts for line in shown.lines] == [
        ("5 November 2026, 09:00", "Head, deputy"),
        ("5 November 2026, 09:00", "–"),  # noqa: RUF001  the dash that stands for nothing
    ]


def test_a_session_and_the_first_row_of_a_focus_area_can_be_pointed_at() -> None:
    sessions = table([{"session_id": "a"}, {"session_id": "b"}])
    answers = table([{"focus_id": "x"}, {"focus_id": "x"}, {"focus_id": "y"}])

    assert [line.anchor for line in sessions.lines] == ["a", "b"]
    assert [line.anchor for line in answers.lines] == ["x", None, "y"]


def test_a_title_is_a_focus_area_s_where_there_is_one() -> None:
    answers, collaborations = table([{"focus_id": "f", "title": "Reading"}]), table([{"title": "Reading research"}])

    assert [answers.columns[0].title, collaborations.columns[0].title] == ["Focus area", "Title"]


def test_a_school_stands_first_and_its_urn_is_left_to_the_files() -> None:
    shown = table([{"cycle": "2026/27-A2", "urn": "900001", "school": "Ashby Park", "giver_urn": "900002"}])

    assert [column.title for column in shown.columns] == ["School", "Cycle", "Giver URN"]


def test_amounts_are_told_in_their_unit() -> None:
    rows: list[dict[str, Any]] = [
        {"unit": "pence", "offered": 90_000, "offers": 2},
        {"unit": "fte_hundredths", "offered": 60, "offers": 1},
        {"unit": "half_days", "offered": 6, "offers": 1},
    ]

    assert [line.texts for line in table(rows).lines] == [
        ("Pounds", "£900", "2"),
        ("Full-time posts", "0.6", "1"),
        ("Half-days", "6", "1"),
    ]


def test_a_figure_that_is_left_out_so_as_to_tell_of_nobody_says_so() -> None:
    shown = table([{"people": None, "left": None, "filled": 0, "suppressed": ["people"]}])

    assert [line.texts for line in shown.lines] == [(HIDDEN, dash, "0")]


def test_columns_do_not_have_the_same_title() -> None:
    for model, report in reports.items():
        known = meanings(report)
        titles = [title(name, known) for name in on_a_page(known)]

        assert sorted(titles) == sorted(set(titles)), model


def test_what_is_asked_for_is_said_in_words() -> None:
    filters = {"cycle": "2026/27-A2", "focus_id": "f", "state": "red", "acknowledged_at!": "", "answered": "true"}
    known = [*(name.removesuffix("!") for name in filters), "title", "due_by"]

    assert asked(filters, known, [{"title": "Reading"}]) == {
        "Cycle": "2026/27-A2",
        "Focus area": "Reading",
        "State": "Off track",
        "Acknowledged": "anything",
        "Answered": "yes",
    }
    assert asked({"state!": "not_applicable", "due_by": "2026-11-20"}, known) == {
        "State": "anything but Not applicable",
        "Due by": "20 November 2026",
    }
