"""What the stories of reviews, visits and moderation begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.support.writer import TRUST

LAST_WEEK, YESTERDAY, TOMORROW = (str(TODAY + timedelta(days=days)) for days in (-7, -1, 1))
A_MONTH_AGO, LAST_YEAR = str(TODAY - timedelta(days=30)), str(TODAY - timedelta(days=365))


def request(**more: Any) -> dict[str, Any]:
    """The fields of a review of a school that began last week."""
    return {
        "review_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "focus": "The curriculum in Years 3 to 6",
        "from_on": LAST_WEEK,
        "to_on": YESTERDAY,
        **more,
    }


async def requests(trust: Trust, *, school: str | None = None, **more: Any) -> str:
    """A school asks for a review, or the trust does; its id."""
    fields = request(**more)
    await trust.does("collaboration", "/reviews", fields, school=school)
    return str(fields["review_id"])


def reviewer(person_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a reviewer of another school, who declares that there is no conflict of interest."""
    return {"reviewer_id": person_id, "reviewer_urn": THERE, "conflict_declared_on": A_MONTH_AGO, **more}


def finding(**more: Any) -> dict[str, Any]:
    """The fields of a development that was found last week."""
    return {
        "finding_id": str(uuid4()),
        "area": "reading",
        "kind": "development",
        "estimate": "working_towards_effective",
        "evidence": ["learning_walk", "book_scrutiny"],
        "finding": "The lowest fifth read books that are too hard.",
        "found_on": LAST_WEEK,
        **more,
    }


def follow_up(finding_id: str, **more: Any) -> dict[str, Any]:
    """The fields of an action about a development."""
    return {
        "action_id": str(uuid4()),
        "finding_id": finding_id,
        "action": "Match books to what each child can decode.",
        "owner": "reading-lead",
        "due_on": TOMORROW,
        **more,
    }


async def staffed(trust: Trust, *, trained_on: str | None = LAST_YEAR) -> tuple[str, str]:
    """A review has a lead of another school, trained unless said otherwise; the review's and the lead's id."""
    review_id, lead = await requests(trust), await trust.employs("headteacher", urn=THERE)
    agreed = reviewer(lead, lead=True, trained_on=trained_on)
    await trust.does("collaboration", f"/reviews/{review_id}/reviewers", agreed)
    return review_id, lead


async def finds(trust: Trust, review_id: str, *, school: str | None = None, **more: Any) -> str:
    """A review finds something; its id."""
    found = finding(**more)
    await trust.does("collaboration", f"/reviews/{review_id}/findings", found, school=school)
    return str(found["finding_id"])


async def agrees(trust: Trust, review_id: str, finding_id: str, **more: Any) -> str:
    """An action about a finding is agreed; its id."""
    agreed = follow_up(finding_id, **more)
    await trust.does("collaboration", f"/reviews/{review_id}/follow-ups", agreed)
    return str(agreed["action_id"])


def completion(**more: Any) -> dict[str, Any]:
    return {"agreed_by_host_on": YESTERDAY, "completed_on": YESTERDAY, **more}


async def completed(trust: Trust) -> tuple[str, str]:
    """A review is complete, with an action; the review's and the action's id."""
    review_id, _ = await staffed(trust)
    action_id = await agrees(trust, review_id, await finds(trust, review_id))
    await trust.does("collaboration", f"/reviews/{review_id}/complete", completion())
    return review_id, action_id


def visit(**more: Any) -> dict[str, Any]:
    """The fields of a visit of one school to another yesterday."""
    return {
        "visit_id": str(uuid4()),
        "trustuid": TRUST,
        "from_urn": HERE,
        "to_urn": THERE,
        "kind": "learning_walk",
        "focus": "How reading is taught in Year 1",
        "visitors": 4,
        "held_on": YESTERDAY,
        **more,
    }


def moderation(**more: Any) -> dict[str, Any]:
    """The fields of a moderation of both schools that was planned for last week."""
    starts_at = datetime.now(UTC) - timedelta(days=7)
    return {
        "moderation_id": str(uuid4()),
        "trustuid": TRUST,
        "subject": "Performance-management reviews",
        "urns": [HERE, THERE],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "where": "Training room",
        **more,
    }


async def plans(trust: Trust, **more: Any) -> str:
    """A moderation stands in the calendar; its id."""
    fields = moderation(**more)
    await trust.does("collaboration", "/moderations", fields)
    return str(fields["moderation_id"])


def results(**more: Any) -> dict[str, Any]:
    """What came of a moderation."""
    return {"urns": [HERE, THERE], "sampled": 12, "agreed": 9, "adjusted": 3, "held_on": YESTERDAY, **more}
