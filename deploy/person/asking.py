"""Talent's door for what the trust decides about people's data: with a token of the trust's, or one of this stack's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from deploy.description import SERVICES
from deploy.door import Door
from deploy.settings import stack_settings
from deploy.tokens import trust_token

_LASTS = timedelta(hours=1)
_TIMEOUT_S = 60.0
_TALENT = next(service for service in SERVICES if service.name == "talent")


@dataclass(frozen=True, slots=True)
class Talent:
    """The door, and what is asked of it about one person or all of a trust's."""

    door: Door

    async def decide(self, path: str, body: Mapping[str, Any], key: str, *, dry_run: bool = False) -> None:
        """A typed command under a key: sent again it is done once.

        Raises:
            Unmet: talent refuses it, saying why, or cannot be asked.
        """
        headers = {"idempotency-key": key}
        await self.door.ask("POST", path, json=dict(body), headers=headers, params={"dry_run": dry_run})

    async def erase(self, person_id: UUID, erasure_id: UUID, ground: str, requested_on: str) -> Mapping[str, Any]:
        """Have an erasure decided; what was, as `GET /people/<id>/personal-data` has it. Asked again, it is done once.

        Of whom was erased before, that is what was decided then.
        """
        body = {"erasure_id": str(erasure_id), "ground": ground, "requested_on": requested_on}
        await self.decide(f"/people/{person_id}/erasures", body, f"erasure-{erasure_id}")
        found: list[Mapping[str, Any]] = (await self.tells(f"/people/{person_id}/personal-data"))["erasures"]
        decided = [one for one in found if one["decision"] == "decided"]
        return decided[0] if decided else next(one for one in found if one["erasure_id"] == str(erasure_id))

    async def erased(self, person_id: UUID) -> UUID:
        """The id of an entry's erasure, which was decided."""
        found = (await self.tells(f"/people/{person_id}/personal-data"))["erasures"]
        return UUID(next(one["erasure_id"] for one in found if one["decision"] == "decided"))

    async def tells(self, path: str) -> dict[str, Any]:
        """What talent answers."""
        found: dict[str, Any] = await self.door.ask("GET", path)
        return found


@asynccontextmanager
async def talent(trustuid: str, token: str | None) -> AsyncIterator[Talent]:
    """Talent, asked as the trust's leaders.

    Args:
        token: a trust leader's; without one, the stack's own issuer makes one, which it does not in production.

    Raises:
        Unmet: there is no token, and this stack has no issuer.
    """
    settings = stack_settings()
    proof = token or trust_token(settings, trustuid, "operator", lasts=_LASTS)
    async with httpx.AsyncClient(
        base_url=settings.url(_TALENT),
        headers={"authorization": f"Bearer {proof}"},
        timeout=_TIMEOUT_S,
        trust_env=False,
    ) as client:
        yield Talent(Door("talent", client))
