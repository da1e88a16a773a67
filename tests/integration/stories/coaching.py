"""What the stories of coaching and one-to-ones say again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.support.writer import TRUST, until

YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))
A_MONTH_AGO, LAST_YEAR = str(TODAY - timedelta(days=30)), str(TODAY - timedelta(days=365))


def membership(person_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a membership of the pool."""
    return {
        "membership_id": str(uuid4()),
        "trustuid": TRUST,
        "person_id": person_id,
        "basis": "training",
        "kinds": ["coach", "mentor"],
        "places": 2,
        "from_on": LAST_YEAR,
        **more,
    }


def wish(person_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a wish to be coached."""
    return {
        "request_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "person_id": person_id,
        "kind": "coach",
        "from_on": A_MONTH_AGO,
        **more,
    }


def pairing(coach_id: str, *coachee_ids: str, **more: Any) -> dict[str, Any]:
    """The fields of a pairing that goes on."""
    return {
        "pairing_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "coach_id": coach_id,
        "coachee_ids": list(coachee_ids),
        "kind": "coach",
        "starts_on": A_MONTH_AGO,
        **more,
    }


def session(coach_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a session."""
    return {
        "coach_id": coach_id,
        "session_id": str(uuid4()),
        "theme": "behaviour",
        "minutes": 45,
        "held_on": YESTERDAY,
        **more,
    }


def end(coach_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a pairing's end."""
    return {"coach_id": coach_id, "outcome": "met", "ended_on": YESTERDAY, **more}


async def pairs(trust: Trust, coach_id: str, *coachee_ids: str, **more: Any) -> str:
    """A pairing begins; its id."""
    said = pairing(coach_id, *coachee_ids, **more)
    await trust.does("collaboration", "/coaching-pairings", said)
    return str(said["pairing_id"])


async def joins(trust: Trust, person_id: str) -> list[str]:
    """Who is designated joins the pool: all that happened to them as a coach."""

    async def has_joined() -> list[str]:
        return await trust.happened("collaboration", f"coach-{person_id}")

    found: list[str] = await until(has_joined)
    return found


async def manages(trust: Trust, manager_id: str, person_id: str, from_on: str = LAST_YEAR) -> None:
    """Somebody leads somebody from a day on, and collaboration has heard of it."""
    await trust.does("talent", f"/persons/{person_id}/line-manager", {"manager_id": manager_id, "from_on": from_on})
    version = len(await trust.history("talent", f"person-{person_id}"))
    await trust.heard("collaboration", f"person-{person_id}", version)


async def has_template(trust: Trust, template: str | None = None) -> str:
    """The trust has a template for one-to-ones; its name."""
    template = template or f"leaders-{uuid4().hex[:8]}"
    said = {"trustuid": TRUST, "template": template, "topics": ["Well-being", "Priorities"], "from_on": LAST_YEAR}
    await trust.does("collaboration", "/one-to-one-templates", said)
    return template


def appointment(leader_id: str, manager_id: str, template: str, **more: Any) -> dict[str, Any]:
    """The fields of a one-to-one that is scheduled."""
    return {
        "one_to_one_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": HERE,
        "leader_id": leader_id,
        "manager_id": manager_id,
        "template": template,
        "planned_on": YESTERDAY,
        **more,
    }


def conversation(planned: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The fields of a one-to-one that was held as it was scheduled."""
    same = {name: planned[name] for name in ("leader_id", "manager_id", "template")}
    return {**same, "topics": ["Priorities"], "held_on": YESTERDAY, **more}
