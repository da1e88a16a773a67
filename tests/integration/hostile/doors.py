"""A service's two doors as somebody knocks on them who means no good, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from shared.intake.reading import batch_type, event_type, largest_batch
from shared.messaging import ingest_topic, receipts_topic
from tests.integration.hostile.bodies import Claim, good
from tests.integration.stories.conftest import HERE, Service, Writer
from tests.support.writer import person, until

Answer = tuple[str, str | None, str | None]
"""Outcome, code, field."""
_FINE = {"talent": "PersonRegistered", "cpd": "ProgrammePublished", "collaboration": "SuccessShared"}


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors of one service."""

    service: Service
    writer: Writer

    def school(self, urn: str = HERE) -> str:
        """A token of a school's system."""
        return self.writer.place.token("school_system", urns=(urn,), subject=f"system-{urn}")

    def leader(self) -> str:
        """A token of the trust."""
        return self.writer.place.token("trust_leader")

    async def post(self, body: bytes, *, token: str | None = None, content_type: str = event_type) -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.leader()}", "content-type": content_type}
        return await self.writer.client.post("/events", content=body, headers=headers)

    async def batch(self, claims: Sequence[Claim], *, token: str | None = None, query: str = "") -> list[Answer]:
        """Claims in batches over HTTP; their answers."""
        headers = {"authorization": f"Bearer {token or self.leader()}", "content-type": batch_type}
        found: list[Answer] = []
        for start in range(0, len(claims), largest_batch):
            body = json.dumps(claims[start : start + largest_batch])
            response = await self.writer.client.post(f"/events{query}", content=body, headers=headers)
            assert response.status_code == httpx.codes.OK, response.text
            found += [_answer(receipt) for receipt in response.json()]
        return found

    async def produce(self, *claims: Any, **more: Any) -> list[int]:
        """Claims on the school's topic, and wait until the service has handled them; their offsets."""
        offsets = await self.writer.place.produce(HERE, *claims, **more)
        await self.handled(offsets[-1])
        return offsets

    async def handled(self, offset: int) -> None:
        """Wait until the service's place on the school's topic is behind a record."""

        async def has_handled() -> bool:
            place: int | None = await self.writer.place.fetchval(
                "select next from offsets where consumer = 'intake' and topic = $1", ingest_topic(self.service, HERE)
            )
            return place is not None and place > offset

        await until(has_handled, seconds=60)

    async def over_kafka(self, bodies: Sequence[bytes]) -> list[Answer]:
        """Structured claims over Kafka; the receipts of those that did not even say who they are, by their places."""
        offsets = await self.produce(*bodies)
        receipts = await self.receipts()
        return [receipts[f"record-0-{offset}"] for offset in offsets]

    async def receipts(self) -> Mapping[str, Answer]:
        """The service's receipts on the school's topic, once all are there, by the events' ids; the last of each."""

        async def all_told() -> bool:
            return bool(await self.writer.place.fetchval("select not exists (select 1 from receipt_pending)"))

        await until(all_told, seconds=60)
        return {
            (content := json.loads(record.value or b""))["event_id"]: _answer(content)
            for record in await self.writer.place.records(receipts_topic(HERE))
            if dict(record.headers)["ce_source"] == f"/{self.service}".encode()
        }

    async def effects(self) -> tuple[int, ...]:
        """How much there is of what a claim may bring about, once it is numbered: events, streams, claims that wait."""
        await until(lambda: self.writer.place.fetchval("select not exists (select 1 from pending)"))
        found: tuple[int, ...] = await self.writer.place.fetchval(
            """select ((select count(*) from event), (select count(*) from stream), (select count(*) from parked_claim),
                       (select coalesce(max(logindex), -1) from log))"""
        )
        return found

    async def goes_on(self) -> None:
        """Whether a good claim is taken over Kafka, whatever came before it."""
        sent = self.fine()
        await self.produce(sent)
        assert (await self.receipts())[sent["id"]][0] == "accepted"

    def fine(self) -> Claim:
        """A claim that a school may make, and that is taken every time."""
        [sent] = [one for one in good(self.service) if one["type"].split(".")[3] == _FINE[self.service]]
        fresh = person()["person_id"]
        ids = {"person_id", "programme_id", "success_id"} & sent["data"].keys()
        mine = {**sent["data"], "urn": HERE} | dict.fromkeys(ids, fresh)
        return {**sent, "data": person() if self.service == "talent" else mine}


def _answer(receipt: Mapping[str, Any]) -> Answer:
    return receipt["outcome"], receipt.get("code"), receipt.get("field")
