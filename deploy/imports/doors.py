"""A stack's talent and CPD, as one trust's own people use them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from deploy.description import SERVICES
from deploy.door import Door
from deploy.imports.reading import Service
from deploy.settings import StackSettings
from deploy.tokens import trust_token

_LASTS = timedelta(hours=8)
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class TrustDoors:
    """The doors by service, and the token that speaks for the trust."""

    doors: Mapping[str, Door]
    token: str

    async def publish(
        self, service: Service, claims: Sequence[Mapping[str, Any]], *, dry_run: bool
    ) -> list[dict[str, Any]]:
        options = {"dry_run": "true"} if dry_run else {}
        return await self.doors[service].publish(claims, self.token, **options)


@asynccontextmanager
async def trust_doors(settings: StackSettings, trustuid: str) -> AsyncIterator[TrustDoors]:
    """The stack's doors.

    Raises:
        Unmet: when this stack has no issuer.
    """
    token = trust_token(settings, trustuid, "day-one-import", lasts=_LASTS)
    async with AsyncExitStack() as opened:
        clients = {
            service.name: await opened.enter_async_context(
                httpx.AsyncClient(base_url=settings.url(service), timeout=_TIMEOUT_S, trust_env=False)
            )
            for service in SERVICES
            if service.name in {"talent", "cpd"}
        }
        yield TrustDoors({name: Door(name, client) for name, client in clients.items()}, token)
