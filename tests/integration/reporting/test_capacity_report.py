"""Who gives and who takes, in histories that can be checked by hand; and of any: what is given is what is taken."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.reports import answer, reports
from shared.contracts.collaboration import capacity as c
from shared.contracts.talent.register import HalfTerm, SchoolTrajectoryAssessed, TermDatesSet
from tests.support import read_model
from tests.support.chapters.capacity import Capacity
from tests.support.helping import ASHBY, BIRCH, CEDAR, FROM, Helping
from tests.support.story import TRUST, Story, named
from tests.support.teller import Teller

NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)
YEAR: Any = "2026/27"
A_WEEK: Any = {"unit": "half_days_a_week"}
Rows = list[dict[str, Any]]


@pytest.fixture
def helping() -> Helping:
    return Helping()


async def rows_of(database: str, story: Story, *, school: str | None = None) -> Rows:
    async with read_model.told(database, story, reports["capacity"].needs, NOW) as view:
        return (await answer(reports["capacity"], view, school=school)).rows


def by_urn(rows: Rows) -> dict[str | None, dict[str, Any]]:
    found = {row["urn"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def draws(helping: Helping, name: str, allocation: str, offer: str, taker: str, quantity: int, **more: Any) -> None:
    same = {"dimension": "people", "unit": "half_days", "from_on": date(2026, 11, 9), "to_on": date(2026, 11, 9)}
    event = c.CapacityDrawn(
        draw_id=named(name),
        allocation_id=named(allocation),
        offer_id=named(offer),
        taker_urn=taker,
        quantity=quantity,
        **{**same, **more},
    )
    helping.story.tell(event, f"capacity-offer-{named(offer)}")


def sets_terms(helping: Helping) -> None:
    half_terms = (
        HalfTerm(name="A1", starts_on=date(2026, 9, 3), ends_on=date(2026, 10, 23)),
        HalfTerm(name="A2", starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 18)),
        HalfTerm(name="S1", starts_on=date(2027, 1, 4), ends_on=date(2027, 2, 12)),
    )
    event = TermDatesSet(trustuid=TRUST, academic_year=YEAR, half_terms=half_terms)
    helping.story.tell(event, f"terms-{TRUST}-2026-27")


async def test_what_one_gives_the_other_takes(database: str, helping: Helping) -> None:
    helping.offers("days", BIRCH, 10)
    helping.asks("help", ASHBY, 6)
    helping.allocates("part", "days", "help", ASHBY, 5)
    helping.releases("part", "days", ASHBY, 1)
    draws(helping, "first", "part", "days", ASHBY, 2)
    draws(helping, "second", "part", "days", ASHBY, 1)

    found = by_urn(await rows_of(database, helping.story))

    giver = ("offered", "allocated", "drawn", "balance", "given", "taken", "net", "times_given")
    assert [found[BIRCH][column] for column in giver] == [10, 4, 3, 7, 3, 0, 3, 2]
    taker = ("requested", "unmet", "given", "taken", "net", "times_taken", "covered")
    assert [found[ASHBY][column] for column in taker] == [6, 2, 0, 3, -3, 2, None]


async def test_the_trust_and_suppliers_outside_have_rows_of_their_own(database: str, helping: Helping) -> None:
    helping.offers("ours", None, 4)
    helping.offers("theirs", None, 6, outside="University")
    helping.allocates("part", "theirs", "nothing", ASHBY, 2)
    draws(helping, "draw", "part", "theirs", ASHBY, 2)

    found = await rows_of(database, helping.story)

    who = [(row["urn"], row["outside"], row["school"], row["given"], row["taken"]) for row in found]
    assert who == [
        (ASHBY, None, "Ashby", 0, 2),
        (None, None, "the trust", 0, 0),
        (None, "University", "University", 2, 0),
    ]


async def test_nothing_is_divided_between_half_terms(database: str, helping: Helping) -> None:
    sets_terms(helping)
    in_january = {"from_on": date(2027, 1, 5), "to_on": date(2027, 1, 8)}
    helping.offers("days", BIRCH, 10, from_on=date(2026, 12, 24), to_on=date(2027, 2, 12))  # in the holidays
    helping.allocates("part", "days", "nothing", ASHBY, 5, from_on=date(2026, 12, 31), to_on=date(2027, 1, 8))
    draws(helping, "draw", "part", "days", ASHBY, 3, **in_january)

    found = {(row["urn"], row["period"]): row for row in await rows_of(database, helping.story)}

    figures = ("offered", "allocated", "drawn", "balance", "given", "taken")
    assert {key: [row[figure] for figure in figures] for key, row in found.items()} == {
        (BIRCH, "2026/27-A2"): [10, 5, 3, 7, 0, 0],
        (BIRCH, "2026/27-S1"): [0, 0, 0, 0, 3, 0],
        (ASHBY, "2026/27-S1"): [0, 0, 0, 0, 0, 3],
    }
    assert {row["ends_on"] for row in found.values()} == {date(2027, 1, 3), date(2027, 8, 31)}


async def test_without_term_dates_it_is_the_academic_year(database: str, helping: Helping) -> None:
    helping.offers("summer", BIRCH, 1, from_on=date(2026, 8, 31), to_on=date(2026, 9, 1))
    helping.offers("autumn", BIRCH, 2, from_on=date(2026, 9, 1), to_on=date(2026, 9, 1))
    helping.offers("far", BIRCH, 4, from_on=date(2028, 9, 1), to_on=date(2028, 9, 1))

    found = await rows_of(database, helping.story)

    assert [(row["period"], row["offered"]) for row in found] == [("2025/26", 1), ("2026/27", 2)]


async def test_a_rate_is_counted_on_the_day_on_which_the_whole_trust_draws_most(
    database: str, helping: Helping
) -> None:
    sets_terms(helping)
    window = {"from_on": date(2026, 11, 2), "to_on": date(2027, 1, 8)}
    early = {"from_on": date(2026, 11, 9), "to_on": date(2026, 11, 20)}
    late = {"from_on": date(2026, 11, 19), "to_on": date(2026, 12, 4)}
    for name, giver, taker, quantity, days in (("one", BIRCH, ASHBY, 2, early), ("two", CEDAR, BIRCH, 1, late)):
        helping.offers(name, giver, 4, **A_WEEK, **window)
        helping.allocates(f"{name}/part", name, "nothing", taker, quantity, **A_WEEK, **days)
        draws(helping, f"{name}/draw", f"{name}/part", name, taker, quantity, **A_WEEK, **days)

    found = [row for row in await rows_of(database, helping.story) if row["period"] == "2026/27-A2"]

    told = {
        urn: [row[f] for f in ("offered", "allocated", "given", "taken", "net")] for urn, row in by_urn(found).items()
    }
    assert told == {ASHBY: [0, 0, 0, 2, -2], BIRCH: [4, 2, 2, 1, 1], CEDAR: [4, 1, 1, 0, 1]}
    assert {row["counted_on"] for row in found} == {date(2026, 11, 19)}  # both draw


async def test_a_rate_is_told_in_each_half_term_that_it_touches(database: str, helping: Helping) -> None:
    sets_terms(helping)
    helping.offers("cover", BIRCH, 4, **A_WEEK, from_on=date(2026, 10, 30), to_on=date(2027, 1, 4))

    found = await rows_of(database, helping.story)

    assert [(row["period"], row["counted_on"], row["offered"]) for row in found] == [
        ("2026/27-A1", date(2026, 10, 30), 4),
        ("2026/27-A2", date(2026, 11, 2), 4),
        ("2026/27-S1", date(2027, 1, 4), 4),
    ]


async def test_a_rate_that_is_withdrawn_as_a_whole_is_counted_on_the_first_day(database: str, helping: Helping) -> None:
    helping.offers("cover", BIRCH, 4, **A_WEEK)
    event = c.CapacityOfferWithdrawn(
        withdrawal_id=named("withdrawal"),
        offer_id=named("cover"),
        dimension="people",
        quantity=4,
        withdrawn_on=FROM,
        **A_WEEK,
    )
    helping.story.tell(event, f"capacity-offer-{named('cover')}")

    [row] = await rows_of(database, helping.story)

    assert (row["counted_on"], row["offered"], row["offers"]) == (row["starts_on"], 0, 0)


async def test_a_plan_is_covered_when_as_much_is_allocated_as_it_requests(database: str, helping: Helping) -> None:
    helping.offers("days", BIRCH, 20)
    plan = named("plan")
    for name, taker in (("help", ASHBY), ("more", ASHBY), ("other", CEDAR)):
        helping.asks(name, taker, 4, plan_id=plan)
    helping.allocates("a", "days", "help", ASHBY, 5)  # more than is asked: the plan has it
    helping.allocates("b", "days", "more", ASHBY, 2)
    helping.allocates("c", "days", "nothing", ASHBY, 1, plan_id=plan)
    helping.allocates("d", "days", "other", CEDAR, 3, plan_id=plan)
    helping.asks("own", CEDAR, 1, plan_id=named("another plan"))
    helping.allocates("e", "days", "own", CEDAR, 1)

    found = by_urn(await rows_of(database, helping.story))

    told = {urn: [row[column] for column in ("unmet", "unmet_requests", "covered")] for urn, row in found.items()}
    assert told == {ASHBY: [2, 1, True], CEDAR: [1, 1, False], BIRCH: [0, 0, None]}


async def test_a_request_is_not_met_by_what_is_counted_in_another_unit(database: str, helping: Helping) -> None:
    helping.offers("days", BIRCH, 10)
    helping.asks("help", ASHBY, 6, **A_WEEK)
    helping.allocates("part", "days", "help", ASHBY, 5)

    found = by_urn(await rows_of(database, helping.story))

    assert (found[ASHBY]["unit"], found[ASHBY]["unmet"]) == ("half_days_a_week", 6)


async def test_a_draft_and_what_is_withdrawn_do_not_count(database: str, helping: Helping) -> None:
    helping.asks("draft", ASHBY, None, unit=None, from_on=None, to_on=None, drafted=True)
    helping.asks("gone", ASHBY, 4)
    event = c.CapacityRequestWithdrawn(
        request_id=named("gone"), taker_urn=ASHBY, reason="found_elsewhere", withdrawn_on=date(2026, 11, 9)
    )
    helping.story.tell(event, f"capacity-request-{named('gone')}")

    assert await rows_of(database, helping.story) == []


async def test_a_school_has_its_latest_trajectory_under_any_of_its_urns(database: str, helping: Helping) -> None:
    helping.offers("days", BIRCH, 10)
    helping.offers("more", CEDAR, 10)
    for urn, trajectory, day in (("900052", "improving", 2), (BIRCH, "declining", 1)):
        judged: Any = {"trajectory": trajectory, "basis": "Inspectors.", "assessed_by": named("adviser")}
        event = SchoolTrajectoryAssessed(trustuid=TRUST, urn=urn, assessed_on=date(2026, 10, day), **judged)
        happened_at = datetime(2026, 10, day, tzinfo=UTC)
        helping.story.tell(event, f"trajectory-{TRUST}-{urn}", happened_at=happened_at)
    helping.story.becomes(BIRCH, "900052", date(2026, 9, 1))

    found = by_urn(await rows_of(database, helping.story))

    assert {urn: (row["current_urn"], row["trajectory"]) for urn, row in found.items()} == {
        BIRCH: ("900052", "improving"),
        CEDAR: (CEDAR, None),
    }


async def test_a_school_asks_for_its_own(database: str, helping: Helping) -> None:
    helping.offers("ours", None, 4)
    helping.offers("days", BIRCH, 10)
    helping.story.becomes(BIRCH, "900052", date(2026, 9, 1))

    assert [row["urn"] for row in await rows_of(database, helping.story, school="900052")] == [BIRCH]


@pytest.mark.parametrize("seed", range(3))
async def test_over_a_trust_what_is_given_is_taken(database: str, seed: int) -> None:
    story = Teller(random.Random(f"given is taken {seed}"), chapters=[Capacity]).tell(400)

    found = await rows_of(database, story)

    given, taken = Counter[Any](), Counter[Any]()
    for row in found:
        kind = (row["trustuid"], row["dimension"], row["unit"], row["period"])
        given[kind] += row["given"]
        taken[kind] += row["taken"]
        assert row["drawn"] <= row["allocated"] <= row["offered"]
    assert given == taken
    assert +given, "nobody drew anything"
