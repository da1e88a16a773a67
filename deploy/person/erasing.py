"""Erasing a person: decided at talent's door, and awaited until every service has said that it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx

from deploy.description import SERVICES
from deploy.door import Door, Refused
from deploy.entries import Entries
from deploy.errors import Unmet
from deploy.person import post
from deploy.person.asking import talent
from deploy.person.held import trust_of
from deploy.settings import stack_settings
from deploy.tokens import trust_token

_REPORTING = next(service for service in SERVICES if not service.is_writer)
_LOOK_AGAIN_S = 1.0

Erasures = dict[UUID, UUID]
"""By each entry of the register that is the person, the id of its erasure."""
Receipts = dict[str, dict[str, Any]]
"""What each service says: how many keys it destroyed and records it cleared, and when it said so."""


async def decide(entries: Entries, ground: str, requested_on: date, token: str | None) -> Erasures:
    """Have the erasure of a person decided, of all of their entries; on the same day and ground only once.

    Raises:
        Unmet: it is refused, and that is recorded; or talent cannot be asked.
    """
    erasure_id = uuid5(entries.standing, f"{ground}, {requested_on}, {entries.all}")
    async with talent(await trust_of(entries.standing), token) as door:
        decided = await door.erase(entries.standing, erasure_id, ground, str(requested_on))
        if decided["decision"] == "refused":
            await post.forget(entries)
            until = f" until {decided['until_on']}" if decided["until_on"] else ""
            raise Unmet(
                f"The erasure is refused, and that is recorded: {_OBSTACLES[decided['because']]}{until}.",
                f"Tell the person the reason{' and the day' if until else '; no day is known yet'}.",
            )
        return {entry: await door.erased(entry) for entry in entries.all}


async def receipts(
    entries: Entries, erasures: Erasures, token: str | None, within: timedelta, told: Callable[[str], None]
) -> Receipts:
    """Wait for every service's receipt of each of a person's entries.

    Raises:
        Unmet: some have not given theirs in time; the erasure goes on by itself.
    """
    settings = stack_settings()
    trustuid, lasts = await trust_of(entries.standing), within + timedelta(minutes=5)
    proof = token or trust_token(settings, trustuid, "operator", lasts=lasts)
    all_of_them = [service.name for service in SERVICES]
    awaited, found = all_of_them, Receipts()
    until = asyncio.get_running_loop().time() + within.total_seconds()
    async with httpx.AsyncClient(base_url=settings.url(_REPORTING), timeout=60, trust_env=False) as client:
        door = Door(_REPORTING.name, client)
        told("It is decided, and takes two minutes at least: until nobody can use a key any more")
        while awaited:
            if asyncio.get_running_loop().time() > until:
                raise Unmet(
                    f"The erasure is decided, and these have not said yet that it is done: {', '.join(awaited)}.",
                    "It goes on by itself; the same command waits again. See “Erasures” in docs/operating.md.",
                )
            await asyncio.sleep(_LOOK_AGAIN_S)
            before = awaited
            found = _of_all([await _told(door, erasure_id, proof) for erasure_id in erasures.values()])
            awaited = [name for name in all_of_them if name not in found]
            if awaited and awaited != before:
                told(f"Done at {', '.join(found)}; waiting for {', '.join(awaited)}")
    return found


async def _told(door: Door, erasure_id: UUID, proof: str) -> Receipts:
    try:
        answer = await door.ask("GET", f"/erasures/{erasure_id}", proof)
    except Refused as refused:
        if refused.code != "erasure_unknown":
            raise
        return {}
    receipts: Receipts = answer["receipts"]
    return receipts


def _of_all(erasures: Sequence[Receipts]) -> Receipts:
    """Of the services that have said so of all of these: what they say together, and when they said the last."""
    first, *others = erasures
    return {
        service: {
            "keys": sum(one[service]["keys"] for one in erasures),
            "cleared": sum(one[service]["cleared"] for one in erasures),
            "at": max(one[service]["at"] for one in erasures),
        }
        for service in first
        if all(service in other for other in others)
    }


_OBSTACLES = {
    "legal_hold": "a legal hold stands",
    "retention_rule": "a retention rule keeps the data",
}
