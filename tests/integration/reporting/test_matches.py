"""Who could help, from the events to the rows: what is open, what is free, and what is suggested."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting import api
from services.reporting.feed import Feed
from services.reporting.reports import matches, reports
from services.reporting.web.pages import Pages
from services.reporting.web.site import Site
from shared import problems
from shared.contracts.collaboration import capacity as c
from shared.contracts.talent.register import LineManagerAssigned
from tests.support import read_model
from tests.support.helping import ASHBY, BIRCH, CEDAR, FROM, TO, Helping
from tests.support.read_model import HandClock
from tests.support.story import named

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)


@pytest.fixture
def helping() -> Helping:
    return Helping()


async def rows(
    pool: asyncpg.Pool, helping: Helping, *, school: str | None = None, as_of: str | None = None
) -> dict[UUID, dict[str, Any]]:
    """The report's rows by what asks."""
    told, helping.story.told = helping.story.told, []
    await read_model.receive(pool, told)
    async with read_model.reading(pool, HandClock(NOW))(matches.needs, as_of) as view:
        found = await matches.rows(view.conn, at=view.at, school=school)
    return {UUID(row["request_id"]): row for row in found}


async def test_the_nearest_who_covers_it_is_suggested_with_reasons_and_the_next_best(
    pool: asyncpg.Pool, helping: Helping
) -> None:
    helping.offers("near", BIRCH, 6)
    helping.offers("far", CEDAR, 6)
    helping.asks("help", ASHBY, 6)

    [row] = (await rows(pool, helping)).values()

    assert (row["taker"], row["asked"], row["priority"]) == ("Ashby", "6 half-days of people", "medium")
    assert (row["giver"], row["would_cover"], row["distance_km"]) == ("Birch", "6 half-days", 10.0)
    assert row["reasons"] == [
        "covers 6 half-days of 6 half-days",
        "40 days in common",
        "10 km apart",
        "nobody of the 2 that fit suits better",
    ]
    assert (row["second_giver"], row["second_reasons"][-1]) == ("Cedar", "20 km apart")
    numbers = ("dimension", "quantity", "unit", "from_on", "to_on", "covers")
    assert [row[column] for column in numbers] == ["people", 6, "half_days", NOW.date(), TO, 6]


async def test_what_is_best_for_all_says_what_it_costs_one(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6, specialism="phonics")
    helping.offers("far", CEDAR, 6)
    helping.asks("any", ASHBY, 6, priority="low")
    helping.asks("reading", CEDAR, 6, specialism="phonics", priority="high")
    helping.asks("more", ASHBY, 6, specialism="phonics", priority="low")

    found = await rows(pool, helping)

    any_, reading, more = (found[named(name)] for name in ("any", "reading", "more"))
    assert next(iter(found)) == named("reading")  # the most urgent is read first
    assert (reading["giver"], reading["second_giver"]) == ("Birch", None)
    assert any_["reasons"][-1] == "would suit better but helps more elsewhere: Birch for Cedar"
    assert (any_["giver"], any_["second_giver"]) == ("Cedar", None)
    assert more["reasons"] == [
        "Who would fit is suggested for others, who need it more or whom it suits better: Birch for Cedar."
    ]


async def test_who_comes_second_may_be_suggested_for_another(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6)
    helping.offers("trust", None, 6)
    helping.asks("one", ASHBY, 6)
    helping.asks("other", CEDAR, 6, priority="low")

    found = await rows(pool, helping)

    one, other = found[named("one")], found[named("other")]
    assert {one["giver"], other["giver"]} == {"Birch", "the trust"}
    assert (one["second_giver"], one["second_reasons"][-1]) == (other["giver"], "is suggested for Cedar")


async def test_a_school_under_a_new_urn_is_no_help_to_itself(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.story.becomes(ASHBY, "900051", date(2026, 9, 1))
    helping.offers("own", ASHBY, 6)
    helping.asks("help", "900051", 6)

    [row] = (await rows(pool, helping)).values()

    assert row["reasons"] == ["Only the school itself offers this."]


async def test_a_school_that_has_left_neither_takes_nor_gives(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("theirs", BIRCH, 6)
    helping.asks("help", ASHBY, 6)
    helping.asks("left", CEDAR, 6)
    helping.story.leaves(BIRCH, NOW.date())
    helping.story.leaves(CEDAR, NOW.date())

    [row] = (await rows(pool, helping)).values()

    assert (row["taker"], row["reasons"]) == ("Ashby", ["Nobody offers this in this unit."])


async def test_what_is_allocated_is_neither_free_nor_asked_for_any_more(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6)
    helping.asks("help", ASHBY, 6)
    helping.asks("more", CEDAR, 4)
    helping.allocates("part", "near", "help", ASHBY, 4)

    found = await rows(pool, helping)
    assert found[named("help")]["asked"] == "2 half-days of people"
    assert found[named("help")]["would_cover"] == "2 half-days"

    helping.allocates("rest", "near", "help", ASHBY, 2)
    found = await rows(pool, helping)
    assert list(found) == [named("more")]
    assert found[named("more")]["reasons"] == ["All that is offered is allocated."]

    helping.releases("part", "near", ASHBY, 3)
    found = await rows(pool, helping)
    assert found[named("help")]["asked"] == "3 half-days of people"


async def test_a_rate_is_free_on_the_day_on_which_the_least_is(pool: asyncpg.Pool, helping: Helping) -> None:
    rate = {"unit": "half_days_a_week"}
    helping.offers("weekly", BIRCH, 4, **rate)
    helping.asks("first", ASHBY, 3, **rate)
    helping.allocates("a", "weekly", "first", ASHBY, 3, from_on=FROM, to_on=date(2026, 11, 30), **rate)
    helping.asks("second", CEDAR, 4, **rate)

    found = await rows(pool, helping)

    first, second = found[named("first")], found[named("second")]
    assert (first["asked"], first["would_cover"]) == ("3 half-days a week of people", "1 half-day a week")
    assert second["reasons"] == [
        "Who would fit is suggested for others, who need it more or whom it suits better: Birch for Ashby."
    ]


async def test_a_draft_is_not_open_until_it_is_confirmed(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6)
    helping.asks("help", ASHBY, None, unit=None, from_on=None, to_on=None, drafted=True)
    assert await rows(pool, helping) == {}

    confirmed = c.CapacityRequestConfirmed(
        request_id=named("help"),
        taker_urn=ASHBY,
        dimension="people",
        quantity=2,
        unit="half_days",
        from_on=FROM,
        to_on=TO,
        priority="high",
    )
    helping.story.tell(confirmed, f"capacity-request-{named('help')}")

    [row] = (await rows(pool, helping)).values()
    assert (row["priority"], row["giver"]) == ("high", "Birch")


async def test_an_earlier_day_knows_what_was_open_then(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6)
    helping.asks("help", ASHBY, 6)
    helping.story.later(days=10)
    helping.allocates("all", "near", "help", ASHBY, 6)

    assert await rows(pool, helping) == {}
    assert list(await rows(pool, helping, as_of="2026-10-05")) == [named("help")]


async def test_a_school_sees_what_it_asks_and_what_it_could_give(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6)
    helping.asks("help", ASHBY, 6)

    assert list(await rows(pool, helping, school=ASHBY)) == [named("help")]
    assert list(await rows(pool, helping, school=BIRCH)) == [named("help")]
    assert await rows(pool, helping, school=CEDAR) == {}


async def test_coaches_are_suggested_to_who_wishes_for_one(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.can_coach("Ana", BIRCH, places=2)
    helping.can_coach("Ben", ASHBY)
    helping.wishes("Cat", ASHBY)
    helping.wishes("Dan", CEDAR)
    helping.wishes("Eve", CEDAR)
    helping.pairs("Ana", "Eve", CEDAR)
    led = LineManagerAssigned(person_id=named("Cat"), manager_id=named("Ben"), from_on=date(2026, 9, 1))
    helping.story.tell(led, f"person-{named('Cat')}")

    found = await rows(pool, helping)

    assert found.keys() == {named("Cat/wish"), named("Dan/wish")}  # Eve has a coach
    cat, dan = found[named("Cat/wish")], found[named("Dan/wish")]
    assert (cat["offer_id"], dan["offer_id"]) == (str(named("Ana/pool")), str(named("Ben/pool")))  # Ben leads Cat
    assert cat["reasons"] == ["coaches as coach, and has a place", "10 km apart", "nobody else fits"]


async def test_it_is_read_as_a_page_as_json_and_as_a_table_as_of_any_day(pool: asyncpg.Pool, helping: Helping) -> None:
    helping.offers("near", BIRCH, 6)
    helping.offers("trust", None, 4)
    helping.asks("help", ASHBY, 6, priority="high")
    helping.asks("money", ASHBY, 5_000, dimension="financial", unit="pence")
    helping.wishes("Cat", ASHBY)
    helping.story.later(days=10)
    helping.allocates("all", "near", "help", ASHBY, 6)
    await read_model.receive(pool, helping.story.told)
    clock = HandClock(NOW)
    reading = read_model.reading(pool, clock)
    app = FastAPI()
    problems.install(app, "reporting")
    app.include_router(api.router(reading, reports, Feed(pool)))
    app.include_router(Pages(Site(reading, clock), reports).router())

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as client:
        page, now, then, table = [
            await client.get(f"/reports/matches{path}")
            for path in ("?as_of=2026-10-05", ".json", ".json?as_of=2026-10-05", ".csv?as_of=2026-10-05")
        ]

    assert named("help") not in {UUID(row["request_id"]) for row in now.json()["rows"]}
    assert [row["giver"] for row in then.json()["rows"]] == ["Birch", None, None]
    assert table.text.count("\r\n") == 4
    for said in (
        "Ashby · 6 half-days of people",
        "High priority, 1 November to 18 December 2026",
        "<b>Ask Birch first</b>: covers 6 half-days of 6 half-days, 48 days in common, 10 km apart, ",
        "Otherwise the trust: covers 4 half-days of 6 half-days",
        "<b>Nobody yet</b>: Nobody offers this in this unit.",
        "Somebody of Ashby · coach",
    ):
        assert said in page.text, said
