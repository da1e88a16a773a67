"""The bank of leaders, in histories that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.reporting.read_models.reading import Reading, View
from services.reporting.reports import answer, network, reports
from shared.contracts.collaboration import coaching as k
from shared.contracts.collaboration.reviews import ReviewCompleted
from shared.contracts.talent import leaders as t
from shared.contracts.talent.deployments import DeploymentEnded, LeaderDeployed
from shared.contracts.talent.roles import RoleDesignated, RoleDesignationWithdrawn
from tests.support import read_model
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, named

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY, SUMMER = NOW.date(), date(2026, 8, 31)
ASHBY, BIRCH = "900001", "900002"


@pytest.fixture
def story() -> Story:
    """Ana, a deputy at Ashby, and Ben at Birch."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    staffing = Staffing(story)
    for who, urn, school in (("Ana", ASHBY, "Ashby"), ("Ben", BIRCH, "Birch")):
        story.joins(urn, school, date(2020, 9, 1))
        staffing.enters(who)
        staffing.starts(who, f"{who}'s post", urn, "deputy", date(2024, 9, 1))
    return story


async def told(pool: asyncpg.Pool, story: Story) -> Reading:
    await read_model.receive(pool, story.told)
    return read_model.reading(pool, HandClock(NOW))


async def rows(pool: asyncpg.Pool, story: Story, school: str | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    """By the person and the year."""
    who = {str(named(name)): name for name in ("Ana", "Ben", "Ana again")}
    async with (await told(pool, story))(network.needs) as view:
        found = (await _answer(view, school)).rows
    return {(who[row["person_id"]], row["academic_year"]): row for row in found}


async def _answer(view: View, school: str | None) -> Any:
    return await answer(reports["network"], view, school=school)


def is_seen(story: Story, who: str, **more: Any) -> None:
    about: Any = {"identified_by": named("head"), "source": "nomination", "ambition": "headship", **more}
    event = t.LeaderIdentified(leader_id=named(who), person_id=named(who), **about)
    story.tell(event, f"leader-{named(who)}")


def is_known(story: Story, who: str) -> None:
    is_seen(story, who, informed_on=date(2026, 9, 1))


def has_reviewed(story: Story, review: str, on: date, *who: str) -> None:
    event = ReviewCompleted(
        review_id=named(review),
        trustuid=TRUST,
        urn=BIRCH,
        focus="reading",
        lead_id=named(who[0]),
        reviewer_ids=tuple(named(one) for one in who),
        strengths=1,
        developments=0,
        agreed_by_host_on=on,
        completed_on=on,
    )
    story.tell(event, f"review-{named(review)}", urn=BIRCH)


def is_banked(story: Story, who: str, experience: Any, basis: str, on: date) -> None:
    event = t.ExperienceGained(leader_id=named(who), experience=experience, basis=named(basis), gained_on=on)
    story.tell(event, f"experience-{named(who)}-{named(basis)}")


def coaches(story: Story, who: str, coachee: str, *, sessions: int | None = None) -> None:
    """With sessions, the pairing has ended."""
    about: Any = {"pairing_id": named(f"{who}/{coachee}"), "trustuid": TRUST, "coach_id": named(who), "kind": "coach"}
    paired = k.CoachingPaired(coachee_ids=(named(coachee),), starts_on=date(2026, 9, 1), **about)
    story.tell(paired, f"coach-{named(who)}")
    if sessions is not None:
        ended = k.CoachingEnded(outcome="met", sessions=sessions, minutes=45 * sessions, ended_on=TODAY, **about)
        story.tell(ended, f"coach-{named(who)}")


def is_in_the_pool(story: Story, who: str, *, left_on: date | None = None, **more: Any) -> None:
    membership: Any = {"membership_id": named(f"membership {len(story.told)}"), "person_id": named(who)}
    about: Any = {"basis": "training", "kinds": ("coach",), "places": 2, "from_on": date(2026, 9, 1), **more}
    story.tell(k.CoachPoolJoined(trustuid=TRUST, **membership, **about), f"coach-{named(who)}")
    if left_on is not None:
        story.tell(k.CoachPoolLeft(left_on=left_on, **membership), f"coach-{named(who)}")


def is_deployed(story: Story, name: str, ended_on: date, **more: Any) -> None:
    """Ana, from Ashby to Birch for four days from today on."""
    about: Any = {"deployment_id": named(name), "person_id": named("Ana")}
    signed: Any = {"confirmed_by_head": named("head"), "confirmed_by_head_on": TODAY, "confirmed_by_person_on": TODAY}
    days: Any = {"days": 4, "starts_on": TODAY, "ends_on": TODAY + timedelta(days=10)}
    stream = f"deployments-{named('Ana')}-2026-27"
    story.tell(LeaderDeployed(from_urn=ASHBY, to_urn=BIRCH, **about, **days, **signed), stream)
    outcome: Any = "called_off" if ended_on < TODAY else "green"
    story.tell(DeploymentEnded(ended_on=ended_on, outcome=outcome, **about, **more), stream)


async def test_a_review_counts_once_and_on_its_own_day(pool: asyncpg.Pool, story: Story) -> None:
    is_known(story, "Ana")
    has_reviewed(story, "review", date(2026, 9, 1), "Ana", "Ben")
    is_banked(story, "Ana", "review", "review", SUMMER)
    is_banked(story, "Ana", "review", "elsewhere", SUMMER)
    is_banked(story, "Ana", "qualification", "npqh", date(2026, 9, 2))

    found = await rows(pool, story)

    figures = {key: [row[column] for column in ("experience", "reviews", "other")] for key, row in found.items()}
    assert figures == {("Ana", "2025/26"): [1, 1, 0], ("Ana", "2026/27"): [2, 1, 1]}  # Ben is no member
    assert [row["coaching_load"] for row in found.values()] == [0, None]


async def test_who_does_not_know_it_or_only_thinks_so_is_no_leader(pool: asyncpg.Pool, story: Story) -> None:
    is_seen(story, "Ana")
    is_seen(story, "Ben", source="self", identified_by=named("Ben"))
    assert await rows(pool, story) == {}


async def test_a_leader_is_one_from_the_endorsement_to_the_end_of_the_record(pool: asyncpg.Pool, story: Story) -> None:
    for who in ("Ana", "Ben"):
        is_seen(story, who, source="self", identified_by=named(who))
        event = t.LeaderEndorsed(leader_id=named(who), endorsed_by=named("head"), endorsed_on=TODAY)
        story.tell(event, f"leader-{named(who)}")
    closed = t.LeaderRecordClosed(leader_id=named("Ben"), closed_on=TODAY, reason="another_path")
    story.tell(closed, f"leader-{named('Ben')}")

    [row] = (await rows(pool, story)).values()

    assert (row["member_as"], row["urns"], row["schools"]) == (["leader"], [ASHBY], ["Ashby"])


async def test_two_entries_of_one_person_are_one_member(pool: asyncpg.Pool, story: Story) -> None:
    Staffing(story).enters("Ana again")
    is_known(story, "Ana")
    is_in_the_pool(story, "Ana again")
    has_reviewed(story, "review", TODAY, "Ana", "Ana again")
    coaches(story, "Ana again", "Ben")
    Staffing(story).is_also("Ana again", "Ana")

    [row] = (await rows(pool, story)).values()

    assert (row["person_id"], row["member_as"]) == (str(named("Ana")), ["coach", "leader"])
    assert [row[column] for column in ("reviews", "coaching_load", "coaching_places")] == [1, 1, 2]


async def test_coaching_counts_for_both_once_it_has_ended_and_they_have_met(pool: asyncpg.Pool, story: Story) -> None:
    is_in_the_pool(story, "Ana")
    is_in_the_pool(story, "Ben", to_on=TODAY)
    is_in_the_pool(story, "Ben", to_on=TODAY - timedelta(days=1))
    is_in_the_pool(story, "Ben", left_on=TODAY)
    coaches(story, "Ana", "Ben", sessions=2)
    coaches(story, "Ben", "Ana", sessions=0)
    coaches(story, "Ana", "somebody")

    found = await rows(pool, story)

    columns = ("coaching", "coaching_received", "coaching_load", "coaching_places")
    assert {who: [row[column] for column in columns] for (who, _), row in found.items()} == {
        "Ana": [1, 0, 1, 2],
        "Ben": [0, 1, 0, 2],
    }


async def test_a_designation_counts_to_its_last_day(pool: asyncpg.Pool, story: Story) -> None:
    about: Any = {"trustuid": TRUST, "person_id": named("Ana"), "awarding_body": "hub", "from_on": date(2025, 9, 1)}
    for scheme, to_on in (("nle", TODAY), ("lle", TODAY - timedelta(days=1)), ("nlg", None)):
        event = RoleDesignated(designation_id=named(scheme), scheme=scheme, to_on=to_on, **about)
        story.tell(event, f"designations-{named('Ana')}")
    ended = RoleDesignationWithdrawn(
        designation_id=named("nlg"), person_id=named("Ana"), scheme="nlg", withdrawn_on=TODAY
    )
    story.tell(ended, f"designations-{named('Ana')}")

    [row] = (await rows(pool, story)).values()

    assert row["member_as"] == ["nle"]


async def test_each_deployment_that_ended_counts_for_who_was_deployed(pool: asyncpg.Pool, story: Story) -> None:
    is_known(story, "Ana")
    is_deployed(story, "whole", TODAY)
    is_deployed(story, "part", TODAY, days_given=1)
    is_deployed(story, "called off", TODAY - timedelta(days=1))

    [row] = (await rows(pool, story)).values()

    assert (row["deployments"], row["experience"]) == (2, 2)


async def test_a_school_sees_who_works_there(pool: asyncpg.Pool, story: Story) -> None:
    is_known(story, "Ana")
    is_known(story, "Ben")

    assert [who for who, _ in await rows(pool, story, school=BIRCH)] == ["Ben"]
