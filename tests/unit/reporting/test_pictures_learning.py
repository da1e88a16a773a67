"""What the pictures of training, of reviews and of change show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.web import pictures
from services.reporting.web.pictures.picture import Bars, Part

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
MODELS = (
    *("focus", "loop", "agenda", "priorities", "calendar", "impact", "reviews", "practice", "tests"),
    *("principles", "change", "support", "disadvantaged"),
)


def drawn(model: str, rows: Sequence[dict[str, Any]]) -> list[Bars]:
    return [picture for picture in pictures.of(model, rows, AT) if isinstance(picture, Bars)]


def shown(picture: Bars) -> list[tuple[str, str]]:
    return [(bar.name, bar.text) for bar in picture.bars]


@pytest.mark.parametrize("model", MODELS)
def test_no_rows_no_pictures(model: str) -> None:
    assert drawn(model, []) == []


def test_sessions_are_counted_by_month_in_london() -> None:
    def session(starts_at: str, status: str = "confirmed", places: int | None = 24) -> dict[str, Any]:
        starts = datetime.fromisoformat(starts_at)
        return {"starts_at": starts, "ends_at": starts, "status": status, "places": places}

    rows = [
        session("2026-10-31T23:30:00+00:00"),
        session("2026-11-30T09:00:00+00:00"),
        session("2026-11-30T09:00:00+00:00", status="cancelled"),
        session("2027-05-31T23:30:00+00:00", places=None),
    ]

    (picture,) = drawn("calendar", rows)

    assert picture.title == "2 of 4 sessions are still to come"
    assert shown(picture) == [
        ("October 2026", "1 over"),
        ("November 2026", "1 to come, 1 cancelled; 24 places to come"),
        ("June 2027", "1 to come"),
    ]


def programme(**figures: int) -> dict[str, Any]:
    counts = ("participants", "with_evidence", "evidence_may_come", "evidence", "attended")
    said = tuple(f"evaluations_{level}" for level in range(1, 6))
    return {"programme": "Phonics", "programme_id": "p1", **dict.fromkeys((*counts, *said), 0), **figures}


def test_who_has_evidence_and_who_may_have_some_yet() -> None:
    came = programme(participants=10, with_evidence=2, evidence_may_come=5, attended=12, evaluations_1=7)
    rows = [came, programme(evidence=1), programme()]

    evidence, chain = drawn("impact", rows)

    assert evidence.title == "2 of 10 participants with evidence that something changed, 5 may have some yet"
    assert shown(evidence) == [
        ("Phonics", "2 with evidence, 5 may have some yet, 3 without"),
        ("Phonics", "nobody is known to have come; 1 measure of before and after"),
    ]
    assert evidence.bars[0].parts == (Part(2, "full"), Part(5, "hatched"), Part(3, "hollow"))
    assert evidence.bars[0].href == "/reports/calendar?programme_id=p1"
    assert [bar.text for bar in chain.bars] == ["12 times", "7 times", *["0 times"] * 4]


def school(name: str, **figures: int) -> dict[str, Any]:
    reviews = ("reviews_given", "reviews_received", "reviews_under_way", "visits_made", "visits_received")
    actions = ("actions_open", "actions_overdue", "actions_closed")
    return {"school": name, "urn": "900001", **dict.fromkeys((*reviews, *actions), 0), **figures}


def test_reviews_go_to_the_right_when_given_and_to_the_left_when_received() -> None:
    ashby = school("Ashby Park", reviews_given=2, reviews_received=1, reviews_under_way=1)
    rows = [ashby, school("Elm", actions_open=3, actions_overdue=1, actions_closed=2)]

    reviews, actions = drawn("reviews", rows)

    assert shown(reviews) == [("Ashby Park", "2 given, 1 received, 1 under way"), ("Elm", "none yet")]
    assert reviews.bars[0].parts == (Part(2, "full"),)
    assert reviews.bars[0].before == (Part(1, "hatched"), Part(1, "hollow"))
    assert actions.title == "2 of 5 follow-up actions closed"
    assert shown(actions) == [("Elm", "2 closed, 2 open, 1 overdue")]


def test_visits_have_a_picture_of_their_own() -> None:
    (picture,) = drawn("reviews", [school("Elm", visits_made=1, visits_received=2)])

    assert (picture.title, shown(picture)) == (
        "Peer visits: who gave and who received",
        [("Elm", "1 made, 2 received")],
    )


def test_each_school_is_shown_with_what_it_has_part_in() -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "template", "school_names": ["Elm", "Ashby Park"]},
        {"kind": "template", "school_names": ["Elm"]},
        {"kind": "challenge", "school_names": ["Elm"]},
        {"kind": "research", "school_names": None},
    ]

    (picture,) = drawn("practice", rows)

    assert shown(picture) == [("Ashby Park", "1 in templates"), ("Elm", "2 in templates, 1 in challenges")]


def test_a_test_that_was_not_assessed_is_an_empty_square_and_no_zero() -> None:
    scores = {"purpose": 4, "mutuality": 2, "change": 0, "pace": None, "prioritisation": 3}
    row = {"title": "Maths", "event_id": "e1", "strong": False, **{f"{t}_score": n for t, n in scores.items()}}

    (picture,) = drawn("tests", [row, row | {"strong": None}])

    assert picture.title == "0 of 2 collaborations strong in all five tests"
    assert picture.bars[0].text == "purpose 4, mutuality 2, change 0, pace not assessed, prioritisation 3"
    squares = [part.fill for part in picture.bars[0].parts if part.fill != "none"]
    assert squares == ["full", "hatched", "pale", "hollow", "full"]


def test_principles_are_compared_with_what_the_trust_says() -> None:
    nothing = dict.fromkeys(("we_talk_about_it", "we_should", "we_dont", "never_thought_about_it"), 0)
    row = {"instrument": "ten_principles", "schools": 3, "we_do_this": 1, **nothing}
    rows = [
        row | {"item": "clarity", "trust_answer": "we_do_this", "say_not": 2, "we_should": 2},
        row | {"item": "culture", "trust_answer": "we_dont", "say_not": None},
        row | {"item": "time", "trust_answer": None, "say_not": None, "instrument": "capacity"},
    ]

    principles, capacity = drawn("principles", rows)

    assert principles.title == "Ten principles: schools differ on 1 of 1 that the trust says it does"
    assert shown(principles) == [
        ("Clarity", "1 of 3; the trust: we do this"),
        ("Culture", "1 of 3; the trust: we don't"),
    ]
    assert principles.bars[0].parts == (Part(1, "full"), Part(2, "dotted"))
    assert (capacity.title, shown(capacity)) == (
        "Capacity: what schools say",
        [("Time", "1 of 3; the trust: not said")],
    )


def change(at: str, change_id: str | None, state: str | None, **others: Any) -> dict[str, Any]:
    told = {"roles_asked": 0, "roles_answered": 0, "understood": None, "expected": None}
    about = {"change": f"Change {change_id}", "schools": 2, "days": 8, "event_id": "e1"}
    return {"school": at, "urn": "900001", "change_id": change_id, "state": state, **about, **told, **others}


def test_changes_stand_where_their_days_are_each_once() -> None:
    first = {"from_on": date(2026, 11, 2), "to_on": date(2026, 11, 11)}
    then = {"from_on": date(2026, 11, 7), "to_on": date(2026, 11, 21)}
    rows = [
        change("Ashby Park", "b", "coming", **then),
        change("Ashby Park", "c", "dropped"),
        change("Elm", "a", "under_way", **first),
        change("Elm", "b", "coming", **then),
        change("Elm", "d", "proposed"),
    ]

    runs, loads = drawn("change", rows)

    assert (runs.title, runs.about) == (
        "Changes: 1 under way, 1 coming",
        "From 2 November 2026 on the left to 21 November 2026.",
    )
    assert shown(runs) == [
        ("Change a", "2 to 11 November 2026; 2 schools, 8 days of work"),
        ("Change b", "7 to 21 November 2026; 2 schools, 8 days of work"),
    ]
    assert [bar.parts for bar in runs.bars] == [
        (Part(0, "none"), Part(10, "full")),
        (Part(5, "none"), Part(15, "hatched")),
    ]
    assert shown(loads) == [("Ashby Park", "1 coming"), ("Elm", "1 under way, 1 coming, 1 proposed")]


def test_what_a_school_has_not_said_is_not_that_nobody_understands() -> None:
    said = {"roles_asked": 2, "roles_answered": 1, "understood": 2, "expected": 3}
    rows = [
        change("Ashby Park", "a", "over", **said),
        change("Ashby Park", None, None, **said),
        change("Elm", "a", "over", roles_asked=1),
    ]

    (picture,) = drawn("change", rows)

    assert shown(picture) == [("Ashby Park", "4 of 6 understand"), ("Elm", "not known: the school has not said")]
    assert [part.amount for bar in picture.bars for part in bar.parts] == [4, 2, 0, 0]


def test_requests_are_closed_answered_or_waiting() -> None:
    def asked(kind: str, closed: int, still_open: int, waiting: int, oldest: int | None = None) -> dict[str, Any]:
        counts = {"requests": closed + still_open, "closed": closed, "open": still_open, "waiting": waiting}
        return {"kind": kind, "oldest_open_working_days": oldest, **counts}

    rows = [asked("site", 2, 0, 0), asked("other", 0, 2, 1, oldest=3), asked("site", 0, 1, 0, oldest=1)]

    (picture,) = drawn("support", rows)

    assert picture.title == "1 of 5 requests without an answer"
    assert shown(picture) == [
        ("Other", "1 answered but open, 1 without an answer; the oldest open for 3 working days"),
        ("Site", "2 closed, 1 answered but open; the oldest open for 1 working day"),
    ]


def test_the_part_that_says_something_of_disadvantaged_pupils() -> None:
    rows = [{"trustuid": "99001", "kind": "plan", "has_note": has_note} for has_note in (True, False, False, False)]

    (picture,) = drawn("disadvantaged", rows)

    assert shown(picture) == [("Improvement plans", "1 of 4 say something")]
    assert picture.bars[0].parts == (Part(25, "full"), Part(75, "hollow"))
