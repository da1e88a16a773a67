"""What the stories of partnerships and of change begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.support.writer import TRUST

HELP = {"dimension": "people", "quantity": 10, "unit": "half_days"}
PLACES = {"dimension": "intellectual", "quantity": 4, "unit": "places"}
GIVER = {"kind": "school", "urn": HERE, "gives": [HELP]}
TAKER = {"kind": "school", "urn": THERE, "receives": [HELP]}
UNIVERSITY = {"kind": "university", "name": "University of Leicester", "gives": [PLACES], "receives": [HELP]}


def ago(days: int) -> str:
    return str(TODAY - timedelta(days=days))


def ahead(days: int) -> str:
    return str(TODAY + timedelta(days=days))


STANDARD = {"trustuid": TRUST, "min_days": 20, "groups": ["staff", "parents"], "from_on": ago(100)}


def partnership(*partners: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The fields of a collaboration, in which one school helps another unless partners are named."""
    return {
        "collaboration_id": str(uuid4()),
        "trustuid": TRUST,
        "title": "Early reading",
        "purpose": "Every child reads by seven.",
        "measures": ["Phonics check"],
        "partners": list(partners) or [GIVER, TAKER],
        "starts_on": ago(100),
        "ends_on": ahead(100),
        "opportunity_cost_days": 12,
        "opportunity_cost_pence": 0,
        **more,
    }


async def agrees(trust: Trust, *partners: dict[str, Any], **more: Any) -> str:
    """A collaboration that is agreed; its id."""
    fields = partnership(*partners, **more)
    await trust.does("collaboration", "/collaborations", fields)
    return str(fields["collaboration_id"])


def commitment(**more: Any) -> dict[str, Any]:
    """What a school will do differently."""
    return {
        "commitment_id": str(uuid4()),
        "urn": THERE,
        "practice": "Phonics every day.",
        "by": "head",
        "from_on": ahead(1),
        **more,
    }


def change(**more: Any) -> dict[str, Any]:
    """The fields of a change that the trust proposes."""
    return {
        "change_id": str(uuid4()),
        "trustuid": TRUST,
        "title": "One timetable",
        "urns": [HERE, THERE],
        "align": "align",
        "cost_pence": 1_200_000,
        "days": 30,
        "disadvantaged_note": "Clubs stay at lunch, when all can come.",
        "proposed_on": ago(60),
        **more,
    }


async def proposes_change(trust: Trust, **more: Any) -> str:
    """A change that is proposed; its id."""
    fields = change(**more)
    await trust.does("collaboration", "/changes", fields)
    return str(fields["change_id"])


def adoption(**more: Any) -> dict[str, Any]:
    """When a change is made, and when it is business as usual."""
    return {"from_on": ahead(30), "to_on": ahead(200), "adopted_on": str(TODAY), **more}


def consultation(**more: Any) -> dict[str, Any]:
    """Who was consulted, and when."""
    return {"groups": ["staff", "parents"], "from_on": ago(50), "to_on": ago(20), **more}


def decision(**more: Any) -> dict[str, Any]:
    """The fields of a decision that is passed on."""
    return {
        "decision_id": str(uuid4()),
        "trustuid": TRUST,
        "title": "One timetable",
        "reason": "Teachers can share lessons.",
        "audience": ["teaching_assistant", "teacher"],
        "urns": [HERE, THERE],
        "cascaded_on": ago(5),
        **more,
    }


async def cascades(trust: Trust, **more: Any) -> str:
    """A decision that is passed on; its id."""
    fields = decision(**more)
    await trust.does("collaboration", "/decisions", fields)
    return str(fields["decision_id"])


def count(**more: Any) -> dict[str, Any]:
    """How many of a role at a school understand a decision."""
    return {
        "urn": HERE,
        "role": "teaching_assistant",
        "understood": 7,
        "expected": 9,
        "as_at": str(TODAY),
        **more,
    }
