"""What the stories of plans, priorities, self-assessments and daily support begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.support.writer import TRUST

YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))
UNKNOWN_SCHOOL = "900077"


def minutes_ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


async def opens_cycle(trust: Trust) -> str:
    """A cycle of the trust's; its name."""
    cycle = f"2026/27-{uuid4().hex[:12]}"
    opened = {"trustuid": TRUST, "cycle": cycle, "starts_on": YESTERDAY, "ends_on": TOMORROW}
    await trust.does("collaboration", "/cycles", opened)
    return cycle


async def sets_focus(trust: Trust) -> str:
    """A focus area of the trust's; its id."""
    focus = {
        "focus_id": str(uuid4()),
        "trustuid": TRUST,
        "title": "Reading",
        "principle": "children_first",
        "question": "Who reads better?",
        "starts_on": YESTERDAY,
    }
    await trust.does("collaboration", "/focus-areas", focus)
    return focus["focus_id"]


def plan(**more: Any) -> dict[str, Any]:
    """The fields of a school's improvement plan."""
    return {
        "plan_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "title": "Reading",
        "objectives": ["Every pupil reads every day."],
        "cost_pence": 250_000,
        "disadvantaged_note": "Books go home with those who have none.",
        "starts_on": YESTERDAY,
        "ends_on": str(TODAY + timedelta(days=200)),
        **more,
    }


def amendment(**more: Any) -> dict[str, Any]:
    """What an amended plan says."""
    said = {name: text for name, text in plan().items() if name not in ("plan_id", "trustuid", "urn")}
    return {**said, "title": "Reading and writing", "reason": "Reading is a habit.", "amended_on": str(TODAY), **more}


async def agrees_plan(trust: Trust, *, school: str | None = HERE, **more: Any) -> str:
    """A plan that is agreed; its id."""
    fields = plan(**{"urn": school, **more})
    await trust.does("collaboration", "/improvement-plans", fields, school=school)
    return str(fields["plan_id"])


def proposal(cycle: str, **more: Any) -> dict[str, Any]:
    """The fields of a priority that a school proposes."""
    return {
        "priority_id": str(uuid4()),
        "trustuid": TRUST,
        "cycle": cycle,
        "urn": HERE,
        "title": "Reading",
        "role_level": "middle",
        "proposed_on": str(TODAY),
        **more,
    }


async def proposes(trust: Trust, cycle: str, *, school: str | None = HERE, **more: Any) -> str:
    """A priority that is proposed; its id."""
    fields = proposal(cycle, urn=school, **more)
    await trust.does("collaboration", "/priorities", fields, school=school)
    return str(fields["priority_id"])


def ballot(cycle: str, person_id: str, *ranking: str, **more: Any) -> dict[str, Any]:
    """A leader's vote."""
    return {
        "trustuid": TRUST,
        "cycle": cycle,
        "urn": HERE,
        "person_id": person_id,
        "role_level": "teacher",
        "ranking": list(ranking),
        "voted_on": str(TODAY),
        **more,
    }


def agreement(cycle: str, rank: int, **more: Any) -> dict[str, Any]:
    """Which place the trust gives a priority."""
    return {"trustuid": TRUST, "cycle": cycle, "rank": rank, "agreed_on": str(TODAY), **more}


def assessment(**more: Any) -> dict[str, Any]:
    """How a school sees itself."""
    return {
        "assessment_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "instrument": "ten_principles",
        "answers": [{"item": "culture", "answer": "we_do_this"}],
        "submitted_on": str(TODAY),
        **more,
    }


def request(**more: Any) -> dict[str, Any]:
    """What a school asks the trust for."""
    return {
        "request_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "kind": "site",
        "request": "The boiler is out.",
        "opened_at": minutes_ago(60),
        **more,
    }


async def asks(trust: Trust) -> str:
    """A school's open request; its id."""
    fields = request()
    await trust.does("collaboration", "/support-requests", fields, school=HERE)
    return str(fields["request_id"])


def success(**more: Any) -> dict[str, Any]:
    """What a school tells the others."""
    return {
        "success_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "theme": "phonics",
        "text": "All of year one passed.",
        "shared_at": minutes_ago(5),
        **more,
    }
