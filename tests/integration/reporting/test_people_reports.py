"""Who could take over, what will be missing, and how careers go on: stories that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from services.reporting.reports import Answer, answer, bench, reports
from tests.support import read_model
from tests.support.leading import Leading
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, named

ASHBY, BIRCH, CEDAR = "900001", "900002", "900003"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
VALID, EXPIRED = date(2026, 11, 20), date(2026, 11, 19)
LONG_AGO, LAST_YEAR = date(2020, 9, 1), date(2025, 9, 1)


@pytest.fixture
def story() -> Story:
    story = Story(now=NOW)
    for urn, name in ((ASHBY, "Ashby"), (BIRCH, "Birch"), (CEDAR, "Cedar")):
        story.joins(urn, name, LONG_AGO)
    return story


@pytest.fixture
def leading(story: Story) -> Leading:
    return Leading(story)


async def report(model: str, pool: asyncpg.Pool, story: Story, school: str | None = None) -> Answer:
    told, story.told = story.told, []
    await read_model.receive(pool, told)
    async with read_model.reading(pool, HandClock(NOW))(reports[model].needs) as view:
        return await answer(reports[model], view, school=school)


async def the_bench(pool: asyncpg.Pool, story: Story, school: str | None = None) -> dict[str, dict[str, Any]]:
    """By the posts' first schools."""
    found = await report("bench", pool, story, school)
    return {(row["schools"] or ["the trust"])[0]: row for row in found.rows}


def is_ready(leading: Leading, who: str, readiness: Any = "ready_now", valid_until: date = VALID, **more: Any) -> None:
    leading.is_seen(who)
    leading.is_assessed(who, readiness, valid_until, **more)


async def test_each_successor_counts_in_one_column(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    leading.is_critical("post", ASHBY, held_by=("Head",))
    for who, readiness in (("Ann", "ready_now"), ("Bea", "1_year"), ("Cal", "2_3_years"), ("Dee", "4_5_years")):
        is_ready(leading, who, readiness)
    is_ready(leading, "Eve", "not_ready")
    is_ready(leading, "Fay", alone=True)
    is_ready(leading, "Gil", valid_until=EXPIRED)
    is_ready(leading, "Hal", post_type="director")
    for who in ("Ann", "Bea", "Cal", "Dee", "Eve", "Fay", "Gil", "Hal"):
        leading.could_follow(who, "post")
    leading.could_follow("Ida", "post", emergency_cover=True)

    row = (await the_bench(pool, story))["Ashby"]

    counted = ("ready_now", "in_1_year", "in_2_3_years", "in_4_5_years", "not_ready")
    assert [row[column] for column in counted] == [1, 1, 1, 1, 1]
    assert (row["provisional"], row["expired"], row["not_assessed"], row["successors"]) == (1, 1, 1, 8)
    assert (row["emergency_cover"], row["over_named"], row["not_told_yet"], row["risk"]) == (1, 0, False, "green")


async def test_a_single_view_does_not_replace_that_of_two(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    leading.is_critical("post", ASHBY, held_by=("Head",))
    is_ready(leading, "Ann", "1_year")
    story.later(days=1)
    leading.is_assessed("Ann", "ready_now", VALID, alone=True)
    leading.could_follow("Ann", "post")

    assert (await the_bench(pool, story))["Ashby"]["in_1_year"] == 1


async def test_who_is_no_successor(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    """A record that ended, one that needs endorsing, somebody who was not told, who was removed, who took the post."""
    leading.is_critical("post", ASHBY, held_by=("Head",))
    for who in ("Ann", "Bea", "Cal", "Dee", "Eve"):
        leading.is_seen(who, by="Bea" if who == "Bea" else "director", told=who != "Cal")
        leading.could_follow(who, "post")
    leading.is_closed("Ann")
    leading.could_not_follow("Dee", "post")
    leading.leaves("post", "Head", date(2027, 9, 1))
    leading.takes("post", "Eve", date(2027, 9, 1))

    row = (await the_bench(pool, story))["Ashby"]
    assert (row["successors"], row["not_told_yet"]) == (0, True)

    leading.is_endorsed("Bea")
    assert (await the_bench(pool, story))["Ashby"]["successors"] == 1


async def test_who_is_in_the_register_twice_counts_once(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    staffing = Staffing(story)
    for who in ("Ann", "Anne"):
        staffing.enters(who)
    leading.is_critical("post", ASHBY, held_by=("Head",))
    for who in ("Ann", "Anne"):
        is_ready(leading, who)
        leading.could_follow(who, "post", emergency_cover=who == "Anne")
    staffing.is_also("Anne", "Ann")

    row = (await the_bench(pool, story))["Ashby"]

    assert (row["successors"], row["ready_now"], row["over_named"], row["emergency_cover"]) == (1, 1, 0, 0)


async def test_a_vacancy_begins_when_a_part_is_held_by_nobody_for_good(
    pool: asyncpg.Pool, story: Story, leading: Leading
) -> None:
    leading.is_critical("co-heads", ASHBY, held_by=("Ann", "Bea"))
    leading.leaves("co-heads", "Bea", date(2027, 9, 1))
    leading.is_critical("interim", BIRCH, held_by=("Cal",))
    leading.leaves("interim", "Cal", date(2026, 9, 1))
    leading.takes("interim", "Dee", date(2026, 9, 1), interim=True)
    leading.is_critical("followed", CEDAR, held_by=("Eve",))
    leading.leaves("followed", "Eve", date(2027, 4, 1))
    leading.takes("followed", "Fay", date(2027, 4, 1))
    leading.is_critical("stays", held_by=("Gil",))
    leading.leaves("stays", "Gil", date(2027, 1, 1))
    leading.stays("stays", "Gil")

    found = await the_bench(pool, story)

    columns = ("incumbents", "interim", "vacant_on", "vacant_hundredths", "vacancy_within_12_months")
    assert {name: tuple(row[column] for column in columns) for name, row in found.items()} == {
        "Ashby": (2, 0, date(2027, 9, 1), 50, True),
        "Birch": (1, 1, NOW.date(), 100, True),
        "Cedar": (1, 0, None, None, False),
        "the trust": (1, 0, None, None, False),
    }


async def test_what_the_colours_mean(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    for post, urn in (("ashby", ASHBY), ("birch", BIRCH), ("cedar", CEDAR)):
        leading.is_critical(post, urn, held_by=(f"Head of {post}",))
        leading.leaves(post, f"Head of {post}", date(2027, 11, 20 if post != "cedar" else 21))
    is_ready(leading, "Ann", "1_year")
    leading.could_follow("Ann", "ashby")

    risks = {name: row["risk"] for name, row in (await the_bench(pool, story)).items()}
    assert risks == {"Ashby": "red", "Birch": "red", "Cedar": "amber"}  # Cedar's is a day later than twelve months

    is_ready(leading, "Bea")
    for post in ("ashby", "birch"):
        leading.could_follow("Bea", post)
    leading.could_follow("Ann", "cedar")
    found = await the_bench(pool, story)
    assert {name: row["risk"] for name, row in found.items()} == {"Ashby": "amber", "Birch": "amber", "Cedar": "green"}
    assert [row["ready_now"] for row in found.values()] == [1, 1, 0]
    assert bench.totals(found.values()) == [
        {"trustuid": TRUST, "posts": 3, "red": 0, "amber": 2, "green": 1, "ready_now": 1}
    ]

    is_ready(leading, "Cal")
    leading.could_follow("Cal", "ashby")
    assert (await the_bench(pool, story, school=ASHBY))["Ashby"]["risk"] == "green"


async def test_the_posts_of_a_school_are_those_at_any_of_its_urns_while_it_is_here(
    pool: asyncpg.Pool, story: Story, leading: Leading
) -> None:
    leading.is_critical("joint", ASHBY, BIRCH)
    leading.is_critical("trust")
    leading.is_critical("cedar", CEDAR)
    story.becomes(ASHBY, "900051", date(2026, 9, 1))
    story.joins("900051", "Ashby Park", date(2026, 9, 1))
    story.leaves(CEDAR, date(2026, 9, 1))

    found = (await report("bench", pool, story)).rows
    assert [row["post_id"] for row in found] == [str(named("joint")), str(named("trust"))]
    [row] = (await the_bench(pool, story, school="900051")).values()
    assert (row["urns"], row["schools"]) == (["900051", BIRCH], ["Ashby", "Birch"])


async def test_the_latest_forecast_stands_even_if_it_looks_less_far(
    pool: asyncpg.Pool, story: Story, leading: Leading
) -> None:
    leading.is_forecast("first", 100, years=5)
    story.later(days=1)
    leading.is_forecast("second", 200, years=3)
    leading.is_forecast("low", -50, scenario="low")

    found = (await report("gap", pool, story)).rows

    assert [(row["scenario"], row["academic_year_starts_on"].year, row["gap_hundredths"]) for row in found] == [
        *(("low", year, -50) for year in (2027, 2028, 2029)),
        *(("expected", year, 200) for year in (2027, 2028, 2029)),
    ]
    assert (await report("gap", pool, story, school=ASHBY)).rows == []


def work(story: Story, urn: str | None, stage: Any, many: int, since: date = LONG_AGO, **more: Any) -> list[str]:
    """So many people who work at a school and have been at a stage since then."""
    staffing, leading = Staffing(story), Leading(story)
    people = [f"{urn} {stage} {since} {n}" for n in range(many)]
    for who in people:
        staffing.enters(who)
        staffing.starts(who, f"job of {who}", urn, "teacher", LONG_AGO, **more)
        if stage:
            leading.is_at(who, stage, since)
    return people


async def the_pipeline(pool: asyncpg.Pool, story: Story, school: str | None = None) -> dict[tuple[str, str], Any]:
    found = await report("pipeline", pool, story, school)
    return {(row["school"], row["stage"]): row for row in found.rows}


async def test_who_moved_up_and_who_left_in_twelve_months(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    people = work(story, ASHBY, "stage_2", 20)
    late = work(story, ASHBY, "stage_5", 6)
    for who in people[:6]:
        leading.is_at(who, "stage_3", date(2025, 11, 21))
    for who in people[6:11]:
        Staffing(story).ends(who, f"job of {who}", date(2026, 8, 31))
    for who in late:
        leading.is_at(who, "late_career", NOW.date())

    found = await the_pipeline(pool, story)

    figures = ("people", "year_before", "moved_up", "left")
    assert {stage: tuple(row[figure] for figure in figures) for (_, stage), row in found.items()} == {
        "stage_2": (9, 20, 6, 5),
        "stage_3": (6, 0, 0, 0),
        "stage_5": (0, 6, 0, 0),
        "late_career": (6, 0, 0, 0),
        "all": (21, 26, 6, 5),
    }


async def test_who_is_counted_where(pool: asyncpg.Pool, story: Story) -> None:
    work(story, ASHBY, "stage_1", 5)
    work(story, ASHBY, None, 5)
    work(story, None, "stage_4", 5)
    work(story, BIRCH, "stage_1", 5, kind="governor")
    work(story, CEDAR, "stage_1", 5)
    story.leaves(CEDAR, date(2026, 9, 1))
    staffing = Staffing(story)
    more = work(story, ASHBY, "stage_2", 5, fte_hundredths=40)
    for who in more:
        staffing.starts(who, f"second job of {who}", BIRCH, "teacher", LONG_AGO, fte_hundredths=60)
    for who in work(story, BIRCH, "stage_3", 5):
        staffing.pauses(who, f"job of {who}", date(2026, 10, 1))

    found = await the_pipeline(pool, story)

    counted = {where: row["people"] for where, row in found.items() if where[1] != "all" and row["people"]}
    assert counted == {
        ("Ashby", "stage_1"): 5,
        ("Ashby", "not_assessed"): 5,
        ("Birch", "stage_2"): 5,
        ("The central team", "stage_4"): 5,
        **{("The whole trust", stage): 5 for stage in ("stage_1", "stage_2", "stage_4", "not_assessed")},
    }
    assert found["The whole trust", "all"]["people"] == 20
    assert found["The whole trust", "not_assessed"]["year_before"] is None
    assert found["The whole trust", "all"]["filled"] is None


async def test_a_small_group_is_hidden_and_so_is_what_would_give_it_away(pool: asyncpg.Pool, story: Story) -> None:
    for urn, stage, many in (
        (ASHBY, "stage_1", 2),
        (ASHBY, "stage_2", 9),
        (BIRCH, "stage_1", 7),
        (BIRCH, "stage_2", 8),
    ):
        work(story, urn, stage, many, since=LAST_YEAR)
    work(story, CEDAR, "stage_1", 20, since=LAST_YEAR)

    answered = await report("pipeline", pool, story)

    shown = {(row["urn"], row["stage"]): row["people"] for row in answered.rows}
    assert [shown[urn, stage] for urn in (ASHBY, BIRCH) for stage in ("stage_1", "stage_2")] == [None] * 4
    assert (shown[ASHBY, "all"], shown[BIRCH, "all"], shown["all", "stage_1"], shown["all", "all"]) == (11, 15, 29, 46)
    for row, behind in zip(answered.rows, answered.behind, strict=True):
        assert [behind[figure] for figure in row["suppressed"]] == [[]] * len(row["suppressed"])


async def test_a_filter_shows_nothing_that_the_whole_table_hides(pool: asyncpg.Pool, story: Story) -> None:
    """Of one school alone nothing small would be left that its total and the trust's do not give away."""
    for urn, stage, many in (
        (ASHBY, "stage_1", 2),
        (ASHBY, "stage_2", 9),
        (BIRCH, "stage_1", 7),
        (BIRCH, "stage_2", 8),
    ):
        work(story, urn, stage, many, since=LAST_YEAR)

    whole = await the_pipeline(pool, story)

    for urn, name in ((ASHBY, "Ashby"), (BIRCH, "Birch")):
        assert await the_pipeline(pool, story, urn) == {at: row for at, row in whole.items() if at[0] == name}


async def test_posts_are_filled_by_those_who_did_not_have_them(
    pool: asyncpg.Pool, story: Story, leading: Leading
) -> None:
    leading.is_critical("joint", ASHBY, BIRCH)
    leading.takes("joint", "Ann", date(2026, 1, 1))
    leading.is_critical("ashby", ASHBY)
    leading.takes("ashby", "Bea", date(2025, 11, 20))  # more than twelve months ago
    leading.takes("ashby", "Bea", date(2026, 9, 1), share_hundredths=60)  # had it
    leading.takes("ashby", "Cal", date(2026, 9, 1), share_hundredths=40, internal=False)
    leading.is_critical("birch", BIRCH)
    leading.takes("birch", "Dee", date(2026, 9, 1), interim=True)
    leading.takes("birch", "Eve", date(2027, 1, 1))  # not yet
    work(story, CEDAR, "stage_1", 5)

    found = await the_pipeline(pool, story)

    filled = {
        school: (row["filled"], row["filled_from_inside"]) for (school, stage), row in found.items() if stage == "all"
    }
    assert filled == {"Ashby": (2, 1), "Birch": (1, 1), "Cedar": (0, 0), "The whole trust": (2, 1)}
    assert found["Cedar", "stage_1"]["filled"] is None


async def test_before_anything_is_recorded_there_are_no_rows(pool: asyncpg.Pool, story: Story) -> None:
    for model in ("bench", "gap", "pipeline"):
        assert (await report(model, pool, story)).rows == []


async def test_events_stand_behind_each_figure(pool: asyncpg.Pool, story: Story, leading: Leading) -> None:
    leading.is_critical("post", ASHBY, held_by=("Head",))
    is_ready(leading, "Ann")
    leading.is_seen("Bea")
    for who in ("Ann", "Bea"):
        leading.could_follow(who, "post")

    behind = (await report("bench", pool, story)).behind[0]

    post = f"post-{named('post')}"
    assert behind["incumbents"] == [named(f"{post}/1")]
    assert sorted(behind["successors"]) == sorted([named(f"{post}/2"), named(f"{post}/3")])
    assert [len(behind[figure]) for figure in ("ready_now", "not_assessed", "in_1_year")] == [1, 1, 0]
    assert behind["ready_now"] != behind["not_assessed"] == [named(f"{post}/3")]
