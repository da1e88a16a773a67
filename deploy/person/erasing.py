"""Erasing a person: decided at talent's door, and awaited until every service has said that it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx

from deploy.description import SERVICES
from deploy.door import Door, Refused
from deploy.errors import Unmet
from deploy.person.asking import talent
from deploy.person.held import trust_of
from deploy.settings import stack_settings
from deploy.tokens import trust_token

_REPORTING = next(service for service in SERVICES if not service.is_writer)
_LOOK_AGAIN_S = 1.0

Receipts = dict[str, dict[str, Any]]
"""What each service says: how many keys it destroyed and records it cleared, and when it said so."""


async def decide(person_id: UUID, ground: str, requested_on: date, token: str | None) -> UUID:
    """Have the erasure decided; its id. What is asked for on the same day and ground is the same erasure.

    Raises:
        Unmet: it is refused, and that is recorded; or talent cannot be asked.
    """
    erasure_id = uuid5(person_id, f"{ground}, {requested_on}")
    async with talent(await trust_of(person_id), token) as door:
        decided = await door.erase(person_id, erasure_id, ground, str(requested_on))
    if decided["decision"] == "refused":
        until = f" until {decided['until_on']}" if decided["until_on"] else ""
        raise Unmet(
            f"The erasure is refused, and that is recorded: {_OBSTACLES[decided['because']]}{until}.",
            f"Tell the person the reason{' and the day' if until else '; no day is known yet'}.",
        )
    return UUID(decided["erasure_id"])


async def receipts(
    person_id: UUID, erasure_id: UUID, token: str | None, within: timedelta, told: Callable[[str], None]
) -> Receipts:
    """Wait for every service's receipt.

    Raises:
        Unmet: some have not given theirs in time; the erasure goes on by itself.
    """
    settings = stack_settings()
    proof = token or trust_token(settings, await trust_of(person_id), "operator", lasts=within + timedelta(minutes=5))
    awaited, found = [service.name for service in SERVICES], Receipts()
    until = asyncio.get_running_loop().time() + within.total_seconds()
    async with httpx.AsyncClient(base_url=settings.url(_REPORTING), timeout=60, trust_env=False) as client:
        door = Door(_REPORTING.name, client)
        told("It is decided, and takes a minute and a half at least: until nobody can use a key any more")
        while awaited:
            if asyncio.get_running_loop().time() > until:
                raise Unmet(
                    f"The erasure is decided, and these have not said yet that it is done: {', '.join(awaited)}.",
                    "It goes on by itself; the same command waits again. See “Erasures” in docs/operating.md.",
                )
            await asyncio.sleep(_LOOK_AGAIN_S)
            before, (awaited, found) = awaited, await _told(door, erasure_id, proof, awaited)
            if awaited and awaited != before:
                told(f"Done at {', '.join(found)}; waiting for {', '.join(awaited)}")
    return found


async def _told(door: Door, erasure_id: UUID, proof: str, awaited: list[str]) -> tuple[list[str], Receipts]:
    try:
        answer = await door.ask("GET", f"/erasures/{erasure_id}", proof)
    except Refused as refused:
        if refused.code != "erasure_unknown":
            raise
        return awaited, {}
    return answer["waits_for"], answer["receipts"]


_OBSTACLES = {
    "legal_hold": "a legal hold stands",
    "retention_rule": "a retention rule keeps the data",
}
