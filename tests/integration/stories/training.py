"""What the stories of programmes and sessions begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.support.writer import TRUST

YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))
LENGTH = timedelta(minutes=90)
IN_A_MONTH, LAST_WEEK = timedelta(days=30), timedelta(days=-7)


async def publishes(trust: Trust, *, school: str | None = None, **more: Any) -> str:
    """A programme is on offer, of a school or of the trust; its id."""
    offer = {
        "programme_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": school,
        "title": "Teaching reading",
        "kind": "course",
        "cost_pence": 0,
        **more,
    }
    await trust.does("cpd", "/programmes", offer, school=school)
    return str(offer["programme_id"])


def plan(programme_id: str, begins: timedelta = IN_A_MONTH, **more: Any) -> dict[str, Any]:
    """The fields of a session that begins before or after now."""
    starts_at = datetime.now(UTC) + begins
    return {
        "session_id": str(uuid4()),
        "programme_id": programme_id,
        "trustuid": TRUST,
        "scope": "trust",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + LENGTH).isoformat(),
        "where": "Training room",
        **more,
    }


async def schedules(
    trust: Trust, begins: timedelta = IN_A_MONTH, *, programme_id: str | None = None, **more: Any
) -> str:
    """A session of the trust stands in the calendar; its id."""
    fields = plan(programme_id or await publishes(trust), begins, **more)
    await trust.does("cpd", "/sessions", fields)
    return str(fields["session_id"])


async def moves(trust: Trust, session_id: str, begins: timedelta) -> None:
    """A session takes place at another time."""
    starts_at = datetime.now(UTC) + begins
    body = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + LENGTH).isoformat(), "where": "Hall"}
    await trust.does("cpd", f"/sessions/{session_id}/reschedule", body)


async def books(trust: Trust, session_id: str, *, urn: str | None = HERE) -> str:
    """A school books a place for somebody of its own; their id."""
    person_id = await trust.employs(urn=urn or HERE)
    await trust.does("cpd", f"/sessions/{session_id}/book", {"person_id": person_id, "urn": urn}, school=urn)
    return person_id


async def attends(trust: Trust, session_id: str, person_id: str, attendance: str = "present", **more: Any) -> None:
    """The trust records whether somebody was at a session."""
    record = {"person_id": person_id, "attendance": attendance, **more}
    await trust.does("cpd", f"/sessions/{session_id}/attendance", record)


async def attended(trust: Trust) -> tuple[str, str]:
    """Somebody of a school was at a session last week: the session's and the person's id."""
    session_id, person_id = await schedules(trust, LAST_WEEK), await trust.employs()
    await attends(trust, session_id, person_id, urn=HERE)
    return session_id, person_id


def evidence(programme_id: str, verified_by: str, **more: Any) -> dict[str, Any]:
    """The fields of evidence that a programme changed something."""
    return {
        "impact_id": str(uuid4()),
        "programme_id": programme_id,
        "trustuid": TRUST,
        "urn": HERE,
        "level": 5,
        "measure": "Reading age in Year 5, in years",
        "baseline_thousandths": 9_400,
        "follow_up_thousandths": 10_100,
        "disadvantaged_baseline_thousandths": 8_800,
        "disadvantaged_follow_up_thousandths": 9_900,
        "verified_by": verified_by,
        "evidenced_on": YESTERDAY,
        **more,
    }


def visit(*visitor_ids: str, **more: Any) -> dict[str, Any]:
    """The fields of a visit to a pioneer school that took place yesterday."""
    return {
        "visit_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "host": "Saltmarsh Primary",
        "visitor_ids": list(visitor_ids),
        "focus": "How they teach reading in Year 1",
        "visit_on": YESTERDAY,
        **more,
    }


def need(person_id: str, **more: Any) -> dict[str, Any]:
    """The fields of something that somebody needs to develop."""
    return {
        "need_id": str(uuid4()),
        "person_id": person_id,
        "urn": HERE,
        "capability": "financial_planning",
        "seen_in": "readiness",
        "recorded_on": YESTERDAY,
        **more,
    }
