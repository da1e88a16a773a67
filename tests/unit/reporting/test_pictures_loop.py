"""What the pictures of the loop show: answers, calls for help, who met, what leaders want first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.reporting.web import pictures
from services.reporting.web.pictures.picture import Bars, Part

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def drawn(model: str, rows: Sequence[dict[str, Any]]) -> list[Bars]:
    return [picture for picture in pictures.of(model, rows, AT) if isinstance(picture, Bars)]


def shown(picture: Bars) -> list[tuple[str, str]]:
    return [(bar.name, bar.text.replace("\N{NO-BREAK SPACE}", " ")) for bar in picture.bars]


def answers(cycle: str, focus: str, *states: str) -> list[dict[str, Any]]:
    about = {"trustuid": "99001", "cycle": cycle, "focus_id": focus, "title": focus}
    return [{**about, "state": state, "urn": "900001", "school": "Ashby Park"} for state in states]


def test_a_focus_area_of_the_newest_cycle_is_shown_over_its_cycles() -> None:
    rows = [
        *answers("A2.1", "Attendance", "red", "green", "not_applicable"),
        *answers("A2.1", "Maths", "red"),
        *answers("A2.2", "Attendance", "amber", "green", "green", "overdue", "no_answer"),
    ]

    (picture,) = drawn("focus", rows)

    assert picture.title == "Attendance: 2 of 5 schools on track, 1 of 2 the cycle before"
    assert shown(picture) == [
        ("A2.2", "1 ▲ at risk, 2 ● on track, 1 ! overdue, 1 \N{EN DASH} no answer yet"),
        ("A2.1", "1 ■ off track, 1 ● on track"),
    ]
    assert picture.bars[1].parts == (Part(1, "full"), Part(1, "pale"))
    assert picture.bars[0].href == "/?cycle=A2.2"


def test_a_focus_area_that_applies_to_nobody_has_no_picture() -> None:
    assert drawn("focus", answers("A2.1", "Maths", "not_applicable")) == []


def call(raised: float, acknowledged: float | None = None, responded: float | None = None) -> dict[str, Any]:
    raised_at = AT - timedelta(days=raised)
    return {
        "school": "Ashby Park",
        "title": "Reading",
        "event_id": "e1",
        "raised_at": raised_at,
        "responded_at": None if responded is None else raised_at + timedelta(days=responded),
        "days_to_acknowledge": acknowledged,
        "days_to_respond": responded,
    }


def test_calls_that_wait_for_a_response_are_as_long_as_they_wait() -> None:
    (picture,) = drawn("loop", [call(1.5, acknowledged=0.5), call(10), call(0.2, acknowledged=-0.1)])

    assert picture.title == "Three calls for help have no response yet"
    assert shown(picture) == [
        ("Ashby Park: Reading", "10 days, since 10 November, not acknowledged"),
        ("Ashby Park: Reading", "1 day, since 19 November, acknowledged"),
        ("Ashby Park: Reading", "less than a day, since 20 November, acknowledged"),
    ]
    assert [bar.parts for bar in picture.bars] == [
        (Part(10, "full"), Part(0, "hatched")),
        (Part(0.5, "full"), Part(1, "hatched")),
        (Part(0, "full"), Part(0.2, "hatched")),
    ]
    assert picture.bars[0].href == "/events/e1"


def test_responses_are_counted_by_the_day_on_which_they_came() -> None:
    (picture,) = drawn("loop", [call(20, 0, days) for days in (0.0, 1.0, 1.01, 9.5)])

    assert picture.title == "Half of all responses came by day 1"
    assert [bar.text for bar in picture.bars] == ["2 responses", "1 response", *["0 responses"] * 5, "1 response"]
    assert (picture.bars[1].name, picture.bars[7].name) == ("Day 2", "After day 7")


def met(cycle: str, school: str, *, meetings: int, answered: int, begun: bool = True) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "urn": "900001",
        "school": school,
        "meetings_held": meetings,
        "no_meeting": not meetings if begun else None,
        "items_issued": 3,
        "items_answered": answered,
    }


def test_who_met_in_the_newest_cycle_that_has_begun_and_how_many_before() -> None:
    rows = [
        met("A2.1", "Ashby Park", meetings=2, answered=3),
        met("A2.1", "Elm", meetings=1, answered=3),
        met("A2.2", "Ashby Park", meetings=1, answered=2),
        met("A2.2", "Elm", meetings=0, answered=0),
        met("A2.3", "Elm", meetings=0, answered=0, begun=False),
    ]

    newest, over = drawn("agenda", rows)

    assert newest.title == "A2.2: 1 of 2 schools met"
    assert shown(newest) == [("Ashby Park", "2 of 3 items, 1 meeting"), ("Elm", "0 of 3 items, 0 meetings")]
    assert newest.bars[0].parts == (Part(2, "full"), Part(1, "hollow"))
    assert newest.bars[0].href == "/schools/900001?cycle=A2.2"
    assert shown(over) == [("A2.2", "1 of 2 schools met"), ("A2.1", "2 of 2 schools met")]


def test_before_a_cycle_begins_nobody_has_failed_to_meet() -> None:
    assert drawn("agenda", [met("A2.3", "Elm", meetings=0, answered=0, begun=False)]) == []


def choice(cycle: str, voters: str, priority: str, points: int | None, agreed: int | None) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "school": voters,
        "role_level": "all",
        "priority": priority,
        "ballots": 2 if points is not None else 0,
        "points": points,
        "place": None if points is None else 1,
        "agreed_rank": agreed,
        "event_id": "e1",
    }


def test_what_all_voters_of_the_newest_cycle_want_is_beside_what_was_agreed() -> None:
    rows = [
        choice("A2.1", "All schools", "Reading", 9, 1),
        choice("A2.2", "All schools", "Marking", 5, None),
        choice("A2.2", "All schools", "Reading", 4, 2),
        choice("A2.2", "Ashby Park", "Reading", 1, 2),
    ]

    (picture,) = drawn("priorities", rows)

    assert picture.about.startswith("All schools: 2 ballots.")
    assert shown(picture) == [
        ("Marking", "5 points, place 1; not agreed"),
        ("Reading", "4 points, place 1; agreed as number 2"),
    ]
    assert [bar.parts for bar in picture.bars] == [(Part(5, "hatched"),), (Part(4, "full"),)]


def test_while_nobody_has_voted_there_are_no_points_to_draw() -> None:
    assert drawn("priorities", [choice("A2.1", "All schools", "Reading", None, None)]) == []
