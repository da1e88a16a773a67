"""Figures, days and lengths of time, as a page says them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.web import cell, table, words

NOW = datetime(2026, 7, 3, 9, 42, 7, tzinfo=UTC)  # 10:42:07 in London


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (None, "not known"),
        (0, "0.0 s"),
        (400, "0.4 s"),
        (59_000, "59 s"),
        (2_400_000, "40 min"),
        (5_400_000, "1.5 h"),
        (7_200_000, "2 h"),
        (68_400_000, "19 h"),
        (259_200_000, "3 d"),
        (-400, "-0.4 s"),
    ],
)
def test_a_length_of_time(milliseconds: int | None, said: str) -> None:
    assert words.span(milliseconds) == said


def test_a_length_of_time_in_words() -> None:
    said = [words.long(seconds) for seconds in (0.4, 12, 60, 190, 3_600, 90_000, 200_000)]

    assert said == ["0 seconds", "12 seconds", "1 minute", "3 minutes", "1 hour", "1 day", "2 days"]


def test_counts() -> None:
    assert [words.count(n) for n in (0, 1, 12, 13, 1204)] == ["no", "one", "twelve", "13", "1,204"]
    assert words.of(1, "school") == "one school"
    assert words.of(2, "priority", "priorities") == "two priorities"


def test_days() -> None:
    assert words.day(date(2026, 11, 16)) == "16 November 2026"
    assert words.day(date(2026, 11, 16), near=date(2026, 1, 1)) == "16 November"
    assert words.days(date(2026, 11, 16), date(2026, 11, 27)) == "16 to 27 November 2026"
    assert words.days(date(2026, 11, 30), date(2026, 12, 11)) == "30 November to 11 December 2026"
    assert words.days(date(2026, 12, 21), date(2027, 1, 8)) == "21 December 2026 to 8 January 2027"


def test_what_has_a_day_and_no_time_happened_on_that_day() -> None:
    assert words.happened(datetime(2026, 7, 2, 23, tzinfo=UTC)) == "3 July 2026"  # when the day begins in London
    assert words.happened(datetime(2026, 12, 3, tzinfo=UTC)) == "3 December 2026"
    assert words.happened(datetime(2026, 7, 3, tzinfo=UTC)) == "3 July 2026, 01:00"
    assert words.happened(NOW) == "3 July 2026, 10:42"


def test_times_are_london_s() -> None:
    assert words.second(NOW, NOW) == "10:42:07 today"
    assert words.minute(datetime(2026, 7, 2, 16, tzinfo=UTC), NOW) == "17:00 yesterday"
    assert words.minute(datetime(2026, 2, 3, 16, tzinfo=UTC), NOW) == "16:00 on 3 February"
    assert words.day(datetime(2026, 7, 2, 23, 30, tzinfo=UTC)) == "3 July 2026"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("late", None, words.dash),
        ("late", True, "yes"),
        ("school_delay_ms", 7_200_000, "2 h"),
        ("count", 1204, "1,204"),
        ("held_at", NOW, "3 July 2026, 10:42"),
        ("as_at", date(2013, 3, 1), "1 March 2013"),
        ("state", "no_answer", "No answer yet"),
        ("previous_state", "red", "Off track"),
        ("said_at", datetime(2026, 7, 2, 23, tzinfo=UTC), "3 July 2026"),  # a day is told from its midnight in London
        ("cost_pence", 9_050, "£90.50"),
        ("attended_percent", 96, "96%"),
        ("vacant_hundredths", 60, "0.6"),
        ("change_thousandths", [500, None], f"0.5, {words.dash}"),
        ("distance_km", 3.8, "3.8 km"),
        ("post_type", "deputy_headteacher", "Deputy headteacher"),
        ("where", "online", "online"),
        ("roles", ["headteacher", "senco"], "Headteacher, senco"),
        ("places", [], words.dash),
    ],
)
def test_a_value_in_a_table(name: str, value: Any, said: str) -> None:
    assert cell.text(name, value) == said


def test_the_year_is_told_where_it_is_another() -> None:
    assert cell.text("held_at", NOW, near=NOW.date()) == "3 July, 10:42"
    assert cell.text("from_on", date(2027, 7, 3), near=NOW.date()) == "3 July 2027"


def test_a_table_leaves_ids_to_the_files_and_names_each_focus_once() -> None:
    rows = [{"trustuid": "99001", "focus_id": "f", "title": "Reading", "count": n} for n in (1, None)]

    shown = table.table(rows)

    assert [(column.title, column.number) for column in shown.columns] == [("Focus area", False), ("Count", True)]
    assert [line.anchor for line in shown.lines] == ["f", None]
    assert table.table([]).columns == ()
