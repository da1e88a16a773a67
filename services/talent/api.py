"""The register over HTTP: typed commands, which are intake.py's claims under names of their own, and its members."""

from __future__ import annotations

from fastapi import APIRouter

from services.talent.intake import admissions
from services.talent.queries import Register
from shared.contracts import talent as events
from shared.runtime import Caller

commands = {
    path: admissions[events.contract.names[event]]
    for path, event in {
        "/trusts": events.TrustRegistered,
        "/schools": events.SchoolJoinedTrust,
        "/schools/{urn}/leave": events.SchoolLeftTrust,
        "/schools/{from_urn}/succeed": events.SchoolUrnSucceeded,
        "/term-dates": events.TermDatesSet,
        "/role-counts": events.RoleCountDeclared,
        "/persons": events.PersonRegistered,
        "/persons/{person_id}/engagements": events.EngagementStarted,
        "/persons/{person_id}/engagements/{engagement_id}/end": events.EngagementEnded,
        "/persons/{person_id}/line-manager": events.LineManagerAssigned,
    }.items()
}


def questions_router(register: Register) -> APIRouter:
    """What is asked of the register."""
    router = APIRouter(tags=["questions"])

    @router.get("/register/members")
    async def members(caller: Caller) -> dict[str, list[str]]:
        """The URNs of the schools that belong to your trust now, by its UID; for services, of every trust here."""
        return await register.members(None if caller.has("service") else caller.trustuid)

    return router
