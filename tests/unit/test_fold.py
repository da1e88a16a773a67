"""The oracle of the reports, held against histories so small that anybody can work them out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from pydantic_core import to_json

from tests.support import fold
from tests.support.fold import loop as fold_loop
from tests.support.story import TRUST, Story, named
from tests.support.teller import line

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
DUE = datetime(2026, 11, 18, 17, tzinfo=UTC)
ASHBY, BIRCH = "900001", "900002"


def lines(story: Story) -> list[fold.Event]:
    return [line(delivered) for delivered in story.told]


def focus(story: Story, at: datetime) -> dict[tuple[str, str], fold.Row]:
    """The rows by cycle and URN."""
    return {(row["cycle"], row["urn"]): row for row in fold.rows("focus", lines(story), at)}


def loop(story: Story, at: datetime) -> list[fold.Row]:
    return fold.rows("loop", lines(story), at)


@pytest.fixture
def story() -> Story:
    """Two schools, one focus area, one item that is due on Wednesday; it is Monday, an hour after the meeting."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.joins(ASHBY, "Ashby", date(2020, 9, 1))
    story.joins(BIRCH, "Birch", date(2020, 9, 1))
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.opens("2026/27-2", date(2026, 11, 16), date(2026, 11, 27))
    story.asks("item", "reading", "2026/27-2", [ASHBY, BIRCH], DUE)
    story.now = MONDAY + timedelta(hours=1)
    return story


def test_an_answer(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "amber", MONDAY, comment="Slow.", needs_help=True, help_dimension="time")

    rows = focus(story, story.now)

    assert rows["2026/27-2", ASHBY] == {
        "trustuid": TRUST,
        "cycle": "2026/27-2",
        "focus_id": str(named("reading")),
        "title": "Reading",
        "urn": ASHBY,
        "school": "Ashby",
        "current_urn": ASHBY,
        "state": "amber",
        "answered": True,
        "rag": "amber",
        "previous_state": None,
        "trend": None,
        "answered_at": MONDAY,
        "recorded_at": MONDAY + timedelta(hours=1),
        "meeting_id": str(named("meeting")),
        "late": False,
        "needs_help": True,
        "help_dimension": "time",
        "due_by": DUE,
        "asked_event_id": str(story.told[4].envelope.id),
        "comment_given": True,
        "disadvantaged_note_given": False,
        "item_id": str(named("item")),
        "event_id": str(story.told[-1].envelope.id),
        "corrections": 0,
    }
    assert rows["2026/27-2", BIRCH]["state"] == "no_answer"
    assert rows["2026/27-2", BIRCH]["needs_help"] is None


def test_a_correction_stands_in_its_place(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "green", MONDAY)
    story.later(days=1)
    story.corrects("meeting", "item", ASHBY, "amber")

    row = focus(story, story.now)["2026/27-2", ASHBY]

    assert (row["state"], row["corrections"], row["answered_at"]) == ("amber", 1, MONDAY)
    assert (row["recorded_at"], row["event_id"]) == (story.now, str(story.told[-1].envelope.id))
    before = focus(story, story.now - timedelta(microseconds=1))["2026/27-2", ASHBY]
    assert (before["state"], before["corrections"]) == ("green", 0)


def test_of_two_meetings_the_last_word_stands_and_of_two_items_the_later_meeting(story: Story) -> None:
    story.answers("first", "item", ASHBY, "red", MONDAY)
    story.answers("second", "item", ASHBY, "amber", TUESDAY)
    assert focus(story, story.now)["2026/27-2", ASHBY]["rag"] == "amber"

    story.asks("again", "reading", "2026/27-2", [ASHBY], DUE + timedelta(days=7))
    story.answers("third", "again", ASHBY, "green", MONDAY - timedelta(days=1))
    row = focus(story, story.now)["2026/27-2", ASHBY]
    assert (row["rag"], row["item_id"], row["due_by"]) == ("amber", str(named("item")), DUE)


def test_a_joint_meeting_answers_for_each_school_and_its_report_is_the_one_that_brought_the_answer(
    story: Story,
) -> None:
    story.meets("joint", [ASHBY, BIRCH], MONDAY)
    story.answers("joint", "item", ASHBY, "red", MONDAY)
    story.reports("joint", 1, 2)
    first = story.now
    story.later(days=1, microseconds=500)
    story.answers("joint", "item", BIRCH, "red", MONDAY)

    unreported = {row["urn"]: (row["submitted_at"], row["school_delay_ms"]) for row in loop(story, story.now)}
    story.reports("joint", 2, 2)
    story.later(hours=1)
    story.reports("joint", 2, 2)
    reported = {row["urn"]: (row["submitted_at"], row["school_delay_ms"]) for row in loop(story, story.now)}

    assert unreported == {ASHBY: (first, 3_600_000), BIRCH: (None, None)}
    assert reported == {
        ASHBY: (first, 3_600_000),
        BIRCH: (first + timedelta(days=1, microseconds=500), 90_000_001),
    }


def test_overdue_only_after_the_first_due_time(story: Story) -> None:
    story.asks("again", "reading", "2026/27-2", [ASHBY], DUE + timedelta(days=7))

    assert focus(story, DUE)["2026/27-2", ASHBY]["state"] == "no_answer"
    row = focus(story, DUE + timedelta(microseconds=1))["2026/27-2", ASHBY]
    assert (row["state"], row["rag"], row["late"]) == ("overdue", None, None)


@pytest.mark.parametrize(
    ("spells", "state"),
    [
        ([], "overdue"),  # the register does not know it
        ([("joins", date(2026, 11, 18))], "overdue"),
        ([("joins", date(2026, 11, 19))], "no_answer"),
        ([("joins", date(2020, 9, 1)), ("leaves", date(2026, 11, 18))], "no_answer"),
        ([("joins", date(2020, 9, 1)), ("leaves", date(2026, 11, 19))], "overdue"),
        ([("joins", date(2020, 9, 1)), ("leaves", date(2021, 9, 1)), ("joins", date(2022, 9, 1))], "overdue"),
    ],
)
def test_what_was_due_when_the_school_was_no_member_is_never_overdue(
    story: Story, spells: list[tuple[str, date]], state: str
) -> None:
    for what, day in spells:
        if what == "joins":
            story.joins("900003", "Cedar", day)
        else:
            story.leaves("900003", day)
    story.asks("late one", "reading", "2026/27-2", ["900003"], DUE)

    row = focus(story, DUE + timedelta(days=1))["2026/27-2", "900003"]

    assert (row["state"], row["school"]) == (state, "Cedar" if spells else "900003")


def test_a_late_answer_is_an_answer(story: Story) -> None:
    story.now = DUE + timedelta(seconds=1)
    story.answers("meeting", "item", ASHBY, "green", MONDAY)
    story.corrects("meeting", "item", ASHBY, "amber")

    row = focus(story, story.now)["2026/27-2", ASHBY]

    assert (row["state"], row["late"]) == ("amber", True)


def test_not_applicable_is_apart(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "not_applicable", MONDAY)
    story.opens("2026/27-3", date(2026, 11, 30), date(2026, 12, 11))
    story.asks("next", "reading", "2026/27-3", [ASHBY], DUE + timedelta(days=14))
    story.answers("later", "next", ASHBY, "red", MONDAY)

    rows = focus(story, DUE + timedelta(days=1))

    assert (rows["2026/27-2", ASHBY]["state"], rows["2026/27-2", ASHBY]["rag"]) == ("not_applicable", None)
    assert (rows["2026/27-3", ASHBY]["previous_state"], rows["2026/27-3", ASHBY]["trend"]) == ("not_applicable", None)
    assert [row["meeting_id"] for row in loop(story, story.now)] == [str(named("later"))]


@pytest.mark.parametrize(
    ("before", "after", "trend"),
    [("red", "amber", "better"), ("green", "amber", "worse"), ("amber", "amber", "same"), (None, "red", None)],
)
def test_the_trend_is_against_the_cycle_that_started_just_before(
    story: Story, before: str | None, after: str, trend: str | None
) -> None:
    story.opens("2026/27-A2", date(2026, 11, 16), date(2026, 12, 18))  # began on the same day, so not before
    story.asks("other", "reading", "2026/27-A2", [ASHBY], DUE)
    story.opens("2026/27-1", date(2026, 11, 2), date(2026, 11, 13))
    story.opens("2026/27-0", date(2026, 10, 12), date(2026, 10, 23))
    story.asks("older", "reading", "2026/27-1", [ASHBY], DUE - timedelta(days=14))
    story.asks("oldest", "reading", "2026/27-0", [ASHBY], DUE - timedelta(days=35))
    story.answers("long ago", "oldest", ASHBY, "green", MONDAY - timedelta(days=35))
    if before:
        story.answers("earlier", "older", ASHBY, before, MONDAY - timedelta(days=14))
    story.answers("meeting", "item", ASHBY, after, MONDAY)

    row = focus(story, story.now)["2026/27-2", ASHBY]

    assert (row["previous_state"], row["trend"]) == (before or "overdue", trend)


def test_a_school_under_a_new_urn_is_the_same_school(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    story.answers("other meeting", "item", BIRCH, "amber", TUESDAY)
    story.becomes(ASHBY, "900009", date(2026, 11, 19))
    story.becomes(BIRCH, "900009", date(2026, 11, 19))
    story.joins("900009", "Ashby and Birch", date(2026, 11, 19))
    story.opens("2026/27-3", date(2026, 11, 30), date(2026, 12, 11))
    story.asks("next", "reading", "2026/27-3", ["900009"], DUE + timedelta(days=14))

    on_the_eve = focus(story, datetime(2026, 11, 18, 23, 59, tzinfo=UTC))
    on_the_day = focus(story, datetime(2026, 11, 19, tzinfo=UTC))

    assert on_the_eve["2026/27-2", ASHBY]["current_urn"] == ASHBY
    assert on_the_eve["2026/27-3", "900009"]["previous_state"] is None
    assert on_the_day["2026/27-2", ASHBY]["current_urn"] == "900009"
    assert on_the_day["2026/27-3", "900009"]["previous_state"] == "amber"


def test_only_answers_that_are_red_or_ask_for_help_after_corrections_are_in_the_loop(story: Story) -> None:
    story.answers("was red", "item", ASHBY, "red", MONDAY)
    story.corrects("was red", "item", ASHBY, "green")
    story.answers("green", "item", ASHBY, "green", MONDAY)
    story.answers("asks", "item", BIRCH, "green", MONDAY, needs_help=True, help_dimension="people")

    assert [row["meeting_id"] for row in loop(story, story.now)] == [str(named("asks"))]


def test_the_loop_of_one_answer_step_by_step(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    raised_at = story.now
    story.reads("meeting", "item", ASHBY)  # there is no response yet that could be read
    replies = {"acknowledged_at": story.acknowledges, "responded_at": story.responds, "read_at": story.reads}
    steps = {}
    for column, reply in replies.items():
        story.later(hours=6)
        reply("meeting", "item", ASHBY)
        steps[column] = story.now
    story.later(hours=6)
    story.acts("action", "meeting", "item", "reading", ASHBY)
    steps["action_agreed_at"] = story.now
    story.later(hours=6)
    story.closes("action", ASHBY, "green")
    steps["action_closed_at"] = story.now
    for reply in replies.values():  # the first of each counts
        reply("meeting", "item", ASHBY)

    [row] = loop(story, story.now)

    assert {column: row[column] for column in steps} == steps
    assert (row["raised_at"], row["actions"], row["effect_reviewed_at"]) == (raised_at, 1, None)
    days = (
        "days_to_acknowledge",
        "days_to_respond",
        "days_to_read",
        "days_to_agree",
        "days_to_close",
        "days_to_effect",
    )
    assert [row[name] for name in days] == [0.25, 0.5, 0.75, 1.0, 1.25, None]
    [before] = loop(story, raised_at)
    assert all(before[column] is None for column in steps)


def test_what_is_said_about_another_meeting_is_not_said_about_this_one(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    story.answers("other", "item", ASHBY, "green", MONDAY)
    story.acknowledges("other", "item", ASHBY)
    story.responds("other", "item", ASHBY)
    story.acts("action", "other", "item", "reading", ASHBY)

    [row] = loop(story, story.now)

    assert (row["acknowledged_at"], row["responded_at"], row["actions"]) == (None, None, 0)


def test_acknowledged_before_the_correction_that_raised_it_is_not_acknowledged(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "green", MONDAY)
    story.acknowledges("meeting", "item", ASHBY)
    story.later(hours=1)
    story.corrects("meeting", "item", ASHBY, "red")
    raised_at = story.now
    [row] = loop(story, story.now)
    assert (row["raised_at"], row["acknowledged_at"]) == (raised_at, None)

    story.later(hours=1)
    story.acknowledges("meeting", "item", ASHBY)
    [row] = loop(story, story.now)
    assert (row["raised_at"], row["acknowledged_at"]) == (raised_at, story.now)


def test_acknowledged_before_a_correction_of_what_was_raised_already_stays_acknowledged(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    raised_at, first = story.now, str(story.told[-1].envelope.id)
    story.acknowledges("meeting", "item", ASHBY)
    story.later(hours=1)
    story.corrects("meeting", "item", ASHBY, "green")
    story.corrects("meeting", "item", ASHBY, "amber", needs_help=True, help_dimension="financial")

    [row] = loop(story, story.now)

    assert (row["raised_at"], row["acknowledged_at"], row["rag"]) == (raised_at, raised_at, "amber")
    assert (row["first_event_id"], row["event_id"]) == (first, str(story.told[-1].envelope.id))


@pytest.mark.parametrize(
    ("raised", "over"),
    [
        ("2026-11-16T09:00:00+00:00", "2026-11-19T00:00:00+00:00"),  # Monday: Tuesday, Wednesday
        ("2026-11-19T16:00:00+00:00", "2026-11-24T00:00:00+00:00"),  # Thursday: Friday, Monday
        ("2026-11-21T16:00:00+00:00", "2026-11-25T00:00:00+00:00"),  # Saturday: Monday, Tuesday
        ("2026-12-23T16:00:00+00:00", "2026-12-30T00:00:00+00:00"),  # Christmas and its substitute: the 24th, the 29th
        ("2026-12-30T16:00:00+00:00", "2027-01-05T00:00:00+00:00"),  # New Year's Day: the 31st, the 4th
        ("2027-03-24T16:00:00+00:00", "2027-03-31T00:00:00+01:00"),  # Easter, and the clock goes forward
        ("2027-05-03T23:30:00+00:00", "2027-05-07T00:00:00+01:00"),  # in London it is the 4th already
    ],
)
def test_the_second_working_day_after(raised: str, over: str) -> None:
    assert fold_loop.end_of_second_working_day(fold.instant(raised)) == fold.instant(over)


FRIDAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
OVER = datetime(2026, 11, 25, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("acknowledged_at", "at", "in_time"),
    [
        (None, FRIDAY, None),
        (None, OVER - MOMENT, None),
        (None, OVER, False),
        (FRIDAY, FRIDAY, True),
        (OVER - MOMENT, OVER, True),
        (OVER, OVER, False),
    ],
)
def test_whether_it_was_acknowledged_within_two_working_days(
    story: Story,
    acknowledged_at: datetime | None,
    at: datetime,
    in_time: object,
) -> None:
    story.now = FRIDAY
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    if acknowledged_at:
        story.now = acknowledged_at
        story.acknowledges("meeting", "item", ASHBY)

    [row] = loop(story, at)

    assert row["acknowledged_within_2_working_days"] is in_time


@pytest.mark.parametrize(
    ("school", "trust", "effect"),
    [
        (("red", "green"), ("red", "amber"), "better"),
        (("red", "green"), ("red", "red"), "same"),
        (("amber", "green"), ("amber", "red"), "worse"),
        (("green", "green"), ("green", "amber"), "worse"),
    ],
)
def test_the_effect_is_the_worse_of_what_both_say(
    story: Story, school: tuple[str, str], trust: tuple[str, str], effect: str
) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    story.acts("action", "meeting", "item", "reading", ASHBY)
    story.closes("action", ASHBY, "green")
    story.reviews("action", "item", "reading", ASHBY, "school", *school)
    [one_side] = loop(story, story.now)
    story.later(days=1)
    story.reviews("action", "item", "reading", ASHBY, "trust", *trust)
    [both] = loop(story, story.now)

    assert (one_side["effect"], one_side["effect_reviewed_at"], one_side["help_still_needed"]) == (None, None, None)
    assert (both["effect"], both["effect_reviewed_at"], both["help_still_needed"]) == (effect, story.now, False)


def test_the_effect_is_that_of_all_actions(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    first_agreed_at = story.now
    for action in ("one", "two"):
        story.acts(action, "meeting", "item", "reading", ASHBY)
        story.later(hours=1)
    for action, after in (("one", "green"), ("two", "red")):
        [row] = loop(story, story.now)
        assert (row["actions"], row["action_closed_at"], row["effect"]) == (2, None, None)
        story.later(days=1)
        story.closes(action, ASHBY, "green")
        for side in ("school", "trust"):
            story.reviews(action, "item", "reading", ASHBY, side, "red", after)

    [row] = loop(story, story.now)

    assert row["action_agreed_at"] == first_agreed_at
    assert (row["action_closed_at"], row["effect_reviewed_at"], row["effect"]) == (story.now, story.now, "same")


def test_a_role_count_stands_as_last_declared_and_not_known_is_not_zero() -> None:
    story = Story(now=MONDAY)
    story.declares("Leicestershire", "SLE", "Specialist Leader", count=5, as_at=date(2012, 1, 1))
    story.declares("leicestershire", "SLE", "Specialist Leader", not_known_reason="no data", as_at=date(2013, 1, 1))
    story.declares(
        "Leicestershire", "MAT", "Multi-Academy Trust", count=9, schools_sponsored=33, as_at=date(2013, 1, 1)
    )

    sle, mat = fold.rows("roles", lines(story), MONDAY)

    assert (sle["area"], sle["count"], sle["not_known_reason"], sle["as_at"]) == (
        "leicestershire",
        None,
        "no data",
        "2013-01-01",
    )
    assert (mat["count"], mat["schools_sponsored"], mat["not_known_reason"]) == (9, 33, None)


def test_known_is_what_was_recorded_by_then_and_has_no_hole_before_it(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    story.later(hours=1)
    story.corrects("meeting", "item", ASHBY, "green")
    every = lines(story)
    answer = every[-2]

    def known(events: Iterable[fold.Event], at: datetime, upto: tuple[str, int] | None = None) -> list[fold.Event]:
        found = [event for together in fold.known(events, at, upto).values() for event in together]
        return [event for event in every if event in found]

    assert known(reversed(every), story.now) == every
    assert known(every, story.now - MOMENT) == every[:-1]
    assert known(every, story.now, ("collaboration", answer["logindex"])) == every[:-1]
    assert known(every, story.now, ("talent", 0)) == [every[0], *every[2:]]
    assert known([e for e in every if e is not answer], story.now) == every[:-2]


def test_the_bank_holidays_are_englands() -> None:
    for year, days in fold_loop.BANK_HOLIDAYS.items():
        announced = {date.fromisoformat(f"{year}-{day}") for day in days}
        known = set(holidays.country_holidays("GB", subdiv="ENG", years=year))
        assert announced == {day for day in known if day.isoweekday() <= 5}


def test_a_time_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="no zone"):
        fold.instant("2026-11-16T16:00:00")


def test_the_first_difference_is_named(story: Story) -> None:
    story.answers("meeting", "item", ASHBY, "red", MONDAY)
    expected = fold.rows("focus", lines(story), story.now)
    ashby, birch = (json.loads(to_json(row)) for row in expected)
    of_ashby = f"focus, the row of {TRUST} 2026/27-2 {named('reading')} {ASHBY}"

    def difference(*published: fold.Row) -> str:
        return fold.first_difference("focus", published, expected) or "none"

    assert difference(birch, ashby) == "none"
    assert difference(birch).startswith(f"{of_ashby}: the report has none")
    assert difference(ashby, birch, {**birch, "urn": "900003"}).endswith(str({**birch, "urn": "900003"}))
    assert (
        difference(ashby, birch, birch) == "focus: 3 rows, and only 2 of them differ in trustuid, cycle, focus_id, urn"
    )
    assert (
        difference({**ashby, "rag": "green"}, birch)
        == f"{of_ashby}: rag is 'green' in the report and 'red' in the fold"
    )
    assert difference({**ashby, "corrections": False}, birch).startswith(f"{of_ashby}: corrections is False")
    assert "columns mood" in difference({**ashby, "mood": "fine"}, birch)
    assert "answered_at is None" in difference({**ashby, "answered_at": None}, birch)
