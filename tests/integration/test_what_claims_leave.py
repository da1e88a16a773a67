"""What a claim leaves behind: nothing of somebody who was erased, whenever it comes, and nothing on a broker's disk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.description import KAFKA_SETTINGS
from deploy.local.kafka import broker
from shared.intake import segments
from shared.messaging import ingest_topic
from shared.vault import keys
from tests.stack import Stack
from tests.support import everything, kafka
from tests.support.process import opened
from tests.support.writer import Place, claim, inside, joining, person, place, registering, until

pytestmark = pytest.mark.timeout(180)

URN = "900001"
MARKER = "Zebedee Quixote-Marker"


class Talent:
    """Talent, which knows two people, one of whom was erased; and what it keeps of claims."""

    def __init__(self, here: Place, client: httpx.AsyncClient) -> None:
        self.place = here
        self._client = client
        self._leader = {"authorization": f"Bearer {here.token('trust_leader')}"}

    async def does(self, path: str, body: Mapping[str, Any]) -> None:
        headers = {**self._leader, "idempotency-key": f"do-{path[1:]}-{body.get('person_id', '')}"}
        answer = await self._client.post(path, json=body, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    async def says(self, body: bytes) -> str:
        """How a claim is answered: its code, or its outcome."""
        headers = {**self._leader, "content-type": "application/cloudevents+json"}
        answer = (await self._client.post("/events", content=body, headers=headers)).json()
        return str(answer.get("code") or answer["outcome"])

    async def kept(self) -> int:
        """How many claims are kept: refused, waiting, or as a fingerprint that they could be compared with."""
        count: int = await self.place.fetchval(
            """select (select count(*) from kept_claim) + (select count(*) from parked_claim)
                 + (select count(*) from command where fingerprint is not null and source = '/mis')"""
        )
        return count


@pytest.fixture(scope="module")
async def talent(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Talent]:
    assert roles
    often = {"log.retention.check.interval.ms": "200", "log.initial.task.delay.ms": "200"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "cached_seconds", 0.0)
        patch.setattr(segments, "quiet_seconds", 0.5)
        patch.setattr(broker, "KAFKA_SETTINGS", {**KAFKA_SETTINGS, **often})
        async with place(stack) as here, inside(here) as client:
            made = Talent(here, client)
            await made.does("/trusts", registering())
            await made.does("/schools", joining(URN))
            await kafka.admit(here.kafka.bootstrap, URN)
            yield made


def _claims(somebody: Mapping[str, Any]) -> dict[str, bytes]:
    """Claims that name somebody, each in another way, by how they are answered while nobody is erased."""
    reference = {"source": somebody["source"], "staff_ref": somebody["staff_ref"]}
    by_id, in_any_form = somebody["person_id"], UUID(somebody["person_id"]).hex.upper()
    assessed = {"stage": "none", "evidence": MARKER}
    return {
        "invalid": json.dumps(claim("CareerStageAssessed", {"person_id": by_id, **assessed})).encode(),
        "invalid by reference": json.dumps(claim("CareerStageAssessed", {"person_id": reference, **assessed})).encode(),
        "unknown_type": json.dumps(claim("NotKnown", {"about": [in_any_form], "note": MARKER})).encode(),
        "unknown_type by reference": json.dumps(claim("NotKnown", {"about": [reference], "note": MARKER})).encode(),
        "not_json": json.dumps(claim("CareerStageAssessed", {"person_id": by_id, **assessed})).encode()[:-1],
        "not_json by reference": json.dumps(claim("NotKnown", {"about": [reference], "note": 0.5})).encode(),
    }


async def test_a_claim_about_somebody_erased_leaves_nothing_behind(talent: Talent) -> None:
    somebody, other = person(name=MARKER), person(name="Ada Other")
    for one in (somebody, other):
        await talent.does("/persons", one)
    for answer, body in _claims(other).items():
        assert await talent.says(body) == answer.partition(" ")[0]
    before = await talent.kept()
    assert before == 6 + 4  # what cannot be read is answered, and not remembered

    async with opened(talent.place) as process:
        await process.vault.erase([f"person:{somebody['person_id']}"], "request")
    for answer, body in _claims(somebody).items():
        code = answer.partition(" ")[0]
        assert await talent.says(body) == ("person_erased" if code == "unknown_type" else code)

    assert await talent.kept() == before


async def test_a_handled_claim_leaves_the_brokers_disk_though_no_other_comes(talent: Talent) -> None:
    here, topic = talent.place, ingest_topic("talent", URN)

    def is_on_disk() -> bool:
        return MARKER.encode() in everything.segments(here.kafka.directory).get(topic, b"")

    async def is_handled() -> bool:
        return bool(await here.fetchval("select count(*) from command where origin = $1", URN))

    async def is_gone() -> bool:
        return not is_on_disk()

    assert await here.produce(URN, claim("CareerStageAssessed", {"stage": MARKER})) == [0]
    assert is_on_disk()
    await until(is_handled)

    await until(is_gone)
    [offset] = await here.produce(URN, claim("CareerStageAssessed", {"stage": "none"}, id="another"))
    assert offset > 1
    await until(lambda: here.fetchval("select true from command where id = 'another'"))
    asked = "select count(*) from command where origin = $1"
    assert await here.fetchval(asked, URN) == 2  # what closed the segment was no claim
