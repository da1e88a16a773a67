"""The stories of schools that look at each other's work: peer reviews to their effect, visits, moderation."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.stories.conftest import HERE, OTHER_TRUST, THERE, TODAY, Trust
from tests.integration.stories.reviewing import (
    LAST_WEEK,
    LAST_YEAR,
    YESTERDAY,
    agrees,
    completed,
    completion,
    finding,
    finds,
    follow_up,
    moderation,
    plans,
    request,
    requests,
    results,
    reviewer,
    staffed,
    visit,
)
from tests.support.writer import TRUST, joining, person

CLIENTS = 32
ELSEWHERE = "900077"  # no school of this trust


async def test_leaders_trained_to_review_gain_experience_at_other_schools(trust: Trust) -> None:
    """S0b: a completed review names everybody whose experience it is."""
    review_id, lead = await staffed(trust)
    beside = await trust.employs("deputy_head", urn=THERE)
    await trust.does("collaboration", f"/reviews/{review_id}/reviewers", reviewer(beside), school=HERE)
    await finds(trust, review_id, kind="strength", estimate="leading")

    await trust.does("collaboration", f"/reviews/{review_id}/complete", completion(), school=HERE)

    *_, (name, done) = await trust.history("collaboration", f"review-{review_id}")
    assert (name, done["lead_id"], done["reviewer_ids"]) == ("ReviewCompleted", lead, [lead, beside])
    assert (done["urn"], done["strengths"], done["developments"]) == (HERE, 1, 0)


async def test_a_school_asks_peers_about_its_curriculum_and_sees_what_changed(trust: Trust) -> None:
    """S0c: from the host's request to the effect of what was agreed; what was found is sealed."""
    review_id = await requests(trust, school=HERE)
    lead = reviewer(await trust.employs("headteacher", urn=THERE), lead=True, trained_on=LAST_YEAR)
    of_the_area = await trust.employs("subject_lead")
    path = f"/reviews/{review_id}"

    await trust.does("collaboration", f"{path}/reviewers", lead, school=HERE)
    found = await finds(trust, review_id, school=THERE, responsible_id=of_the_area)
    small = await finds(trust, review_id, area="display", estimate="effective")
    action_id = await agrees(trust, review_id, found)
    waived = {"finding_id": small, "reason": "The hall is repainted at Easter.", "waived_on": YESTERDAY}
    await trust.does("collaboration", f"{path}/waive", waived, school=HERE)
    await trust.does("collaboration", f"{path}/complete", completion(), school=HERE)
    closed = {"outcome": "green", "estimate_after": "effective", "closed_on": str(TODAY)}
    await trust.does("collaboration", f"{path}/follow-ups/{action_id}/close", closed, school=HERE)

    history = await trust.history("collaboration", f"review-{review_id}")
    assert [name for name, _ in history] == [
        "ReviewRequested",
        "ReviewerAgreed",
        *["ReviewFindingRecorded"] * 2,
        "FollowUpActionAgreed",
        "FollowUpWaived",
        "ReviewCompleted",
        "FollowUpActionClosed",
    ]
    said = [data for _, data in history]
    assert {data.get("urn") for data in said} == {HERE}
    assert said[2]["responsible_id"] == of_the_area
    assert said[2]["finding"].startswith("sealed:")
    assert said[4]["action"].startswith("sealed:")
    assert (said[7]["outcome"], said[7]["estimate_after"]) == ("green", "effective")


async def test_who_works_at_the_host_does_not_review_it_until_they_have_left(trust: Trust) -> None:
    """Whoever says so: the register tells who works where."""
    review_id = await requests(trust)
    both, engagement_id = await trust.employs(urn=THERE), str(uuid4())
    engaged = {"urn": HERE, "kind": "permanent", "role": "teacher", "fte_hundredths": 20, "started_on": LAST_YEAR}
    await trust.does("talent", f"/persons/{both}/engagements", {"engagement_id": engagement_id, **engaged})
    await trust.heard("collaboration", f"person-{both}", 3)
    path, agreed = f"/reviews/{review_id}/reviewers", reviewer(both)

    for asked in (agreed, {**agreed, "reviewer_urn": None}):
        assert await trust.cannot("collaboration", path, asked) == "reviewer_from_host_school"
    ended = {"ended_on": str(TODAY - timedelta(days=60))}
    await trust.does("talent", f"/persons/{both}/engagements/{engagement_id}/end", ended)
    await trust.heard("collaboration", f"person-{both}", 4)
    await trust.does("collaboration", path, agreed)


async def test_an_adviser_of_the_trust_reviews_and_a_conflict_of_interest_is_declared(trust: Trust) -> None:
    """Who has one may review beside others, but the review does not rest on them."""
    review_id = await requests(trust)
    adviser = reviewer(await trust.employs("adviser", urn=None), reviewer_urn=None, trained_on=LAST_YEAR)
    path = f"/reviews/{review_id}"
    await trust.does("collaboration", f"{path}/reviewers", {**adviser, "conflict": "governor_at_host_until_2024"})
    await finds(trust, review_id, kind="strength")

    untrained = reviewer(await trust.employs("headteacher", urn=THERE), lead=True)
    await trust.does("collaboration", f"{path}/reviewers", untrained)
    assert await trust.cannot("collaboration", f"{path}/complete", completion()) == "trained_reviewer_missing"
    another = reviewer(await trust.employs("adviser", urn=None), reviewer_urn=None, trained_on=LAST_YEAR)
    await trust.does("collaboration", f"{path}/reviewers", another)
    await trust.does("collaboration", f"{path}/complete", completion())


async def test_a_schools_system_tells_of_a_review_by_its_own_numbers(trust: Trust) -> None:
    fields = person(staff_ref=f"S{uuid4().hex[:12]}")
    await trust.does("talent", "/persons", fields)
    engaged = {"kind": "permanent", "role": "headteacher", "fte_hundredths": 100, "started_on": LAST_YEAR}
    engagement = {"engagement_id": str(uuid4()), "urn": THERE, **engaged}
    await trust.does("talent", f"/persons/{fields['person_id']}/engagements", engagement)
    await trust.heard("collaboration", f"person-{fields['person_id']}", 2)
    asked = request()
    named = {"source": "mis", "staff_ref": fields["staff_ref"]}
    lead = {"review_id": asked["review_id"], **reviewer(named, lead=True)}  # type: ignore[arg-type]  # instead of an id

    receipts = [
        await trust.claims("collaboration", type, data, school=HERE)
        for type, data in (("ReviewRequested", asked), ("ReviewerAgreed", lead), ("ReviewerAgreed", lead))
    ]

    assert [receipt["outcome"] for receipt in receipts] == ["accepted"] * 3
    (_, requested), (_, agreed) = await trust.history("collaboration", f"review-{asked['review_id']}")
    assert requested == asked
    assert (agreed["reviewer_id"], agreed["lead"]) == (fields["person_id"], True)


async def test_the_host_and_the_trust_speak_of_a_review_and_its_reviewers_of_what_they_found(trust: Trust) -> None:
    review_id, _ = await staffed(trust)
    found = await finds(trust, review_id, school=THERE)
    agreed = follow_up(found)
    waived = {"finding_id": found, "reason": "No.", "waived_on": YESTERDAY}
    closed = {"outcome": "green", "closed_on": str(TODAY)}

    for path, body in (
        ("reviewers", reviewer(await trust.employs(urn=THERE))),
        ("follow-ups", agreed),
        ("waive", waived),
        ("complete", completion()),
        (f"follow-ups/{agreed['action_id']}/close", closed),
    ):
        code = await trust.cannot("collaboration", f"/reviews/{review_id}/{path}", body, school=THERE)
        assert code == "not_your_school"
    elsewhere = await requests(trust)
    code = await trust.cannot("collaboration", f"/reviews/{elsewhere}/findings", finding(), school=THERE)
    assert code == "not_your_school"


async def test_another_trust_knows_nothing_of_this_ones_reviews_and_moderations(trust: Trust) -> None:
    review_id, action_id = await completed(trust)
    moderation_id = await plans(trust)

    for path, body, code in (
        (f"/reviews/{review_id}/findings", finding(), "review_unknown"),
        (f"/reviews/{review_id}/complete", completion(), "review_unknown"),
        (
            f"/reviews/{review_id}/follow-ups/{action_id}/close",
            {"outcome": "red", "closed_on": str(TODAY)},
            "review_unknown",
        ),
        (f"/moderations/{moderation_id}/hold", results(), "moderation_unknown"),
        ("/reviews", request(trustuid=OTHER_TRUST), "school_not_member"),
    ):
        assert await _asked_by_another_trust(trust, path, body) == code


async def test_a_command_sent_again_is_answered_and_changes_nothing(trust: Trust) -> None:
    review_id, _ = await staffed(trust)
    said = finding()
    path, key = f"/reviews/{review_id}/findings", str(uuid4())

    statuses = [(await trust.command("collaboration", path, said, key=key)).status_code for _ in range(3)]

    assert statuses == [httpx.codes.CREATED, httpx.codes.OK, httpx.codes.OK]
    assert (await trust.happened("collaboration", f"review-{review_id}")).count("ReviewFindingRecorded") == 1


async def test_one_of_thirty_two_who_would_lead_at_once_leads(trust: Trust) -> None:
    review_id = await requests(trust)
    people = await trust.staff(CLIENTS, urn=THERE)

    answers = await asyncio.gather(
        *(trust.command("collaboration", f"/reviews/{review_id}/reviewers", reviewer(who, lead=True)) for who in people)
    )

    refusals = Counter(a.json()["code"] for a in answers if a.status_code != httpx.codes.CREATED)
    assert refusals == {"lead_exists": CLIENTS - 1}
    assert await trust.happened("collaboration", f"review-{review_id}") == ["ReviewRequested", "ReviewerAgreed"]


async def test_of_thirty_two_at_once_one_completes_and_nothing_is_found_afterwards(trust: Trust) -> None:
    """Half of them record a strength, half complete the review, each with another day."""
    review_id, _ = await staffed(trust)
    await finds(trust, review_id, kind="strength")
    path, days = f"/reviews/{review_id}", [str(TODAY - timedelta(days=number % 7)) for number in range(CLIENTS // 2)]

    answers = await asyncio.gather(
        *(
            trust.command("collaboration", f"{path}/{what}", body)
            for day in days
            for what, body in (
                ("findings", finding(kind="strength")),
                ("complete", completion(agreed_by_host_on=LAST_WEEK, completed_on=day)),
            )
        )
    )

    happened = await trust.happened("collaboration", f"review-{review_id}")
    *_, (name, done) = await trust.history("collaboration", f"review-{review_id}")
    assert Counter(happened)["ReviewCompleted"] == 1
    assert (name, done["strengths"]) == ("ReviewCompleted", happened.count("ReviewFindingRecorded"))
    codes = {a.json()["code"] for a in answers if a.is_error}
    assert codes <= {"review_already_completed"}


async def test_an_action_is_closed_once_by_thirty_two_at_once(trust: Trust) -> None:
    review_id, action_id = await completed(trust)
    path = f"/reviews/{review_id}/follow-ups/{action_id}/close"

    answers = await asyncio.gather(
        *(
            trust.command("collaboration", path, {"outcome": ("green", "red")[number % 2], "closed_on": str(TODAY)})
            for number in range(CLIENTS)
        )
    )

    assert (await trust.happened("collaboration", f"review-{review_id}")).count("FollowUpActionClosed") == 1
    assert Counter(a.json()["code"] for a in answers if a.is_error) == {"action_already_closed": CLIENTS // 2}


@pytest.mark.parametrize("kind", ["meeting_observed", "team_teaching", "learning_walk", "book_scrutiny"])
async def test_schools_look_at_each_others_work(trust: Trust, kind: str) -> None:
    """S4h: either of the two says so."""
    there, back = visit(kind=kind), visit(kind=kind, from_urn=THERE, to_urn=HERE)

    for held in (there, back):
        await trust.does("collaboration", "/peer-visits", held, school=HERE)

    for held in (there, back):
        assert await trust.history("collaboration", f"peer-visit-{held['visit_id']}") == [("PeerVisitHeld", held)]


async def test_a_visit_is_between_schools_of_the_trust_and_theirs_to_tell(trust: Trust) -> None:
    between_others = visit(from_urn=THERE, to_urn=ELSEWHERE)

    assert await trust.cannot("collaboration", "/peer-visits", between_others, school=HERE) == "school_not_member"
    assert await trust.cannot("collaboration", "/peer-visits", visit(), school=ELSEWHERE) == "not_your_school"
    response = await trust.command("collaboration", "/peer-visits", between_others)
    assert [error["pointer"] for error in response.json()["errors"]] == ["/to_urn"]


async def test_a_school_that_has_left_takes_part_in_nothing_new(trust: Trust) -> None:
    urn = "900078"
    await trust.does("talent", "/schools", joining(urn))
    await trust.heard("collaboration", f"school-{TRUST}-{urn}", 1)
    await trust.does("collaboration", "/peer-visits", visit(to_urn=urn))

    await trust.does("talent", f"/schools/{urn}/leave", {"trustuid": TRUST, "left_on": str(TODAY)})
    await trust.heard("collaboration", f"school-{TRUST}-{urn}", 2)

    assert await trust.cannot("collaboration", "/peer-visits", visit(to_urn=urn)) == "school_not_member"


@pytest.mark.parametrize("subject", ["Performance-management reviews", "Writing in Year 2"])
async def test_schools_compare_their_judgements(trust: Trust, subject: str) -> None:
    """S0c and S4h: performance-management reviews, and pupils' work, are moderated together."""
    moderation_id = await plans(trust, subject=subject)

    await trust.does("collaboration", f"/moderations/{moderation_id}/hold", results())

    (_, planned), (name, held) = await trust.history("collaboration", f"moderation-{moderation_id}")
    assert (planned["subject"], planned["urns"]) == (subject, [HERE, THERE])
    assert (name, held) == ("ModerationHeld", {"moderation_id": moderation_id, **results()})


async def test_a_moderation_is_planned_by_who_speaks_for_all_its_schools(trust: Trust) -> None:
    one_of_two = moderation()
    with_another = moderation(urns=[HERE, ELSEWHERE])

    assert await trust.cannot("collaboration", "/moderations", one_of_two, school=HERE) == "not_your_school"
    response = await trust.command("collaboration", "/moderations", with_another)
    assert (response.json()["code"], response.json()["errors"][0]["pointer"]) == ("school_not_member", "/urns/1")


async def _asked_by_another_trust(trust: Trust, path: str, body: dict[str, Any]) -> str:
    writer = trust.writers["collaboration"]
    token = writer.place.token("trust_leader", trust=OTHER_TRUST)
    headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
    response = await writer.client.post(path, json=body, headers=headers)
    code: str = response.json()["code"]
    return code
