"""The stories of coaching: the pool, who is paired with whom, and what comes of it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.integration.stories.coaching import (
    LAST_YEAR,
    YESTERDAY,
    end,
    joins,
    manages,
    membership,
    pairing,
    pairs,
    session,
    wish,
)
from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.holding import designation, leads
from tests.integration.stories.leading import nominated
from tests.integration.stories.reacting import comes
from tests.support.writer import until

pytestmark = pytest.mark.timeout(300)
CLIENTS = 32


async def test_a_leader_is_coached_and_it_counts_for_the_coach(trust: Trust) -> None:
    coach, _ = await nominated(trust, urn=THERE)
    deputy = await trust.employs("deputy_headteacher")
    asked = wish(deputy)
    await trust.does("collaboration", "/coach-pool", membership(coach))
    await trust.does("collaboration", "/coaching-requests", asked, school=HERE)

    pairing_id = await pairs(trust, coach, deputy, request_id=asked["request_id"])
    for _ in range(2):
        await trust.does("collaboration", f"/coaching-pairings/{pairing_id}/sessions", session(coach), school=HERE)
    await trust.does("collaboration", f"/coaching-pairings/{pairing_id}/end", end(coach))

    assert await trust.happened("collaboration", f"coaching-request-{asked['request_id']}") == [
        "CoachingRequested",
        "CoachingRequestAnswered",
    ]
    *_, (name, ended) = await trust.history("collaboration", f"coach-{coach}")
    assert (name, ended["sessions"], ended["minutes"]) == ("CoachingEnded", 2, 90)

    [gained] = await comes(trust, "talent", f"experience-{coach}-{pairing_id}", "ExperienceGained")
    assert gained["experience"] == "coaching"


async def test_nobody_is_coached_by_who_leads_them(trust: Trust) -> None:
    head, teacher = await trust.employs("deputy_headteacher"), await trust.employs()
    await manages(trust, head, teacher)

    assert await trust.cannot("collaboration", "/coaching-pairings", pairing(head, teacher)) == "coach_is_line_manager"


async def test_a_coach_who_becomes_the_manager_is_questioned_and_nothing_ends_by_itself(trust: Trust) -> None:
    coach, teacher = await trust.employs("deputy_headteacher"), await trust.employs()
    await pairs(trust, coach, teacher)

    await manages(trust, coach, teacher, YESTERDAY)

    async def is_questioned() -> bool:
        return await trust.happened("collaboration", f"coach-{coach}") == ["CoachingPaired", "CoachingQuestioned"]

    await until(is_questioned)


async def test_a_school_pairs_people_of_its_own(trust: Trust) -> None:
    ours, theirs, coach = await trust.employs(), await trust.employs(urn=THERE), await trust.employs(urn=THERE)

    wished = wish(theirs, urn=THERE)
    await trust.does("collaboration", "/coaching-requests", wished, school=THERE)
    for said in (pairing(coach, theirs), pairing(coach, ours, request_id=wished["request_id"])):
        assert await trust.cannot("collaboration", "/coaching-pairings", said, school=HERE) == "not_your_school"
    await trust.does("collaboration", "/coaching-pairings", pairing(coach, ours), school=HERE)


async def test_a_local_leader_supports_one_head_at_a_time(trust: Trust) -> None:
    local, head, other = [await trust.employs("headteacher", urn=urn) for urn in (THERE, HERE, HERE)]
    await leads(trust, local)
    await trust.does("talent", "/designations", designation("lle", person_id=local, from_on=LAST_YEAR))
    assert await joins(trust, local) == ["CoachPoolJoined"]

    await pairs(trust, local, head, kind="lle_head")

    again = pairing(local, other, kind="lle_head")
    assert await trust.cannot("collaboration", "/coaching-pairings", again) == "no_place_left"


async def test_a_specialist_leader_works_with_a_group_in_their_specialism(trust: Trust) -> None:
    specialist = await trust.employs("middle_leader", urn=THERE)
    said = designation("sle", person_id=specialist, specialism="Early reading", from_on=LAST_YEAR)
    await trust.does("talent", "/designations", said)
    await joins(trust, specialist)

    await pairs(trust, specialist, *await trust.staff(3), kind="sle_group")

    [(_, joined), (name, paired)] = await trust.history("collaboration", f"coach-{specialist}")
    assert (joined["specialism"], joined["basis"]) == ("early-reading", "designation")
    assert (name, len(paired["coachee_ids"])) == ("CoachingPaired", 3)


async def test_a_national_leader_of_governance_coaches_chairs(trust: Trust) -> None:
    leader = await trust.employs("chair_of_governors", urn=THERE, kind="governor")
    chair = await trust.employs("chair_of_governors", kind="governor")
    await trust.does("talent", "/designations", designation("nlg", person_id=leader, from_on=LAST_YEAR))
    await joins(trust, leader)

    await pairs(trust, leader, chair, kind="nlg_chair")

    assert (await trust.happened("collaboration", f"coach-{leader}"))[-1] == "CoachingPaired"


async def test_whose_designation_is_withdrawn_leaves_the_pool(trust: Trust) -> None:
    specialist = await trust.employs("middle_leader", urn=THERE)
    said = designation("sle", person_id=specialist, specialism="Maths", from_on=LAST_YEAR)
    await trust.does("talent", "/designations", said)
    await trust.does(
        "talent",
        f"/designations/{said['designation_id']}/withdraw",
        {"person_id": specialist, "withdrawn_on": YESTERDAY},
    )

    async def has_left() -> bool:
        happened = await trust.happened("collaboration", f"coach-{specialist}")
        return happened == ["CoachPoolJoined", "CoachPoolLeft"]

    await until(has_left)


async def test_mentors_of_early_career_teachers_are_paired_too(trust: Trust) -> None:
    mentor, teacher = await trust.employs(), await trust.employs()

    await pairs(trust, mentor, teacher, kind="ect_mentor")

    assert await trust.happened("collaboration", f"coach-{mentor}") == ["CoachingPaired"]


async def test_of_thirty_two_at_once_as_many_are_paired_as_there_are_places(trust: Trust) -> None:
    coach = await trust.employs()
    await trust.does("collaboration", "/coach-pool", membership(coach, places=5))

    answers = await asyncio.gather(
        *(
            trust.command("collaboration", "/coaching-pairings", pairing(coach, person_id))
            for person_id in await trust.staff(CLIENTS)
        )
    )

    assert sum(answer.status_code == httpx.codes.CREATED for answer in answers) == 5
    assert await trust.happened("collaboration", f"coach-{coach}") == ["CoachPoolJoined", *["CoachingPaired"] * 5]


async def test_a_wish_is_answered_once_however_many_answer(trust: Trust) -> None:
    asked = wish(await trust.employs())
    await trust.does("collaboration", "/coaching-requests", asked)

    answers = await asyncio.gather(
        *(
            trust.command(
                "collaboration",
                "/coaching-pairings",
                pairing(coach, asked["person_id"], request_id=asked["request_id"]),
            )
            for coach in await trust.staff(CLIENTS)
        )
    )

    assert sum(answer.status_code == httpx.codes.CREATED for answer in answers) == 1
    stream = f"coaching-request-{asked['request_id']}"
    assert await trust.happened("collaboration", stream) == ["CoachingRequested", "CoachingRequestAnswered"]
