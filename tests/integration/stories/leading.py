"""What the stories of leaders say again and again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, TODAY, Trust

YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))
LONG_AGO = "2010-09-01"


def nomination(person_id: str, by: str, **more: Any) -> dict[str, Any]:
    """The fields of a nomination."""
    return {"person_id": person_id, "identified_by": by, "source": "nomination", "ambition": "headship", **more}


def project(**more: Any) -> dict[str, Any]:
    """The fields of a project that is given to a leader."""
    return {
        "project_id": str(uuid4()),
        "project": "Reading across the trust",
        "scope_urns": [HERE],
        "given_on": YESTERDAY,
        **more,
    }


def experience(**more: Any) -> dict[str, Any]:
    """The fields of an experience of long ago."""
    return {"experience": "review", "basis": str(uuid4()), "gained_on": "2019-05-10", **more}


def assessment(*assessor_ids: str, **more: Any) -> dict[str, Any]:
    """The fields of a readiness assessment."""
    return {
        "assessment_id": str(uuid4()),
        "post_type": "headteacher",
        "readiness": "1_year",
        "assessor_ids": assessor_ids,
        "assessed_on": str(TODAY),
        **more,
    }


async def nominated(trust: Trust, *, urn: str = HERE, **more: Any) -> tuple[str, str]:
    """Somebody whom their head has nominated; their id and the head's."""
    head, leader_id = await trust.employs("headteacher", urn=urn), await trust.employs(urn=urn)
    await trust.does("talent", "/leaders", nomination(leader_id, head, **more))
    return leader_id, head


async def leaves(trust: Trust, person_id: str, ended_on: date | str = YESTERDAY) -> None:
    """Every engagement of somebody that has not ended does."""
    history = await trust.history("talent", f"person-{person_id}")
    ended = {data["engagement_id"] for name, data in history if name == "EngagementEnded"}
    for name, data in history:
        if name == "EngagementStarted" and data["engagement_id"] not in ended:
            path = f"/persons/{person_id}/engagements/{data['engagement_id']}/end"
            await trust.does("talent", path, {"ended_on": str(ended_on)})
