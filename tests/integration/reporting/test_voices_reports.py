"""What leaders want first, who had a one-to-one, how much change there is: in histories that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.reporting.reports import Answer, answer, reports
from tests.support import read_model
from tests.support.changing import Changing
from tests.support.staffing import Staffing
from tests.support.story import Story
from tests.support.voicing import Voicing

ASHBY, BIRCH = "900001", "900002"
CYCLE = "2026/27-1"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def story() -> Story:
    story = Story(now=NOW)
    story.joins(ASHBY, "Ashby", date(2020, 9, 1))
    story.joins(BIRCH, "Birch", date(2020, 9, 1))
    return story


async def answered(database: str, story: Story, model: str, **only: str) -> Answer:
    async with read_model.told(database, story, reports[model].needs, story.now) as view:
        return await answer(reports[model], view, only=only)


async def rows(database: str, story: Story, model: str, **only: str) -> list[dict[str, Any]]:
    return (await answered(database, story, model, **only)).rows


# Priorities


def _ranked(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["priority"], row["points"], row["place"], row["first_choices"]) for row in found]


@pytest.fixture
def voicing(story: Story) -> Voicing:
    """Three proposals, and three votes on them."""
    voicing = Voicing(story)
    for name in ("calls", "marking", "reading"):
        voicing.proposes(name, CYCLE, BIRCH if name == "calls" else None)
    voicing.votes("Ana", CYCLE, "head", ["reading", "marking", "calls"], ASHBY)
    voicing.votes("Ben", CYCLE, "teacher", ["reading"], ASHBY)
    voicing.votes("Cat", CYCLE, "trust", ["calls", "marking"])
    return voicing


async def test_the_first_of_three_gets_two_points_and_what_is_left_out_none(
    database: str, story: Story, voicing: Voicing
) -> None:
    found = await rows(database, story, "priorities", urn="", role_level="all")

    assert _ranked(found) == [("reading", 4, 1, 2), ("calls", 2, 2, 1), ("marking", 2, 2, 0)]
    assert [(row["ballots"], row["ranked_by"], row["proposed_by"]) for row in found] == [
        (3, 2, "The trust"),
        (3, 2, "Birch"),
        (3, 2, "The trust"),
    ]


async def test_each_school_and_role_level_has_its_own_order_and_the_trust_is_no_school(
    database: str, story: Story, voicing: Voicing
) -> None:
    found = await rows(database, story, "priorities", priority="reading")

    assert [(row["school"], row["role_level"], row["ballots"], row["points"]) for row in found] == [
        ("All schools", "all", 3, 4),
        ("All schools", "teacher", 1, 2),
        ("All schools", "head", 1, 2),
        ("All schools", "trust", 1, 0),
        ("Ashby", "all", 2, 4),
        ("Ashby", "teacher", 1, 2),
        ("Ashby", "head", 1, 2),
    ]


async def test_who_votes_again_or_is_twice_in_the_register_has_one_ballot_the_latest(
    database: str, story: Story, voicing: Voicing
) -> None:
    story.later(hours=1)
    voicing.votes("Ana", CYCLE, "head", ["calls"], ASHBY)
    Staffing(story).enters("Benjamin")
    Staffing(story).enters("Ben")
    Staffing(story).is_also("Ben", "Benjamin")
    story.later(hours=1)
    voicing.votes("Benjamin", CYCLE, "teacher", ["marking"], ASHBY)

    found = await answered(database, story, "priorities", urn="", role_level="all")

    assert _ranked(found.rows) == [("calls", 4, 1, 2), ("marking", 3, 2, 1), ("reading", 0, 3, 0)]
    assert {(row["ballots"], len(ids["ballots"])) for row, ids in zip(found.rows, found.behind, strict=True)} == {
        (3, 3)
    }


async def test_what_stood_behind_a_void_proposal_moves_up(database: str, story: Story, voicing: Voicing) -> None:
    [reading] = [d for d in story.told if d.envelope.type.endswith("PriorityProposed.v1") and b'"reading"' in d.record]
    story.voids(reading)

    found = await rows(database, story, "priorities", urn="", role_level="all")

    assert _ranked(found) == [("calls", 1, 1, 1), ("marking", 1, 1, 1)]


async def test_before_anybody_votes_nothing_has_points_but_may_be_agreed(database: str, story: Story) -> None:
    Voicing(story).proposes("reading", CYCLE)
    Voicing(story).agrees("reading", CYCLE, 1)

    [found] = await rows(database, story, "priorities")

    assert (found["ballots"], found["points"], found["place"], found["agreed_rank"]) == (0, None, None, 1)


# One-to-ones


def _led(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["cycle"], row["leaders"], row["leaders_with_one_to_one"]) for row in found]


@pytest.fixture
def led(story: Story) -> Voicing:
    """A head and a deputy at Ashby, and a teacher of whom nobody says that they lead."""
    voicing, staffing = Voicing(story), Staffing(story)
    voicing.has_terms({"A1": (date(2026, 9, 2), date(2026, 10, 23)), "A2": (date(2026, 11, 2), date(2026, 12, 18))})
    for who, role in (("Ana", "headteacher"), ("Ben", "deputy"), ("Cat", "teacher")):
        staffing.enters(who)
        staffing.starts(who, who, ASHBY, role, date(2024, 9, 1))
    story.opens(CYCLE, TODAY, TODAY + timedelta(days=13))
    return voicing


@pytest.mark.parametrize(("held_on", "had"), [(date(2026, 10, 5), 1), (date(2026, 10, 4), 0)])
async def test_holidays_are_no_school_weeks(database: str, story: Story, led: Voicing, held_on: date, had: int) -> None:
    """Three weeks of the half-term, and three before the holiday of one week."""
    led.plans_to_meet("talk", "Ben", held_on)
    led.met("talk", "Ben", held_on)

    found = await rows(database, story, "agenda", urn=ASHBY)

    assert _led(found) == [(CYCLE, 2, had)]


async def test_a_head_should_have_one_although_nobody_has_planned_it_and_is_what_the_figure_opens(
    database: str, story: Story, led: Voicing
) -> None:
    led.plans_to_meet("talk", "Ben", TODAY)
    planned = story.told[-1].envelope.id
    [head] = [
        d.envelope.id for d in story.told if "EngagementStarted" in d.envelope.type and b"headteacher" in d.record
    ]

    found = await answered(database, story, "agenda", urn=ASHBY)

    assert _led(found.rows) == [(CYCLE, 2, 0)]
    assert set(found.behind[0]["leaders"]) == {head, planned}


async def test_a_cycle_that_is_over_is_judged_on_its_last_day(database: str, story: Story, led: Voicing) -> None:
    before = "2026/27-0"
    story.opens(before, date(2026, 11, 2), date(2026, 11, 13))
    led.plans_to_meet("talk", "Ana", date(2026, 11, 12))
    led.met("talk", "Ana", date(2026, 11, 16))
    Staffing(story).ends("Ana", "Ana", date(2026, 11, 18))

    assert _led(await rows(database, story, "agenda", urn=ASHBY)) == [(before, 1, 0), (CYCLE, None, None)]


@pytest.mark.parametrize(("days_before", "leaders"), [(0, 2), (1, 1)])
async def test_somebody_leads_on_their_last_day(
    database: str, story: Story, led: Voicing, days_before: int, leaders: int
) -> None:
    led.plans_to_meet("talk", "Ben", date(2026, 11, 2))
    Staffing(story).ends("Ben", "Ben", TODAY - timedelta(days=days_before))

    assert [row["leaders"] for row in await rows(database, story, "agenda", urn=ASHBY)] == [leaders]


async def test_without_term_dates_and_before_the_cycle_begins_it_is_not_known(database: str, story: Story) -> None:
    Staffing(story).enters("Ana")
    Staffing(story).starts("Ana", "Ana", ASHBY, "headteacher", date(2024, 9, 1))
    story.opens(CYCLE, TODAY, TODAY)
    story.opens("2026/27-2", TODAY + timedelta(days=1), TODAY + timedelta(days=9))

    found = await rows(database, story, "agenda", urn=ASHBY)

    assert _led(found) == [(CYCLE, 1, None), ("2026/27-2", None, None)]


# Change


async def test_changes_that_overlap_by_one_day_are_concurrent(database: str, story: Story) -> None:
    changing = Changing(story)
    for name, first, last in (("before", -9, 0), ("after", 0, 9), ("later", 10, 19)):
        changing.proposes(name, [ASHBY, BIRCH])
        changing.adopts(name, [ASHBY, BIRCH], TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    changing.proposes("not yet", [ASHBY])

    found = await rows(database, story, "change", urn=ASHBY)

    assert [(row["change"], row["state"], row["concurrent"]) for row in found] == [
        ("before", "under_way", 2),
        ("after", "under_way", 2),
        ("later", "coming", 1),
        ("not yet", "proposed", None),
    ]


async def test_a_change_follows_a_school_to_its_new_urn_and_leaves_with_it(database: str, story: Story) -> None:
    changing = Changing(story)
    changing.proposes("old", [ASHBY, BIRCH])
    changing.adopts("old", [ASHBY, BIRCH], TODAY, TODAY)
    story.becomes(ASHBY, "900051", TODAY)
    changing.proposes("new", ["900051"])
    changing.adopts("new", ["900051"], TODAY, TODAY)
    story.leaves(BIRCH, TODAY)

    found = await rows(database, story, "change")

    assert {(row["urn"], row["change"], row["concurrent"]) for row in found} == {
        (ASHBY, "old", 2),
        ("900051", "new", 2),
    }


async def test_the_last_consultation_is_held_against_the_standard(database: str, story: Story) -> None:
    changing = Changing(story)
    changing.proposes("short", [ASHBY])
    changing.consults("short", ["staff", "governors"], 20, meets_standard=True)
    changing.consults("short", ["staff"], 5, meets_standard=False, missing_groups=("governors",), days_short=15)
    changing.proposes("silent", [ASHBY])
    changing.drops("silent")
    changing.proposes("young", [ASHBY])

    found = {row["change"]: row for row in await rows(database, story, "change")}

    short = found["short"]
    assert (short["consultations"], short["consultation"], short["consulted_days"], short["days_short"]) == (
        2,
        "short",
        5,
        15,
    )
    assert (short["consulted_groups"], short["missing_groups"]) == (["staff"], ["governors"])
    assert (found["silent"]["consultation"], found["young"]["consultation"]) == ("none", "not_yet")


async def test_understanding_is_counted_of_those_who_were_asked(database: str, story: Story) -> None:
    changing = Changing(story)
    changing.passes_on("no phones", [ASHBY, BIRCH], ["teacher", "support"])
    changing.understands("no phones", ASHBY, "teacher", 2, 8)
    changing.understands("no phones", ASHBY, "teacher", 5, 8)

    ashby, birch = await rows(database, story, "change")

    assert (ashby["change_id"], ashby["decisions"], ashby["roles_asked"], ashby["roles_answered"]) == (None, 1, 2, 1)
    assert (ashby["understood"], ashby["expected"], ashby["understood_percent"]) == (5, 8, 63)
    assert (birch["roles_asked"], birch["roles_answered"], birch["understood_percent"]) == (2, 0, None)
