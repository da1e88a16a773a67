"""Who leads with NPQH and a Masters: what is counted before small groups are hidden, and that they are."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.reports import qualifications
from services.reporting.reports.levels import level_of
from tests.support import fold, read_model
from tests.support.chapters.qualifications import Qualifications
from tests.support.learning import Learning
from tests.support.staffing import Staffing
from tests.support.story import Story
from tests.support.teller import Teller, line

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LONG_AGO = date(2020, 9, 1)
ASHBY, BIRCH = "900001", "900002"


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_becomes_of_courses_it_is_counted_alike(database: str, seed: int) -> None:
    story = Teller(random.Random(seed), chapters=[Qualifications] * 3).tell(500)
    latest = max(delivered.envelope.time for delivered in story.told)

    async with read_model.told(database, story, qualifications.needs, latest) as view:
        counted = await qualifications.counted(view.conn, at=latest)

    expected = fold.rows("qualifications", [line(delivered) for delivered in story.told], latest)
    figures = [{name: n for name, n in row.items() if not name.endswith("__events")} for row in counted]
    assert {row["leaders"]: row for row in figures} == {row["leaders"]: row for row in expected}
    for row in counted:
        for figure in ("people", *qualifications.states):
            assert len(set(row[f"{figure}__events"] or ())) == row[figure]


@pytest.fixture
def story() -> Story:
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.joins(ASHBY, "Ashby", LONG_AGO)
    story.joins(BIRCH, "Birch", LONG_AGO)
    return story


def leads(story: Story, who: str, urn: str | None = ASHBY, role: str = "deputy_headteacher", name: str = "") -> None:
    staffing = Staffing(story)
    if not name:
        staffing.enters(who)
    staffing.starts(who, name or who, urn, role, LONG_AGO)


def figures(row: dict[str, Any]) -> list[int | None]:
    return [row[column] for column in ("people", *qualifications.states)]


async def test_what_somebody_holds_comes_before_what_they_work_for(database: str, story: Story) -> None:
    learning = Learning(story)
    for who in ("holds both", "passed", "failed", "left", "took back", "paused", "has an offer", "an mba"):
        leads(story, who)
    learning.holds("holds both", "npq-headship")
    learning.holds("holds both", "masters")
    for who in ("passed", "failed", "left", "took back", "paused"):
        learning.enrols(who, "npq-headship")
    learning.ends("passed", "npq-headship", "failed")
    learning.ends("passed", "npq-headship", "passed")
    learning.enrols("passed", "masters")
    learning.ends("failed", "npq-headship", "failed")
    learning.leaves("left", "npq-headship")
    learning.ends("took back", "npq-headship", "passed")
    learning.ends("took back", "npq-headship", "voided")
    learning.pauses("paused", "npq-headship")
    learning.holds("has an offer", "npq-early-headship-coaching-offer")
    learning.holds("an mba", "mba")

    async with read_model.told(database, story, qualifications.needs, NOW) as view:
        [published, _] = await qualifications.rows(view.conn, at=NOW, school=None)
        [of_a_school, _] = await qualifications.rows(view.conn, at=NOW, school=ASHBY)
        [counted, _] = await qualifications.counted(view.conn, at=NOW)

    assert figures(counted) == [8, 1, 1, 1, 2, 3]
    assert figures(published) == figures(of_a_school) == [8, None, None, None, None, None]
    assert published["suppressed"] == of_a_school["suppressed"] == [*qualifications.states]
    assert counted["leaders"] == "senior_leaders"


async def test_each_is_counted_once_as_the_highest_that_they_are(database: str, story: Story) -> None:
    leads(story, "Ana", ASHBY, "assistant_headteacher")
    leads(story, "Ana", BIRCH, "executive_headteacher", name="second")
    leads(story, "Bea", BIRCH, "teacher")
    leads(story, "Cat", BIRCH, "headteacher")
    Staffing(story).pauses("Cat", "Cat", LONG_AGO)
    leads(story, "Dee", None, "principal")
    leads(story, "Eve", "900003", "headteacher")
    story.joins("900003", "Cedar", LONG_AGO)
    story.leaves("900003", date(2026, 9, 1))

    async with read_model.told(database, story, qualifications.needs, NOW) as view:
        counted = await qualifications.counted(view.conn, at=NOW)
        at_ashby = await qualifications.counted(view.conn, at=NOW, school=ASHBY)

    assert [(row["leaders"], row["people"]) for row in counted] == [("heads", 2), ("all", 2)]
    assert [(row["leaders"], row["people"]) for row in at_ashby] == [("senior_leaders", 1), ("all", 1)]


@pytest.mark.parametrize(
    ("role", "level"),
    [
        ("headteacher", "head"),
        ("head_of_school", "head"),
        ("deputy_headteacher", "senior"),
        ("vice_principal", "senior"),
        ("associate_head", "senior"),
        ("head_of_maths", "middle"),
        ("phonics_lead", "middle"),
        ("senco", "middle"),
        ("early_career_teacher", "teacher"),
        ("teaching_assistant", "support"),
        ("business_manager", "support"),
    ],
)
def test_a_role_has_a_level(role: str, level: str) -> None:
    assert level_of(role) == level
