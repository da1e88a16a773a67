"""The stories of what is worked on: plans and their needs, whose priorities come first, how schools see themselves."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import get_args

import httpx
import pytest

from shared.contracts.collaboration.loop import Principle
from shared.contracts.vocabulary import Dimension
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.improving import (
    agreement,
    agrees_plan,
    amendment,
    assessment,
    ballot,
    opens_cycle,
    plan,
    proposes,
    sets_focus,
)
from tests.support.writer import TRUST

pytestmark = pytest.mark.timeout(300)
CLIENTS = 32


async def test_a_school_agrees_a_plan_with_what_it_needs_amends_it_and_closes_it(trust: Trust) -> None:
    """S4f, S4k: needs in each dimension, and what is done for disadvantaged pupils."""
    needs = [
        {"dimension": "people", "quantity": 10, "unit": "half_days"},
        {"dimension": "time", "quantity": 2, "unit": "half_days_a_week"},
        {"dimension": "intellectual", "quantity": 3, "unit": "places"},
        {"dimension": "financial", "quantity": 400_000, "unit": "pence"},
        {"dimension": "collaboration", "quantity": 50, "unit": "fte_hundredths"},
    ]
    focus_id = await sets_focus(trust)
    plan_id = await agrees_plan(trust, needs=needs, focus_ids=[focus_id])
    path = f"/improvement-plans/{plan_id}"

    await trust.does("collaboration", f"{path}/amend", amendment(needs=needs[:1]), school=HERE)
    await trust.does("collaboration", f"{path}/close", {"outcome": "green", "closed_on": str(TODAY)}, school=HERE)

    (_, agreed), (_, amended), (_, closed) = await trust.history("collaboration", f"improvement-plan-{plan_id}")
    assert (agreed["needs"], agreed["focus_ids"], agreed["cost_pence"]) == (needs, [focus_id], 250_000)
    assert agreed["disadvantaged_note"].startswith("sealed:")
    assert (amended["needs"], amended.get("focus_ids", [])) == (needs[:1], [])
    assert (closed["urn"], closed["outcome"]) == (HERE, "green")


async def test_the_trust_has_a_plan_that_no_school_changes(trust: Trust) -> None:
    plan_id = await agrees_plan(trust, school=None)
    path = f"/improvement-plans/{plan_id}"

    assert await trust.cannot("collaboration", f"{path}/amend", amendment(), school=HERE) == "not_your_school"
    await trust.does("collaboration", f"{path}/amend", amendment())

    assert await trust.happened("collaboration", f"improvement-plan-{plan_id}") == [
        "ImprovementPlanAgreed",
        "ImprovementPlanAmended",
    ]


async def test_a_schools_system_says_what_its_plan_is_and_is_told_again_that_it_is_known(trust: Trust) -> None:
    fields = plan()

    receipts = [await trust.claims("collaboration", "ImprovementPlanAgreed", fields, school=HERE) for _ in range(2)]

    assert [receipt["outcome"] for receipt in receipts] == ["accepted", "accepted"]
    assert await trust.happened("collaboration", f"improvement-plan-{fields['plan_id']}") == ["ImprovementPlanAgreed"]


async def test_leaders_of_all_levels_decide_what_comes_first(trust: Trust) -> None:
    """S0e: a middle leader and the trust propose, a teacher, a head and the trust's people vote, the trust agrees."""
    cycle = await opens_cycle(trust)
    reading = await proposes(trust, cycle, role_level="middle")
    attendance = await proposes(trust, cycle, school=None, title="Attendance", role_level="trust")
    teacher, head, officer = (
        await trust.employs(),
        await trust.employs("head", urn=THERE),
        await trust.employs(urn=None),
    )
    votes = [
        (HERE, ballot(cycle, teacher, reading)),
        (HERE, ballot(cycle, teacher, attendance, reading)),
        (THERE, ballot(cycle, head, reading, attendance, urn=THERE, role_level="head")),
        (None, ballot(cycle, officer, attendance, urn=None, role_level="trust")),
    ]

    for school, vote in votes:
        await trust.does("collaboration", "/priority-votes", vote, school=school)
    await trust.does("collaboration", f"/priorities/{attendance}/agree", agreement(cycle, 1))
    await trust.does("collaboration", f"/priorities/{reading}/agree", agreement(cycle, 2))

    of_teacher = await trust.history("collaboration", _ballot(cycle, teacher))
    assert [data["ranking"] for _, data in of_teacher] == [[reading], [attendance, reading]]
    agreed = await trust.history("collaboration", f"agreed-priorities-{TRUST}-{cycle.replace('/', '-')}")
    assert [(data["priority_id"], data["rank"]) for _, data in agreed] == [(attendance, 1), (reading, 2)]
    late = ballot(cycle, head, reading, urn=THERE)
    assert await trust.cannot("collaboration", "/priority-votes", late, school=THERE) == "voting_closed"


async def test_each_place_is_given_once_also_when_many_give_it_at_once(trust: Trust) -> None:
    cycle = await opens_cycle(trust)
    proposed = await asyncio.gather(*(proposes(trust, cycle) for _ in range(CLIENTS)))

    answers = await asyncio.gather(
        *(
            trust.command("collaboration", f"/priorities/{priority_id}/agree", agreement(cycle, number % 4 + 1))
            for number, priority_id in enumerate(proposed)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {
        httpx.codes.CREATED: 4,
        httpx.codes.UNPROCESSABLE_ENTITY: CLIENTS - 4,
    }
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"rank_taken"}
    agreed = await trust.history("collaboration", f"agreed-priorities-{TRUST}-{cycle.replace('/', '-')}")
    assert sorted(data["rank"] for _, data in agreed) == [1, 2, 3, 4]


async def test_a_leader_has_one_ballot_also_when_it_is_sent_many_times_at_once(trust: Trust) -> None:
    cycle, teacher = await opens_cycle(trust), await trust.employs()
    first, second = await proposes(trust, cycle), await proposes(trust, cycle)
    vote = ballot(cycle, teacher, first, second)

    await asyncio.gather(*(trust.does("collaboration", "/priority-votes", vote, school=HERE) for _ in range(CLIENTS)))

    assert await trust.happened("collaboration", _ballot(cycle, teacher)) == ["PriorityVoted"]


async def test_no_vote_is_taken_once_the_first_priority_is_agreed(trust: Trust) -> None:
    """Thirty-two vote while the trust agrees: whoever is counted was before it."""
    cycle, people = await opens_cycle(trust), await trust.staff(CLIENTS)
    priority_id = await proposes(trust, cycle)

    *answers, agreed = await asyncio.gather(
        *(trust.command("collaboration", "/priority-votes", ballot(cycle, who, priority_id)) for who in people),
        trust.command("collaboration", f"/priorities/{priority_id}/agree", agreement(cycle, 1)),
    )

    assert agreed.status_code == httpx.codes.CREATED
    assert {answer.json()["code"] for answer in answers if answer.is_error} <= {"voting_closed"}
    after = await trust.writers["collaboration"].place.fetchval(
        """select count(*) from event where stream like $1 and position >
           (select position from event where stream = $2)""",
        _ballot(cycle, "%"),
        f"agreed-priorities-{TRUST}-{cycle.replace('/', '-')}",
    )
    taken = [await trust.happened("collaboration", _ballot(cycle, who)) for who in people]
    assert after == 0
    assert sum(map(len, taken)) == sum(answer.is_success for answer in answers)


@pytest.mark.parametrize(
    ("instrument", "items"), [("ten_principles", get_args(Principle)), ("capacity", get_args(Dimension))]
)
async def test_a_school_and_the_trust_say_how_they_see_themselves(
    trust: Trust, instrument: str, items: tuple[str, ...]
) -> None:
    """S4a, S4b: on the five-point scale, against all ten principles, or the five dimensions of capacity."""
    scale = ["we_do_this", "we_talk_about_it", "we_dont", "never_thought_about_it", "we_should"]
    answers = [{"item": item, "answer": scale[number % 5]} for number, item in enumerate(items)]
    of_school = assessment(instrument=instrument, answers=answers)
    of_trust = assessment(instrument=instrument, answers=answers, urn=None)

    await trust.does("collaboration", "/self-assessments", of_school, school=HERE)
    await trust.does("collaboration", "/self-assessments", of_trust)

    for said, urn in ((of_school, HERE), (of_trust, None)):
        [(name, data)] = await trust.history("collaboration", f"self-assessment-{said['assessment_id']}")
        assert (name, data.get("urn"), data["answers"]) == ("SelfAssessmentSubmitted", urn, answers)


async def test_nobody_speaks_for_another_school(trust: Trust) -> None:
    said = assessment()
    await trust.does("collaboration", "/self-assessments", said, school=HERE)

    stolen = {**said, "urn": THERE}
    assert await trust.cannot("collaboration", "/self-assessments", stolen, school=THERE) == "not_your_school"
    of_other = plan(plan_id=await agrees_plan(trust), urn=THERE)
    assert await trust.cannot("collaboration", "/improvement-plans", of_other, school=THERE) == "not_your_school"
    assert await trust.cannot("collaboration", "/self-assessments", assessment(urn=HERE), school=THERE) == (
        "not_your_school"
    )


def _ballot(cycle: str, person_id: str) -> str:
    return f"ballot-{TRUST}-{cycle.replace('/', '-')}-{person_id}"
