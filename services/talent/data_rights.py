"""What is asked of talent about people's data: what was decided about somebody's, and whose was kept long enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path

from services.talent.domain.person import person_stream
from services.talent.domain.personal_data import personal_data_stream
from services.talent.retained import retained
from services.talent.retention import Periods, years
from shared.contracts.talent.personal_data import (
    ErasureDecided,
    ErasureRefused,
    LegalHoldLifted,
    LegalHoldPlaced,
    SubjectAccessFulfilled,
)
from shared.eventstore import EventStore, Recorded
from shared.identity import Principal, asks_for, can
from shared.problems import Problem, documented
from shared.runtime import Caller


def data_rights_router(store: EventStore, periods: Periods, today: Callable[[], date]) -> APIRouter:
    """What the trust, its HR and its auditors ask. No name and no text is in any answer."""
    router = APIRouter(tags=["people's data"])
    asks = asks_for("see_data_rights")

    @router.get("/people/{person_id}/personal-data", responses=documented(403, 404), openapi_extra=asks)
    async def personal_data(
        caller: Caller, person_id: Annotated[UUID, Path(description="The person, by our id.")]
    ) -> dict[str, Any]:
        """The legal holds on a person's data, the erasures that were decided or refused, and the access given."""
        _check(caller)
        entry, stream = person_stream(person_id), personal_data_stream(person_id)
        found, _ = await store.load([entry, stream])
        if entry not in found or found[entry].events[0].envelope.trustuid != caller.trustuid:
            raise Problem(404, "person_unknown", "This person is not in the register: check the id.")
        return {"person_id": person_id, **_decided(found[stream].standing if stream in found else ())}

    @router.get("/retention", responses=documented(403), openapi_extra=asks)
    async def retention(caller: Caller) -> dict[str, Any]:
        """Whose data no retention rule keeps any more, today, by their ids; of all others only how many."""
        _check(caller)
        on = today()
        found = await retained(store, caller.trustuid, years(periods), on)
        return {"trustuid": caller.trustuid, "on": on, "periods": periods, "counts": found.counts, "due": found.due}

    return router


def _check(caller: Principal) -> None:
    if not can(caller, "see_data_rights", trustuid=caller.trustuid):
        raise Problem(403, "trust_only", "Only the trust's own people, its HR and its auditors are told this.")


def _decided(history: Iterable[Recorded]) -> dict[str, list[dict[str, Any]]]:
    """A person's history as what it comes to, oldest first. Why a hold was placed is a personal text, and stays out."""
    holds: dict[UUID, dict[str, Any]] = {}
    erasures, access = [], []
    for recorded in history:
        at = recorded.envelope.time
        match event := recorded.event():
            case LegalHoldPlaced():
                holds[event.hold_id] = {
                    "hold_id": event.hold_id,
                    "basis": event.basis,
                    "placed_at": at,
                    "lifted_at": None,
                }
            case LegalHoldLifted():
                holds[event.hold_id]["lifted_at"] = at
            case ErasureDecided():
                erasures.append(_asked(event) | {"decision": "decided", "decided_at": at})
            case ErasureRefused():
                why = {"because": event.because, "until_on": event.until_on}
                erasures.append(_asked(event) | {"decision": "refused", "decided_at": at, **why})
            case SubjectAccessFulfilled():
                access.append(
                    {
                        "request_id": event.request_id,
                        "requested_on": event.requested_on,
                        "given_at": at,
                        "events": event.events,
                        "withheld": event.withheld,
                        "package_sha256": event.package_sha256,
                    }
                )
            case _:
                pass
    return {"holds": list(holds.values()), "erasures": erasures, "access": access}


def _asked(event: ErasureDecided | ErasureRefused) -> dict[str, Any]:
    return {"erasure_id": event.erasure_id, "ground": event.ground, "requested_on": event.requested_on}
