"""Every refusal about required training."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.support.writer import TRUST


def requirement(training: str | None = None, **more: Any) -> dict[str, Any]:
    """The fields of a requirement, of a training of its own unless one is named."""
    fields = {"trustuid": TRUST, "training": training or f"training-{uuid4().hex[:12]}", "title": "Fire safety"}
    return {**fields, "basis": "statutory", "grace_days": 0, "effective_from": "2020-09-01", **more}


def record(person_id: str, training: str, completed_on: Any, **more: Any) -> dict[str, Any]:
    """The fields of a completion."""
    fields = {"person_id": person_id, "trustuid": TRUST, "training": training}
    return {**fields, "completed_on": str(completed_on), **more}


async def requirement_not_later(trust: Trust) -> str:
    first = requirement()
    await trust.does("cpd", "/requirements", first)
    return await trust.cannot("cpd", "/requirements", {**first, "grace_days": 30})


async def roles_or_minimum(trust: Trust) -> str:
    both = requirement(roles=["site_manager"], minimum_per_site=1)
    return await trust.cannot("cpd", "/requirements", both)


async def in_the_future(trust: Trust) -> str:
    tomorrow = TODAY + timedelta(days=1)
    return await trust.cannot("cpd", "/training-records", record(await trust.employs(), "fire", tomorrow))


async def expires_before_completed(trust: Trust) -> str:
    over = record(await trust.employs(), "fire", TODAY, expires_on=str(TODAY - timedelta(days=1)))
    return await trust.cannot("cpd", "/training-records", over)


provoked: Mapping[str, Provoke] = {
    "requirement_not_later": requirement_not_later,
    "roles_or_minimum": roles_or_minimum,
    "in_the_future": in_the_future,
    "expires_before_completed": expires_before_completed,
}
