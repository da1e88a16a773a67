"""What the stories of help that a leadership team asks for begin with, and how they wait for its draft."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.collaboration.reactions.drafting import drafted_request_id
from tests.integration.stories.conftest import HERE, Trust
from tests.integration.stories.looping import asks
from tests.support.writer import TRUST, until

HELP: dict[str, Any] = {"rag": "red", "needs_help": True, "help_dimension": "time"}
NO_HELP: dict[str, Any] = {"rag": "green"}


async def issues(trust: Trust) -> str:
    """Both schools are asked something for their next meeting; the item's id."""
    return (await asks(trust)).item_id


async def meets(trust: Trust, item_id: str, urn: str = HERE, **answer: Any) -> str:
    """A school's leadership team meets and answers an item; the meeting's id."""
    meeting = {"meeting_id": str(uuid4()), "trustuid": TRUST, "urns": [urn], "items": [item_id]}
    held_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    answers = [{"item_id": item_id, "urn": urn, **answer}]
    await trust.does("collaboration", "/meetings", {**meeting, "held_at": held_at, "answers": answers}, school=urn)
    return str(meeting["meeting_id"])


async def corrects(trust: Trust, meeting_id: str, item_id: str, urn: str = HERE, **answer: Any) -> None:
    """A school puts right what it answered in a meeting."""
    correction = {"item_id": item_id, "urn": urn, "reason": "We looked again.", **answer}
    await trust.does("collaboration", f"/meetings/{meeting_id}/corrections", correction, school=urn)


def draft_of(item_id: str, urn: str = HERE) -> str:
    """The id of the request that is drafted when a school asks for help with an item."""
    return str(drafted_request_id(UUID(item_id), urn))


async def settles(trust: Trust, item_id: str, version: int, urn: str = HERE) -> None:
    """Wait until a school's answer is heard up to a version, and all is done about it."""
    stream = f"answer-{item_id}-{urn}"
    await trust.heard("collaboration", stream, version)

    async def is_done() -> bool:
        due: int = await trust.writers["collaboration"].place.fetchval(
            "select count(*) from fact_due where convert_from(meta, 'utf8') like $1", f"%{stream}%"
        )
        return due == 0

    await until(is_done)


async def becomes(trust: Trust, request_id: str, *names: str) -> list[dict[str, Any]]:
    """Wait until this and nothing else has happened to a request; what each of its events says."""
    stream = f"capacity-request-{request_id}"

    async def has_become() -> bool:
        return await trust.happened("collaboration", stream) == [*names]

    await until(has_become)
    return [data for _, data in await trust.history("collaboration", stream)]
