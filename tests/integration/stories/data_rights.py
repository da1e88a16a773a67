"""What the stories about people's rights over their data ask talent for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from shared.identity import Role
from tests.integration.stories.conftest import TODAY, Trust
from tests.support.writer import TRUST, person

_YESTERDAY = TODAY - timedelta(days=1)


async def registered(trust: Trust) -> str:
    """Somebody in the register, whom no rule keeps there; their id."""
    fields = person(staff_ref=f"S{uuid4().hex[:12]}")
    await trust.does("talent", "/persons", fields)
    return str(fields["person_id"])


def hold(**more: Any) -> dict[str, Any]:
    return {"hold_id": str(uuid4()), "basis": "tribunal", "reason": "A claim was announced.", **more}


def erasure(**more: Any) -> dict[str, Any]:
    return {"erasure_id": str(uuid4()), "ground": "request", "requested_on": str(_YESTERDAY), **more}


def access(**more: Any) -> dict[str, Any]:
    what = {"events": 3, "withheld": 1, "package_sha256": "0f" * 32}
    return {"request_id": str(uuid4()), "requested_on": str(_YESTERDAY), **what, **more}


async def asks(trust: Trust, path: str, role: Role = "hr", *, of: str = TRUST) -> httpx.Response:
    """Somebody asks talent."""
    talent = trust.writers["talent"]
    proof = {"authorization": f"Bearer {talent.place.token(role, trust=of)}"}
    return await talent.client.get(path, headers=proof)
