"""What is sent about careers, inductions and deployments, as it would be taken: a test changes what it is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from services.talent.domain.academic_year import academic_year_of, began_in
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust

Body = dict[str, Any]

THIS_YEAR = began_in(TODAY)
YEAR = academic_year_of(TODAY)
STARTS, ENDS = date(THIS_YEAR, 9, 1), date(THIS_YEAR + 1, 8, 31)


def ago(days: int) -> str:
    return str(TODAY - timedelta(days=days))


def year(first: int) -> str:
    """An academic year by the calendar year it begins in."""
    return academic_year_of(date(first, 9, 1))


def stage(assessor_id: str, **other: Any) -> Body:
    return {"stage": "stage_3", "pathway": "teaching", "assessor_id": assessor_id, "assessed_on": ago(1), **other}


def aspiration(**other: Any) -> Body:
    return {
        "direction": "up",
        "target_role": "headteacher",
        "target_year": year(THIS_YEAR + 4),
        "recorded_on": ago(1),
        **other,
    }


def plan(person_id: str, agreed_with: str, **other: Any) -> Body:
    return {
        "person_id": person_id,
        "plan_id": str(uuid4()),
        "years": [{"academic_year": year(THIS_YEAR + n), "stage": "stage_3"} for n in range(3)],
        "agreed_with": agreed_with,
        "next_step": "Leads a phase team.",
        "agreed_on": str(TODAY),
        **other,
    }


def plan_review(person_id: str, reviewed_with: str, **other: Any) -> Body:
    return {
        "person_id": person_id,
        "reviewed_with": reviewed_with,
        "on_track": True,
        "reviewed_on": str(TODAY),
        **other,
    }


def rating(rater: str, rater_id: str, **other: Any) -> Body:
    return {
        "capability": "leads_change",
        "rating": 3,
        "rater": rater,
        "rater_id": rater_id,
        "cycle": f"{YEAR}-A2",
        "rated_on": ago(1),
        **other,
    }


def induction(person_id: str, mentor_id: str, tutor_id: str, **other: Any) -> Body:
    return {
        "induction_id": str(uuid4()),
        "person_id": person_id,
        "mentor_id": mentor_id,
        "tutor_id": tutor_id,
        "appropriate_body": "Harbour Teaching School Hub",
        "fte_hundredths": 60,
        "started_on": ago(400),
        **other,
    }


def progress(person_id: str, reviewed_by: str, **other: Any) -> Body:
    return {
        "person_id": person_id,
        "review_id": str(uuid4()),
        "on_track": True,
        "reviewed_by": reviewed_by,
        "reviewed_on": ago(200),
        **other,
    }


def proposal(person_id: str, **other: Any) -> Body:
    """Some days of this academic year, from here to there."""
    return {
        "deployment_id": str(uuid4()),
        "person_id": person_id,
        "from_urn": HERE,
        "to_urn": THERE,
        "days": 6,
        "starts_on": str(STARTS),
        "ends_on": str(ENDS),
        "purpose": "Coaches the new head of maths.",
        **other,
    }


def confirmation(person_id: str, head_id: str, **other: Any) -> Body:
    return {
        "person_id": person_id,
        "academic_year": YEAR,
        "confirmed_by_head": head_id,
        "confirmed_by_head_on": str(TODAY),
        "confirmed_by_person_on": ago(1),
        **other,
    }


def ending(person_id: str, **other: Any) -> Body:
    return {
        "person_id": person_id,
        "academic_year": YEAR,
        "ended_on": str(TODAY),
        "outcome": "green",
        "impact": "The team plans together now.",
        **other,
    }


async def is_in_induction(trust: Trust, **other: Any) -> tuple[str, str, str]:
    """Somebody's induction runs; the teacher, the tutor and the induction."""
    teacher, mentor, tutor = [await trust.employs(role) for role in ("teacher", "teacher", "deputy_headteacher")]
    body = induction(teacher, mentor, tutor, **other)
    await trust.does("talent", "/ect-inductions", body)
    return teacher, tutor, body["induction_id"]


async def has_terms(trust: Trust, days: int = 20, **other: Any) -> tuple[str, str]:
    """Somebody here can be elsewhere for some days a year; the person and their head."""
    leader, head = await trust.employs("assistant_headteacher"), await trust.employs("headteacher")
    terms = {"days_a_year": days, "from_on": str(STARTS), **other}
    await trust.does("talent", f"/persons/{leader}/deployment-terms", terms)
    return leader, head


async def is_proposed(trust: Trust, person_id: str, **other: Any) -> str:
    """A deployment of theirs is proposed; its id."""
    body = proposal(person_id, **other)
    await trust.does("talent", "/deployments", body)
    return str(body["deployment_id"])


async def is_deployed(trust: Trust, person_id: str, head_id: str, **other: Any) -> str:
    """A deployment of theirs is confirmed; its id."""
    deployment_id = await is_proposed(trust, person_id, **other)
    await trust.does("talent", f"/deployments/{deployment_id}/confirm", confirmation(person_id, head_id))
    return deployment_id
