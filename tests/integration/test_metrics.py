"""What an operator is paged by, provoked on a running writer: each number rises when it should, and falls again."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from shared.consumer import lag, partitions, subscription
from shared.runtime.gauges import refresh
from tests.stack import Stack
from tests.support.kafka import admit, produce
from tests.support.writer import (
    TRUST,
    Place,
    claim,
    inside,
    joining,
    person,
    place,
    registering,
    start_kafka,
    until,
)

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

SCHOOL, OTHER, LATE = "900001", "900002", "900003"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Watched:
    """Talent, and what it shows of itself."""

    def __init__(self, here: Place, client: httpx.AsyncClient) -> None:
        self.place = here
        self.client = client
        self.trust = here.token("trust_leader")
        self.school = here.token("school_system", urns=(SCHOOL,))

    async def metrics(self) -> str:
        return (await self.client.get("/metrics")).text

    async def value(self, sample: str, **labels: str) -> float:
        """The sum of talent's samples of a metric that have these labels; not a number where there are none."""
        found = [
            one.value
            for family in text_string_to_metric_families(await self.metrics())
            for one in family.samples
            if one.name == sample and labels.items() <= one.labels.items()
            if one.labels.get("service", "talent") == "talent"  # another service ran in this process before
        ]
        return sum(found) if found else math.nan

    async def reaches(self, sample: str, more_than: float, **labels: str) -> None:
        async def reached() -> bool:
            return await self.value(sample, **labels) > more_than

        await until(reached, seconds=30, why=lambda: f"{sample} {labels} did not exceed {more_than}")

    async def falls(self, sample: str, **labels: str) -> None:
        async def fallen() -> bool:
            return await self.value(sample, **labels) == 0

        await until(fallen, seconds=30, why=lambda: f"{sample} {labels} did not fall to 0")

    async def catches_up(self) -> None:
        """Wait until everything was published and the view has stored it, as Kafka says when it is asked after that."""
        await self.falls("baton_unnumbered_events")
        await self.falls("baton_unpublished_events")
        published = time.time()

        async def stored() -> bool:
            asked = await self.value("baton_consumer_lag_asked_timestamp_seconds", group="talent-views")
            return asked > published and await self.value("baton_consumer_lag_records", group="talent-views") == 0

        await until(stored, seconds=30)

    async def post(self, content: Any, token: str | None = None, kind: str = STRUCTURED) -> int:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"authorization": f"Bearer {token or self.school}", "content-type": kind}
        return (await self.client.post("/events", content=body, headers=headers)).status_code

    async def command(self, path: str, body: Mapping[str, Any], token: str | None = None) -> int:
        headers = {"authorization": f"Bearer {token or self.trust}", "idempotency-key": str(uuid4())}
        return (await self.client.post(path, json=body, headers=headers)).status_code


@pytest.fixture(scope="module")
async def watched(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Watched]:
    """Talent with one trust and two schools, of which one is admitted to Kafka, and caught up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "_fenced_pause_s", 4.0)
        patch.setattr(subscription, "_ask_every_s", 0.5)
        patch.setattr(subscription, "_commit_every_s", 0.5)
        async with watching(stack) as made:
            yield made


@asynccontextmanager
async def watching(stack: Stack) -> AsyncIterator[Watched]:
    async with place(stack) as here:
        await admit(here.kafka.bootstrap, SCHOOL, LATE)
        async with inside(here) as client:
            made = Watched(here, client)
            await made.command("/trusts", registering())
            for urn in (SCHOOL, OTHER):
                assert await made.command("/schools", joining(urn)) == 201
            await made.falls("baton_consumer_lag_records", group="talent-views")
            yield made


# Refusals


async def test_a_refusal_is_counted_once_at_whatever_door_it_is_answered(watched: Watched) -> None:
    async def refusals(knock: Any) -> dict[tuple[str, str], float]:
        before = await counts()
        await knock
        return {key: n - before.get(key, 0) for key, n in (await counts()).items() if n != before.get(key, 0)}

    async def counts() -> dict[tuple[str, str], float]:
        return {
            (one.labels["door"], one.labels["code"]): one.value
            for family in text_string_to_metric_families(await watched.metrics())
            for one in family.samples
            if one.name == "baton_refusals_total" and one.labels["service"] == "talent"
        }

    elsewhere = claim("EngagementStarted", engagement(OTHER))
    rule = claim("PersonRegistered", person("not a uuid"))
    batch = [elsewhere, {"specversion": "1.0"}, claim("PersonRegistered", person())]

    assert await refusals(watched.client.post("/events", content=b"{}")) == {("http", "not_authenticated"): 1}
    assert await refusals(watched.post(b"{")) == {("http", "not_json"): 1}
    assert await refusals(watched.post(elsewhere)) == {("http", "not_your_school"): 1}
    assert await refusals(watched.post(rule)) == {("http", "invalid"): 1}
    assert await refusals(watched.post(batch, kind=BATCH)) == {("http", "not_your_school"): 1, ("http", "invalid"): 1}
    assert await refusals(watched.post(b"[" + b" " * 5_000_000, kind=BATCH)) == {("http", "too_large"): 1}
    assert await refusals(watched.post(elsewhere, watched.place.token("auditor"))) == {("http", "schools_only"): 1}
    assert await refusals(watched.command("/schools", joining(OTHER), watched.school)) == {("http", "trust_only"): 1}
    assert await refusals(watched.client.get("/nowhere")) == {("http", "http_404"): 1}

    await watched.place.produce(SCHOOL, elsewhere | {"id": "k1"}, b"garbage")
    await watched.reaches("baton_refusals_total", 0, door="kafka", code="not_your_school")
    await watched.reaches("baton_refusals_total", 0, door="kafka", code="not_json")


async def test_a_parked_claim_counts_until_it_is_answered(watched: Watched) -> None:
    waiting = claim("SchoolJoinedTrust", joining("900009"), "parked-1", trustuid=TRUST)
    await watched.place.produce(LATE, waiting)

    await watched.reaches("baton_parked_claims", 0, code="school_unknown")
    await watched.reaches("baton_parked_claims_seconds", 1)
    assert await watched.command("/schools", joining(LATE)) == 201

    await watched.falls("baton_parked_claims_seconds")
    await watched.reaches("baton_refusals_total", 0, door="parked", code="trust_only")


def engagement(urn: str) -> dict[str, Any]:
    return {
        "engagement_id": str(uuid4()),
        "person_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": urn,
        "roles": ["teacher"],
        "fte_hundredths": 100,
        "started_on": "2026-09-01",
    }


async def test_no_label_says_who_or_which(watched: Watched) -> None:
    await watched.client.get(f"/events/{uuid4()}?source=x", headers={"authorization": f"Bearer {watched.school}"})
    await watched.client.get("/nowhere/900001/Zebedee")
    await watched.client.request("ZEBEDEE", "/events")
    labels = {
        value
        for family in text_string_to_metric_families(await watched.metrics())
        for one in family.samples
        for name, value in one.labels.items()
        if name not in ("le", "major", "minor", "patchlevel", "version")
    }

    routes = {label for label in labels if " /" in label}
    assert "GET /events/{event_id:path}" in routes
    assert not [label for label in labels if SCHOOL in label or "Zebedee" in label.title() or label.count("-") > 3]
    assert all(set("0123456789").isdisjoint(route) for route in routes)


# Behind


@asynccontextmanager
async def locked(watched: Watched, statement: str) -> AsyncIterator[None]:
    """What a statement locks stays locked as long as this."""
    owner = await asyncpg.connect(watched.place.owner_dsn)
    try:
        async with owner.transaction():
            await owner.execute(statement)
            yield
    finally:
        await owner.close()


async def test_the_lag_of_a_stuck_consumer_rises_and_falls_when_it_goes_on(watched: Watched) -> None:
    group = {"group": "talent-views"}
    async with locked(watched, "lock table offsets in access exclusive mode"):
        assert await watched.command("/persons", person()) == 201

        await watched.reaches("baton_consumer_lag_records", 0, **group)
        await watched.reaches("baton_consumer_lag_seconds", 1, **group)

    await watched.falls("baton_consumer_lag_records", **group)
    await watched.falls("baton_consumer_lag_seconds", **group)


async def test_the_lag_of_a_fenced_consumer_rises(watched: Watched) -> None:
    group = {"group": "talent-views"}
    async with locked(watched, "update offsets set epoch = epoch + 1"):
        pass
    await asyncio.sleep(1)  # the last places are told to Kafka meanwhile, which is asked once we are fenced

    assert await watched.command("/persons", person()) == 201

    await watched.reaches("baton_consumer_lag_seconds", 1, **group)
    await watched.falls("baton_consumer_lag_seconds", **group)


async def test_what_a_school_sends_in_a_transaction_leaves_no_lag_behind(watched: Watched) -> None:
    """The marker that ends a transaction has an offset and is no record: nobody can store it."""
    producer = AIOKafkaProducer(bootstrap_servers=watched.place.kafka.bootstrap, transactional_id="t")
    await producer.start()
    async with producer.transaction():
        await producer.send_and_wait(
            f"ingest.talent.{SCHOOL}",
            json.dumps(claim("X", {})).encode(),
            headers=[("content-type", STRUCTURED.encode())],
        )
    await producer.stop()
    await watched.reaches("baton_parked_claims", 0, code="unknown_type")
    await asyncio.sleep(1.5)  # asked twice since

    await watched.falls("baton_consumer_lag_seconds", group="talent-intake")
    await watched.falls("baton_consumer_lag_records", group="talent-intake")


async def test_a_record_that_nobody_can_read_is_parked_and_counted(watched: Watched) -> None:
    labels = {"consumer": "views", "service": "talent"}
    assert await watched.value("baton_consumer_parked_records", **labels) == 0

    await produce(watched.place.kafka.bootstrap, "talent.events", b"garbage")

    await watched.reaches("baton_consumer_parked_records", 0, reason="unreadable", **labels)
    await watched.reaches("baton_consumer_parked_seconds", 1, **labels)


async def test_what_commits_and_is_not_numbered_grows_old(watched: Watched) -> None:
    async with locked(watched, "select from lease for update"):  # nobody numbers
        assert await watched.command("/persons", person()) == 201

        await watched.reaches("baton_unnumbered_events", 0)
        await watched.reaches("baton_unnumbered_seconds", 1)

    await watched.falls("baton_unnumbered_events")
    await watched.falls("baton_unnumbered_seconds")


async def test_without_kafka_the_unpublished_grow_old_and_nothing_claims_to_be_well(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lag, "_fresh_s", 4.0)
    await watched.catches_up()  # what was not stored when Kafka went away would be told as still not stored
    await watched.place.kafka.stop()
    try:
        assert await watched.post(claim("PersonRegistered", person())) == 202

        await watched.reaches("baton_unpublished_events", 0)
        await watched.reaches("baton_unpublished_seconds", 1)
        await watched.reaches("baton_unpublished_receipts", 0)
        await watched.reaches("baton_unpublished_receipts_seconds", 1)

        async def unknown() -> bool:
            return math.isnan(await watched.value("baton_consumer_lag_records", group="talent-views"))

        await until(unknown, seconds=20)
        assert math.isnan(await watched.value("baton_consumer_lag_seconds", group="talent-views"))
    finally:
        await start_kafka(watched.place.kafka)

    for sample in ("baton_unpublished_events", "baton_unpublished_seconds", "baton_unpublished_receipts"):
        await watched.falls(sample)
    await watched.falls("baton_consumer_lag_seconds", group="talent-views")


async def test_what_cannot_be_read_is_not_shown_as_it_was(watched: Watched) -> None:
    async def broken() -> None:
        raise OSError

    assert await watched.value("baton_database_reachable") == 1
    await refresh("talent", broken)

    assert REGISTRY.get_sample_value("baton_database_reachable", {"service": "talent"}) == 0
    assert REGISTRY.get_sample_value("baton_unpublished_events", {"service": "talent"}) is None
    assert await watched.value("baton_log_events") > 0  # read again


async def test_the_process_the_pool_and_the_sequencer_are_seen(watched: Watched) -> None:
    assert await watched.value("process_resident_memory_bytes") > 0
    assert await watched.value("baton_pool_connections", database="store", state="open") >= 1
    assert await watched.value("baton_pool_limit", database="store") == 10
    assert await watched.value("baton_sequencer_leading") == 1
    assert await watched.value("baton_sequencer_epoch") >= 1
    assert await watched.value("baton_publishing_refused") == 0
    assert await watched.value("baton_request_seconds_count", route="POST /events", status="401") >= 1
