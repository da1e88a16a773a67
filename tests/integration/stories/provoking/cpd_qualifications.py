"""Every refusal about qualifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from tests.integration.stories.conftest import Trust
from tests.integration.stories.participants import TOMORROW, Participant, ago, participant
from tests.integration.stories.provoking import Provoke


def another(somebody: Participant) -> Participant:
    """The same person and course, and another enrolment."""
    return replace(somebody, enrolment_id=str(uuid4()))


async def in_the_future(trust: Trust) -> str:
    held = {"person_id": await trust.employs(), "course": "masters", "awarded_on": str(TOMORROW)}
    return await trust.cannot("cpd", "/qualifications", held)


async def enrolment_exists(trust: Trust) -> str:
    return await (await participant(trust)).cannot_enrol(funding="self")


async def already_enrolled(trust: Trust) -> str:
    return await another(await participant(trust)).cannot_enrol(funding="self")


async def scholarship_used(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.completes()
    return await another(somebody).cannot_enrol()


async def enrolment_unknown(trust: Trust) -> str:
    return await another(await participant(trust)).cannot("defer", deferred_on=ago(1))


async def not_completed(trust: Trust) -> str:
    return await (await participant(trust)).cannot("outcome", outcome="passed", outcome_on=ago(1))


async def days_out_of_order(trust: Trust) -> str:
    return await (await participant(trust)).cannot("withdraw", withdrawn_on=ago(500))


async def milestone_declared(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.reaches("started")
    return await somebody.cannot("milestones", milestone="started", declared_on=ago(1))


async def participant_deferred(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.does("defer", deferred_on=ago(100))
    return await somebody.cannot("milestones", milestone="started", declared_on=ago(1))


async def participant_withdrawn(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.does("withdraw", withdrawn_on=ago(100))
    return await somebody.cannot("milestones", milestone="started", declared_on=ago(1))


async def milestone_not_of_course(trust: Trust) -> str:
    somebody = await participant(trust, "npq-leading-literacy")
    return await somebody.cannot("milestones", milestone="retained-2", declared_on=ago(1))


async def milestone_early(trust: Trust) -> str:
    return await (await participant(trust)).cannot("milestones", milestone="completed", declared_on=ago(1))


async def milestone_not_declared(trust: Trust) -> str:
    return await (await participant(trust)).cannot("milestones/void", milestone="started", voided_on=ago(1))


async def already_deferred(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.does("defer", deferred_on=ago(100))
    return await somebody.cannot("defer", deferred_on=ago(99))


async def participant_active(trust: Trust) -> str:
    return await (await participant(trust)).cannot("resume", resumed_on=ago(1))


async def already_withdrawn(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.does("withdraw", withdrawn_on=ago(100))
    return await somebody.cannot("withdraw", withdrawn_on=ago(99))


async def course_completed(trust: Trust) -> str:
    somebody = await participant(trust)
    await somebody.completes()
    return await somebody.cannot("withdraw", withdrawn_on=ago(1))


provoked: Mapping[str, Provoke] = {
    "in_the_future": in_the_future,
    "enrolment_exists": enrolment_exists,
    "already_enrolled": already_enrolled,
    "scholarship_used": scholarship_used,
    "enrolment_unknown": enrolment_unknown,
    "not_completed": not_completed,
    "days_out_of_order": days_out_of_order,
    "milestone_declared": milestone_declared,
    "participant_deferred": participant_deferred,
    "participant_withdrawn": participant_withdrawn,
    "milestone_not_of_course": milestone_not_of_course,
    "milestone_early": milestone_early,
    "milestone_not_declared": milestone_not_declared,
    "already_deferred": already_deferred,
    "participant_active": participant_active,
    "already_withdrawn": already_withdrawn,
    "course_completed": course_completed,
}
