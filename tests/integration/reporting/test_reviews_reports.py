"""Peer review, practice that travels and collaborations, in histories that can be checked by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.reporting.reports import answer, reports
from shared.contracts.collaboration import partnerships as p
from shared.contracts.collaboration import practice as t
from shared.contracts.collaboration import reviews as r
from shared.contracts.collaboration.capacity import Amount
from tests.support import read_model
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, named

HOST, GUEST, GUEST_SINCE = "900001", "900002", "900003"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY, YESTERDAY, LONG_AGO = date(2026, 11, 20), date(2026, 11, 19), date(2020, 9, 1)
Rows = Callable[..., Awaitable[list[dict[str, Any]]]]
FIVE: Any = ("purpose", "mutuality", "change", "pace", "prioritisation")


@pytest.fixture
def story() -> Story:
    story = Story(now=NOW - timedelta(days=10))
    story.joins(HOST, "Ashby", LONG_AGO)
    story.joins(GUEST, "Birch", LONG_AGO)
    return story


@pytest.fixture
def rows(pool: asyncpg.Pool, story: Story) -> Rows:
    """A report, of what the story has told by then."""

    async def of(model: str, school: str | None = None) -> list[dict[str, Any]]:
        await read_model.receive(pool, story.told)
        story.told.clear()
        async with read_model.reading(pool, HandClock(NOW))(reports[model].needs) as view:
            return (await answer(reports[model], view, school=school)).rows

    return of


async def by_urn(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["urn"]: row for row in await rows("reviews")}


def review(story: Story, name: str = "review", *, by: tuple[str, ...], due: tuple[date, ...] = ()) -> None:
    """A completed review of HOST by people of GUEST; of its one finding follow actions."""
    about: Any = {"review_id": named(name), "urn": HOST}
    day = date(2026, 11, 9)
    reviewer: Any = {"reviewer_urn": GUEST, "trained_on": LONG_AGO, "conflict_declared_on": day}
    found: Any = {"kind": "development", "estimate": "effective", "evidence": ("lesson",), "finding": "Little."}
    action: Any = {"finding_id": named("finding"), "action": "Read.", "owner": "head"}
    done: Any = {"strengths": 0, "developments": 1, "agreed_by_host_on": day, "completed_on": day}
    for event in (
        r.ReviewRequested(**about, trustuid=TRUST, focus="reading", from_on=day, to_on=day),
        *(r.ReviewerAgreed(**about, reviewer_id=named(who), **reviewer) for who in by),
        r.ReviewFindingRecorded(**about, finding_id=named("finding"), area="reading", found_on=day, **found),
        *(r.FollowUpActionAgreed(**about, action_id=named(f"{d}"), due_on=d, **action) for d in due),
        r.ReviewCompleted(
            **about,
            trustuid=TRUST,
            focus="reading",
            lead_id=named(by[0]),
            reviewer_ids=tuple(named(who) for who in by),
            **done,
        ),
    ):
        story.tell(event, f"review-{named(name)}", urn=HOST)


async def test_two_reviewers_of_one_school_give_one_review(story: Story, rows: Rows) -> None:
    review(story, by=("Ana", "Ben"))

    found = await by_urn(rows)

    assert (found[GUEST]["reviews_given"], found[GUEST]["reviews_received"]) == (1, 0)
    assert (found[GUEST]["given_minus_received"], found[HOST]["given_minus_received"]) == (1, -1)


async def test_who_has_gone_or_is_away_is_no_trained_reviewer_of_a_school(story: Story, rows: Rows) -> None:
    staffing = Staffing(story)
    for who in ("Ana", "Ben", "Cat"):
        staffing.enters(who)
        staffing.starts(who, who, GUEST, "deputy", LONG_AGO)
    review(story, by=("Ana", "Ben", "Cat"))
    review(story, "another", by=("Ana",))
    staffing.ends("Ben", "Ben", YESTERDAY)
    staffing.pauses("Cat", "Cat", YESTERDAY)

    assert (await by_urn(rows))[GUEST]["trained_reviewers"] == 1


async def test_an_action_is_due_until_its_day_is_past(story: Story, rows: Rows) -> None:
    review(story, by=("Ana",), due=(YESTERDAY, TODAY, date(2026, 12, 4), date(2026, 12, 5)))

    host = (await by_urn(rows))[HOST]

    assert (host["actions_open"], host["actions_overdue"], host["actions_due_in_14_days"]) == (4, 1, 2)


async def test_what_a_school_did_under_an_earlier_urn_is_its_own(story: Story, rows: Rows) -> None:
    review(story, by=("Ana",))
    story.joins(GUEST_SINCE, "Birch Academy", YESTERDAY)
    story.becomes(GUEST, GUEST_SINCE, YESTERDAY)

    found = await by_urn(rows)

    assert found.keys() == {HOST, GUEST_SINCE}
    assert (found[GUEST_SINCE]["school"], found[GUEST_SINCE]["reviews_given"]) == ("Birch Academy", 1)


async def test_a_school_that_has_left_the_trust_has_no_actions_to_chase(story: Story, rows: Rows) -> None:
    review(story, by=("Ana",), due=(YESTERDAY,))
    story.leaves(HOST, YESTERDAY)

    assert (await by_urn(rows)).keys() == {GUEST}


def share(story: Story, version: int, title: str) -> None:
    template = t.PracticeTemplateShared(
        template_id=named("reading"),
        trustuid=TRUST,
        urn=HOST,
        title=title,
        version=version,
        summary="Read.",
        shared_on=TODAY,
    )
    story.tell(template, "practice-template")


def adopt(story: Story, urn: str, version: int) -> None:
    adopted = t.PracticeTemplateAdopted(template_id=named("reading"), urn=urn, version=version, adopted_on=TODAY)
    story.tell(adopted, "practice-template", urn=urn)


async def test_a_school_that_adopts_a_later_version_too_is_one_school(story: Story, rows: Rows) -> None:
    share(story, 1, "Reading")
    adopt(story, GUEST, 1)
    share(story, 2, "Reading aloud")
    adopt(story, GUEST, 2)

    [row] = await rows("practice")

    assert (row["kind"], row["what"], row["shared_by"]) == ("template", "Reading aloud", "Ashby")
    assert (row["times"], row["schools"], row["school_names"]) == (2, 1, ["Birch"])


async def test_a_template_that_nobody_adopted_is_there(story: Story, rows: Rows) -> None:
    share(story, 1, "Reading")

    [row] = await rows("practice", school=HOST)

    assert (row["schools"], row["school_names"]) == (0, [])
    assert await rows("practice", school=GUEST) == []


async def test_of_a_visit_both_schools_have_part(story: Story, rows: Rows) -> None:
    about: Any = {"trustuid": TRUST, "kind": "learning_walk", "focus": "reading", "visitors": 2, "held_on": TODAY}
    for name, guest, host in (("there", GUEST, HOST), ("back", HOST, GUEST)):
        story.tell(r.PeerVisitHeld(visit_id=named(name), from_urn=guest, to_urn=host, **about), f"visit-{name}")

    [row] = await rows("practice")
    visits = await by_urn(rows)

    assert (row["kind"], row["thing_id"], row["times"], row["schools"]) == ("visit", "learning_walk", 2, 2)
    assert (visits[HOST]["visits_made"], visits[HOST]["visits_received"]) == (1, 1)


def agree(story: Story, name: str = "reading", ends_on: date = TODAY) -> None:
    days = Amount(dimension="people", quantity=1_200, unit="half_days")
    agreed = p.CollaborationAgreed(
        collaboration_id=named(name),
        trustuid=TRUST,
        title=name,
        purpose="To read more.",
        measures=("books read",),
        partners=(
            p.Partner(kind="school", urn=HOST, receives=(days,)),
            p.Partner(kind="university", name="Northmoor University", gives=(days,)),
            p.Partner(kind="trust"),
        ),
        starts_on=date(2026, 11, 2),
        ends_on=ends_on,
        opportunity_cost_days=0,
        opportunity_cost_pence=90_000,
    )
    story.tell(agreed, f"collaboration-{name}")


def assess(story: Story, name: str, **scores: int) -> None:
    for test, score in scores.items():
        of: Any = {"test": test, "score": score, "basis": "judged"}
        event = p.FiveTestsAssessed(collaboration_id=named(name), by="leader-1", assessed_on=TODAY, **of)
        story.tell(event, f"collaboration-{name}")


async def test_strong_is_three_of_four_in_all_five(story: Story, rows: Rows) -> None:
    scores: dict[str, dict[str, int]] = {
        "just": dict.fromkeys(FIVE, 3),
        "slow": dict.fromkeys(FIVE, 4) | {"pace": 2},
        "slow at least": {"pace": 2},
        "fifth open": dict.fromkeys(FIVE[:4], 4),
        "open": {},
    }
    for name, given in scores.items():
        agree(story, name)
        assess(story, name, **given)

    found = {row["title"]: row for row in await rows("tests")}

    assert {name: row["strong"] for name, row in found.items()} == {
        "just": True,
        "slow": False,
        "slow at least": False,
        "fifth open": None,
        "open": None,
    }
    assert [found["slow at least"][f"{test}_score"] for test in FIVE] == [None, None, None, 2, None]


async def test_the_latest_score_of_each_test_counts(story: Story, rows: Rows) -> None:
    agree(story)
    assess(story, "reading", pace=4, purpose=4)
    assess(story, "reading", pace=1)

    [row] = await rows("tests")

    assert (row["pace_score"], row["purpose_score"]) == (1, 4)


async def test_a_collaboration_past_its_end_is_stalled_until_it_is_closed(story: Story, rows: Rows) -> None:
    for name, ends_on in (("last day", TODAY), ("past", YESTERDAY), ("closed", YESTERDAY)):
        agree(story, name, ends_on)
    closed = p.CollaborationClosed(collaboration_id=named("closed"), outcome="green", closed_on=TODAY)
    story.tell(closed, "collaboration-closed")

    states = {row["title"]: (row["state"], row["outcome"]) for row in await rows("tests")}

    assert states == {"last day": ("running", None), "past": ("stalled", None), "closed": ("closed", "green")}


async def test_partners_say_what_they_give_and_receive(story: Story, rows: Rows) -> None:
    agree(story)

    [row] = await rows("tests", school=HOST)

    assert row["partners"] == ["Ashby", "Northmoor University", "The trust"]
    assert row["gives"] == ["Northmoor University: 1,200 half-days of people"]
    assert row["receives"] == ["Ashby: 1,200 half-days of people"]
    assert await rows("tests", school=GUEST) == []
