"""What is said of disadvantaged pupils, in a history that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.reporting.reports import answer, disadvantaged, reports
from shared.contracts.collaboration.change import ChangeProposed
from shared.contracts.collaboration.planning import ImprovementPlanAgreed, ImprovementPlanAmended
from shared.contracts.cpd.programmes import ImpactEvidenced
from tests.support import read_model
from tests.support.story import TRUST, Story, named

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASHBY, BIRCH = "900001", "900002"
PLAN: Any = {
    "plan_id": named("plan"),
    "title": "Plan",
    "objectives": ("Everybody reads.",),
    "cost_pence": 0,
    "starts_on": date(2026, 9, 1),
    "ends_on": date(2027, 7, 21),
}


@pytest.fixture
def story() -> Story:
    story = Story(now=NOW - timedelta(days=10))
    story.joins(ASHBY, "Ashby", date(2020, 9, 1))
    return story


async def rows(database: str, story: Story, school: str | None = None) -> list[dict[str, Any]]:
    async with read_model.told(database, story, disadvantaged.needs, NOW) as view:
        return (await answer(reports["disadvantaged"], view, school=school)).rows


def agrees(story: Story, **more: Any) -> None:
    event = ImprovementPlanAgreed(trustuid=TRUST, urn=ASHBY, **PLAN, **more)
    story.tell(event, f"improvement-plan-{named('plan')}", urn=ASHBY)


async def test_everything_that_should_say_something_is_there_with_or_without_it(database: str, story: Story) -> None:
    agrees(story)
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    about: Any = {"trustuid": TRUST, "title": "Timetable", "align": "align", "cost_pence": 0, "days": 1}
    change = ChangeProposed(
        change_id=named("change"), urns=(ASHBY, BIRCH), disadvantaged_note="Taxis.", proposed_on=NOW.date(), **about
    )
    story.tell(change, f"change-{named('change')}")
    about = {"trustuid": TRUST, "programme_id": named("programme"), "level": 5, "measure": "Reading age"}
    impact = ImpactEvidenced(
        impact_id=named("impact"),
        urn=BIRCH,
        baseline_thousandths=9_000,
        follow_up_thousandths=9_400,
        disadvantaged_baseline_thousandths=0,
        disadvantaged_follow_up_thousandths=800,
        verified_by=named("adviser"),
        evidenced_on=NOW.date(),
        **about,
    )
    story.tell(impact, f"impact-{named('impact')}", urn=BIRCH)

    found = await rows(database, story)

    assert [(row["kind"], row["what"], row["schools"], row["has_note"]) for row in found] == [
        ("plan", "Plan", ["Ashby"], False),
        ("focus", "Reading", [], False),
        ("change", "Timetable", ["Ashby", BIRCH], True),
        ("impact", "Reading age", [BIRCH], True),
    ]
    assert [(row["baseline_thousandths"], row["follow_up_thousandths"]) for row in found][-1] == (0, 800)


async def test_an_amendment_without_a_word_takes_it_away(database: str, story: Story) -> None:
    agrees(story, disadvantaged_note="They read with an adult every day.")
    event = ImprovementPlanAmended(urn=ASHBY, **PLAN, reason="Two teachers leave.", amended_on=NOW.date())
    told = story.tell(event, f"improvement-plan-{named('plan')}", urn=ASHBY)

    [row] = await rows(database, story)

    assert (row["has_note"], row["event_id"]) == (False, str(told.envelope.id))


async def test_an_answer_is_as_it_was_corrected_and_one_that_does_not_apply_has_nothing_to_say(
    database: str, story: Story
) -> None:
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.asks("item", "reading", "2026/27-1", [ASHBY, BIRCH], NOW)
    for urn in (ASHBY, BIRCH):
        story.answers("meeting", "item", urn, "red", NOW - timedelta(days=11))
    story.corrects("meeting", "item", ASHBY, "amber", disadvantaged_note="Whom it touches most.")
    story.corrects("meeting", "item", BIRCH, "not_applicable")

    found = await rows(database, story)

    assert [(row["kind"], row["what"], row["has_note"]) for row in found] == [
        ("focus", "Reading", False),
        ("answer", "Reading", True),
    ]


async def test_totals_count_what_says_something_and_what_does_not(database: str, story: Story) -> None:
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.asks("item", "reading", "2026/27-1", [ASHBY, BIRCH], NOW)
    story.answers("meeting", "item", ASHBY, "red", NOW - timedelta(days=11), disadvantaged_note="Those who come late.")
    story.answers("meeting", "item", BIRCH, "red", NOW - timedelta(days=11))

    totals = disadvantaged.totals(await rows(database, story))

    assert totals == [
        {"trustuid": TRUST, "kind": "focus", "of": 1, "with_note": 0, "without_note": 1},
        {"trustuid": TRUST, "kind": "answer", "of": 2, "with_note": 1, "without_note": 1},
    ]


async def test_a_school_sees_what_is_of_it(database: str, story: Story) -> None:
    agrees(story)
    story.agrees_on("reading", "Reading", date(2026, 9, 1))

    assert [row["kind"] for row in await rows(database, story, school=ASHBY)] == ["plan"]
