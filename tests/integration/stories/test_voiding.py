"""The stories of what was recorded and is wrong: it does not count any more, and stays in history."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.stories.coaching import manages, pairing
from tests.integration.stories.conftest import HERE, OTHER_TRUST, THERE, TODAY, Trust
from tests.integration.stories.holding import LONG_AGO, critical_post, designation
from tests.integration.stories.leading import nominated
from tests.integration.stories.provoking.cpd_compliance import record, requirement
from tests.integration.stories.reviewing import LAST_YEAR, agrees, completion, finds, requests, reviewer
from tests.integration.stories.voiding import engagement, registration, voids, wrong
from tests.support.writer import TRUST, until

pytestmark = pytest.mark.timeout(300)
CLIENTS = 32
LAST_MONTH, YESTERDAY = str(TODAY - timedelta(days=30)), str(TODAY - timedelta(days=1))


async def test_an_engagement_that_never_was_is_decided_on_as_if_it_had_not_been(trust: Trust) -> None:
    fields = registration()
    person_id, stream = fields["person_id"], f"person-{fields['person_id']}"
    await trust.does("talent", "/persons", fields)
    engaged = engagement()
    await trust.does("talent", f"/persons/{person_id}/engagements", engaged, school=HERE)
    at_the_right_school = {**engaged, "urn": THERE}
    again = f"/persons/{person_id}/engagements"
    assert await trust.cannot("talent", again, at_the_right_school) == "engagement_exists"

    await voids(trust, "talent", stream, "EngagementStarted", school=HERE)
    await trust.does("talent", again, at_the_right_school, school=THERE)

    assert await trust.happened("talent", stream) == [
        "PersonRegistered",
        "EngagementStarted",
        "RecordVoided",
        "EngagementStarted",
    ]
    [(_, said)] = [found for found in await trust.history("talent", stream) if found[0] == "RecordVoided"]
    assert (said["event_type"], said["version"]) == ("uk.mat.talent.EngagementStarted.v1", 2)
    assert said["reason"].startswith("sealed:")


async def test_the_other_services_follow(trust: Trust) -> None:
    """A school may speak of those who work there, and no more of somebody who never did."""
    fields = registration()
    person_id, stream = fields["person_id"], f"person-{fields['person_id']}"
    await trust.does("talent", "/persons", fields)
    await trust.does("talent", f"/persons/{person_id}/engagements", engagement(), school=HERE)
    await trust.heard("cpd", stream, 2)
    training = f"training-{uuid4().hex[:12]}"
    done = record(person_id, training, LAST_MONTH, urn=HERE)
    await trust.does("cpd", "/training-records", done, school=HERE)

    await voids(trust, "talent", stream, "EngagementStarted")
    await trust.heard("cpd", stream, 3)

    later = record(person_id, training, YESTERDAY, urn=HERE)
    assert await trust.cannot("cpd", "/training-records", later, school=HERE) == "not_your_school"


async def test_a_staff_number_given_to_the_wrong_person_is_free_again(trust: Trust) -> None:
    one, other = registration(), registration()
    for fields in (one, other):
        await trust.does("talent", "/persons", fields)
    number = {"source": "payroll", "staff_ref": f"P{uuid4().hex[:12]}"}
    await trust.does("talent", f"/persons/{one['person_id']}/staff-references", number)
    taken = f"/persons/{other['person_id']}/staff-references"
    assert await trust.cannot("talent", taken, number) == "staff_reference_taken"
    stream = await trust.writers["talent"].place.fetchval(
        "select stream from event where convert_from(record, 'utf8') like $1", f"%{number['staff_ref']}%"
    )

    await voids(trust, "talent", stream, "StaffReferenceAssigned")
    await trust.does("talent", taken, number)

    engaged = engagement(person_id=number)
    await trust.does("talent", f"/persons/payroll:{number['staff_ref']}/engagements", {**engaged})
    assert await trust.happened("talent", f"person-{other['person_id']}") == ["PersonRegistered", "EngagementStarted"]
    assert await trust.happened("talent", f"person-{one['person_id']}") == ["PersonRegistered"]


async def test_a_designation_that_was_none_takes_what_followed_from_it_with_it(trust: Trust) -> None:
    head = await trust.employs("headteacher")
    await trust.does("talent", "/designations", designation("nle", person_id=head))
    stream = f"designations-{head}"
    assert await trust.happened("talent", stream) == ["RoleDesignated", "NationalSupportSchoolRecognised"]

    await voids(trust, "talent", stream, "RoleDesignated")

    voided = [
        data["event_type"].split(".")[3] for name, data in await trust.history("talent", stream) if len(data) == 4
    ]
    assert voided == ["NationalSupportSchoolRecognised", "RoleDesignated"]
    await trust.does("talent", "/designations", designation("nle", person_id=head, from_on=str(LONG_AGO)))


async def test_a_headship_that_never_was_makes_no_national_support_school(trust: Trust) -> None:
    """What follows from several records is looked at again: here a school ends as it began."""
    head = await trust.employs("headteacher", urn=THERE)
    await trust.does("talent", "/designations", designation("nle", person_id=head, from_on=str(LONG_AGO)))

    await voids(trust, "talent", f"person-{head}", "EngagementStarted")

    async def ended() -> bool:
        happened = await trust.happened("talent", f"designations-{head}")
        return happened[-1] == "NationalSupportSchoolEnded"

    await until(ended)


async def test_a_need_that_was_none_may_be_recorded_as_it_is(trust: Trust) -> None:
    person_id = await trust.employs()
    need = {
        "need_id": str(uuid4()),
        "person_id": person_id,
        "urn": HERE,
        "capability": "budgets",
        "seen_in": "self",
        "recorded_on": YESTERDAY,
    }
    stream = f"development-need-{need['need_id']}"
    await trust.does("cpd", "/development-needs", need, school=HERE)

    await voids(trust, "cpd", stream, "DevelopmentNeedRecorded", school=HERE)
    meet = f"/development-needs/{need['need_id']}/meet"
    assert await trust.cannot("cpd", meet, {"met_on": YESTERDAY}) == "need_unknown"
    await trust.does("cpd", "/development-needs", {**need, "capability": "phonics"}, school=HERE)

    assert [(name, data.get("capability")) for name, data in await trust.history("cpd", stream)] == [
        ("DevelopmentNeedRecorded", "budgets"),
        ("RecordVoided", None),
        ("DevelopmentNeedRecorded", "phonics"),
    ]


async def test_what_counted_before_a_wrong_completion_lapses_after_all(trust: Trust) -> None:
    """The clock is asked anew: the training of two years ago was covered by one that never took place."""
    person_id, fire = await trust.employs(), requirement(recurrence_months=12)
    training, stream = fire["training"], f"training-{person_id}-{fire['training']}"
    await trust.does("cpd", "/requirements", fire)
    await trust.does("cpd", "/training-records", record(person_id, training, YESTERDAY))
    long_ago = TODAY - timedelta(days=700)
    await trust.does("cpd", "/training-records", record(person_id, training, long_ago))

    async def is_asked() -> bool:
        found = await trust.writers["cpd"].place.fetchval(
            "select count(*) from expiry where training = $1 and completed_on = $2 and asked", training, long_ago
        )
        return bool(found)

    await until(is_asked)
    assert await trust.happened("cpd", stream) == ["StatutoryTrainingCompleted"] * 2
    first: Any = await trust.writers["cpd"].place.fetchval(
        "select id from event where stream = $1 and version = 1", stream
    )
    await trust.does("cpd", "/records/void", {"stream": stream, "event_id": str(first), "reason": "It was Ben."})

    async def lapsed() -> bool:
        return (await trust.happened("cpd", stream))[-1] == "StatutoryTrainingLapsed"

    await until(lapsed)


async def test_an_item_issued_in_error_stands_on_no_agenda(trust: Trust) -> None:
    cycle, focus_id, item_id = f"2026/27-{uuid4().hex[:8]}", str(uuid4()), str(uuid4())
    first = TODAY - timedelta(days=3)
    await trust.does(
        "collaboration",
        "/cycles",
        {"trustuid": TRUST, "cycle": cycle, "starts_on": str(first), "ends_on": str(TODAY + timedelta(days=9))},
    )
    focus = {"focus_id": focus_id, "trustuid": TRUST, "title": "Reading", "principle": "children_first"}
    await trust.does("collaboration", "/focus-areas", {**focus, "question": "How?", "starts_on": str(first)})
    due_by = (datetime.now(UTC) + timedelta(days=5)).isoformat()
    item = {"item_id": item_id, "trustuid": TRUST, "focus_id": focus_id, "cycle": cycle, "due_by": due_by}
    await trust.does("collaboration", "/agenda-items", {**item, "applies_to": [HERE, THERE]})

    async def asked() -> int:
        return len(await _agenda(trust, cycle))

    await until(asked)
    await voids(trust, "collaboration", f"item-{item_id}", "StandardAgendaItemIssued")

    async def asks_nothing() -> bool:
        return await asked() == 0

    await until(asks_nothing)
    await trust.does("collaboration", "/agenda-items", {**item, "applies_to": [HERE]})
    await until(asked)


async def _agenda(trust: Trust, cycle: str) -> list[Any]:
    writer = trust.writers["collaboration"]
    headers = {"authorization": f"Bearer {writer.place.token('trust_leader')}"}
    answer = await writer.client.get("/agenda", params={"urn": HERE, "cycle": cycle}, headers=headers)
    return list(answer.json()["items"]) if answer.status_code == httpx.codes.OK else []


async def test_what_a_reaction_made_of_a_void_fact_goes_with_it(trust: Trust) -> None:
    """S0b: a review that never took place is no experience in anybody's bank."""
    lead, _ = await nominated(trust, urn=THERE)
    review_id = await requests(trust)
    reviewing = f"/reviews/{review_id}"
    await trust.does("collaboration", f"{reviewing}/reviewers", reviewer(lead, lead=True, trained_on=LAST_YEAR))
    await agrees(trust, review_id, await finds(trust, review_id))
    await trust.does("collaboration", f"{reviewing}/complete", completion())
    banked = f"experience-{lead}-{review_id}"

    async def is_banked() -> bool:
        return await trust.happened("talent", banked) == ["ExperienceGained"]

    await until(is_banked)
    await voids(trust, "collaboration", f"review-{review_id}", "ReviewCompleted")

    async def is_not() -> bool:
        return await trust.happened("talent", banked) == ["ExperienceGained", "RecordVoided"]

    await until(is_not)
    await trust.does("collaboration", f"{reviewing}/complete", completion())

    async def is_banked_again() -> bool:
        return (await trust.happened("talent", banked))[-1] == "ExperienceGained"

    await until(is_banked_again)


async def test_a_pairing_is_not_questioned_any_more_when_nobody_became_the_manager(trust: Trust) -> None:
    """What people do not void themselves, since it follows by itself, goes with its fact."""
    coach, teacher = await trust.employs("deputy_headteacher"), await trust.employs()
    stream = f"coach-{coach}"
    await trust.does("collaboration", "/coaching-pairings", pairing(coach, teacher))
    await manages(trust, coach, teacher, YESTERDAY)

    async def is_questioned() -> bool:
        return (await trust.happened("collaboration", stream))[-1] == "CoachingQuestioned"

    await until(is_questioned)
    body = await wrong(trust, "collaboration", stream, "CoachingQuestioned")
    assert await trust.cannot("collaboration", "/records/void", body) == "put_right_otherwise"
    await voids(trust, "talent", f"person-{teacher}", "LineManagerAssigned")

    async def is_not() -> bool:
        return (await trust.happened("collaboration", stream))[-1] == "RecordVoided"

    await until(is_not)


async def test_who_was_never_designated_is_not_in_the_pool_of_coaches(trust: Trust) -> None:
    head = await trust.employs("headteacher")
    await trust.does("talent", "/designations", designation("lle", person_id=head, from_on=str(LONG_AGO)))

    async def joined() -> bool:
        return await trust.happened("collaboration", f"coach-{head}") == ["CoachPoolJoined"]

    await until(joined)
    await voids(trust, "talent", f"designations-{head}", "RoleDesignated")

    async def is_out() -> bool:
        return await trust.happened("collaboration", f"coach-{head}") == ["CoachPoolJoined", "RecordVoided"]

    await until(is_out)


async def test_whoever_voids_at_once_voids_once(trust: Trust) -> None:
    person_id = await trust.employs()
    body = await wrong(trust, "talent", f"person-{person_id}", "EngagementStarted")

    answers = await asyncio.gather(*(trust.command("talent", "/records/void", body) for _ in range(CLIENTS)))

    assert Counter(answer.status_code for answer in answers) == {httpx.codes.CREATED: CLIENTS}
    assert (await trust.happened("talent", f"person-{person_id}")).count("RecordVoided") == 1


async def test_while_somebody_voids_nothing_is_left_standing_on_it(trust: Trust) -> None:
    """Of a voiding and of what would rest on the record, one is refused."""
    for _ in range(8):
        person_id = await trust.employs()
        stream = f"person-{person_id}"
        [(_, _), (_, engaged)] = await trust.history("talent", stream)
        body = await wrong(trust, "talent", stream, "EngagementStarted")
        ending = f"/persons/{person_id}/engagements/{engaged['engagement_id']}/end"

        answers = await asyncio.gather(
            trust.command("talent", "/records/void", body), trust.command("talent", ending, {"ended_on": YESTERDAY})
        )

        assert sorted(answer.status_code for answer in answers) == [httpx.codes.CREATED, 422]
        assert len(await trust.happened("talent", stream)) == 3


@pytest.mark.parametrize("service", ["talent", "cpd", "collaboration"])
async def test_another_trusts_records_are_not_there(trust: Trust, service: Any) -> None:
    stream: Any = await trust.writers[service].place.fetchval(
        "select stream from event where version = 1 and stream not like 'reaction-%' order by position desc limit 1"
    )
    event_id: Any = await trust.writers[service].place.fetchval("select id from event where stream = $1", stream)
    writer = trust.writers[service]
    headers = {
        "authorization": f"Bearer {writer.place.token('trust_leader', trust=OTHER_TRUST)}",
        "idempotency-key": str(uuid4()),
    }
    body = {"stream": stream, "event_id": str(event_id), "reason": "We want it gone."}

    answer = await writer.client.post("/records/void", json=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "record_unknown")


async def test_a_forecast_leaves_out_what_is_void(trust: Trust) -> None:
    post_type = f"post-{uuid4().hex[:8]}"
    post_id = await critical_post(trust, post_type=post_type)
    question = {"forecast_id": str(uuid4()), "trustuid": TRUST, "post_type": post_type, "horizon_years": 3}

    async def answers(code: str) -> None:
        async def it_does() -> bool:
            return await trust.cannot("talent", "/forecasts", question) == code

        await until(it_does)  # it reads what is numbered

    await answers("readiness_not_known")
    await voids(trust, "talent", f"post-{post_id}", "CriticalPostRegistered")
    await answers("no_posts_of_this_type")
