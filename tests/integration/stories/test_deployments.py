"""Deployments through the real doors: proposed by anybody, confirmed by people, within a year's terms whoever races."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from tests.integration.stories.career_bodies import (
    YEAR,
    ago,
    confirmation,
    ending,
    has_terms,
    is_deployed,
    is_proposed,
    proposal,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust

FAR = "900003"
LEDGER = YEAR.replace("/", "-")


async def test_a_leader_helps_elsewhere_and_it_is_said_what_that_changed(trust: Trust) -> None:
    leader, head = await has_terms(trust)
    proposed = proposal(leader, allocation_id=str(uuid4()))
    at = f"/deployments/{proposed['deployment_id']}"

    await trust.does("talent", "/deployments", proposed)
    await trust.does("talent", f"{at}/confirm", confirmation(leader, head), school=HERE)
    await trust.does("talent", f"{at}/end", ending(leader, days_given=5), school=THERE)

    history = await trust.history("talent", f"deployments-{leader}-{LEDGER}")
    assert [name for name, _ in history] == ["DeploymentProposed", "LeaderDeployed", "DeploymentEnded"]
    deployed, ended = history[1][1], history[2][1]
    assert (deployed["confirmed_by_head"], deployed["above_full_time"]) == (head, False)
    assert (ended["outcome"], ended["days_given"], ended["impact"][:7]) == ("green", 5, "sealed:")


async def test_an_executive_head_of_three_schools_confirms_for_each_of_them(trust: Trust) -> None:
    leader, _ = await has_terms(trust)
    executive = await trust.employs("executive_headteacher", fte_hundredths=34)
    for urn in (THERE, FAR):
        await trust.does("talent", f"/persons/{executive}/engagements", _heads(urn))

    deployment_id = await is_proposed(trust, leader, to_urn=THERE)
    await trust.does("talent", f"/deployments/{deployment_id}/confirm", confirmation(leader, executive))

    assert await trust.happened("talent", f"deployments-{leader}-{LEDGER}") == ["DeploymentProposed", "LeaderDeployed"]


async def test_a_head_is_released_by_the_chief_executive_and_never_by_themselves(trust: Trust) -> None:
    head, chief = await trust.employs("headteacher"), await trust.employs("chief_executive", urn=None)
    await trust.does("talent", f"/persons/{head}/deployment-terms", {"days_a_year": 6, "from_on": ago(400)})
    at = f"/deployments/{await is_proposed(trust, head)}/confirm"

    assert await trust.cannot("talent", at, confirmation(head, head)) == "releases_self"
    await trust.does("talent", at, confirmation(head, chief))


async def test_more_than_full_time_only_warns(trust: Trust) -> None:
    leader, head = await has_terms(trust)
    await trust.does("talent", f"/persons/{leader}/engagements", {**_heads(FAR), "role": "teacher"})

    await is_deployed(trust, leader, head)

    history = await trust.history("talent", f"deployments-{leader}-{LEDGER}")
    assert history[1][1]["above_full_time"] is True


async def test_a_proposal_is_called_off_and_its_days_are_free(trust: Trust) -> None:
    leader, head = await has_terms(trust, days=6)
    deployment_id = await is_proposed(trust, leader)

    nothing = {"person_id": leader, "academic_year": YEAR, "ended_on": str(TODAY)}
    await trust.does("talent", f"/deployments/{deployment_id}/end", nothing)
    await is_deployed(trust, leader, head)

    happened = await trust.happened("talent", f"deployments-{leader}-{LEDGER}")
    assert happened == ["DeploymentProposed", "DeploymentEnded", "DeploymentProposed", "LeaderDeployed"]


async def test_a_claim_of_version_1_is_taken_and_recorded_as_it_is_said_now(trust: Trust) -> None:
    leader, _ = await has_terms(trust)
    said = {"deployment_id": await is_proposed(trust, leader), "person_id": leader, "academic_year": YEAR}

    receipt = await trust.claims("talent", "DeploymentEnded", {**said, "ended_on": str(TODAY), "outcome": None})

    assert receipt["outcome"] == "accepted", receipt
    [_, (name, ended)] = await trust.history("talent", f"deployments-{leader}-{LEDGER}")
    assert (name, ended["outcome"]) == ("DeploymentEnded", "called_off")


async def test_who_has_left_is_not_deployed(trust: Trust) -> None:
    engagement_id = str(uuid4())
    leader = await trust.employs("assistant_headteacher", engagement_id=engagement_id)
    head = await trust.employs("headteacher")
    await trust.does("talent", f"/persons/{leader}/deployment-terms", {"days_a_year": 20, "from_on": ago(400)})
    at = f"/deployments/{await is_proposed(trust, leader)}/confirm"

    left = {"ended_on": ago(1), "reason": "new_post"}
    await trust.does("talent", f"/persons/{leader}/engagements/{engagement_id}/end", left)

    assert await trust.cannot("talent", at, confirmation(leader, head)) == "not_at_releasing_school"
    assert await trust.cannot("talent", "/deployments", proposal(leader)) == "not_at_releasing_school"


async def test_thirty_two_confirmations_at_once_never_exceed_the_terms(trust: Trust) -> None:
    leader, head = await has_terms(trust, days=10)
    proposed = [await is_proposed(trust, leader, days=1) for _ in range(32)]

    answers = await asyncio.gather(
        *(trust.command("talent", f"/deployments/{id}/confirm", confirmation(leader, head)) for id in proposed)
    )

    assert [answer.status_code for answer in answers].count(201) == 10
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"terms_exceeded"}
    happened = await trust.happened("talent", f"deployments-{leader}-{LEDGER}")
    assert happened.count("LeaderDeployed") == 10


async def test_thirty_two_confirmations_of_one_deployment_are_one(trust: Trust) -> None:
    leader, head = await has_terms(trust)
    at = f"/deployments/{await is_proposed(trust, leader)}/confirm"

    answers = await asyncio.gather(*(trust.command("talent", at, confirmation(leader, head)) for _ in range(32)))

    assert {answer.status_code for answer in answers} == {201}
    happened = await trust.happened("talent", f"deployments-{leader}-{LEDGER}")
    assert happened == ["DeploymentProposed", "LeaderDeployed"]


def _heads(urn: str) -> dict[str, object]:
    return {
        "engagement_id": str(uuid4()),
        "urn": urn,
        "kind": "permanent",
        "role": "executive_headteacher",
        "fte_hundredths": 33,
        "started_on": ago(400),
    }
