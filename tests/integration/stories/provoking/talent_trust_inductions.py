"""How each refusal about trust-wide inductions comes about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.support.writer import TRUST


def _induction(**more: Any) -> dict[str, Any]:
    """The fields of a morning for everybody who is new."""
    return {
        "induction_id": str(uuid4()),
        "trustuid": TRUST,
        "title": "Welcome to the trust",
        "starts_at": f"{TODAY}T09:00:00Z",
        "ends_at": f"{TODAY}T12:00:00Z",
        "where": "The central office",
        **more,
    }


async def _plan(trust: Trust, **more: Any) -> str:
    return await trust.cannot("talent", "/trust-inductions", _induction(**more))


async def trust_induction_exists(trust: Trust) -> str:
    planned = _induction()
    await trust.does("talent", "/trust-inductions", planned)
    return await trust.cannot("talent", "/trust-inductions", {**planned, "where": "The library"})


async def trust_induction_ends_before_it_starts(trust: Trust) -> str:
    return await _plan(trust, ends_at=f"{TODAY}T08:00:00Z")


async def no_places(trust: Trust) -> str:
    return await _plan(trust, places=0)


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke for provoke in (trust_induction_exists, trust_induction_ends_before_it_starts, no_places)
}
