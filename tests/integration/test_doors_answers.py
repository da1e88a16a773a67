"""What became of what somebody sent, asked at talent's door: by its id, and newest first."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.stack import Stack
from tests.support.writer import TRUST, Place, claim, inside, person, place

pytestmark = pytest.mark.timeout(120)

OURS, ALSO_OURS, THEIRS = "910001", "910002", "910003"
OTHER_TRUST = "99002"
NUL = urlsafe_b64encode(b'["2026-11-16T00:00:00Z", "910001", "/mis", "a\\u0000"]').decode()
BATCH = "application/cloudevents-batch+json"


class Asking:
    """Talent's door, and who asks at it."""

    def __init__(self, here: Place, client: httpx.AsyncClient) -> None:
        self.place = here
        self.client = client
        self.trust = here.token("trust_leader")
        self.school = here.token("school_system", urns=(OURS,))
        self.sister = here.token("school_system", urns=(ALSO_OURS,))
        self.vendor = here.token("school_system", urns=(OURS, ALSO_OURS), subject="vendor")

    async def publish(self, token: str, *claims: Mapping[str, Any]) -> list[str]:
        headers = {"authorization": f"Bearer {token}", "content-type": BATCH}
        response = await self.client.post("/events", content=json.dumps(claims), headers=headers)
        return [receipt["outcome"] for receipt in response.json()]

    async def answers(self, token: str, **query: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"}
        response = await self.client.get("/answers", params=query, headers=headers)
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        return page

    async def ids(self, token: str, **query: Any) -> list[str]:
        return [answer["event_id"] for answer in (await self.answers(token, **query))["answers"]]


@pytest.fixture(scope="module")
async def asking(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Asking]:
    """Talent without Kafka: what it would have heard of its schools is written down; each school has sent something."""
    async with place(stack, kafka_runs=False) as here:
        await here.knows_schools(OURS, ALSO_OURS)
        await here.knows_schools(THEIRS, trust=OTHER_TRUST)
        async with inside(here) as client:
            made = Asking(here, client)
            sent = [
                claim("PersonRegistered", person(), "a-1"),
                claim("PersonRegistered", person(trn="not a number"), "a-2"),
                claim("OfTomorrow", {}, "a-3"),
            ]
            assert await made.publish(made.school, *sent) == ["accepted", "refused", "parked"]
            assert await made.publish(made.sister, claim("OfTomorrow", {}, "b-1")) == ["parked"]
            assert await made.publish(made.trust, claim("OfTomorrow", {}, "t-1")) == ["parked"]
            stranger = here.token("school_system", urns=(THEIRS,), trust=OTHER_TRUST)
            assert await made.publish(stranger, claim("OfTomorrow", {}, "c-1")) == ["parked"]
            yield made


async def test_an_answer_says_what_it_answers_and_why(asking: Asking) -> None:
    [refused] = (await asking.answers(asking.school, outcome="refused"))["answers"]
    [parked] = (await asking.answers(asking.school, outcome="parked"))["answers"]

    assert datetime.fromisoformat(refused.pop("answered_at")).tzinfo is not None
    assert refused.pop("message")
    assert refused == {
        "event_id": "a-2",
        "outcome": "refused",
        "code": "invalid",
        "field": "/data/trn",
        "origin": OURS,
        "source": "/mis",
    }
    assert (parked["event_id"], parked["code"], parked["type"]) == (
        "a-3",
        "unknown_type",
        "uk.mat.talent.OfTomorrow.v1",
    )


async def test_everybody_sees_their_own_and_the_trust_its_schools_too(asking: Asking) -> None:
    assert set(await asking.ids(asking.school)) == {"a-1", "a-2", "a-3"}
    assert set(await asking.ids(asking.sister)) == {"b-1"}
    assert set(await asking.ids(asking.vendor)) == {"a-1", "a-2", "a-3", "b-1"}
    assert set(await asking.ids(asking.trust)) == {"a-1", "a-2", "a-3", "b-1", "t-1"}


async def test_a_typed_command_is_its_givers_and_the_trusts(asking: Asking) -> None:
    leader = asking.place.token("school_leader", urns=(ALSO_OURS,), subject="head-of-b")
    headers = {"authorization": f"Bearer {leader}", "idempotency-key": "typed-1"}
    assert (await asking.client.post("/persons", json=person(), headers=headers)).status_code == 201

    assert set(await asking.ids(leader)) == {"b-1", "typed-1"}
    assert "typed-1" not in await asking.ids(asking.sister)
    assert "typed-1" in await asking.ids(asking.trust)


async def test_a_school_brings_no_answers_of_its_earlier_trust(asking: Asking) -> None:
    await asking.place.fetchval(
        "update school set recorded_at = clock_timestamp() where urn = $1 returning 1", ALSO_OURS
    )

    assert "b-1" not in await asking.ids(asking.trust)
    assert "b-1" in await asking.ids(asking.sister)
    headers = {"authorization": f"Bearer {asking.trust}"}
    assert (await asking.client.get("/events/b-1?source=/mis", headers=headers)).status_code == 404


async def test_a_school_under_a_new_urn_has_the_answers_to_what_it_sent_under_the_old_one(asking: Asking) -> None:
    """Also when the old one works no more."""
    await asking.place.knows_schools("910011", "910012")
    old, new = (asking.place.token("school_system", urns=(urn,)) for urn in ("910011", "910012"))
    await asking.publish(old, claim("OfTomorrow", {}, "old-1"))
    assert await asking.ids(new) == []

    succeeded = """insert into succession (trustuid, from_urn, to_urn, on_day)
                   values ($1, '910011', '910012', '2021-09-01') returning 1"""
    await asking.place.fetchval(succeeded, TRUST)

    assert await asking.ids(new) == await asking.ids(old) == ["old-1"]
    headers = {"authorization": f"Bearer {new}"}
    assert (await asking.client.get("/events/old-1?source=/mis", headers=headers)).json()["outcome"] == "parked"


async def test_pages_are_newest_first_and_leave_nothing_out(asking: Asking) -> None:
    reader = asking.place.token("school_system", urns=("910009",))
    sent = [f"p-{number}" for number in range(7)]
    for together in (sent[:4], sent[4:6], sent[6:]):  # a batch is answered at one moment
        await asking.publish(reader, *(claim("OfTomorrow", {}, event_id) for event_id in together))

    pages: list[list[str]] = []
    page: dict[str, Any] = {"next": None}
    while not pages or page["next"]:
        before = {"before": page["next"]} if page["next"] else {}
        page = await asking.answers(reader, limit=3, **before)
        pages.append([answer["event_id"] for answer in page["answers"]])

    assert [len(one) for one in pages] == [3, 3, 1]
    assert pages[0] == ["p-6", "p-5", "p-4"]
    assert sorted(event_id for one in pages for event_id in one) == sent


async def test_only_what_was_answered_since(asking: Asking) -> None:
    now = datetime.now(UTC).isoformat()
    reader = asking.place.token("school_system", urns=("910008",))
    await asking.publish(reader, claim("OfTomorrow", {}, "late-1"))

    assert await asking.ids(reader, since=now) == ["late-1"]
    assert await asking.ids(asking.sister, since=now) == []


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=1000000000", "outcome=lost", "before=nonsense", "before=WzFd", "before=%00"),
        f"before={NUL}",
        *("since=yesterday", "since=2026-11-16", "since=0001-01-01T00:00:00%2B14:00"),
    ],
)
async def test_what_cannot_be_asked_is_said(asking: Asking, query: str) -> None:
    response = await asking.client.get(f"/answers?{query}", headers={"authorization": f"Bearer {asking.school}"})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid")
    assert [error["pointer"].split("/")[2] for error in problem["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("role", ["auditor", "operator", "service", "hr"])
async def test_who_sends_nothing_has_no_answers(asking: Asking, role: Any) -> None:
    token = asking.place.token(role)

    response = await asking.client.get("/answers", headers={"authorization": f"Bearer {token}"})

    assert (response.status_code, response.json()["code"]) == (403, "schools_only")
    assert (await asking.client.get("/answers")).status_code == 401


async def test_a_cursor_that_somebody_made_up_shows_nothing_of_others(asking: Asking) -> None:
    place = ["2199-01-01T00:00:00+00:00", OURS, "/mis", "zzz"]
    cursor = urlsafe_b64encode(json.dumps(place).encode()).decode()

    assert await asking.ids(asking.sister, before=cursor) == ["b-1"]
