"""Posts and leaders for the stories: what several of them begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.support.writer import TRUST

LONG_AGO, YESTERDAY, SOON = TODAY - timedelta(days=900), TODAY - timedelta(days=1), TODAY + timedelta(days=60)


async def leads(trust: Trust, person_id: str) -> str:
    """Somebody's head has nominated them as a leader; their id."""
    head = await trust.employs("headteacher")
    fields = {"person_id": person_id, "identified_by": head, "source": "nomination", "ambition": "headship"}
    await trust.does("talent", "/leaders", fields)
    return person_id


async def critical_post(
    trust: Trust, incumbents: Mapping[str, int] | None = None, *, urns: Sequence[str] = (HERE,), **more: Any
) -> str:
    """A headship is registered as critical, with these people's shares; its id."""
    post_id = str(uuid4())
    held = [
        {"person_id": person_id, "share_hundredths": share, "from_on": str(LONG_AGO)}
        for person_id, share in (incumbents or {}).items()
    ]
    await trust.does("talent", "/posts", registration(post_id, urns=[*urns], incumbents=held, **more))
    return post_id


def registration(post_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a post's registration."""
    fields = {"post_id": post_id, "trustuid": TRUST, "urns": [HERE], "post_type": "headteacher"}
    return {**fields, "registered_on": str(TODAY), **more}


def filling(person_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a post's filling."""
    return {"person_id": person_id, "share_hundredths": 100, "filled_on": str(TODAY), **more}


def nomination(leader_id: str, **more: Any) -> dict[str, Any]:
    """The fields of a successor's nomination."""
    return {"leader_id": leader_id, "nominated_on": str(YESTERDAY), **more}


def designation(scheme: str, **more: Any) -> dict[str, Any]:
    """The fields of a designation."""
    fields = {"designation_id": str(uuid4()), "trustuid": TRUST, "scheme": scheme, "awarding_body": "National College"}
    return {**fields, "from_on": str(YESTERDAY), **more}
