"""A school's URN is succeeded in the middle of its run: nothing is lost or taken twice, and receipts reach both."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.clock import SystemClock, today
from shared.intake.successions import overlap
from tests.stack import Stack
from tests.support.kafka import admit
from tests.support.writer import TRUST, Place, claim, inside, joining, person, place, registering, until

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

OTHER_TRUST = "99002"
TODAY = today(SystemClock().now())


@dataclass(frozen=True, slots=True)
class Trust:
    """Talent with a trust and its schools' systems."""

    place: Place
    client: httpx.AsyncClient

    async def has(self, urn: str, trust: str = TRUST) -> None:
        """A school joins and is admitted to Kafka."""
        await self.says("/schools", joining(urn, trust), trust)
        await admit(self.place.kafka.bootstrap, urn)
        await self._knows("select 1 from school where urn = $1", urn)

    async def succeeds(self, urn: str, new: str, *, days_ago: int = 1, trust: str = TRUST) -> None:
        """One of its URNs goes on as another."""
        on = str(TODAY - timedelta(days=days_ago))
        await self.says(f"/schools/{urn}/succeed", {"trustuid": trust, "to_urn": new, "on": on}, trust)
        await self._knows("select 1 from succession where from_urn = $1", urn)

    async def says(self, path: str, body: Mapping[str, Any], trust: str = TRUST) -> None:
        headers = {"authorization": f"Bearer {self.place.token('trust_leader', trust=trust)}"}
        answer = await self.client.post(path, json=body, headers={**headers, "idempotency-key": str(uuid4())})
        assert answer.status_code == 201, answer.text

    async def receipts(self, urn: str) -> dict[str, list[dict[str, Any]]]:
        """What a school has read so far, by the ids that it gave."""
        found: dict[str, list[dict[str, Any]]] = {}
        for record in await self.place.records(f"receipts.{urn}"):
            one = json.loads(record.value or b"")
            found.setdefault(one["event_id"], []).append(one)
        return found

    async def answered(self, urn: str, *claims: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """The same, once all of these are answered."""

        async def all_of_them() -> dict[str, list[dict[str, Any]]] | None:
            found = await self.receipts(urn)
            return found if {one["id"] for one in claims} <= found.keys() else None

        found: dict[str, list[dict[str, Any]]] = await until(all_of_them)
        return found

    async def publishes(self, urn: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """What a school is answered over HTTP."""
        token = self.place.token("school_system", urns=(urn,))
        headers = {"authorization": f"Bearer {token}", "content-type": "application/cloudevents+json"}
        answer: dict[str, Any] = (await self.client.post("/events", json=content, headers=headers)).json()
        return answer

    async def fate(self, urn: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What a school is told became of what was sent."""
        token = self.place.token("school_system", urns=(urn,))
        asked = {"source": sent["source"]}
        headers = {"authorization": f"Bearer {token}"}
        answer: dict[str, Any] = (await self.client.get(f"/events/{sent['id']}", params=asked, headers=headers)).json()
        return answer

    async def _knows(self, query: str, urn: str) -> None:
        await until(lambda: self.place.fetchval(query, urn))


@pytest.fixture(scope="module")
async def trust(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Trust]:
    async with place(stack) as here, inside(here) as client:
        made = Trust(here, client)
        await made.says("/trusts", registering())
        other = {"trustuid": OTHER_TRUST, "trust_ref": "TR09902", "name": "OTHER TRUST"}
        await made.says("/trusts", other, OTHER_TRUST)
        yield made


def someone() -> dict[str, Any]:
    return claim("PersonRegistered", person())


def employed(registered: Mapping[str, Any], urn: str) -> dict[str, Any]:
    about = {"person_id": registered["data"]["person_id"], "engagement_id": str(uuid4()), "urn": urn}
    terms = {"kind": "permanent", "role": "teacher", "fte_hundredths": 50, "started_on": "2024-09-01"}
    return claim("EngagementStarted", {**about, **terms})


async def test_a_run_goes_on_under_the_new_urn_and_nothing_is_lost_or_taken_twice(trust: Trust) -> None:
    old, new = "900011", "900012"
    await trust.has(old)
    before, between, after = ([someone() for _ in range(20)] for _ in range(3))
    await trust.place.produce(old, *before)
    await trust.answered(old, *before)
    await trust.has(new)
    await trust.place.produce(old, *between)

    await trust.succeeds(old, new)
    under_both = [employed(before[0], new), employed(before[1], old)]
    await trust.place.produce(
        new, *between[10:], *after, under_both[0]
    )  # it does not know what of the old ones was taken
    await trust.place.produce(old, under_both[1])

    first = await trust.answered(old, *before, *between, *after, *under_both)
    second = await trust.answered(new, *between[10:], *after, *under_both)
    assert [one for told in first.values() for one in told if one["outcome"] != "accepted"] == []
    assert all(second[one["id"]][0] == first[one["id"]][0] for one in (*between[10:], *after, *under_both))
    people = [one["data"]["person_id"] for one in (*before, *between, *after)]
    events = await trust.place.fetchval(
        "select count(*) from event where type = 'uk.mat.talent.PersonRegistered.v1' and stream = any($1)",
        [f"person-{one}" for one in people],
    )
    assert events == len(people)


async def test_over_http_either_speaks_for_both(trust: Trust) -> None:
    old, new, stranger = "900021", "900022", "900023"
    for urn in (old, new, stranger):
        await trust.has(urn)
    registered = someone()
    await trust.publishes(old, registered)
    assert (await trust.publishes(new, employed(registered, old)))["code"] == "not_your_school"

    await trust.succeeds(old, new)

    assert (await trust.publishes(new, employed(registered, old)))["outcome"] == "accepted"
    assert (await trust.publishes(old, employed(registered, new)))["outcome"] == "accepted"
    assert (await trust.publishes(new, registered))["outcome"] == "duplicate"
    assert (await trust.fate(new, registered))["outcome"] == (await trust.fate(old, registered))["outcome"]
    assert (await trust.publishes(new, employed(registered, stranger)))["code"] == "not_your_school"


async def test_when_the_time_is_over_the_old_urn_is_refused_and_told_so(trust: Trust) -> None:
    old, new = "900031", "900032"
    await trust.has(old)
    await trust.has(new)
    await trust.succeeds(old, new, days_ago=overlap.days)
    late, in_time = someone(), someone()

    await trust.place.produce(old, late)
    await trust.place.produce(new, in_time)

    [refused] = (await trust.answered(old, late))[late["id"]]
    assert (refused["outcome"], refused["code"]) == ("refused", "urn_succeeded")
    await trust.answered(new, in_time)
    assert in_time["id"] not in await trust.receipts(old)


async def test_no_trust_says_it_of_another_trusts_school(trust: Trust) -> None:
    ours, theirs = "900041", "900042"
    await trust.has(ours)
    await trust.has(theirs, OTHER_TRUST)

    await trust.succeeds(theirs, ours, trust=OTHER_TRUST)

    registered = someone()
    await trust.place.produce(ours, registered)
    await trust.answered(ours, registered)
    late = someone()
    await trust.place.produce(ours, late)
    await trust.answered(ours, late)
    assert await trust.receipts(theirs) == {}
