"""The forecast's stories: a trust asks what it will be short of, and is answered from its own events."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.talent.forecast.reading import query
from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.integration.stories.holding import critical_post
from tests.integration.stories.leading import assessment, nominated
from tests.support.forecasts import a_type, all_numbered, forecastable, posts, question, ready, recorded
from tests.support.writer import TRUST, Place


@pytest.fixture
def talent(trust: Trust) -> Place:
    return trust.writers["talent"].place


async def test_a_trust_sees_what_it_will_be_short_of(trust: Trust) -> None:
    """Everything is said through the doors: posts, a head who left, a leader whom two think ready."""
    post_type = a_type()
    heads = [await trust.employs("headteacher") for _ in range(3)]
    held = [await critical_post(trust, {head: 100}, post_type=post_type) for head in heads]
    left = {"person_id": heads[0], "vacated_on": str(TODAY - timedelta(days=30)), "reason": "retirement"}
    await trust.does("talent", f"/posts/{held[0]}/vacate", left)
    leader, head = await nominated(trust)
    executive = await trust.employs("director_of_education", urn=None)
    seen = assessment(head, executive, post_type=post_type, readiness="ready_now")
    await trust.does("talent", f"/leaders/{leader}/readiness", seen)
    await all_numbered(trust.writers["talent"].place)
    asked = question(post_type, horizon_years=5)

    await trust.does("talent", "/forecasts", asked)

    [(name, made)] = await trust.history("talent", f"forecast-{asked['forecast_id']}")
    assert name == "SkillsGapForecast"
    assert (made["scenario"], made["horizon_years"], made["forecast_on"]) == ("expected", 5, str(TODAY))
    first = TODAY.year if TODAY.month < 9 else TODAY.year + 1
    assert [year["academic_year_starts_on"] for year in made["years"]] == [f"{first + n}-09-01" for n in range(5)]
    for year in made["years"]:
        assert year["gap_low_hundredths"] < year["gap_hundredths"] < year["gap_high_hundredths"]
        assert year["demand_hundredths"] >= 0
        assert year["supply_hundredths"] >= 0


async def test_the_same_events_give_the_same_forecast(trust: Trust, talent: Place) -> None:
    post_type = await forecastable(talent)
    one, other = question(post_type), question(post_type)

    await trust.does("talent", "/forecasts", one)
    await trust.does("talent", "/forecasts", other)

    [(_, made)] = await trust.history("talent", f"forecast-{one['forecast_id']}")
    [(_, again)] = await trust.history("talent", f"forecast-{other['forecast_id']}")
    assert {**made, "forecast_id": ""} == {**again, "forecast_id": ""}
    latest = "select max(logindex) from log join event using (position) where type like '%.ReadinessAssessed.v1'"
    assert made["basis_logindex"] == await talent.fetchval(latest)


async def test_asked_twice_it_is_forecast_once(trust: Trust, talent: Place) -> None:
    asked = question(await forecastable(talent))

    answers = await asyncio.gather(*(trust.command("talent", "/forecasts", asked) for _ in range(32)))

    assert {answer.status_code for answer in answers} == {httpx.codes.CREATED}  # each has a key of its own
    assert await trust.happened("talent", f"forecast-{asked['forecast_id']}") == ["SkillsGapForecast"]


async def test_a_provisional_assessment_is_not_known_readiness(trust: Trust, talent: Place) -> None:
    post_type = a_type()
    await recorded(talent, *posts(post_type, [uuid4()]), ready(post_type, provisional=True))

    assert await trust.cannot("talent", "/forecasts", question(post_type)) == "readiness_not_known"


async def test_a_school_does_not_ask_for_the_trust(trust: Trust) -> None:
    assert await trust.cannot("talent", "/forecasts", question("headteacher"), school=HERE) == "trust_only"


async def test_another_trusts_events_are_not_read(trust: Trust, talent: Place) -> None:
    """A trust is found by its attribute, and not by what somebody writes into another."""
    post_type = a_type()
    theirs = posts(post_type, [uuid4()], trust="99002")
    await recorded(talent, *theirs, trust="99002", actor=f'"trustuid":"{TRUST}"')

    assert await trust.cannot("talent", "/forecasts", question(post_type)) == "no_posts_of_this_type"


async def test_the_history_is_read_by_its_index(talent: Place) -> None:
    connection = await asyncpg.connect(talent.owner_dsn)
    try:
        await connection.execute("set enable_seqscan = off")
        plan = await connection.fetch("explain " + query.replace("$1", "'x'"))
    finally:
        await connection.close()

    assert any("event_forecast" in line[0] for line in plan)
