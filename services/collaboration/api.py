"""The loop over HTTP: typed commands, which are intake.py's claims under names of their own, and a school's agenda."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.collaboration.intake import admissions
from services.collaboration.queries import Agenda
from shared.contracts import collaboration as events
from shared.contracts.vocabulary import Cycle, Urn
from shared.problems import Problem, documented
from shared.runtime import Caller

commands = {
    path: admissions[events.contract.names[event]]
    for path, event in {
        "/cycles": events.CycleOpened,
        "/focus-areas": events.FocusAreaSet,
        "/focus-areas/{focus_id}/close": events.FocusAreaClosed,
        "/agenda-items": events.StandardAgendaItemIssued,
        "/meetings": events.LeadershipTeamMeetingHeld,
        "/meetings/{meeting_id}/answers": events.AgendaItemFeedbackGiven,
        "/meetings/{meeting_id}/corrections": events.FeedbackCorrected,
        "/meetings/{meeting_id}/submit": events.MeetingReportSubmitted,
        "/answers/{item_id}/{urn}/acknowledge": events.TrustAcknowledged,
        "/answers/{item_id}/{urn}/respond": events.TrustResponseGiven,
        "/answers/{item_id}/{urn}/mark-read": events.ResponseRead,
        "/actions": events.ActionAgreed,
        "/actions/{action_id}/close": events.ActionClosed,
        "/actions/{action_id}/review-effect": events.EffectReviewed,
    }.items()
}


def questions_router(agenda: Agenda) -> APIRouter:
    """What a school asks this service."""
    router = APIRouter(tags=["questions"])

    @router.get("/agenda", responses=documented(403, 404))
    async def a_schools_agenda(
        caller: Caller,
        urn: Annotated[Urn, Query(description="The school.")],
        cycle: Annotated[
            Cycle | None, Query(description="The cycle's name; the current one where it is not said.")
        ] = None,
    ) -> dict[str, Any]:
        """What this school is asked in a cycle, the current one unless it is named, and what the trust said to it."""
        if not caller.speaks_for(urn):
            raise Problem(403, "not_your_school", "You may ask for your own schools only.")
        return await agenda.of(caller.trustuid, urn, cycle)

    return router
