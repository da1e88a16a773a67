"""Schools' machines at talent's doors: a key or a token proves them, and their row says what they may speak for."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.tokens import development_token
from shared import writer
from shared.identity import BUILT_IN, Clients, Doorkeeper, KeyFile, NotAuthenticated, Principal, Trusted, Verifier
from shared.identity.clients import hashed
from tests.stack import Stack
from tests.support.writer import TRUST, Place, claim, inside, person, place, until

pytestmark = pytest.mark.timeout(120)

OURS, THEIRS, UNKNOWN = "920001", "920002", "920003"
OTHER_TRUST = "99002"
VENDORS = tuple(f"9201{number:02}" for number in range(12))
STRUCTURED = "application/cloudevents+json"
SECRET = "a-secret-of-256-bits"
FORM = {"grant_type": "client_credentials"}


class Machines:
    """Talent's door, and the machines that come to it: all have the same secret."""

    def __init__(self, here: Place, client: httpx.AsyncClient) -> None:
        self.place = here
        self.client = client

    async def publish(self, claim: Mapping[str, Any], **headers: str) -> httpx.Response:
        sent = {"content-type": STRUCTURED, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return await self.client.post("/events", content=json.dumps(claim), headers=sent)

    async def token(self, client_id: str) -> str:
        response = await self.client.post(
            "/oauth/token", data={**FORM, "client_id": client_id, "client_secret": SECRET}
        )
        assert response.status_code == 200, response.text
        token: str = response.json()["access_token"]
        return token

    def from_elsewhere(self, address: str) -> httpx.AsyncClient:
        """The same door, come to from another address."""
        app = self.client._transport.app  # type: ignore[attr-defined]
        return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://service")


async def admit(here: Place, client_id: str, *urns: str, trustuid: str | None = None) -> None:
    await here.fetchval(
        """insert into client (client_id, secret_hash, urns, trustuid, admitted_at) values ($1, $2, $3, $4, now())
           returning 1""",
        client_id,
        hashed(SECRET),
        urns,
        trustuid,
    )


@pytest.fixture(scope="module")
async def machines(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Machines]:
    """Talent without Kafka: what it would have heard of its schools is written down."""
    async with place(stack, kafka_runs=False) as here:
        await here.knows_schools(OURS, *VENDORS)
        await here.knows_schools(THEIRS, trust=OTHER_TRUST)
        await admit(here, "school-920001", OURS)
        await admit(here, "harbour-mis", *VENDORS)
        await admit(here, "two-trusts", OURS, THEIRS)
        await admit(here, "nobodys", UNKNOWN)
        await admit(here, "nobodys-of-a-trust", UNKNOWN, trustuid=TRUST)
        async with inside(here) as client:
            yield Machines(here, client)


def engagement(urn: str, trustuid: str | None = None, **more: Any) -> dict[str, Any]:
    """A claim of a school, about somebody whom nobody has registered."""
    fields = {"engagement_id": str(uuid4()), "kind": "permanent", "role": "teacher", "fte_hundredths": 100}
    said = {"person_id": str(uuid4()), "urn": urn, "started_on": "2026-09-01", **fields, **more}
    return claim("EngagementStarted", said, **({"trustuid": trustuid} if trustuid else {}))


def key(client_id: str, secret: str = SECRET) -> str:
    return f"{client_id}.{secret}"


# Three ways to prove it


async def test_a_key_opens_the_door_and_its_row_says_for_whom(machines: Machines) -> None:
    fields = person()

    response = await machines.publish(claim("PersonRegistered", fields), x_api_key=key("school-920001"))

    assert (response.status_code, response.json()["outcome"]) == (202, "accepted")
    meta = json.loads(
        await machines.place.fetchval("select meta from event where stream = $1", f"person-{fields['person_id']}")
    )
    assert (meta["actor"], meta["trustuid"]) == ("school-920001", TRUST)


@pytest.mark.parametrize("way", ["client_secret_post", "client_secret_basic"])
async def test_a_secret_becomes_a_token_that_opens_the_same_door(machines: Machines, way: str) -> None:
    if way == "client_secret_post":
        response = await machines.client.post(
            "/oauth/token", data={**FORM, "client_id": "school-920001", "client_secret": SECRET}
        )
    else:
        response = await machines.client.post("/oauth/token", data=FORM, auth=("school-920001", SECRET))

    granted = response.json()
    assert (response.status_code, granted.pop("token_type"), granted.pop("expires_in")) == (200, "Bearer", 600)
    assert response.headers["cache-control"] == "no-store"
    bearer = f"Bearer {granted.pop('access_token')}"
    assert granted == {}
    published = await machines.publish(claim("PersonRegistered", person()), authorization=bearer)
    assert (published.status_code, published.json()["outcome"]) == (202, "accepted")


BASIC = "Basic " + b64encode(f"school-920001:{SECRET}".encode()).decode()


@pytest.mark.parametrize(
    ("form", "headers", "status", "error"),
    [
        ({}, {"authorization": BASIC}, 400, "invalid_request"),
        ({"grant_type": "password"}, {"authorization": BASIC}, 400, "unsupported_grant_type"),
        ({**FORM, "scope": "everything"}, {"authorization": BASIC}, 400, "invalid_scope"),
        (
            {"grant_type": ["client_credentials", "client_credentials"]},
            {"authorization": BASIC},
            400,
            "invalid_request",
        ),
        ({**FORM, "client_secret": SECRET}, {"authorization": BASIC}, 400, "invalid_request"),
        (FORM, {"authorization": BASIC, "content-type": "application/json"}, 400, "invalid_request"),
        (FORM, {}, 401, "invalid_client"),
        (FORM, {"authorization": "Basic !!!"}, 401, "invalid_client"),
        (FORM, {"authorization": "Bearer " + BASIC[6:]}, 401, "invalid_client"),
        ({**FORM, "client_id": "school-920001", "client_secret": "wrong"}, {}, 401, "invalid_client"),
        ({**FORM, "client_id": "school-\x00", "client_secret": SECRET}, {}, 401, "invalid_client"),
    ],
    ids=[
        *("no grant", "another grant", "a scope", "twice", "two ways", "no form", "nobody", "not base64"),
        *("no secret", "wrong secret", "no id"),
    ],
)
async def test_the_grant_is_refused_as_oauth_says(
    machines: Machines, form: dict[str, Any], headers: dict[str, str], status: int, error: str
) -> None:
    response = await machines.client.post("/oauth/token", data=form, headers=headers)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert SECRET not in response.text


async def test_what_proves_nobody_is_told_the_same_whatever_is_wrong(machines: Machines) -> None:
    wrong = [key("school-920001", "wrong"), key("nobody-of-this-name"), "school-920001", ".", key("SCHOOL-920001")]

    answers = [await machines.publish(claim("PersonRegistered", person()), x_api_key=one) for one in wrong]

    assert {(a.status_code, a.json()["code"], a.json()["detail"]) for a in answers} == {
        (401, "not_authenticated", answers[0].json()["detail"])
    }
    assert {a.headers["www-authenticate"] for a in answers} == {"Bearer"}


async def test_one_proof_at_a_time(machines: Machines) -> None:
    token = await machines.token("school-920001")

    response = await machines.publish(
        claim("PersonRegistered", person()), x_api_key=key("school-920001"), authorization=f"Bearer {token}"
    )

    assert response.status_code == 401


async def test_what_became_of_a_claim_that_waited_is_told_when_it_has_its_last_answer(machines: Machines) -> None:
    """Parked until the person is registered; then it is done by itself, and asked again it is known."""
    somebody = person()
    waiting = engagement(VENDORS[3])
    waiting["data"]["person_id"] = {name: somebody[name] for name in ("source", "staff_ref")}
    headers = {"x-api-key": key("harbour-mis")}

    async def fate() -> str:
        answer = await machines.client.get(f"/events/{waiting['id']}?source=/mis", headers=headers)
        outcome: str = answer.json()["outcome"]
        return outcome

    async def accepted() -> bool:
        return await fate() == "accepted"

    parked = await machines.publish(waiting, **headers)
    assert (parked.json()["code"], await fate()) == ("person_unknown", "parked")
    await machines.publish({**claim("PersonRegistered", somebody), "urn": VENDORS[3]}, **headers)
    await until(accepted)
    assert (await machines.publish(waiting, **headers)).json()["outcome"] == "duplicate"


async def test_a_batch_is_one_in_whatever_case_it_says_so(machines: Machines) -> None:
    sent = [engagement(OURS), engagement(OURS)]
    headers = {"x-api-key": key("school-920001"), "content-type": "Application/CloudEvents-Batch+JSON; charset=utf-8"}

    response = await machines.client.post("/events", content=json.dumps(sent), headers=headers)

    assert (response.status_code, [r["event_id"] for r in response.json()]) == (200, [one["id"] for one in sent])


async def test_where_the_database_does_not_answer_nobody_waits_for_ever(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was sent meanwhile is done once, whenever it is sent again."""
    monkeypatch.setattr(writer, "answer_seconds", 1.0)
    sent = claim("PersonRegistered", person())
    headers = {"x-api-key": key("school-920001"), "content-type": STRUCTURED}
    connection = await asyncpg.connect(machines.place.owner_dsn, timeout=10)
    try:
        async with inside(machines.place) as client:
            async with connection.transaction():
                await connection.execute("lock table command in access exclusive mode")
                waiting = [client.post("/events", content=json.dumps(sent), headers=headers) for _ in range(30)]
                refused = await asyncio.gather(*waiting)
            assert {(one.status_code, one.json()["code"], one.headers["retry-after"]) for one in refused} == {
                (503, "overloaded", "5")
            }
            again = await client.post("/events", content=json.dumps(sent), headers=headers)
            assert again.json()["outcome"] in {"accepted", "duplicate"}
    finally:
        await connection.close()
    assert await machines.place.fetchval("select count(*) from command where id = $1", sent["id"]) == 1


# What a client may speak for


async def test_a_token_says_who_it_is_of_and_nothing_more(machines: Machines) -> None:
    """Whoever signs tokens does not say for which schools a client speaks."""
    claims = Principal("x", frozenset({"school_system"}), OTHER_TRUST, frozenset({THEIRS}), client="school-920001")
    token = development_token(machines.place.stack, claims, lasts=timedelta(minutes=1))

    response = await machines.publish(engagement(THEIRS), authorization=f"Bearer {token}")

    assert (response.status_code, response.json()["code"]) == (422, "not_your_school")


async def test_one_client_serves_twelve_schools_and_no_thirteenth(machines: Machines) -> None:
    for urn, code in (*((urn, "person_unknown") for urn in VENDORS), (OURS, "not_your_school")):
        response = await machines.publish(engagement(urn), x_api_key=key("harbour-mis"))
        assert response.json()["code"] == code

    mine = await machines.client.get("/answers", headers={"x-api-key": key("harbour-mis")})
    assert {answer["origin"] for answer in mine.json()["answers"]} == set(VENDORS)


async def test_a_client_of_two_trusts_says_by_its_school_which_it_is(machines: Machines) -> None:
    for urn, trust, other in ((OURS, TRUST, OTHER_TRUST), (THEIRS, OTHER_TRUST, TRUST)):
        theirs = await machines.publish(engagement(urn, trustuid=trust), x_api_key=key("two-trusts"))
        stolen = await machines.publish(engagement(urn, trustuid=other), x_api_key=key("two-trusts"))
        assert [response.json()["code"] for response in (theirs, stolen)] == ["person_unknown", "not_your_trust"]

    both = await machines.publish(engagement(OURS, urns=[OURS, THEIRS]), x_api_key=key("two-trusts"))
    assert both.json()["code"] == "not_your_school"


async def test_a_school_that_the_register_does_not_know_waits(machines: Machines) -> None:
    response = await machines.publish(claim("PersonRegistered", person()), x_api_key=key("nobodys"))

    assert (response.status_code, response.json()["code"]) == (202, "school_unknown")


async def command(machines: Machines, client_id: str) -> httpx.Response:
    headers = {"x-api-key": key(client_id), "idempotency-key": str(uuid4())}
    return await machines.client.post("/persons", json=person(), headers=headers)


async def test_a_typed_command_needs_the_one_trust_of_its_schools(machines: Machines) -> None:
    """As the register says, or else the row; where neither does, there is nobody to do it for."""
    assert [(await command(machines, name)).status_code for name in ("school-920001", "nobodys-of-a-trust")] == [
        201,
        201,
    ]

    for name in ("nobodys", "two-trusts"):
        refused = await command(machines, name)
        assert (refused.status_code, refused.json()["code"]) == (403, "trust_unclear")


async def test_the_service_itself_can_only_read_its_clients(machines: Machines) -> None:
    connection = await asyncpg.connect(machines.place.dsn, timeout=10)
    try:
        assert await connection.fetchval("select count(*) from client") > 0
        for change in (
            "update client set revoked_at = null",
            "delete from client",
            "insert into client default values",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(change)
    finally:
        await connection.close()


# Revoked, and guessed at


async def nobodys_trusts(_urns: Any) -> dict[str, str]:
    return {}


async def test_a_revoked_client_is_refused_as_soon_as_its_row_is_read_again(machines: Machines) -> None:
    """With its key and with the token that it has; and a new secret works at once."""
    await admit(machines.place, "leaving", OURS)
    token = await machines.token("leaving")
    verifier = Verifier(
        [Trusted(BUILT_IN, KeyFile(machines.place.secrets.issuer_public_key_file))], lambda: datetime.now(UTC)
    )
    by_key, by_token = {"X-API-Key": key("leaving")}, {"authorization": f"Bearer {token}"}
    async with asyncpg.create_pool(machines.place.dsn, min_size=1, max_size=1) as pool:
        doorkeeper = Doorkeeper(verifier, Clients(pool, nobodys_trusts, age_seconds=0.2))
        for proof in (by_key, by_token):
            assert (await doorkeeper.principal(httpx.Headers(proof), "198.51.100.1")).urns == {OURS}

        renewed = "update client set secret_hash = $1 where client_id = 'leaving' returning 1"
        await machines.place.fetchval(renewed, hashed("another"))
        assert (await doorkeeper.proven("leaving", "another", "198.51.100.1")).client == "leaving"
        await machines.place.fetchval(
            "update client set secret_hash = $1, revoked_at = now() where client_id = 'leaving' returning 1",
            hashed(SECRET),
        )
        for proof in (by_token, by_key):
            await until(lambda proof=proof: refuses(doorkeeper, proof), seconds=2)
    assert Clients(pool, nobodys_trusts)._age_seconds <= 10


async def refuses(doorkeeper: Doorkeeper, proof: Mapping[str, str]) -> bool:
    try:
        await doorkeeper.principal(httpx.Headers(proof), "198.51.100.2")
    except NotAuthenticated:
        return True
    return False


async def statuses(client: httpx.AsyncClient, keys: Sequence[str]) -> list[int]:
    return [(await client.get("/answers", headers={"x-api-key": one})).status_code for one in keys]


async def test_guessing_is_slowed_down_where_it_is_done(machines: Machines) -> None:
    """By client and address: whoever knows a client's id cannot lock it out."""
    await admit(machines.place, "guessed", OURS)
    wrong, right = key("guessed", "wrong"), key("guessed")
    async with machines.from_elsewhere("203.0.113.7") as guesser, machines.from_elsewhere("203.0.113.8") as school:
        assert await statuses(guesser, [wrong] * 10) == [401] * 10
        locked = await guesser.get("/answers", headers={"x-api-key": right})

        assert (locked.status_code, locked.json()["code"]) == (429, "too_many_wrong_secrets")
        assert 0 < int(locked.headers["retry-after"]) <= 60
        assert await statuses(school, [right]) == [200]
        token = await guesser.post("/oauth/token", data={**FORM, "client_id": "guessed", "client_secret": SECRET})
        assert token.status_code == 429


async def test_who_tries_many_clients_is_slowed_down_too(machines: Machines) -> None:
    async with machines.from_elsewhere("2001:db8::7") as guesser, machines.from_elsewhere("2001:db8::8") as neighbour:
        assert await statuses(guesser, [key(f"guess-{n}") for n in range(60)]) == [401] * 60
        assert await statuses(neighbour, [key("guess-61")]) == [429]  # one household has a whole network
