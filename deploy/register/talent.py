"""A stack's talent, as `baton` asks it: with a service's token, and one of each trust that it speaks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache

import httpx

from deploy.description import SERVICES
from deploy.door import Door
from deploy.register.sending import Talent
from deploy.settings import StackSettings, stack_settings
from deploy.tokens import service_token, trust_token

_LASTS = timedelta(hours=1)
_TIMEOUT_S = 60.0
_TALENT = next(service for service in SERVICES if service.name == "talent")


@asynccontextmanager
async def talent_door(settings: StackSettings | None = None) -> AsyncIterator[Talent]:
    """The stack's talent.

    Raises:
        Unmet: when this stack has no issuer.
    """
    settings = settings or stack_settings()
    proof = service_token(settings, _TALENT, lasts=_LASTS)

    @cache
    def of_trust(trustuid: str) -> str:
        return trust_token(settings, trustuid, "register-import", lasts=_LASTS)

    async with httpx.AsyncClient(base_url=settings.url(_TALENT), timeout=_TIMEOUT_S, trust_env=False) as client:
        yield Talent(Door("talent", client), proof, of_trust)
