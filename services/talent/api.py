"""What is asked of talent over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from services.talent.queries import Register
from shared.identity import asks_for, reach
from shared.problems import Problem, documented
from shared.runtime import Caller


def questions_router(register: Register) -> APIRouter:
    """What is asked of the register."""
    router = APIRouter(tags=["questions"])

    @router.get("/register/members", responses=documented(403), openapi_extra=asks_for("ask_members"))
    async def members(caller: Caller) -> dict[str, list[str]]:
        """The URNs of the schools that belong to your trust now, by its UID.

        A school is told of its own; a service of every trust's here.
        """
        far = reach(caller, "ask_members")
        if far is None:
            raise Problem(403, "not_for_operators", "Who belongs to a trust is not told to who only operates this.")
        found = await register.members(None if far == "platform" else caller.trustuid)
        if far != "own_schools":
            return found
        return {trustuid: [urn for urn in urns if urn in caller.urns] for trustuid, urns in found.items()}

    return router
