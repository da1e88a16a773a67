"""Leaders' stories: who is spotted, who stands behind them, what they lead, and what they are ready for."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from typing import Any
from uuid import uuid4

import httpx

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.leading import (
    LONG_AGO,
    YESTERDAY,
    assessment,
    experience,
    leaves,
    nominated,
    nomination,
    project,
)
from tests.support.writer import TRUST, inside, until

# Spotting talent


async def test_a_rising_star_is_spotted_told_and_given_a_project_to_lead(trust: Trust) -> None:
    leader_id, head = await nominated(trust, urn=HERE, potential_for=["head_of_school"], evidence="Calm and clear.")
    given = project(scope_urns=[THERE, HERE])

    await trust.does("talent", f"/leaders/{leader_id}/inform", {"informed_by": head, "informed_on": str(TODAY)})
    await trust.does("talent", f"/leaders/{leader_id}/projects", given)
    complete = f"/leaders/{leader_id}/projects/{given['project_id']}/complete"
    await trust.does("talent", complete, {"outcome": "green", "completed_on": str(TODAY)})

    [(_, identified), *_] = await trust.history("talent", f"leader-{leader_id}")
    assert (identified["leader_id"], identified["person_id"]) == (leader_id, leader_id)
    assert identified["evidence"].startswith("sealed:")
    assert await trust.happened("talent", f"leader-{leader_id}") == ["LeaderIdentified", "LeaderInformed"]
    assert await trust.happened("talent", f"projectleadership-{given['project_id']}-{leader_id}") == [
        "ProjectLeadershipGiven",
        "ProjectLeadershipCompleted",
    ]


async def test_a_schools_system_says_whom_its_appraisals_found(trust: Trust) -> None:
    head, leader_id, elsewhere = [await trust.employs(urn=urn) for urn in (HERE, HERE, THERE)]

    answer = await trust.claims(
        "talent",
        "LeaderIdentified",
        {"leader_id": leader_id, "identified_by": head, "source": "appraisal", "ambition": "unsure", "urn": HERE},
        school=HERE,
    )
    of_another = await trust.cannot("talent", "/leaders", nomination(elsewhere, head), school=HERE)

    assert answer["outcome"] == "accepted"
    assert of_another == "not_your_school"
    assert await trust.happened("talent", f"leader-{leader_id}") == ["LeaderIdentified"]


async def test_whoever_puts_themselves_forward_counts_when_somebody_else_endorses_it(trust: Trust) -> None:
    leader_id, manager = await trust.employs(), await trust.employs()
    endorse, projects = f"/leaders/{leader_id}/endorse", f"/leaders/{leader_id}/projects"
    await trust.does("talent", "/leaders", nomination(leader_id, leader_id, source="self"))

    too_early = await trust.cannot("talent", projects, project())
    by_self = await trust.cannot("talent", endorse, {"endorsed_by": leader_id, "endorsed_on": str(TODAY)})
    await trust.does("talent", endorse, {"endorsed_by": manager, "endorsed_on": str(TODAY)})
    await trust.does("talent", projects, project())

    assert (too_early, by_self) == ("leader_not_active", "endorses_self")


async def test_a_school_gives_and_completes_projects_at_itself_only(trust: Trust) -> None:
    leader_id, _ = await nominated(trust, urn=HERE)
    at_itself, elsewhere = project(scope_urns=[HERE]), project(scope_urns=[HERE, THERE])
    projects, completed = f"/leaders/{leader_id}/projects", {"outcome": "green", "completed_on": str(TODAY)}

    trust_wide = await trust.cannot("talent", projects, project(scope_urns=[]), school=HERE)
    further = await trust.cannot("talent", projects, elsewhere, school=HERE)
    await trust.does("talent", projects, elsewhere)
    of_the_trust = await trust.cannot(
        "talent", f"{projects}/{elsewhere['project_id']}/complete", completed, school=HERE
    )
    await trust.does("talent", projects, at_itself, school=HERE)
    await trust.does("talent", f"{projects}/{at_itself['project_id']}/complete", completed, school=HERE)

    assert (trust_wide, further, of_the_trust) == ("trust_only", "not_your_school", "not_your_school")


async def test_a_nomination_is_declined_and_another_one_comes_years_later(trust: Trust) -> None:
    leader_id, head = await nominated(trust)
    decline = {"declined_by": "person", "declined_on": YESTERDAY, "reason": "My children are small."}

    await trust.does("talent", f"/leaders/{leader_id}/decline", decline)
    meanwhile = await trust.cannot("talent", f"/leaders/{leader_id}/projects", project())
    await trust.does("talent", "/leaders", nomination(leader_id, head))

    assert meanwhile == "leader_not_active"
    assert await trust.happened("talent", f"leader-{leader_id}") == [
        "LeaderIdentified",
        "LeaderNominationDeclined",
        "LeaderIdentified",
    ]


async def test_of_thirty_two_who_nominate_the_same_person_at_once_one_begins_the_record(trust: Trust) -> None:
    leader_id = await trust.employs()
    nominators = [await trust.employs("headteacher") for _ in range(4)]

    answers = await asyncio.gather(
        *(trust.command("talent", "/leaders", nomination(leader_id, nominators[n % 4])) for n in range(32))
    )

    assert await trust.happened("talent", f"leader-{leader_id}") == ["LeaderIdentified"]
    said = Counter(answer.json().get("code", "accepted") for answer in answers)
    assert said == {"accepted": 8, "leader_already_identified": 24}


# Leaving and coming back


async def test_whoever_leaves_the_trust_has_no_open_record_and_a_returner_has_theirs_again(trust: Trust) -> None:
    leader_id, head = await nominated(trust)
    record = f"leader-{leader_id}"

    await leaves(trust, leader_id, "2026-01-31")
    await until(lambda: _is_closed(trust, leader_id, times=1))
    gone = await trust.cannot("talent", f"/leaders/{leader_id}/reopen", _reopening(head))
    await _comes_back(trust, leader_id)
    await trust.does("talent", f"/leaders/{leader_id}/reopen", _reopening(head))
    await leaves(trust, leader_id, YESTERDAY)
    await until(lambda: _is_closed(trust, leader_id, times=2))

    assert gone == "person_has_left"
    assert await trust.happened("talent", record) == [
        "LeaderIdentified",
        "LeaderRecordClosed",
        "LeaderRecordReopened",
        "LeaderRecordClosed",
    ]
    closings = [data for name, data in await trust.history("talent", record) if name == "LeaderRecordClosed"]
    assert [(c["closed_on"], c["reason"]) for c in closings] == [
        ("2026-02-01", "left_the_trust"),
        (str(TODAY), "left_the_trust"),
    ]


async def test_a_record_is_closed_once_though_two_of_the_service_look(trust: Trust) -> None:
    leader_id, _ = await nominated(trust)

    async with inside(trust.writers["talent"].place):  # as after a restart, it knows nothing but its tables
        await leaves(trust, leader_id)
        await until(lambda: _is_closed(trust, leader_id, times=1))
        await asyncio.sleep(1.5)  # three more ticks of each

    assert await trust.happened("talent", f"leader-{leader_id}") == ["LeaderIdentified", "LeaderRecordClosed"]


async def test_a_view_that_is_behind_closes_nobodys_record(trust: Trust) -> None:
    leader_id, _ = await nominated(trust)
    talent = trust.writers["talent"].place
    seems_gone = "update engagement set ended_on = '2026-01-31' where person_id = $1 returning 1"
    await until(lambda: talent.fetchval("select 1 from leader_record where leader_id = $1", leader_id))
    await until(lambda: talent.fetchval(seems_gone, leader_id))

    await until(lambda: talent.fetchval("select 1 from command where source = 'clock' and id ~ $1", leader_id))
    unharmed = await trust.happened("talent", f"leader-{leader_id}")
    await leaves(trust, leader_id)
    await until(lambda: _is_closed(trust, leader_id, times=1))

    assert unharmed == ["LeaderIdentified"]


async def test_whoever_moves_to_another_school_of_the_trust_keeps_the_record(trust: Trust) -> None:
    stays, _ = await nominated(trust, urn=HERE)
    goes, _ = await nominated(trust, urn=HERE)

    await _comes_back(trust, stays, urn=THERE)
    for person_id in (stays, goes):
        history = await trust.history("talent", f"person-{person_id}")
        [first, *_] = [data["engagement_id"] for name, data in history if name == "EngagementStarted"]
        await trust.does("talent", f"/persons/{person_id}/engagements/{first}/end", {"ended_on": YESTERDAY})
    await until(lambda: _is_closed(trust, goes, times=1))

    assert await trust.happened("talent", f"leader-{stays}") == ["LeaderIdentified"]


# The growing bank


async def test_the_bank_of_experienced_leaders_grows_by_what_they_did(trust: Trust) -> None:
    leader_id, _ = await nominated(trust)
    led, review = project(), experience()

    await trust.does("talent", f"/leaders/{leader_id}/projects", led)
    complete = f"/leaders/{leader_id}/projects/{led['project_id']}/complete"
    await trust.does("talent", complete, {"outcome": "amber", "completed_on": YESTERDAY})
    await trust.claims("talent", "ExperienceGained", {"leader_id": leader_id, **review})
    again = await trust.claims("talent", "ExperienceGained", {"leader_id": leader_id, **review})

    [(_, of_project)] = await trust.history("talent", f"experience-{leader_id}-{led['project_id']}")
    [(_, of_review)] = await trust.history("talent", f"experience-{leader_id}-{review['basis']}")
    assert (of_project["experience"], of_project["gained_on"]) == ("project", YESTERDAY)
    assert (of_review["experience"], of_review["gained_on"]) == ("review", "2019-05-10")
    assert again["outcome"] == "accepted"


async def test_a_project_whose_leader_has_gone_is_completed_without_adding_to_the_bank(trust: Trust) -> None:
    leader_id, _ = await nominated(trust)
    led = project()
    await trust.does("talent", f"/leaders/{leader_id}/projects", led)
    await trust.does("talent", f"/leaders/{leader_id}/close", {"closed_on": YESTERDAY, "reason": "promoted"})

    complete = f"/leaders/{leader_id}/projects/{led['project_id']}/complete"
    await trust.does("talent", complete, {"outcome": "red", "completed_on": str(TODAY)})

    assert await trust.happened("talent", f"experience-{leader_id}-{led['project_id']}") == []


# Readiness


async def test_two_say_what_a_leader_is_ready_for_until_the_trusts_half_term_ends(trust: Trust) -> None:
    leader_id, head, other_head = await _assessable(trust)
    half_term = {"name": "A2", "starts_on": "2019-11-04", "ends_on": "2019-12-19"}
    years_terms = {"trustuid": TRUST, "academic_year": "2019/20", "half_terms": [half_term]}
    await trust.does("talent", "/term-dates", years_terms)
    by_set_dates, by_common_ones = [
        assessment(head, other_head, assessed_on=day) for day in ("2018-11-12", "2016-11-12")
    ]

    for one in (by_set_dates, by_common_ones):
        await trust.does("talent", f"/leaders/{leader_id}/readiness", one)

    [(_, first)] = await trust.history("talent", f"readiness-{by_set_dates['assessment_id']}")
    [(_, second)] = await trust.history("talent", f"readiness-{by_common_ones['assessment_id']}")
    assert (first["valid_until"], first["provisional"]) == ("2019-12-19", False)
    assert second["valid_until"] == "2017-12-31"


async def test_with_one_assessor_it_is_provisional_until_followed_by_another_assessment(trust: Trust) -> None:
    leader_id, head, other_head = await _assessable(trust)
    path = f"/leaders/{leader_id}/readiness"
    alone, together = assessment(head), assessment(head, other_head, readiness="ready_now")

    await trust.does("talent", path, alone)
    edited = await trust.cannot("talent", path, {**alone, "assessor_ids": [head, other_head]})
    await trust.does("talent", path, together)

    [(_, first)] = await trust.history("talent", f"readiness-{alone['assessment_id']}")
    [(_, second)] = await trust.history("talent", f"readiness-{together['assessment_id']}")
    assert (first["provisional"], edited, second["provisional"]) == (True, "assessment_exists", False)


async def test_a_trusts_executive_is_from_outside_every_school(trust: Trust) -> None:
    leader_id, head, _ = await _assessable(trust)
    deputy = await trust.employs("deputy_headteacher", urn=HERE)
    executive = await trust.employs("executive", urn=None)
    path = f"/leaders/{leader_id}/readiness"

    both_from_here = await trust.cannot("talent", path, assessment(head, deputy))
    await trust.does("talent", path, assessment(head, executive))

    assert both_from_here == "no_assessor_from_outside"


async def test_of_thirty_two_who_send_an_assessment_at_once_it_is_recorded_once(trust: Trust) -> None:
    leader_id, head, other_head = await _assessable(trust)
    one = assessment(head, other_head)

    answers = await asyncio.gather(
        *(
            trust.command(
                "talent", f"/leaders/{leader_id}/readiness", {**one, "readiness": ("1_year", "ready_now")[n % 2]}
            )
            for n in range(32)
        )
    )

    assert await trust.happened("talent", f"readiness-{one['assessment_id']}") == ["ReadinessAssessed"]
    assert Counter(answer.status_code for answer in answers) == {
        httpx.codes.CREATED: 16,
        httpx.codes.UNPROCESSABLE_ENTITY: 16,
    }


# Refusals


async def _assessable(trust: Trust) -> tuple[str, str, str]:
    """A leader at a school, its head, and another school's head, all since long ago."""
    head, leader_id, other_head = [
        await trust.employs(role, urn=urn, started_on=LONG_AGO)
        for role, urn in (("headteacher", HERE), ("teacher", HERE), ("headteacher", THERE))
    ]
    await trust.does("talent", "/leaders", nomination(leader_id, head))
    return leader_id, head, other_head


async def _is_closed(trust: Trust, leader_id: str, *, times: int) -> bool:
    return (await trust.happened("talent", f"leader-{leader_id}")).count("LeaderRecordClosed") == times


async def _comes_back(trust: Trust, person_id: str, *, urn: str = HERE) -> None:
    engagement = {
        "engagement_id": str(uuid4()),
        "urn": urn,
        "kind": "permanent",
        "role": "teacher",
        "fte_hundredths": 80,
        "started_on": str(date(2026, 6, 1)),
    }
    await trust.does("talent", f"/persons/{person_id}/engagements", engagement)


def _reopening(by: str) -> dict[str, Any]:
    return {"reopened_by": by, "reopened_on": str(TODAY), "reason": "returned"}
