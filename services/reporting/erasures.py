"""Who was erased, as each service says of itself; and what reporting has cleared, which says so of itself, too.

A service says it when no process can have one of the person's keys any more: pages cannot open their texts then, and
what stands in the ledger and in the read models stays sealed. What is cleared is what they signed in and got post by.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from services.reporting.reading import Reading
from shared.clock import Clock
from shared.consumer import Arrival
from shared.contracts.bookkeeping import PersonErased
from shared.contracts.codec import contracts
from shared.contracts.envelope import timestamp
from shared.problems import Problem, documented

OWN = "reporting"
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


def schema(app_role: str) -> str:
    """The table of receipts, and what the application's role may do with it."""
    text = File(__file__).with_name("schema_erasures.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


async def apply(conn: Any, arrivals: Sequence[Arrival], clock: Clock) -> None:
    """Take in, with the events of a batch, who was erased; clear what is held about them here."""
    for arrival in arrivals:
        if isinstance(erased := arrival.event, PersonErased):
            person = str(erased.person_id)
            about = (erased.erasure_id, erased.person_id, arrival.delivered and arrival.delivered.envelope.trustuid)
            cleared: int = await conn.fetchval(_clear, person)
            await conn.execute(_apply, *about, arrival.service, erased.keys, erased.cleared, clock.now())
            await conn.execute(_apply, *about, OWN, 0, cleared, clock.now())


def router(reading: Reading, *, trust: str | None = None) -> APIRouter:
    """The route.

    Args:
        trust: the UID of the trust whose erasures are told; None for all.
    """
    routes = APIRouter(tags=["erasures"])

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


# Who signs in is known by the name that the issuer gives: where that is the register's id, it is the person.
_clear = """
with sessions as (delete from session where subject = $1 returning 1),
     subscriptions as (delete from subscription where subject = $1 returning 1)
select (select count(*) from sessions) + (select count(*) from subscriptions)
"""
_apply = """
insert into erasure_applied (erasure_id, person_id, trustuid, service, keys, cleared, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (erasure_id, service) do update set cleared = erasure_applied.cleared + excluded.cleared
where excluded.service = 'reporting'
"""
_of = "select * from erasure_applied where erasure_id = $1 order by at, service"
