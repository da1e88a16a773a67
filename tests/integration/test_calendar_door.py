"""CPD's door: the trust's programmes, and each school's own sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.stack import Stack
from tests.support.writer import CPD, TRUST, Place, claim, outside, place

pytestmark = pytest.mark.timeout(300)  # a process that starts

SCHOOL, OTHER_SCHOOL, OTHER_TRUST = "900001", "900002", "99002"


class Calendar:
    """CPD's HTTP door."""

    def __init__(self, place: Place, client: httpx.AsyncClient) -> None:
        self._client = client
        self.trust = place.token("trust_leader")
        self.other_trust = place.token("trust_leader", trust=OTHER_TRUST)
        self.school = place.token("school_system", urns=(SCHOOL,))
        self.other_school = place.token("school_system", urns=(OTHER_SCHOOL,))

    async def publish(self, token: str, type: str, data: Mapping[str, Any]) -> str:
        """Publish a claim: how it was answered."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/cloudevents+json"}
        response = await self._client.post("/events", json=claim(type, data, service="cpd"), headers=headers)
        found: str = response.json().get("code") or response.json()["outcome"]
        return found

    async def command(self, token: str, path: str, data: Mapping[str, Any]) -> tuple[int, str | None]:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
        response = await self._client.post(path, json=data, headers=headers)
        return response.status_code, response.json().get("code")


@pytest.fixture(scope="module")
async def calendar(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Calendar]:
    async with place(stack, CPD, kafka_runs=False) as here, outside(here) as running:
        yield Calendar(here, running.client)


def programme(**more: Any) -> dict[str, Any]:
    fields = {"programme_id": str(uuid4()), "trustuid": TRUST, "title": "Stepping up", "kind": "course"}
    return {**fields, "cost_pence": 0, **more}


def session(programme_id: str, urn: str | None = SCHOOL, **more: Any) -> dict[str, Any]:
    fields = {"session_id": str(uuid4()), "programme_id": programme_id, "trustuid": TRUST, "where": "Hall"}
    times = {"starts_at": "2026-12-01T15:30:00Z", "ends_at": "2026-12-01T16:30:00Z"}
    host = {"scope": "school", "urn": urn} if urn else {"scope": "trust"}
    return {**fields, **times, **host, **more}


async def test_a_school_offers_what_is_its_own(calendar: Calendar) -> None:
    assert await calendar.publish(calendar.school, "ProgrammePublished", programme()) == "trust_only"
    assert await calendar.publish(calendar.school, "ProgrammePublished", programme(urn=OTHER_SCHOOL)) == (
        "not_your_school"
    )
    assert await calendar.publish(calendar.school, "ProgrammePublished", programme(urn=SCHOOL)) == "accepted"


async def test_a_session_is_its_hosts_and_the_trusts_to_change(calendar: Calendar) -> None:
    offer = programme()
    first, second = session(offer["programme_id"]), session(offer["programme_id"])
    assert await calendar.publish(calendar.school, "SessionScheduled", first) == "programme_unknown"
    assert await calendar.command(calendar.trust, "/programmes", offer) == (201, None)
    for planned in (first, second):
        assert await calendar.publish(calendar.school, "SessionScheduled", planned) == "accepted"

    cancel, moved = f"/sessions/{first['session_id']}/cancel", f"/sessions/{second['session_id']}/reschedule"
    later = {"starts_at": "2026-12-02T15:30:00Z", "ends_at": "2026-12-02T16:30:00Z", "where": "Library"}
    for path, body in ((cancel, {}), (moved, later)):
        assert await calendar.command(calendar.other_school, path, body) == (422, "not_your_school")
        assert await calendar.command(calendar.other_trust, path, body) == (422, "session_unknown")
    assert await calendar.command(calendar.school, cancel, {"reason": "Snow"}) == (201, None)
    assert await calendar.command(calendar.trust, moved, later) == (201, None)


async def test_another_trusts_programme_has_no_sessions_here(calendar: Calendar) -> None:
    offer = programme()
    await calendar.command(calendar.trust, "/programmes", offer)

    planned = session(offer["programme_id"], None, trustuid=OTHER_TRUST)

    assert await calendar.publish(calendar.other_trust, "SessionScheduled", planned) == "programme_unknown"
