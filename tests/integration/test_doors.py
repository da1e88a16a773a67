"""Talent's doors, with a real Postgres and a real Kafka: whatever comes in gets one clear answer, and is kept once."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.talent.register import staff_stream
from shared.identity import Role
from tests.stack import Stack
from tests.support.kafka import admit
from tests.support.tables import contents
from tests.support.writer import (
    TRUST,
    Place,
    claim,
    inside,
    joining,
    outside,
    person,
    place,
    registering,
    start_kafka,
    until,
)

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own, and processes that start

ADMITTED, NOT_ADMITTED, LATE = "900001", "900002", "900004"
OTHER_TRUST = "99002"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MARKER = "Zebedee Quixote-Marker"


class Doors:
    """Talent's HTTP door, knocked on by its callers."""

    def __init__(self, place: Place, client: httpx.AsyncClient) -> None:
        self.place = place
        self.client = client
        self.trust = place.token("trust_leader")
        self.school = place.token("school_system", urns=(ADMITTED,))
        self.other_school = place.token("school_system", urns=(NOT_ADMITTED,))

    async def post(self, content: Any, *, token: str | None = None, **headers: str) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        asked = {"content-type": STRUCTURED, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return await self.client.post(
            "/events", content=body, headers={"authorization": f"Bearer {token or self.school}", **asked}
        )

    async def command(
        self, path: str, body: Mapping[str, Any], *, token: str | None = None, key: str | None = "", **headers: str
    ) -> httpx.Response:
        """A typed command, under a key of its own unless one is given (None: without a key)."""
        asked = {"authorization": f"Bearer {token or self.trust}"}
        if key is not None:
            asked["idempotency-key"] = key or str(uuid4())
        asked |= {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.post(path, json=body, headers=asked)

    async def streams(self, prefix: str) -> int:
        """How many events the streams have whose names begin so."""
        count: int = await self.place.fetchval("select count(*) from event where stream like $1 || '%'", prefix)
        return count

    async def size(self) -> tuple[int, int, int]:
        """How much is stored: events, answers, parked claims."""
        found: tuple[int, int, int] = await self.place.fetchval(
            "select ((select count(*) from event), (select count(*) from command), (select count(*) from parked_claim))"
        )
        return found

    async def members(self, *, token: str | None = None) -> dict[str, list[str]]:
        response = await self.client.get(
            "/register/members", headers={"authorization": f"Bearer {token or self.trust}"}
        )
        found: dict[str, list[str]] = response.json()
        return found


@pytest.fixture(scope="module")
async def doors(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Doors]:
    """Talent with one trust and two schools, of which one is admitted to Kafka after the service has started."""
    async with place(stack) as here, inside(here) as client:
        made = Doors(here, client)
        trust = registering()
        for path, body in (("/trusts", trust), *(("/schools", joining(urn)) for urn in (ADMITTED, NOT_ADMITTED))):
            response = await made.command(path, body)
            assert response.status_code == 201, response.text
        await admit(here.kafka.bootstrap, ADMITTED)

        async def knows_its_schools() -> bool:
            return await made.members() == {TRUST: [ADMITTED, NOT_ADMITTED]}

        await until(knows_its_schools)
        yield made


def reference(fields: Mapping[str, Any]) -> str:
    """The stream of the staff reference that somebody is registered with."""
    return staff_stream(fields["trustuid"], fields["source"], fields["staff_ref"])


# Claims over HTTP


async def test_a_structured_claim_becomes_an_event_with_a_receipt(doors: Doors) -> None:
    fields = person()

    response = await doors.post(claim("PersonRegistered", fields, "person-1"))

    stream = f"person-{fields['person_id']}"
    assert (response.status_code, response.json()) == (
        202,
        {"event_id": "person-1", "outcome": "accepted", "streams": {stream: 1, reference(fields): 1}},
    )
    assert await doors.streams(stream) == 1


async def test_a_claim_in_binary_mode_is_the_same(doors: Doors) -> None:
    fields = person()

    response = await doors.post(
        fields,
        content_type="application/json",
        ce_specversion="1.0",
        ce_id="binary-1",
        ce_source="/mis",
        ce_type="uk.mat.talent.PersonRegistered.v1",
    )

    assert (response.status_code, response.json()["outcome"]) == (202, "accepted")
    assert await doors.streams(f"person-{fields['person_id']}") == 1


async def test_each_claim_of_a_batch_has_a_receipt_in_its_place(doors: Doors) -> None:
    fields = person()
    engagement = {"person_id": fields["person_id"], "engagement_id": str(uuid4()), "urn": ADMITTED}
    engagement |= {"kind": "permanent", "role": "teacher", "fte_hundredths": 80, "started_on": "2026-09-01"}
    batch = [
        claim("PersonRegistered", fields, "batch-1"),
        claim("EngagementStarted", engagement, "batch-2"),
        {"nonsense": True, "id": "batch-3"},
        "not even an object",
        claim("EngagementStarted", {**engagement, "fte_hundredths": 120, "engagement_id": str(uuid4())}, "batch-5"),
    ]

    response = await doors.post(batch, content_type=BATCH)

    assert response.status_code == 200
    assert [(r["event_id"], r["outcome"], r.get("code"), r.get("field")) for r in response.json()] == [
        ("batch-1", "accepted", None, None),
        ("batch-2", "accepted", None, None),
        ("batch-3", "refused", "invalid", "/specversion"),
        ("item-3", "refused", "invalid", "/specversion"),
        ("batch-5", "refused", "fte_above_full_time", "/data/fte_hundredths"),
    ]
    assert await doors.streams(f"person-{fields['person_id']}") == 2


async def test_an_event_happened_on_its_own_day_in_london(doors: Doors) -> None:
    meta = await doors.place.fetchval(f"select meta from event where stream = 'school-{TRUST}-{ADMITTED}'")

    assert json.loads(meta)["happenedat"] == "2020-08-31T23:00:00.000000Z"


async def test_the_same_claim_again_is_a_duplicate_with_the_same_receipt(doors: Doors) -> None:
    sent = claim("PersonRegistered", person(), "again-1")
    first = await doors.post(sent)

    again = await doors.post({**sent, "time": "2026-11-22T10:00:00Z"})

    assert (again.status_code, again.json()) == (200, {**first.json(), "outcome": "duplicate"})
    assert await doors.streams(f"person-{sent['data']['person_id']}") == 1


async def test_the_same_id_with_other_content_is_a_conflict(doors: Doors) -> None:
    sent = claim("PersonRegistered", person(), "reused-1")
    await doors.post(sent)

    other = await doors.post({**sent, "data": {**sent["data"], "staff_ref": "S2"}})

    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert other.headers["content-type"] == "application/problem+json"


async def test_an_id_with_other_content_is_counted_for_the_alarm_at_both_doors(doors: Doors) -> None:
    sent = claim("PersonRegistered", person(), "reused-2")
    other = {**sent, "data": {**sent["data"], "staff_ref": "S2"}}
    before = [await reused(doors, door) for door in ("http", "kafka")]  # there from the start: an alert sees the first

    for one in (sent, other):
        await doors.post(one)
    await doors.post([other, sent], content_type=BATCH)
    await doors.place.produce(ADMITTED, other)
    await until(lambda: counted(doors, "kafka", before[1] + 1))

    assert [await reused(doors, door) for door in ("http", "kafka")] == [before[0] + 2, before[1] + 1]
    assert await doors.streams(f"person-{sent['data']['person_id']}") == 1


async def reused(doors: Doors, door: str) -> float:
    metrics = (await doors.client.get("/metrics")).text
    name = f'baton_refusals_total{{code="id_reused",door="{door}",service="talent"}} '
    [line] = [line for line in metrics.splitlines() if line.startswith(name)]
    return float(line.removeprefix(name))


async def counted(doors: Doors, door: str, count: float) -> bool:
    return await reused(doors, door) == count


async def test_another_sender_may_use_the_same_id(doors: Doors) -> None:
    mine, theirs = person(), person()
    await doors.post(claim("PersonRegistered", mine, "shared-1"))

    response = await doors.post(claim("PersonRegistered", theirs, "shared-1"), token=doors.other_school)

    assert (response.status_code, response.json()["outcome"]) == (202, "accepted")


async def test_an_unknown_type_is_parked_and_kept_sealed(doors: Doors) -> None:
    sent = claim("SomethingOfTomorrow", {"note": MARKER}, "tomorrow-1")

    response = await doors.post(sent)

    assert (response.status_code, response.json()["outcome"], response.json()["code"]) == (
        202,
        "parked",
        "unknown_type",
    )
    sealed = await doors.place.fetchval("select sealed from parked_claim where id = 'tomorrow-1'")
    assert MARKER.encode() not in sealed


async def test_what_became_of_a_claim_its_sender_alone_can_ask(doors: Doors) -> None:
    await doors.post(claim("PersonRegistered", person(), "fate-1"))
    await doors.post(claim("PersonRegistered", person(), "fate-2"), token=doors.trust)

    async def fate(event_id: str, token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return (await doors.client.get(f"/events/{event_id}?source=/mis", headers=headers)).status_code

    assert [await fate("fate-1", token) for token in (doors.school, doors.other_school)] == [200, 404]
    assert [await fate("fate-2", token) for token in (doors.trust, doors.school)] == [200, 404]


async def test_a_refusal_names_its_code_and_its_field_and_quotes_nothing(doors: Doors) -> None:
    response = await doors.post(claim("PersonRegistered", person(trn=MARKER), "refused-1"))

    problem = response.json()
    assert (response.status_code, problem["code"], problem["event_id"]) == (422, "invalid", "refused-1")
    assert [error["pointer"] for error in problem["errors"]] == ["/data/trn"]
    assert MARKER not in response.text


async def test_what_a_claim_does_not_have_to_say_is_refused_too(doors: Doors) -> None:
    response = await doors.post(claim("PersonRegistered", person(shoe_size="42")))

    assert (response.status_code, [e["pointer"] for e in response.json()["errors"]]) == (422, ["/data/shoe_size"])


async def test_a_personal_text_stands_nowhere_in_clear(doors: Doors) -> None:
    await doors.post(claim("PersonRegistered", person(email="zebedee@example.org")))

    stored = await doors.place.fetchval("select string_agg(record, '') || string_agg(meta, '') from event")
    assert MARKER.encode() not in stored
    assert b"zebedee@example.org" not in stored


async def test_a_dry_run_says_what_every_answer_would_be_and_leaves_nothing(doors: Doors) -> None:
    known, fresh, unheard = person(), person(), {"source": "mis", "staff_ref": "nobody-yet"}
    await doors.post(claim("PersonRegistered", known, "dry-known"))
    there = {"urn": ADMITTED, "kind": "permanent", "role": "teacher", "fte_hundredths": 100, "started_on": "2026-09-01"}
    waiting = {**there, "person_id": unheard, "engagement_id": str(uuid4())}
    batch = [
        (claim("PersonRegistered", fresh, "dry-1"), ("accepted", None)),
        (claim("PersonRegistered", fresh, "dry-1"), ("duplicate", None)),
        (claim("PersonRegistered", person(), "dry-1"), ("refused", "id_reused")),
        (claim("PersonRegistered", known, "dry-known"), ("duplicate", None)),
        (claim("PersonRegistered", person(), "dry-known"), ("refused", "id_reused")),
        (claim("PersonRegistered", person(trn=MARKER), "dry-3"), ("refused", "invalid")),
        (claim("EngagementStarted", {**waiting, "urn": NOT_ADMITTED}, "dry-4"), ("refused", "not_your_school")),
        (claim("EngagementStarted", waiting, "dry-5"), ("parked", "person_unknown")),
        (claim("NobodyKnowsThis", {}, "dry-6"), ("parked", "unknown_type")),
        ({"nonsense": True}, ("refused", "invalid")),
    ]
    would = [answer for _, answer in batch]

    async def answers(query: str) -> list[tuple[str, str | None]]:
        headers = {"authorization": f"Bearer {doors.school}", "content-type": BATCH}
        content = json.dumps([event for event, _ in batch])
        response = await doors.client.post(f"/events{query}", content=content, headers=headers)
        return [(receipt["outcome"], receipt.get("code")) for receipt in response.json()]

    before = await contents(doors.place.owner_dsn, doors.place.vault_owner_dsn)
    assert await answers("?dry_run=true") == would
    assert await contents(doors.place.owner_dsn, doors.place.vault_owner_dsn) == before
    assert await answers("") == would
    assert (await answers("?dry_run=true"))[0] == ("duplicate", None)


async def test_a_dry_run_of_a_typed_command_does_nothing(doors: Doors) -> None:
    fields, known = person(), person()
    await doors.command("/persons", known)
    before = await contents(doors.place.owner_dsn)

    would = await doors.command("/persons?dry_run=true", fields, key="dry-typed")
    refused = await doors.command("/persons?dry_run=true", {**known, "staff_ref": "S-other"})

    assert (would.status_code, would.json()["outcome"]) == (200, "accepted")
    assert (refused.status_code, refused.json()["code"]) == (422, "person_exists")
    assert await contents(doors.place.owner_dsn) == before
    assert (await doors.command("/persons", fields, key="dry-typed")).status_code == 201


# Who may say what


def engagement(person_id: str, urn: str | None) -> dict[str, Any]:
    fields = {"person_id": person_id, "engagement_id": str(uuid4()), "kind": "permanent", "role": "teacher"}
    at = {"urn": urn} if urn else {}
    return {**fields, **at, "fte_hundredths": 100, "started_on": "2026-09-01"}


async def test_a_school_speaks_for_itself_only(doors: Doors) -> None:
    fields = person()
    await doors.post(claim("PersonRegistered", fields))

    for urn, code in ((NOT_ADMITTED, "not_your_school"), (None, "trust_only")):
        refused = await doors.post(claim("EngagementStarted", engagement(fields["person_id"], urn)))
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        typed = await doors.command(
            f"/persons/{fields['person_id']}/engagements", engagement(fields["person_id"], urn), token=doors.school
        )
        assert (typed.status_code, typed.json()["code"]) == (403 if urn else 422, code)

    assert await doors.streams(f"person-{fields['person_id']}") == 1


async def test_a_school_touches_nobody_who_works_at_another(doors: Doors) -> None:
    fields, manager = person(), person()
    at_theirs = engagement(fields["person_id"], NOT_ADMITTED)
    for one in (claim("PersonRegistered", fields), claim("PersonRegistered", manager)):
        await doors.post(one)
    started = await doors.post(claim("EngagementStarted", at_theirs), token=doors.other_school)
    assert started.status_code == 202

    end = {"person_id": fields["person_id"], "engagement_id": at_theirs["engagement_id"], "ended_on": "2026-10-01"}
    manage = {"person_id": fields["person_id"], "manager_id": manager["person_id"], "from_on": "2026-09-01"}
    for type, data in (("LineManagerAssigned", manage), ("EngagementEnded", end)):
        refused = await doors.post(claim(type, data))
        assert (refused.status_code, refused.json()["code"]) == (422, "not_your_school")
        taken = await doors.post(claim(type, data), token=doors.other_school)
        assert (taken.status_code, taken.json()["outcome"]) == (202, "accepted")


async def test_another_trusts_people_are_not_known(doors: Doors) -> None:
    fields = person()
    await doors.post(claim("PersonRegistered", fields))
    stranger = doors.place.token("trust_leader", trust=OTHER_TRUST)
    theirs = person(trustuid=OTHER_TRUST)
    await doors.post(claim("PersonRegistered", theirs), token=stranger)

    started = await doors.post(claim("EngagementStarted", engagement(fields["person_id"], None)), token=stranger)
    manage = {"person_id": theirs["person_id"], "manager_id": fields["person_id"], "from_on": "2026-09-01"}
    managed = await doors.post(claim("LineManagerAssigned", manage), token=stranger)
    taken = await doors.post(
        claim("PersonRegistered", {**fields, "trustuid": OTHER_TRUST, "staff_ref": "S9"}), token=stranger
    )

    assert [r.json()["code"] for r in (started, managed, taken)] == [
        "person_unknown",
        "person_unknown",
        "not_your_trust",
    ]


@pytest.mark.parametrize("attribute", [{}, {"trustuid": TRUST}])
async def test_nobody_speaks_for_another_trust(doors: Doors, attribute: dict[str, str]) -> None:
    foreign = person(trustuid=OTHER_TRUST)

    response = await doors.post(claim("PersonRegistered", foreign, **attribute))

    assert (response.status_code, response.json()["code"]) == (422, "not_your_trust")
    assert await doors.streams(f"person-{foreign['person_id']}") == 0


async def test_what_only_the_trust_says_a_school_does_not_say(doors: Doors) -> None:
    response = await doors.post(claim("SchoolJoinedTrust", joining(ADMITTED)))
    typed = await doors.command("/schools", joining(ADMITTED), token=doors.school)

    assert (response.status_code, response.json()["code"]) == (422, "trust_only")
    assert (typed.status_code, typed.json()["code"]) == (403, "trust_only")


async def test_without_a_good_token_or_role_nothing_is_taken(doors: Doors) -> None:
    before = await doors.size()
    sent = claim("PersonRegistered", person())

    assert (await doors.client.post("/events", json=sent)).status_code == 401
    assert (await doors.post(sent, token=doors.trust[:-4] + "AAAA")).status_code == 401
    for role in ("auditor", "operator", "service"):
        token = doors.place.token(role)
        assert (await doors.post(sent, token=token)).status_code == 403
        assert (await doors.command("/persons", person(), token=token)).status_code == 403
    assert await doors.size() == before


async def test_of_another_trusts_events_an_auditor_reads_only_what_proves_that_none_is_missing(doors: Doors) -> None:
    size = (await doors.size())[0]

    async def log(role: Role, trust: str) -> list[dict[str, Any]]:
        headers = {"authorization": f"Bearer {doors.place.token(role, trust=trust)}"}
        found: list[dict[str, Any]] = (await doors.client.get("/events?from=0", headers=headers)).json()["events"]
        return found

    await until(lambda: doors.place.fetchval("select count(*) >= $1 from log", size))
    everything, read = await log("service", OTHER_TRUST), await log("auditor", TRUST)
    of_trust = [json.loads(b64decode(event["meta"]))["trustuid"] == TRUST for event in everything]

    assert sum(of_trust) > 2
    assert read == [
        event if ours else {"logindex": event["logindex"], "hash": event["hash"]}
        for event, ours in zip(everything, of_trust, strict=True)
    ]
    assert all("meta" not in event for event in await log("auditor", "99003"))


async def test_a_school_is_told_of_its_own_membership_and_an_operator_of_none(doors: Doors) -> None:
    operator = {"authorization": f"Bearer {doors.place.token('operator')}"}

    assert await doors.members(token=doors.place.token("school_system", urns=(ADMITTED,))) == {TRUST: [ADMITTED]}
    assert (await doors.client.get("/register/members", headers=operator)).status_code == 403


async def test_nobody_takes_a_school_over_by_claiming_it(doors: Doors) -> None:
    thief = doors.place.token("trust_leader", trust=OTHER_TRUST)
    joined = await doors.command("/schools", joining(ADMITTED, OTHER_TRUST), token=thief)
    assert joined.status_code == 201

    async def heard() -> bool:
        return await doors.members(token=thief) == {OTHER_TRUST: [ADMITTED]}

    await until(heard)
    fields = person()
    await doors.place.produce(ADMITTED, claim("PersonRegistered", fields, "not-stolen-1"))
    meta = await until(
        lambda: doors.place.fetchval("select meta from event where stream = $1", f"person-{fields['person_id']}")
    )

    assert json.loads(meta)["trustuid"] == TRUST
    left = {"trustuid": OTHER_TRUST, "left_on": "2020-09-02"}
    assert (await doors.command(f"/schools/{ADMITTED}/leave", left, token=thief)).status_code == 201


# Whom a claim names


def by(fields: Mapping[str, Any]) -> dict[str, str]:
    """Somebody as their school's own system knows them."""
    return {"source": fields["source"], "staff_ref": fields["staff_ref"]}


async def test_a_staff_reference_stands_in_a_persons_place(doors: Doors) -> None:
    fields, manager = person(), person()
    for one in (fields, manager):
        await doors.post(claim("PersonRegistered", one))
    sent = claim("EngagementStarted", {**engagement("", ADMITTED), "person_id": by(fields)}, "by-reference-1")

    first = await doors.post(sent)
    again = await doors.post({**sent, "time": "2026-11-22T10:00:00Z"})
    other = await doors.post({**sent, "data": {**sent["data"], "person_id": fields["person_id"]}})
    typed = await doors.command(
        f"/persons/{fields['person_id']}/line-manager", {"manager_id": by(manager), "from_on": "2026-09-01"}
    )

    assert [r.json().get("outcome") or r.json()["code"] for r in (first, again, other)] == [
        "accepted",
        "duplicate",
        "id_reused",  # the same person, and other words
    ]
    assert (typed.status_code, await doors.streams(f"person-{fields['person_id']}")) == (201, 3)


async def test_a_claim_of_somebody_who_is_not_registered_waits_for_them(doors: Doors) -> None:
    fields, manager = person(), person()
    await doors.post(claim("PersonRegistered", fields))
    named = {"person_id": by(fields), "manager_id": by(manager), "from_on": "2026-09-01"}
    batch = [
        claim("EngagementStarted", {**engagement("", ADMITTED), "person_id": by(fields)}),
        claim("LineManagerAssigned", named),
    ]

    response = await doors.post(batch, content_type=BATCH)
    typed = await doors.command(f"/persons/{fields['person_id']}/line-manager", named, token=doors.school)

    assert [(r["outcome"], r.get("code"), r.get("waits_for")) for r in response.json()] == [
        ("accepted", None, None),
        ("parked", "person_unknown", reference(manager)),
    ]
    assert (typed.status_code, typed.json()["code"]) == (422, "person_unknown")
    assert [error["pointer"] for error in typed.json()["errors"]] == ["/manager_id"]

    await doors.post(claim("PersonRegistered", manager))
    assert await until(lambda: managed_by(doors, fields)) == manager["person_id"]


async def managed_by(doors: Doors, fields: Mapping[str, Any]) -> str | None:
    record = await doors.place.fetchval(
        "select record from event where stream = $1 and type like '%LineManagerAssigned%'",
        f"person-{fields['person_id']}",
    )
    return None if record is None else str(json.loads(record)["manager_id"])


async def test_another_trusts_references_are_not_known(doors: Doors) -> None:
    fields = person()
    await doors.post(claim("PersonRegistered", fields))
    stranger = doors.place.token("trust_leader", trust=OTHER_TRUST)

    typed = await doors.command(
        f"/persons/{uuid4()}/line-manager", {"manager_id": by(fields), "from_on": "2026-09-01"}, token=stranger
    )

    assert (typed.status_code, typed.json()["code"]) == (422, "person_unknown")


# What is not strict JSON


def raw(data: str, id: str = "strict-1") -> bytes:
    event = json.dumps(claim("PersonRegistered", {"place": "here"}, id))
    return event.replace('{"place": "here"}', data).encode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (raw('{"name": "a", "name": "b"}'), 400, "not_json"),
        (raw('{"fte_hundredths": NaN}'), 400, "not_json"),
        (raw('{"fte_hundredths": 1e999}'), 400, "not_json"),
        (raw('{"fte_hundredths": 0.5}'), 400, "not_json"),
        (raw('{"fte_hundredths": 90071992547409920}'), 400, "not_json"),
        (raw('{"name": "a\\u0000b"}'), 400, "not_json"),
        (raw('{"name": "\\ud83d"}'), 400, "not_json"),
        (raw('{"name": ' + "[" * 40 + "]" * 40 + "}"), 400, "not_json"),
        (raw('{"name": ' + "[" * 100_000 + "]" * 100_000 + "}"), 400, "not_json"),
        (raw('{"name": "' + "a" * 300 * 1024 + '"}'), 413, "too_large"),
        (b"\xff\xfe", 400, "not_json"),
        (b"", 400, "not_json"),
        (b"[]", 400, "not_json"),
        (b'"text"', 400, "not_json"),
        (raw("[]"), 422, "invalid"),
        (raw("null"), 422, "invalid"),
        (raw('{"name": "sealed:abc"}'), 422, "reserved_text"),
        (raw("{}", id=""), 422, "invalid"),
        (raw("{}", id="a b"), 422, "invalid"),
    ],
    ids=[
        *("equal keys", "NaN", "infinite", "fraction", "beyond 2^53", "NUL", "lone surrogate", "deep", "very deep"),
        *("300 KiB", "not UTF-8", "empty", "an array", "a text", "data is an array", "data is null", "reserved"),
        *("no id", "id with a space"),
    ],
)
async def test_what_could_be_misread_is_one_clear_refusal(doors: Doors, body: bytes, status: int, code: str) -> None:
    before = await doors.size()

    response = await doors.post(body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert await doors.size() == before


async def test_each_misreading_has_its_own_reason(doors: Doors) -> None:
    reasons = [(await doors.post(raw(data))).json()["detail"] for data in ('{"a": NaN}', '{"a": 1, "a": 2}')]

    assert reasons == [
        "This cannot be read: NaN and Infinity are not JSON.",
        "This cannot be read: an object names the same key twice.",
    ]


async def test_the_same_holds_for_typed_commands(doors: Doors) -> None:
    before = await doors.size()
    headers = {"authorization": f"Bearer {doors.trust}", "idempotency-key": "strict-typed-1"}
    for body in (b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[]", b'{"name": "a\\u0000"}', b"\xff", b'{"a": 0.5}'):
        response = await doors.client.post("/trusts", content=body, headers=headers)
        assert response.status_code == 400
    huge = await doors.client.post("/trusts", content=b" " * (4 * 1024 * 1024 + 1), headers=headers)
    assert huge.status_code == 413
    assert await doors.size() == before


async def test_a_batch_that_is_no_batch_is_refused_whole(doors: Doors) -> None:
    before = await doors.size()

    for body, status in ((b"{}", 422), (json.dumps([1] * 501).encode(), 422), (b"[", 400)):
        assert (await doors.post(body, content_type=BATCH)).status_code == status
    empty = await doors.post(b"[]", content_type=BATCH)  # which CloudEvents allows
    assert (empty.status_code, empty.json()) == (200, [])
    assert await doors.size() == before


# Typed commands


async def test_a_typed_command_is_done_once_under_its_key(doors: Doors) -> None:
    fields = person()

    first = await doors.command("/persons", fields, key="key-1")
    again = await doors.command("/persons", fields, key="key-1")
    other = await doors.command("/persons", person(), key="key-1")

    assert [r.status_code for r in (first, again, other)] == [201, 200, 409]
    assert other.json()["code"] == "id_reused"
    assert await doors.streams(f"person-{fields['person_id']}") == 1


async def test_a_typed_command_needs_a_key(doors: Doors) -> None:
    response = await doors.command("/persons", person(), key=None)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")


async def test_a_stale_if_match_is_a_conflict_with_the_current_version(doors: Doors) -> None:
    fields = person()
    await doors.command("/persons", fields)
    path = f"/persons/{fields['person_id']}/engagements"
    first = engagement(fields["person_id"], ADMITTED)

    right = await doors.command(path, first, if_match='"1"')
    stale = await doors.command(path, engagement(fields["person_id"], ADMITTED), if_match='"1"')
    ahead = await doors.command(path, engagement(fields["person_id"], ADMITTED), if_match='"7"')

    assert [r.status_code for r in (right, stale, ahead)] == [201, 409, 409]
    assert [(r.json()["code"], r.json()["current_version"]) for r in (stale, ahead)] == [("version_conflict", 2)] * 2


@pytest.mark.parametrize("version", [b'"\xb2"', b'"' + b"9" * 5_000 + b'"', b'"-1"', b"W/1"])
async def test_a_version_that_is_none_is_named(doors: Doors, version: bytes) -> None:
    headers = {b"authorization": f"Bearer {doors.trust}".encode(), b"idempotency-key": b"odd-1", b"if-match": version}
    response = await doors.client.post("/persons", json=person(), headers=headers)

    assert (response.status_code, response.json()["code"]) == (400, "if_match_malformed")


@pytest.mark.parametrize("start", [-1, 2**63])
async def test_a_log_index_that_there_cannot_be_is_refused(doors: Doors, start: int) -> None:
    headers = {"authorization": f"Bearer {doors.place.token('service')}"}
    response = await doors.client.get("/events", params={"from": start}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(("given", "kept"), [("trace-7", "trace-7"), ("not one of ours!", "corr-key")])
async def test_a_correlation_id_of_another_form_is_not_written_down(doors: Doors, given: str, kept: str) -> None:
    fields = person()
    await doors.command("/persons", fields, key=f"corr-key-{fields['person_id']}", x_correlation_id=given)

    stream = f"person-{fields['person_id']}"
    meta = await doors.place.fetchval("select convert_from(meta, 'utf8') from event where stream = $1", stream)
    assert json.loads(meta)["correlationid"].startswith(kept)


async def test_a_rule_of_the_domain_refuses_with_its_field(doors: Doors) -> None:
    fields = person()

    response = await doors.command(
        f"/persons/{fields['person_id']}/engagements", engagement(fields["person_id"], ADMITTED)
    )

    assert (response.status_code, response.json()["code"]) == (422, "person_unknown")
    assert [error["pointer"] for error in response.json()["errors"]] == ["/person_id"]


# The Kafka door


async def receipt(doors: Doors, event_id: str) -> dict[str, Any]:
    """The receipt for an event, once it is there."""

    async def found() -> dict[str, Any] | None:
        receipts = [json.loads(record.value or b"") for record in await doors.place.records(f"receipts.{ADMITTED}")]
        return next((one for one in receipts if one["event_id"] == event_id), None)

    one: dict[str, Any] = await until(found)
    return one


async def test_a_claim_from_kafka_becomes_an_event_and_leaves_the_topic(doors: Doors) -> None:
    fields = person()

    await doors.place.produce(ADMITTED, claim("PersonRegistered", fields, "kafka-1"))

    stream = f"person-{fields['person_id']}"
    assert await receipt(doors, "kafka-1") == {
        "event_id": "kafka-1",
        "outcome": "accepted",
        "streams": {stream: 1, reference(fields): 1},
    }
    assert await doors.streams(stream) == 1

    async def gone() -> bool:
        return await doors.place.records(f"ingest.talent.{ADMITTED}") == []

    await until(gone)


async def test_a_claim_in_binary_mode_from_kafka_is_the_same(doors: Doors) -> None:
    headers = {"ce_specversion": "1.0", "ce_id": "kafka-2", "ce_source": "/mis", "content-type": "application/json"}
    headers |= {"ce_type": "uk.mat.talent.PersonRegistered.v1"}

    await doors.place.produce(ADMITTED, person(), headers=headers)

    assert (await receipt(doors, "kafka-2"))["outcome"] == "accepted"


async def test_a_claim_from_kafka_may_name_somebody_by_reference_and_waits_for_them(doors: Doors) -> None:
    fields = person()
    started = {**engagement("", ADMITTED), "person_id": by(fields)}

    await doors.place.produce(ADMITTED, claim("EngagementStarted", started, "kafka-early-1"))
    assert (await receipt(doors, "kafka-early-1"))["code"] == "person_unknown"
    await doors.place.produce(ADMITTED, claim("PersonRegistered", fields, "kafka-early-2"))

    async def employed() -> bool:
        return await doors.streams(f"person-{fields['person_id']}") == 2

    await until(employed)


async def test_the_topic_says_who_speaks(doors: Doors) -> None:
    fields = person()
    await doors.post(claim("PersonRegistered", fields))

    await doors.place.produce(
        ADMITTED, claim("EngagementStarted", engagement(fields["person_id"], NOT_ADMITTED), "kafka-3")
    )
    await doors.place.produce(ADMITTED, claim("SchoolJoinedTrust", joining("900003"), "kafka-4"))

    answers = [await receipt(doors, event_id) for event_id in ("kafka-3", "kafka-4")]
    assert [(a["outcome"], a["code"], a["field"]) for a in answers] == [
        ("refused", "not_your_school", "/data/urn"),
        ("refused", "trust_only", "/type"),
    ]


async def test_garbage_gets_a_receipt_and_stops_nobody(doors: Doors) -> None:
    before = {record.offset for record in await doors.place.records(f"receipts.{ADMITTED}")}
    garbage = (b"\x00\xff garbage", b"", b"{", b'{"a": NaN}', b"[" * 50_000)
    await doors.place.produce(ADMITTED, *garbage)
    await doors.place.produce(ADMITTED, b"\xff", headers={"ce_id": "\u00e9", "ce_type": ""})
    await doors.place.produce(ADMITTED, claim("PersonRegistered", person(), "after-garbage-1"))

    assert (await receipt(doors, "after-garbage-1"))["outcome"] == "accepted"
    answers = [
        json.loads(record.value or b"")
        for record in await doors.place.records(f"receipts.{ADMITTED}")
        if record.offset not in before
    ]
    refused = [a for a in answers if a["outcome"] == "refused"]
    assert len(refused) == 6
    assert all(a["event_id"].startswith("record-0-") for a in refused)
    assert {a["code"] for a in refused} <= {"not_json", "invalid"}


async def test_a_school_without_topics_is_answered_over_http_and_holds_nobody_up(doors: Doors) -> None:
    response = await doors.post(claim("PersonRegistered", person(), "no-topics-1"), token=doors.other_school)
    assert response.status_code == 202
    await doors.place.produce(ADMITTED, claim("PersonRegistered", person(), "still-there-1"))

    assert (await receipt(doors, "still-there-1"))["outcome"] == "accepted"
    assert await doors.place.fetchval("select count(*) from receipt_pending") == 0


async def test_a_school_that_is_admitted_later_is_heard_soon(doors: Doors) -> None:
    await admit(doors.place.kafka.bootstrap, LATE)
    fields = person()
    await doors.place.produce(LATE, claim("PersonRegistered", fields, "late-1"))

    async def parked() -> str | None:
        code: str | None = await doors.place.fetchval("select code from parked_claim where id = 'late-1'")
        return code

    assert await until(parked, seconds=30) == "school_unknown"
    assert (await doors.command("/schools", joining(LATE))).status_code == 201

    async def registered() -> bool:
        return await doors.streams(f"person-{fields['person_id']}") == 1

    await until(registered)


async def test_the_services_health_is_good(doors: Doors) -> None:
    response = await doors.client.get("/readyz")

    assert response.json()["wrong"] == {}


# The process


@pytest.mark.slow
async def test_it_starts_without_kafka_and_stops_when_what_is_under_way_is_done(
    stack: Stack, roles: Mapping[str, str]
) -> None:
    async with place(stack, kafka_runs=False) as here:
        headers = {"authorization": f"Bearer {here.token('trust_leader')}", "content-type": BATCH}
        async with outside(here) as talent:
            batch = [claim("PersonRegistered", person()) for _ in range(3)]
            response = await talent.client.post("/events", json=batch, headers=headers)
            assert [r["outcome"] for r in response.json()] == ["accepted"] * 3

            await start_kafka(here.kafka)
            await until(lambda: published(here, 6), seconds=60, why=lambda: talent.log.read_text()[-3_000:])

            batch = [claim("PersonRegistered", person()) for _ in range(300)]
            asked = asyncio.create_task(talent.client.post("/events", json=batch, headers=headers))
            await asyncio.sleep(0.05)
            await talent.stop()
            assert [r["outcome"] for r in (await asked).json()] == ["accepted"] * 300
            assert '"event": "stopped"' in talent.log.read_text()
        assert await here.fetchval("select expires_at = '-infinity' from lease"), "the lease is given back"
        async with outside(here):
            await until(lambda: published(here, 606))


async def test_two_processes_number_without_a_gap(doors: Doors) -> None:
    async with inside(doors.place) as other:
        headers = {"authorization": f"Bearer {doors.school}", "content-type": STRUCTURED}
        for number in range(20):
            client = (doors.client, other)[number % 2]
            response = await client.post("/events", json=claim("PersonRegistered", person()), headers=headers)
            assert response.status_code == 202
        count = await doors.place.fetchval("select count(*) from event")

        await until(lambda: published(doors.place, count))


async def published(place: Place, count: int) -> bool:
    """Whether talent's topic has exactly this many events, numbered from 0 without a gap."""
    records = await place.records("talent.events")
    numbers = sorted(int(dict(record.headers)["ce_logindex"]) for record in records)
    return numbers == list(range(count))
