"""To be shown sealed texts is a command of its own at each writer's door: recorded with its reason, or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts import canonical
from tests.stack import Stack
from tests.support.writer import Place, inside, joining, person, place, registering

URN, OTHER_TRUST = "900001", "99002"
REASON = "The grievance of Marigold Thistle-Marker."


class Revealing:
    """Talent, which knows one person, and whoever asks it to be shown something of theirs."""

    def __init__(self, here: Place, client: httpx.AsyncClient) -> None:
        self.place = here
        self._client = client

    async def command(self, path: str, body: Mapping[str, Any], token: str, key: str | None = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key or str(uuid4())}
        return await self._client.post(path, json=body, headers=headers)

    async def reveal(self, *, trust: str = "99001", key: str | None = None, **changed: Any) -> httpx.Response:
        of = await self.place.fetchval("select id from event where type like '%.PersonRegistered.v1'")
        body = {"event_id": str(of), "fields": ["name"], "reason": REASON, **changed}
        return await self.command("/reveals", body, self.place.token("auditor", trust=trust), key)

    async def recorded(self) -> list[dict[str, Any]]:
        """What stands there of all that was shown, each record with its stream and its actor."""
        found = await self.place.fetchval(
            """select json_agg(json_build_object('stream', stream, 'record', convert_from(record, 'utf8'),
                                                 'meta', convert_from(meta, 'utf8')) order by position)::text
               from event where type = 'uk.mat.talent.PersonalDataRevealed.v1'"""
        )
        rows: list[dict[str, Any]] = canonical.loads((found or "[]").encode())
        return rows


@pytest.fixture(scope="module")
async def revealing(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Revealing]:
    assert roles
    async with place(stack, kafka_runs=False) as here, inside(here) as client:
        made, leader = Revealing(here, client), here.token("trust_leader")
        for path, body in (("/trusts", registering()), ("/schools", joining(URN)), ("/persons", person())):
            assert (await made.command(path, body, leader)).status_code == 201, path
        yield made


async def test_what_is_refused_is_not_recorded(revealing: Revealing) -> None:
    answers = {
        "event_unknown": [
            await revealing.reveal(event_id=str(uuid4())),
            await revealing.reveal(trust=OTHER_TRUST),
        ],
        "text_unknown": [
            await revealing.reveal(fields=["name", "staff_ref"]),
            await revealing.reveal(fields=["email"]),  # it could be sealed, and was not given
        ],
        "invalid": [
            await revealing.reveal(reason=""),
            await revealing.reveal(reason=None),
            await revealing.reveal(fields=[]),
            await revealing.reveal(trustuid=OTHER_TRUST),
        ],
    }

    assert {code: {a.json()["code"] for a in of} for code, of in answers.items()} == {code: {code} for code in answers}
    assert {a.status_code for of in answers.values() for a in of} == {422}
    assert await revealing.recorded() == []


async def test_it_is_recorded_who_was_shown_what_and_why_in_a_stream_of_the_events_own(revealing: Revealing) -> None:
    first = await revealing.reveal(key="k-1", fields=["name", "name"])
    again = await revealing.reveal(key="k-1", fields=["name", "name"])
    second = await revealing.reveal()

    outcomes = [answer.json()["outcome"] for answer in (first, again, second)]
    assert outcomes == ["accepted", "duplicate", "accepted"]
    of = await revealing.place.fetchval("select id from event where type like '%.PersonRegistered.v1'")
    rows = await revealing.recorded()
    records = [canonical.loads(row["record"].encode()) for row in rows]
    assert [row["stream"] for row in rows] == [f"reveals-{of}"] * 2
    assert [(record["of"], record["fields"]) for record in records] == [(str(of), ["name"])] * 2
    assert {canonical.loads(row["meta"].encode())["actor"] for row in rows} == {"tester"}
    assert "Marigold" not in str(rows)
