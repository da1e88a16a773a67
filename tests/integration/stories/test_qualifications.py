"""The stories of qualifications: what leaders hold, and how they work for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from tests.integration.stories.conftest import HERE, Trust
from tests.integration.stories.participants import Participant, ago, participant
from tests.integration.stories.provoking.cpd_qualifications import another

pytestmark = pytest.mark.timeout(300)  # the first of them waits for Kafka and two services


async def test_heads_hold_the_headship_qualification_and_a_masters(trust: Trust) -> None:
    head = await trust.employs("headteacher")
    npqh = {"person_id": head, "course": "npq-headship", "awarded_on": "2004-07-12"}
    masters = {"person_id": head, "course": "masters", "awarded_on": "2011-11-15", "awarded_by": "A university"}

    receipt = await trust.claims("cpd", "QualificationHeld", npqh, school=HERE)
    await trust.does("cpd", "/qualifications", masters)
    again = await trust.claims("cpd", "QualificationHeld", {**npqh, "awarded_by": "National College"})

    assert (receipt["outcome"], again["outcome"]) == ("accepted", "accepted")
    assert await trust.history("cpd", f"qualification-{head}-npq-headship") == [("QualificationHeld", npqh)]
    assert await trust.happened("cpd", f"qualification-{head}-masters") == ["QualificationHeld"]


async def test_a_deputy_works_for_the_headship_qualification_through_a_pause_and_a_resit(trust: Trust) -> None:
    deputy = await participant(trust)

    await deputy.reaches("started", "retained-1", days=390)
    await deputy.does("defer", deferred_on=ago(300))
    await deputy.does("resume", resumed_on=ago(200))
    await deputy.reaches("retained-2", "completed", days=190)
    await deputy.does("outcome", outcome="failed", outcome_on=ago(90))
    await deputy.does("outcome", outcome="passed", outcome_on=ago(10))

    assert await deputy.happened() == [
        "QualificationEnrolled",
        "QualificationMilestoneDeclared",
        "QualificationMilestoneDeclared",
        "QualificationDeferred",
        "QualificationResumed",
        "QualificationMilestoneDeclared",
        "QualificationMilestoneDeclared",
        "QualificationOutcomeRecorded",
        "QualificationOutcomeRecorded",
    ]
    _, latest = (await trust.history("cpd", deputy.stream))[-1]
    assert latest["outcome"] == "passed"


async def test_a_completion_declared_by_mistake_is_taken_back_with_its_outcome(trust: Trust) -> None:
    deputy = await participant(trust)
    await deputy.completes()
    await deputy.does("outcome", outcome="passed", outcome_on=ago(100))

    await deputy.does("milestones/void", milestone="completed", voided_on=ago(50))
    await deputy.does("milestones", milestone="completed", declared_on=ago(20))

    assert (await deputy.happened())[-3:] == [
        "QualificationMilestoneVoided",
        "QualificationOutcomeRecorded",
        "QualificationMilestoneDeclared",
    ]


async def test_early_headship_coaching_is_what_the_additional_support_offer_was(trust: Trust) -> None:
    head = await participant(trust, "npq-early-headship-coaching-offer")
    before = replace(another(head), course="npq-additional-support-offer")

    assert await before.cannot_enrol(funding="trust") == "already_enrolled"
    await head.completes()
    assert await before.cannot_enrol() == "scholarship_used"
    await before.enrols(funding="trust")

    assert await before.happened() == []
    assert (await head.happened())[-1] == "QualificationEnrolled"


async def test_of_thirty_two_scholarships_at_once_one_pays(trust: Trust) -> None:
    person_id = await trust.employs("deputy_headteacher")
    enrolments = [Participant(trust, person_id).enrolment() for _ in range(32)]

    answers = await asyncio.gather(
        *(trust.command("cpd", "/qualifications/enrolments", fields, key=str(uuid4())) for fields in enrolments)
    )

    codes = [answer.json().get("code") for answer in answers if answer.status_code != httpx.codes.CREATED]
    assert codes == ["already_enrolled"] * 31
    assert await trust.happened("cpd", f"qualification-{person_id}-npq-headship") == ["QualificationEnrolled"]
