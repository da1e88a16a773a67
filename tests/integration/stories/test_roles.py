"""System leadership through the doors: who is designated for what, and which schools support others because of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.holding import LONG_AGO, SOON, YESTERDAY, designation
from tests.support.writer import TRUST, joining, until

CLIENTS = 32


async def also_heads(trust: Trust, person_id: str, urn: str) -> str:
    """Somebody heads one more school, since some years; the engagement's id."""
    engagement_id = str(uuid4())
    engagement = {
        "engagement_id": engagement_id,
        "urn": urn,
        "kind": "permanent",
        "role": "executive_headteacher",
        "fte_hundredths": 20,
        "started_on": str(LONG_AGO),
    }
    await trust.does("talent", f"/persons/{person_id}/engagements", engagement)
    return engagement_id


async def schools(trust: Trust, person_id: str) -> list[tuple[str, str]]:
    """What became of the schools of a leader, oldest first."""
    history = await trust.history("talent", f"designations-{person_id}")
    return [(name, event["urn"]) for name, event in history if name.startswith("NationalSupportSchool")]


async def test_every_scheme_of_the_registry_is_recorded(trust: Trust) -> None:
    """S2: the registry knows people and schools of every scheme, and what was awarded long ago."""
    chair = await trust.employs("chair_of_governors", kind="governor", fte_hundredths=0)
    head, specialist = await trust.employs("headteacher"), await trust.employs("assistant_headteacher")

    of_people = [
        designation("lle", person_id=head),
        designation("nlg", person_id=chair),
        designation("sle", person_id=specialist, specialism="Early reading"),
        designation("our_mentor", person_id=specialist),
    ]
    for sent in of_people:
        await trust.does("talent", "/designations", sent)
    alliance = designation("tsa", urn=THERE, from_on="2012-04-01", to_on="2021-08-31", historic=True)
    await trust.does("talent", "/designations", alliance)

    for sent in of_people:
        assert "RoleDesignated" in await trust.happened("talent", f"designations-{sent['person_id']}")
    [(name, event)] = await trust.history("talent", f"designations-{TRUST}-{THERE}")
    assert (name, event["scheme"], event["warnings"]) == ("RoleDesignated", "tsa", [])


async def test_a_specialist_role_is_a_career_too_and_a_school_says_who_has_it(trust: Trust) -> None:
    """S0d: progress leads to headship or to a specialist role."""
    leader = await trust.employs("maths_lead")
    sent = designation("sle", person_id=leader, specialism="Mathematics", awarding_body="Tidewater")

    assert (await trust.claims("talent", "RoleDesignated", sent, school=HERE))["outcome"] == "accepted"

    assert await trust.happened("talent", f"designations-{leader}") == ["RoleDesignated"]


async def test_what_was_imported_is_taken_with_a_warning(trust: Trust) -> None:
    """S2: the post is judged as at the first day; an old record is kept as it is."""
    head = await trust.employs("headteacher", years=1)
    before_their_time = designation("nle", person_id=head, from_on=str(LONG_AGO))

    assert await trust.cannot("talent", "/designations", before_their_time) == "post_not_held"
    await trust.does("talent", "/designations", {**before_their_time, "historic": True})

    [(_, event), *_] = await trust.history("talent", f"designations-{head}")
    assert event["warnings"] == ["post_not_held"]


async def test_the_school_of_a_national_leader_supports_others_until_they_are_none_any_more(trust: Trust) -> None:
    """S2: a national leader's school is a National Support School."""
    head = await trust.employs("headteacher")
    sent = designation("nle", person_id=head)

    await trust.does("talent", "/designations", sent)
    assert await schools(trust, head) == [("NationalSupportSchoolRecognised", HERE)]
    withdrawn = {"person_id": head, "withdrawn_on": str(TODAY), "reason": "retired"}
    await trust.does("talent", f"/designations/{sent['designation_id']}/withdraw", withdrawn)

    assert await schools(trust, head) == [
        ("NationalSupportSchoolRecognised", HERE),
        ("NationalSupportSchoolEnded", HERE),
    ]


async def test_two_national_leaders_may_head_one_school_together(trust: Trust) -> None:
    """S2: with co-heads the school goes on as long as one of them does."""
    heads = [await trust.employs("headteacher", urn=THERE, fte_hundredths=50) for _ in range(2)]

    for head in heads:
        await trust.does("talent", "/designations", designation("nle", person_id=head))

    assert [await schools(trust, head) for head in heads] == [[("NationalSupportSchoolRecognised", THERE)]] * 2


async def test_an_executive_head_of_three_schools_supports_from_two_and_the_third_follows(trust: Trust) -> None:
    """S2: a leader may head two support schools; when one headship ends, so does that school, and the third follows."""
    third = "900072"
    await trust.does("talent", "/schools", joining(third))
    head = await trust.employs("executive_headteacher", fte_hundredths=60)
    second = await also_heads(trust, head, THERE)
    await also_heads(trust, head, third)
    await trust.does("talent", "/designations", designation("nle", person_id=head))
    first_two = [("NationalSupportSchoolRecognised", HERE), ("NationalSupportSchoolRecognised", THERE)]
    assert await schools(trust, head) == first_two

    ends = {"ended_on": str(YESTERDAY - timedelta(days=1)), "reason": "reorganised"}
    await trust.does("talent", f"/persons/{head}/engagements/{second}/end", ends)

    async def followed() -> bool:
        return len(await schools(trust, head)) > len(first_two)

    await until(followed)
    assert await schools(trust, head) == [
        *first_two,
        ("NationalSupportSchoolEnded", THERE),
        ("NationalSupportSchoolRecognised", third),
    ]


async def test_a_headship_that_is_to_end_changes_nothing_before_its_day(trust: Trust) -> None:
    """S2: a resignation is known for months; the school supports others until the day."""
    place = trust.writers["talent"].place
    head = await trust.employs("executive_headteacher", fte_hundredths=60)
    second = await also_heads(trust, head, THERE)
    await trust.does("talent", "/designations", designation("nle", person_id=head))
    await trust.does("talent", f"/persons/{head}/engagements/{second}/end", {"ended_on": str(SOON)})

    async def looked_at() -> bool:
        """The two headships' beginnings were looked at; the end of one waits for its day."""
        unseen: list[str] | None = await place.fetchval(
            "select array_agg(on_day::text) from headship_change where person_id = $1::text::uuid and not seen", head
        )
        return unseen == [str(SOON + timedelta(days=1))]

    await until(looked_at)
    assert await schools(trust, head) == [
        ("NationalSupportSchoolRecognised", HERE),
        ("NationalSupportSchoolRecognised", THERE),
    ]


async def test_looking_again_at_a_headship_that_has_ended_records_nothing_twice(trust: Trust) -> None:
    """S2: a service that stopped after recording and before noting that it did records it once."""
    place = trust.writers["talent"].place
    head = await trust.employs("headteacher", fte_hundredths=60)
    second = await also_heads(trust, head, THERE)
    await trust.does("talent", "/designations", designation("nle", person_id=head))
    ends = {"ended_on": str(YESTERDAY - timedelta(days=1))}
    await trust.does("talent", f"/persons/{head}/engagements/{second}/end", ends)

    async def ended() -> bool:
        return len(await schools(trust, head)) == 3

    async def seen() -> bool:
        return not await place.fetchval(
            "select count(*) from headship_change where person_id = $1::text::uuid and not seen", head
        )

    await until(ended)
    await until(seen)
    await place.fetchval("update headship_change set seen = false where person_id = $1::text::uuid", head)
    await until(seen)

    assert len(await schools(trust, head)) == 3


async def test_many_who_record_one_role_at_once_record_it_once(trust: Trust) -> None:
    head = await trust.employs("headteacher")

    answers = await asyncio.gather(
        *(trust.command("talent", "/designations", designation("nle", person_id=head)) for _ in range(CLIENTS))
    )

    told = Counter(answer.json().get("code", "accepted") for answer in answers)
    assert told == {"accepted": 1, "designation_overlaps": CLIENTS - 1}
    assert await trust.happened("talent", f"designations-{head}") == [
        "RoleDesignated",
        "NationalSupportSchoolRecognised",
    ]
