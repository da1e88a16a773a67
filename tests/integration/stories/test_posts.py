"""Critical posts through the doors: who holds them, who could follow, and who does."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import httpx

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.holding import (
    LONG_AGO,
    SOON,
    YESTERDAY,
    critical_post,
    filling,
    leads,
    nomination,
)
from tests.support.writer import joining

CLIENTS = 32


async def test_a_head_is_to_retire_and_a_named_successor_follows(trust: Trust) -> None:
    """S1a: succession is planned: who could follow is known before the head goes."""
    head, deputy = await trust.employs("headteacher"), await leads(trust, await trust.employs("deputy_headteacher"))
    cover = await trust.employs("assistant_headteacher")
    post_id = await critical_post(trust, {head: 100})

    await trust.does("talent", f"/posts/{post_id}/successors", nomination(deputy))
    await trust.does("talent", f"/posts/{post_id}/successors", nomination(cover, emergency_cover=True))
    await trust.does("talent", f"/posts/{post_id}/vacate", {"vacated_on": str(SOON), "reason": "retirement"})
    await trust.does("talent", f"/posts/{post_id}/fill", filling(deputy, filled_on=str(SOON)))

    [*earlier, filled, removed] = await trust.history("talent", f"post-{post_id}")
    assert [name for name, _ in earlier] == [
        "CriticalPostRegistered",
        "SuccessorNominated",
        "SuccessorNominated",
        "PostVacated",
    ]
    assert filled[0] == "PostFilled"
    assert (filled[1]["internal"], filled[1]["source_urn"], filled[1]["filled_on"]) == (True, HERE, str(SOON))
    assert removed == (
        "SuccessorRemoved",
        {"post_id": post_id, "leader_id": deputy, "removed_on": str(TODAY), "reason": "took_the_post"},
    )


async def test_a_deputy_of_one_school_becomes_head_of_another(trust: Trust) -> None:
    """S0d: a career goes on across the trust's schools."""
    deputy = await trust.employs("deputy_headteacher", urn=THERE)
    post_id = await critical_post(trust)

    filled = await trust.claims("talent", "PostFilled", {"post_id": post_id, **filling(deputy)}, school=HERE)

    assert filled["outcome"] == "accepted"
    [_, (_, event)] = await trust.history("talent", f"post-{post_id}")
    assert (event["internal"], event["source_urn"]) == (True, THERE)


async def test_an_expected_vacancy_changes_and_is_withdrawn(trust: Trust) -> None:
    """S4d: what will be missing is known from who is expected to leave, and that changes."""
    head = await trust.employs("headteacher")
    post_id = await critical_post(
        trust, {head: 100}, expected_vacancy_on=str(SOON), expected_vacancy_reason="retirement"
    )
    later = {"person_id": head, "vacated_on": str(SOON + timedelta(days=90)), "reason": "retirement"}

    await trust.does("talent", f"/posts/{post_id}/vacate", later)
    await trust.does("talent", f"/posts/{post_id}/stay", {"person_id": head})

    assert await trust.happened("talent", f"post-{post_id}") == [
        "CriticalPostRegistered",
        "PostVacated",
        "PostVacated",
        "PostVacancyWithdrawn",
    ]


async def test_a_post_stays_empty_then_somebody_acts_and_somebody_from_outside_comes(trust: Trust) -> None:
    """S4d: a post without anybody, an interim, and a head from elsewhere: untidy, and usual."""
    acting = await trust.employs("deputy_headteacher")
    newcomer = await trust.employs("headteacher", started_on=str(TODAY))
    post_id = await critical_post(trust)

    until_today = {"person_id": acting, "vacated_on": str(TODAY), "reason": "end_of_term"}
    await trust.does("talent", f"/posts/{post_id}/fill", filling(acting, interim=True, filled_on=str(LONG_AGO)))
    assert await trust.cannot("talent", f"/posts/{post_id}/fill", filling(newcomer)) == "share_above_whole"
    await trust.does("talent", f"/posts/{post_id}/vacate", until_today, school=HERE)
    await trust.does("talent", f"/posts/{post_id}/fill", filling(newcomer, source_urn="100001"), school=HERE)

    [_, (_, interim), _, (_, filled)] = await trust.history("talent", f"post-{post_id}")
    assert (interim["interim"], interim["internal"]) == (True, True)
    assert (filled["internal"], filled["source_urn"]) == (False, "100001")


async def test_co_heads_share_a_post_and_one_of_them_leaves(trust: Trust) -> None:
    """S1a: a shared headship is one post."""
    ada, ben, cleo = [await trust.employs("headteacher") for _ in range(3)]
    post_id = await critical_post(trust, {ada: 60, ben: 40})

    leaving = {"person_id": ben, "vacated_on": str(TODAY), "reason": "promotion"}
    await trust.does("talent", f"/posts/{post_id}/vacate", leaving)
    too_much = filling(cleo, share_hundredths=50)
    assert await trust.cannot("talent", f"/posts/{post_id}/fill", too_much) == "share_above_whole"
    await trust.does("talent", f"/posts/{post_id}/fill", filling(cleo, share_hundredths=40))

    assert await trust.happened("talent", f"post-{post_id}") == ["CriticalPostRegistered", "PostVacated", "PostFilled"]


async def test_an_executive_head_holds_the_posts_of_three_schools(trust: Trust) -> None:
    """S1a: what somebody holds elsewhere does not matter to a post."""
    third = "900071"
    await trust.does("talent", "/schools", joining(third))
    head = await trust.employs("executive_headteacher")

    posts = [await critical_post(trust, {head: 100}, urns=[urn]) for urn in (HERE, THERE, third)]

    assert [await trust.happened("talent", f"post-{post_id}") for post_id in posts] == [["CriticalPostRegistered"]] * 3


async def test_naming_a_successor_twice_is_done_once(trust: Trust) -> None:
    """S1a: two who plan name the same leader."""
    post_id, deputy = await critical_post(trust), await leads(trust, await trust.employs("deputy_headteacher"))

    for named in (nomination(deputy), nomination(deputy, nominated_on=str(TODAY))):
        await trust.does("talent", f"/posts/{post_id}/successors", named)

    assert await trust.happened("talent", f"post-{post_id}") == ["CriticalPostRegistered", "SuccessorNominated"]


async def test_a_self_identified_leader_is_named_once_another_supports_them(trust: Trust) -> None:
    """S1a: only an active leader record makes a successor; a stand-in for days needs none."""
    post_id, deputy = await critical_post(trust), await trust.employs("deputy_headteacher")

    assert await trust.cannot("talent", f"/posts/{post_id}/successors", nomination(deputy)) == "leader_not_active"
    await trust.does("talent", f"/posts/{post_id}/successors", nomination(deputy, emergency_cover=True))
    await leads(trust, deputy)
    await trust.does("talent", f"/posts/{post_id}/successors", nomination(deputy))

    named = [event for name, event in await trust.history("talent", f"post-{post_id}") if name == "SuccessorNominated"]
    assert [event["emergency_cover"] for event in named] == [True, False]


async def test_many_who_fill_a_post_at_once_never_fill_more_than_the_whole(trust: Trust) -> None:
    people = await asyncio.gather(*(trust.employs("deputy_headteacher") for _ in range(CLIENTS)))
    post_id = await critical_post(trust)

    answers = await asyncio.gather(
        *(trust.command("talent", f"/posts/{post_id}/fill", filling(person, share_hundredths=10)) for person in people)
    )

    told = Counter(answer.json().get("code", "accepted") for answer in answers)
    assert told == {"accepted": 10, "share_above_whole": CLIENTS - 10}
    history = await trust.history("talent", f"post-{post_id}")
    assert sum(event["share_hundredths"] for name, event in history if name == "PostFilled") == 100


async def test_many_who_name_successors_at_once_are_all_heard_once(trust: Trust) -> None:
    people = await asyncio.gather(*(trust.employs("deputy_headteacher") for _ in range(CLIENTS // 2)))
    post_id = await critical_post(trust)

    answers = await asyncio.gather(
        *(
            trust.command("talent", f"/posts/{post_id}/successors", nomination(person, emergency_cover=True))
            for person in [*people, *people]
        )
    )

    assert {answer.status_code for answer in answers} == {httpx.codes.CREATED}
    named = [event["leader_id"] for _, event in (await trust.history("talent", f"post-{post_id}"))[1:]]
    assert sorted(named) == sorted(people)


async def test_whoever_takes_a_post_while_being_named_for_it_is_not_their_own_successor(trust: Trust) -> None:
    people = await asyncio.gather(*(trust.employs("deputy_headteacher") for _ in range(CLIENTS // 2)))
    post_id = await critical_post(trust)
    taking = [filling(person, share_hundredths=5, filled_on=str(YESTERDAY)) for person in people]
    naming = [nomination(person, emergency_cover=True) for person in people]

    await asyncio.gather(
        *(trust.command("talent", f"/posts/{post_id}/fill", body) for body in taking),
        *(trust.command("talent", f"/posts/{post_id}/successors", body) for body in naming),
    )

    history = await trust.history("talent", f"post-{post_id}")
    happened = {
        kind: {event.get("leader_id", event.get("person_id")) for name, event in history if name == kind}
        for kind in ("PostFilled", "SuccessorNominated", "SuccessorRemoved")
    }
    assert happened["PostFilled"] == set(people)
    assert happened["SuccessorNominated"] == happened["SuccessorRemoved"]
