"""What is asked of talent over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from services.talent.queries import Register
from shared.runtime import Caller


def questions_router(register: Register) -> APIRouter:
    """What is asked of the register."""
    router = APIRouter(tags=["questions"])

    @router.get("/register/members")
    async def members(caller: Caller) -> dict[str, list[str]]:
        """The URNs of the schools that belong to your trust now, by its UID; for services, of every trust here."""
        return await register.members(None if caller.has("service") else caller.trustuid)

    return router
