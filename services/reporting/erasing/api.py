"""What became of an erasure: each service's receipt, and which are still awaited."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from services.reporting.erasing.erasures import OWN
from services.reporting.read_models.reading import Reading
from shared.contracts.codec import contracts
from shared.contracts.envelope import timestamp
from shared.problems import Problem, documented

services = (*contracts, OWN)
ErasureId = Annotated[UUID, Path(description="The erasure's id, as it was decided.")]


class Applied(BaseModel):
    """What a service said: how many keys it destroyed, how many records it emptied or removed, and when it said so."""

    model_config = ConfigDict(frozen=True)

    keys: int
    cleared: int
    at: str


class Erasure(BaseModel):
    """An erasure's receipts, by service; `complete` once there is one from each."""

    model_config = ConfigDict(frozen=True)

    erasure_id: UUID
    complete: bool
    receipts: dict[str, Applied]
    waits_for: list[str]


def router(reading: Reading, *, trust: str | None = None) -> APIRouter:
    """The route.

    Args:
        trust: the UID of the trust whose erasures are told; None for all.
    """
    routes = APIRouter(tags=["reports"])

    @routes.get("/erasures/{erasure_id}", responses=documented(401, 403, 404, 503))
    async def erasure(erasure_id: ErasureId) -> Erasure:
        """Which services hold nothing about the person any more, and what each has done; 404 until one says so."""
        async with reading((), None) as view:
            rows = await view.conn.fetch(_of, erasure_id)
            shown = [row for row in rows if trust in (None, row["trustuid"])]
        if not shown:
            raise Problem(404, "erasure_unknown", "No service has said yet that it applied an erasure with this id.")
        receipts = {
            row["service"]: Applied(keys=row["keys"], cleared=row["cleared"], at=timestamp(row["at"])) for row in shown
        }
        waits_for = [service for service in services if service not in receipts]
        return Erasure(erasure_id=erasure_id, complete=not waits_for, receipts=receipts, waits_for=waits_for)

    return routes


_of = "select * from erasure_applied where erasure_id = $1 order by at, service"
