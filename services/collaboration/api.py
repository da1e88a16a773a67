"""A school's agenda over HTTP: what it asks of this service."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.collaboration.queries import Agenda
from shared.contracts.vocabulary import Cycle, Urn
from shared.identity import asks_for, can
from shared.problems import Problem, documented
from shared.runtime import Caller


def questions_router(agenda: Agenda) -> APIRouter:
    """What a school asks this service."""
    router = APIRouter(tags=["questions"])

    @router.get("/agenda", responses=documented(403, 404), openapi_extra=asks_for("ask_agenda"))
    async def a_schools_agenda(
        caller: Caller,
        urn: Annotated[Urn, Query(description="The school.")],
        cycle: Annotated[
            Cycle | None, Query(description="The cycle's name; the current one where it is not said.")
        ] = None,
    ) -> dict[str, Any]:
        """What this school is asked in a cycle, the current one unless it is named, and what the trust said to it."""
        if not can(caller, "ask_agenda", trustuid=caller.trustuid, urn=urn):
            raise Problem(403, "not_your_school", "You may ask for your own schools only.")
        return await agenda.of(caller.trustuid, urn, cycle)

    return router
