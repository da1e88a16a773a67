"""Somebody is erased while many write about them: afterwards they are readable nowhere, and what is whole stays so."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer

from deploy.backups import vault_file
from deploy.description import KAFKA_SETTINGS
from deploy.dsn import with_database
from deploy.local.kafka import broker
from services.collaboration.domain.answer import answer_stream
from services.collaboration.domain.capacity_offer import capacity_offer_stream
from services.collaboration.telling.feed import ERASED
from services.reporting.config import Settings
from services.reporting.main import build
from services.talent.domain.personal_data import DecideErasure, personal_data, personal_data_stream
from shared.contracts import codec
from shared.contracts.collaboration.bookkeeping import RecordVoided
from shared.contracts.collaboration.capacity import CapacityAllocated, CapacityOffered
from shared.contracts.collaboration.loop import TrustResponseGiven
from shared.eventstore import act
from shared.intake import keeping
from shared.intake.parking import Parking
from shared.messaging import ingest_topic, to_school_topic
from shared.vault import ErasedSubjectError, keys, read_master_key
from tests.stack import Stack
from tests.support import everything
from tests.support.kafka import admit
from tests.support.process import Process, context, facts, opened
from tests.support.writer import (
    COLLABORATION,
    REPORTING,
    TALENT,
    TRUST,
    Place,
    claim,
    inside,
    joining,
    person,
    place,
    registering,
    until,
)

pytestmark = pytest.mark.timeout(180)

TODAY = date.today()  # noqa: DTZ011  the services' clock is the real one
HERE = "900001"
MARKER = "Zebedee Quixote-Marker"
OTHERS = "Our reading adviser comes on Tuesdays."
WRITERS = 50
DAYS_AGO = itertools.count()


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust's talent, collaboration and reporting, which share a vault as in a stack."""

    places: Mapping[str, Place]
    doors: Mapping[str, httpx.AsyncClient]
    server: str

    @property
    def writers(self) -> Mapping[str, Place]:
        return {name: at for name, at in self.places.items() if at.service.is_writer}

    async def does(self, path: str, body: Mapping[str, Any]) -> None:
        headers = {"authorization": f"Bearer {self.places['talent'].token('trust_leader')}"}
        response = await self.doors["talent"].post(path, json=body, headers=headers | {"idempotency-key": str(uuid4())})
        assert response.status_code == httpx.codes.CREATED, response.text

    async def says(self, *claims: Mapping[str, Any]) -> list[str]:
        """How claims of the trust's own system are answered: the codes, or that they are accepted."""
        answer = await self.doors["talent"].post(
            "/events",
            content=json.dumps(claims),
            headers={
                "authorization": f"Bearer {self.places['talent'].token('trust_leader')}",
                "content-type": "application/cloudevents-batch+json",
            },
        )
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:  # fifty at once may wait for too long
            return ["unanswered"]
        assert answer.status_code == httpx.codes.OK, answer.text
        return [receipt.get("code") or receipt["outcome"] for receipt in answer.json()]

    async def has_told(self, reason: str) -> bool:
        return reason.encode() in await self.to_school()

    async def to_school(self) -> bytes:
        records = await self.places["collaboration"].records(to_school_topic(HERE))
        return b"\n".join(record.value or b"" for record in records)

    async def decides_to_erase(self, person_id: str) -> UUID:
        """The register's decision; the erasure's id."""
        decision = DecideErasure(
            person_id=UUID(person_id),
            erasure_id=uuid4(),
            ground="request",
            requested_on=TODAY,
            kept_until=None,
            today=TODAY,
        )
        async with opened(self.places["talent"]) as process:
            await process.says(act(personal_data, personal_data_stream(decision.person_id), decision, context()))
        return decision.erasure_id

    async def receipts(self, person_id: str) -> dict[str, dict[str, Any]]:
        """What each service has said about an erasure so far."""
        asked = "select convert_from(record, 'utf8') from event where stream = $1"
        found = {name: await at.fetchval(asked, f"erasure-{person_id}") for name, at in self.writers.items()}
        return {name: json.loads(record) for name, record in found.items() if record}

    async def has_erased(self, erasure_id: UUID) -> bool:
        """Whether all that run have said so, as reporting tells it."""
        told: dict[str, Any] = (await self.doors["reporting"].get(f"/erasures/{erasure_id}")).json()
        return bool(told.get("waits_for") == ["cpd"])

    async def found_in(self) -> set[str]:
        """Where the name can be read: tables, topics, the broker's disk, and whatever the keys open that there are."""
        found = {name for name, content in (await everything.topics(self._kafka.bootstrap)).items() if _is_in(content)}
        found |= {f"disk: {name}" for name, held in everything.segments(self._kafka.directory).items() if _is_in(held)}
        for dsn in {dsn for at in self.places.values() for dsn in (at.owner_dsn, at.vault_owner_dsn)}:
            connection = await asyncpg.connect(with_database(self.server, urlsplit(dsn).path[1:]), timeout=10)
            try:
                found |= {column async for column, held in everything.columns(connection) if _is_in(held)}
            finally:
                await connection.close()
        for name, at in self.writers.items():
            async with opened(at) as process:
                found |= {f"{name}: {where}" async for where, text in _opened(process) if _is_in(text)}
        return found

    async def holds_nothing(self) -> bool:
        return not await self.found_in()

    @property
    def _kafka(self) -> Any:
        return self.places["talent"].kafka


@pytest.fixture(scope="module")
def soon() -> Iterator[None]:
    """Keys are remembered for a second, not for a minute, and Kafka looks each second what it may delete."""
    often = {"log.retention.check.interval.ms": "500", "log.initial.task.delay.ms": "500"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "cached_seconds", 1.0)
        patch.setattr(keys, "under_way_seconds", 0.5)
        patch.setattr(broker, "KAFKA_SETTINGS", {**KAFKA_SETTINGS, **often})
        yield


@pytest.fixture
async def trust(stack: Stack, roles: Mapping[str, str], soon: None) -> AsyncIterator[Trust]:
    async with (
        place(stack, TALENT) as talent,
        place(stack, COLLABORATION, beside=talent) as second,
        place(stack, REPORTING, beside=talent) as third,
    ):
        vault = talent.vault_dsn.rpartition("/")[2]
        collaboration, reporting = (
            replace(
                other,
                vault_dsn=stack.dsn(other.service.app, vault),
                vault_owner_dsn=talent.vault_owner_dsn,
                secrets=replace(other.secrets, master_key_file=talent.secrets.master_key_file),
            )
            for other in (second, third)
        )
        async with (
            inside(talent) as talent_door,
            inside(collaboration) as collaboration_door,
            _reporting(reporting) as reporting_door,
        ):
            made = Trust(
                {"talent": talent, "collaboration": collaboration, "reporting": reporting},
                {"talent": talent_door, "collaboration": collaboration_door, "reporting": reporting_door},
                stack.postgres_dsn,
            )
            await made.does("/trusts", registering())
            await made.does("/schools", joining(HERE))
            await admit(talent.kafka.bootstrap, HERE)
            yield made


async def test_who_is_erased_while_fifty_write_about_them_is_readable_nowhere(trust: Trust) -> None:
    somebody, other = person(name=MARKER), person(name="Ada Other")
    for fields in (somebody, other):
        await trust.does("/persons", fields)
    person_id, assessor = somebody["person_id"], other["person_id"]
    await _is_spoken_of(trust, somebody)
    before = await _backup(trust)
    over, answers = asyncio.Event(), Counter[str]()

    async def write() -> None:
        while not over.is_set():
            answers.update(await trust.says(_assessed(person_id, assessor)))

    assert len(await trust.found_in()) > 3
    async with asyncio.TaskGroup() as writing:
        for _ in range(WRITERS):
            writing.create_task(write())
        await asyncio.sleep(0.5)
        erasure_id = await trust.decides_to_erase(person_id)
        await until(partial(trust.has_erased, erasure_id), seconds=30)
        over.set()

    assert answers.keys() - {"unanswered"} == {"accepted", "person_erased"}
    assert await trust.says(_assessed(person_id, assessor)) == ["person_erased"]
    for name, receipt in (await trust.receipts(person_id)).items():
        assert (receipt["keys"], receipt["cleared"] > 1) == ({"talent": 1, "collaboration": 2}[name], True)
    await _closes_segment(trust, ingest_topic("talent", HERE))
    await until(trust.holds_nothing, seconds=20)
    told = await trust.to_school()
    assert told.count(OTHERS.encode()) == told.count(ERASED.encode()) == 1

    await _restore(trust, before)
    assert "talent: uk.mat.talent.PersonRegistered.v1 name" in await trust.found_in()
    async with inside(trust.places["collaboration"]), inside(trust.places["talent"]):
        assert await trust.found_in() == set()


@asynccontextmanager
async def _reporting(at: Place) -> AsyncIterator[httpx.AsyncClient]:
    app = build(Settings(**at.settings.model_dump(exclude={"service"})))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting", timeout=30) as client,
    ):
        yield client


async def _is_spoken_of(trust: Trust, somebody: Mapping[str, Any]) -> None:
    """Of all that a service may hold about somebody there is something."""
    person_id = somebody["person_id"]
    reference = {"source": somebody["source"], "staff_ref": somebody["staff_ref"]}
    assert await trust.says(
        claim("CareerStageAssessed", {"person_id": reference, "evidence": MARKER, "stage": "none"}),
        claim("NotKnownYet", {"person_id": person_id, "note": MARKER}),
    ) == ["invalid", "unknown_type"]
    await trust.places["talent"].produce(HERE, claim("NotKnownYet", {"about": [reference], "note": MARKER}))
    offer, allocation, answer = uuid4(), uuid4(), answer_stream(uuid4(), HERE)
    much: dict[str, Any] = {"quantity": 2, "unit": "half_days", "dimension": "people", "from_on": TODAY, "to_on": TODAY}
    offered = CapacityOffered(offer_id=offer, trustuid=TRUST, person_id=UUID(person_id), **much)
    given = CapacityAllocated(allocation_id=allocation, offer_id=offer, trustuid=TRUST, taker_urn=HERE, **much)
    wrong = RecordVoided(
        event_id=uuid4(), event_type="uk.mat.collaboration.CapacityAllocated.v1", version=2, reason=MARKER
    )
    said = TrustResponseGiven(item_id=uuid4(), urn=HERE, meeting_id=uuid4(), response=OTHERS, by="trust-1")
    async with opened(trust.places["collaboration"]) as process:
        await process.says(facts(capacity_offer_stream(offer), offered, given, wrong), facts(answer, said))
    await until(partial(trust.has_told, MARKER))


def _assessed(person_id: str, assessor_id: str) -> dict[str, Any]:
    on = TODAY - timedelta(days=next(DAYS_AGO))  # what was said of a day before would be done already, and accepted
    said = {"stage": "stage_3", "pathway": "teaching", "assessed_on": str(on), "evidence": MARKER}
    return claim("CareerStageAssessed", {"person_id": person_id, "assessor_id": assessor_id, **said})


async def _backup(trust: Trust) -> bytes:
    connection = await asyncpg.connect(trust.places["talent"].vault_owner_dsn, timeout=10)
    try:
        return await vault_file.dump(connection)
    finally:
        await connection.close()


async def _restore(trust: Trust, backup: bytes) -> None:
    """The vault as it was when the backup was made."""
    at = trust.places["talent"]
    connection = await asyncpg.connect(at.vault_owner_dsn, timeout=10)
    try:
        await connection.execute("delete from subject_key")
        await vault_file.restore(connection, backup, read_master_key(at.secrets.master_key_file))
    finally:
        await connection.close()


async def _closes_segment(trust: Trust, topic: str) -> None:
    """A record comes that is later than the topic's ten minutes."""
    at_ms = int((time.time() + 11 * 60) * 1000)
    async with AIOKafkaProducer(bootstrap_servers=trust.places["talent"].kafka.bootstrap) as producer:
        await producer.send_and_wait(topic, b"", timestamp_ms=at_ms)


async def _opened(process: Process) -> AsyncIterator[tuple[str, bytes]]:
    """What the vault's keys open of a service's tables."""
    vault, pool = process.vault, process.store.pool
    for row in await pool.fetch("select stream, id, type, record from event"):
        event = codec.decode(row["type"], row["record"])
        subjects = codec.subjects(event, row["stream"])
        found = await vault.existing_keys(subjects.values())
        for field, subject in subjects.items():
            with suppress(ErasedSubjectError):
                text = found.open(subject, getattr(event, field), codec.place(row["stream"], str(row["id"]), field))
                yield f"{row['type']} {field}", text.encode()
    for row in await pool.fetch("select * from kept_claim"):
        for kept in await keeping.kept(pool, vault, row["id"]):
            yield "kept_claim", kept.body
    for parked in await Parking(process.store, vault).all():
        yield "parked_claim", json.dumps(parked.content).encode()


def _is_in(content: bytes) -> bool:
    return MARKER.encode() in content or MARKER.encode().hex().encode() in content
