"""What the stories of the leadership-team feedback loop begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.support.writer import TRUST, until

STARTS, ENDS = str(TODAY - timedelta(days=20)), str(TODAY + timedelta(days=20))
IN_A_WEEK = str(TODAY + timedelta(days=7))
RED: dict[str, Any] = {"rag": "red", "needs_help": True, "help_dimension": "people"}


def hours_ago(hours: float) -> str:
    """A time before now; after it with fewer than none."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def cycle(**more: Any) -> dict[str, Any]:
    """The fields of a cycle that goes on."""
    return {"trustuid": TRUST, "cycle": f"2026/27-{uuid4().hex[:12]}", "starts_on": STARTS, "ends_on": ENDS, **more}


def focus(**more: Any) -> dict[str, Any]:
    """The fields of a focus area, with what it asks about disadvantaged pupils."""
    return {
        "focus_id": str(uuid4()),
        "trustuid": TRUST,
        "title": "Reading",
        "principle": "children_first",
        "question": "Who reads at their age?",
        "disadvantaged_lens": "Say how many of the others are disadvantaged.",
        "starts_on": STARTS,
        **more,
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """A focus area's question in a cycle."""

    cycle: str
    focus_id: str
    item_id: str

    def item(self, **more: Any) -> dict[str, Any]:
        """The fields of the item that asks both schools."""
        return {
            "item_id": self.item_id,
            "trustuid": TRUST,
            "focus_id": self.focus_id,
            "cycle": self.cycle,
            "applies_to": [HERE, THERE],
            "due_by": f"{ENDS}T16:00:00Z",
            **more,
        }


async def sets(trust: Trust, **more: Any) -> Asked:
    """The trust opens a cycle and sets a focus area, and has not asked yet."""
    opened, agreed = cycle(), focus(**more)
    await trust.does("collaboration", "/cycles", opened)
    await trust.does("collaboration", "/focus-areas", agreed)
    return Asked(opened["cycle"], agreed["focus_id"], str(uuid4()))


async def asks(trust: Trust, **more: Any) -> Asked:
    """The trust puts a question on both schools' agendas."""
    asked = await sets(trust)
    await trust.does("collaboration", "/agenda-items", asked.item(**more))
    return asked


def meeting(items: Sequence[str], *, urns: Sequence[str] = (HERE,), **more: Any) -> dict[str, Any]:
    """The fields of a meeting an hour ago that had these items on its agenda."""
    return {
        "meeting_id": str(uuid4()),
        "trustuid": TRUST,
        "urns": list(urns),
        "held_at": hours_ago(1),
        "items": list(items),
        **more,
    }


def answer(item_id: str, urn: str = HERE, **more: Any) -> dict[str, Any]:
    """The fields of a school's answer."""
    return {"item_id": item_id, "urn": urn, "rag": "green", **more}


async def answers(trust: Trust, item_id: str, **more: Any) -> str:
    """A school's leadership team meets and answers; the meeting's id."""
    held = meeting([item_id], answers=[answer(item_id, **more)])
    await trust.does("collaboration", "/meetings", held, school=HERE)
    return str(held["meeting_id"])


def plan(item_id: str, meeting_id: str, **more: Any) -> dict[str, Any]:
    """The fields of an action about an answer, due in a week."""
    return {
        "action_id": str(uuid4()),
        "meeting_id": meeting_id,
        "item_id": item_id,
        "urn": HERE,
        "action": "Two teachers teach beside each other.",
        "owner": "deputy-head",
        "due_on": IN_A_WEEK,
        **more,
    }


async def agrees(trust: Trust, item_id: str, meeting_id: str) -> str:
    """School and trust agree an action; its id."""
    agreed = plan(item_id, meeting_id)
    await trust.does("collaboration", "/actions", agreed)
    return str(agreed["action_id"])


async def closes(trust: Trust, action_id: str) -> None:
    """An action comes to its end."""
    await trust.does("collaboration", f"/actions/{action_id}/close", {"urn": HERE, "outcome": "green"}, school=HERE)


def effect(item_id: str, **more: Any) -> dict[str, Any]:
    """The fields of what a school says that an action changed."""
    said = {"item_id": item_id, "urn": HERE, "reviewed_by": "school", "rag_after": "green", "help_still_needed": False}
    return {**said, **more}


def reminder(**more: Any) -> dict[str, Any]:
    """The fields of a reminder an hour ago."""
    sent = {"reminder_id": str(uuid4()), "trustuid": TRUST, "urn": HERE, "channel": "phone", "sent_at": hours_ago(1)}
    return {**sent, **more}


async def agenda(trust: Trust, asked: Asked, urn: str = HERE) -> dict[str, Any]:
    """What a school sees of one item, when it stands on its agenda."""
    writer = trust.writers["collaboration"]
    headers = {"authorization": f"Bearer {writer.place.token('school_system', urns=(urn,))}"}
    query = {"urn": urn, "cycle": asked.cycle}

    async def stands() -> dict[str, Any] | None:
        response = await writer.client.get("/agenda", params=query, headers=headers)
        items: list[dict[str, Any]] = response.json().get("items", [])
        return next((item for item in items if item["item_id"] == asked.item_id), None)

    found: dict[str, Any] = await until(stands)
    return found
