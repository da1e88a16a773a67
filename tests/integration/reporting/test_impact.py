"""What training changed: histories whose outcome can be worked out by hand, and busy ones that nobody thought of."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic_core import to_json

from services.reporting.reports import answer, impact
from shared.contracts.talent.careers import CareerStageAssessed
from tests.support import fold, read_model
from tests.support.chapters.cpd import Cpd
from tests.support.learning import Learning
from tests.support.staffing import Staffing
from tests.support.story import Story, named
from tests.support.teller import Teller, line

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
FIRST, SECOND = datetime(2026, 5, 1, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)
LONG_AGO = date(2020, 9, 1)
ASHBY, BIRCH = "900001", "900002"


@pytest.mark.parametrize("seed", range(2))
async def test_a_busy_history_folds_the_same(database: str, seed: int) -> None:
    story = Teller(random.Random(seed), chapters=[Cpd]).tell(800)
    latest = max(delivered.envelope.time for delivered in story.told)

    async with read_model.told(database, story, impact.needs, latest) as view:
        found = await answer(impact, view)

    published = json.loads(to_json(found.rows))
    expected = fold.rows("impact", [line(delivered) for delivered in story.told], latest)
    assert fold.first_difference("impact", published, expected) is None
    for row, behind in zip(found.rows, found.behind, strict=True):
        assert {figure: len(set(ids)) for figure, ids in behind.items()} == {figure: row[figure] for figure in behind}


@pytest.fixture
def story() -> Story:
    """One programme of two sessions, one with places and one that is open to all; and one that was cancelled."""
    story = Story(now=NOW - timedelta(days=300))
    story.joins(ASHBY, "Ashby", LONG_AGO)
    story.joins(BIRCH, "Birch", LONG_AGO)
    story.publishes("Phonics", cost_pence=9_000, urn=ASHBY)
    story.schedules("first", "Phonics", FIRST, places=20)
    story.schedules("second", "Phonics", SECOND)
    story.schedules("cancelled", "Phonics", SECOND, places=20)
    story.cancels("cancelled")
    story.now = NOW
    return story


@pytest.fixture
def learning(story: Story) -> Learning:
    return Learning(story)


def shown(row: dict[str, Any], *columns: str) -> list[Any]:
    return [row[column] for column in columns]


async def test_who_was_expected_and_who_came(database: str, story: Story, learning: Learning) -> None:
    for who in ("came", "left early", "did not come", "not recorded", "changed their mind"):
        learning.books(who, "first", ASHBY)
        learning.books(who, "cancelled", ASHBY)
    learning.gives_up("changed their mind", "first")
    learning.comes("came", "first", ASHBY)
    learning.comes("came", "second", BIRCH)
    learning.comes("left early", "first", ASHBY, "part")
    learning.comes("did not come", "first", ASHBY, "absent")
    learning.comes("changed their mind", "first", ASHBY, "absent")  # after they had come by mistake
    learning.comes("did not come", "second", BIRCH, "absent")
    learning.comes("came", "cancelled", ASHBY)

    async with read_model.told(database, story, impact.needs, NOW) as view:
        [row] = await impact.rows(view.conn, at=NOW, school=None)
        [at_birch] = await impact.rows(view.conn, at=NOW, school=BIRCH)

    figures = ("sessions", "places", "booked", "attendance_recorded", "attended", "attended_percent", "participants")
    assert shown(row, *figures) == [2, 20, 4, 5, 3, 60, 2]
    assert shown(at_birch, *figures) == [2, 20, 0, 2, 1, 50, 1]


async def test_people_are_counted_as_what_they_were_on_the_day(database: str, story: Story, learning: Learning) -> None:
    staffing = Staffing(story)
    for who in ("Ana", "Bea", "Cat", "Dee"):
        staffing.enters(who)
        learning.comes(who, "first", ASHBY)
        learning.comes(who, "second", ASHBY)
    staffing.starts("Ana", "a post", ASHBY, "teacher", LONG_AGO)
    staffing.changes("Ana", "a post", "headteacher", FIRST.date() + timedelta(days=1))
    staffing.starts("Bea", "b post", ASHBY, "business_manager", LONG_AGO)
    staffing.starts("Bea", "b chair", BIRCH, "chair_of_governors", LONG_AGO, kind="governor")
    staffing.starts("Cat", "c post", None, "chief_executive", LONG_AGO)
    staffing.ends("Cat", "c post", FIRST.date())
    staffing.starts("Dee", "d post", ASHBY, "teacher", FIRST.date() + timedelta(days=1))
    stages: tuple[tuple[Any, date], ...] = (("stage_2", FIRST.date()), ("stage_3", FIRST.date() + timedelta(days=1)))
    for stage, on in stages:
        event = CareerStageAssessed(
            person_id=named("Ana"), stage=stage, pathway="teaching", assessor_id=named("Bea"), assessed_on=on
        )
        story.tell(event, f"career-{named('Ana')}")

    async with read_model.told(database, story, impact.needs, NOW) as view:
        [row] = await impact.rows(view.conn, at=NOW, school=None)

    counted = {column for column in (*impact.by_level, *impact.by_stage) if row[column]}
    assert counted == {"level_teacher", "level_support", "level_trust", "level_not_known", "stage_2", "stage_not_known"}
    assert (row["participants"], row["stage_2"], row["stage_not_known"]) == (4, 1, 3)


async def test_evidence_counts_for_who_came_from_that_school_within_180_days(
    database: str, story: Story, learning: Learning
) -> None:
    for who, session, urn in (("Ana", "first", ASHBY), ("Bea", "second", ASHBY), ("Cat", "first", BIRCH)):
        learning.comes(who, session, urn)
    learning.comes("Dee", "second", BIRCH)
    learning.comes("Eve", "second")
    first_ends = FIRST.date() + timedelta(days=180)
    learning.evidences("before Bea", "Phonics", ASHBY, SECOND.date() - timedelta(days=1), 500)
    of_disadvantaged = {"disadvantaged_baseline_thousandths": 1_000, "disadvantaged_follow_up_thousandths": 700}
    learning.evidences("too late for Cat", "Phonics", BIRCH, first_ends + timedelta(days=1), -200, **of_disadvantaged)

    async with read_model.told(database, story, impact.needs, NOW) as view:
        [row] = await impact.rows(view.conn, at=NOW, school=None)

    assert shown(row, "participants", "with_evidence", "with_evidence_percent", "evidence_may_come") == [5, 2, 40, 1]
    assert shown(row, "measures", "measured_at") == [["before Bea", "too late for Cat"], ["Ashby", "Birch"]]
    assert shown(row, "change_thousandths", "disadvantaged_change_thousandths") == [[500, -200], [None, -300]]
    assert shown(row, "evidence", "evidence_of_disadvantaged") == [2, 1]
    assert shown(row, "cost_pence", "cost_per_person_with_impact_pence") == [9_000, 22_500]


async def test_a_mean_is_shown_of_five_people_and_not_of_four(database: str, story: Story, learning: Learning) -> None:
    for number in range(5):
        learning.comes(f"{number}", "second", ASHBY)
        learning.evaluates(f"{number}", "second", 1, 1 + number % 4)
    for number in range(4):
        learning.evaluates(f"{number}", "second", 2, 5)
        learning.comes(f"{number}", "first", ASHBY)
        learning.evaluates(f"{number}", "first", 2, 5)

    async with read_model.told(database, story, impact.needs, NOW) as view:
        [row] = await impact.rows(view.conn, at=NOW, school=None)
        [at_ashby] = await impact.rows(view.conn, at=NOW, school=ASHBY)
        elsewhere = await impact.rows(view.conn, at=NOW, school=BIRCH)

    for found in (row, at_ashby):
        assert shown(found, "evaluations_1", "mean_1", "evaluations_2", "mean_2") == [5, 2.2, 8, None]
    assert elsewhere == []
    assert row["cost_per_person_with_impact_pence"] is None
