"""Killing any one container loses nothing: what was accepted is stored, published and in the reports, once each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.description import WRITERS, ServiceDescription
from deploy.tokens import trust_token
from shared.messaging import events_topic
from tests.docker.conftest import Compose
from tests.stack import until
from tests.support.kafka import records

pytestmark = [pytest.mark.docker, pytest.mark.stack, pytest.mark.timeout(1_500)]

PARTS = ("talent", "cpd", "collaboration", "reporting", "kafka", "postgres")
TRUST = "99002"
BACK_S = 120
TAKEN_BETWEEN = 20

Entry = tuple[int, str, str]
"""An event's log index, id and stream."""


def registration(id: str) -> tuple[str, dict[str, Any]]:
    person = {"person_id": id, "source": "mis", "staff_ref": id[:8], "name": "Zebedee Quixote"}
    return "PersonRegistered", person


def programme(id: str) -> tuple[str, dict[str, Any]]:
    return "ProgrammePublished", {"programme_id": id, "title": "Phonics", "kind": "course", "cost_pence": 0}


def focus_area(id: str) -> tuple[str, dict[str, Any]]:
    asked = {"title": "Attendance", "principle": "community", "question": "Is it better?", "starts_on": "2026-09-01"}
    return "FocusAreaSet", {"focus_id": id, **asked}


CLAIMS = {"talent": ("person", registration), "cpd": ("programme", programme), "collaboration": ("focus", focus_area)}


@dataclass(slots=True)
class Sender:
    """Sends one service claims, each again under its id until it is answered, and remembers what was accepted."""

    service: ServiceDescription
    client: httpx.AsyncClient
    streams: list[str] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        prefix, make = CLAIMS[self.service.name]
        while not stop.is_set():
            id = str(uuid4())
            name, content = make(id)
            await self._send(id, name, {"trustuid": TRUST, **content})
            self.streams.append(f"{prefix}-{id}")

    async def _send(self, id: str, name: str, content: Mapping[str, Any]) -> None:
        event = {
            "specversion": "1.0",
            "id": id,
            "source": "/crashes",
            "type": f"uk.mat.{self.service.name}.{name}.v1",
            "data": content,
        }
        headers = {"content-type": "application/cloudevents+json"}
        async with asyncio.timeout(BACK_S):
            while True:
                try:
                    answer = await self.client.post("/events", json=event, headers=headers)
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    assert answer.json().get("outcome") in {"accepted", "duplicate"}, answer.text
                    return
                await asyncio.sleep(0.1)


async def test_killing_any_one_container_loses_nothing(compose: Compose) -> None:
    stop = asyncio.Event()
    async with opened_senders(compose) as senders, asyncio.TaskGroup() as flow:
        for sender in senders:
            flow.create_task(sender.run(stop))
        for part in PARTS:
            await _crash_while_claims_flow(compose, part, senders)
        stop.set()

    for sender in senders:
        service = sender.service
        await until(lambda: compose.query(service.database, "select count(*) from pending") == [["0"]], within_s=BACK_S)  # noqa: B023 - awaited here
        stored = _stored(compose, service)
        await until(lambda: _received(compose, service) == stored, within_s=BACK_S)  # noqa: B023 - awaited here
        assert [logindex for logindex, _, _ in stored] == list(range(len(stored)))
        assert await _published(compose, service) == stored
        times = Counter(stream for _, _, stream in stored)
        assert {stream: times[stream] for stream in sender.streams} == dict.fromkeys(sender.streams, 1)


@asynccontextmanager
async def opened_senders(compose: Compose) -> AsyncIterator[list[Sender]]:
    """A sender to each writer, all of one trust."""
    token = trust_token(compose.settings, TRUST, "tester", lasts=timedelta(hours=1))
    headers = {"authorization": f"Bearer {token}"}
    async with AsyncExitStack() as opened:
        yield [
            Sender(
                writer,
                await opened.enter_async_context(
                    httpx.AsyncClient(
                        base_url=compose.settings.url(writer), headers=headers, timeout=30, trust_env=False
                    )
                ),
            )
            for writer in WRITERS
        ]


async def _crash_while_claims_flow(compose: Compose, part: str, senders: Sequence[Sender]) -> None:
    """Kill a container, wait until the engine has brought it back and every service has taken claims since."""
    before = await asyncio.to_thread(compose.restarts, part)
    await _taken(senders)
    await asyncio.to_thread(compose.crash, part)
    async with asyncio.timeout(BACK_S):
        while await asyncio.to_thread(compose.restarts, part) == before:  # noqa: ASYNC110 - the engine's
            await asyncio.sleep(0.2)
        while not await asyncio.to_thread(compose.is_healthy, part):  # noqa: ASYNC110 - the engine's
            await asyncio.sleep(0.5)
    await _taken(senders)


async def _taken(senders: Sequence[Sender]) -> None:
    """Wait until some more claims were taken by every service."""
    wanted = {sender.service.name: len(sender.streams) + TAKEN_BETWEEN for sender in senders}
    await until(lambda: all(len(s.streams) >= wanted[s.service.name] for s in senders), within_s=BACK_S)


def _stored(compose: Compose, service: ServiceDescription) -> list[Entry]:
    sql = "select logindex, id, stream from log join event using (position) order by logindex"
    return [(int(logindex), id, stream) for logindex, id, stream in compose.query(service.database, sql)]


def _received(compose: Compose, service: ServiceDescription) -> list[Entry]:
    sql = f"select logindex, id, stream from ledger where service = '{service.name}' and not parked order by logindex"
    return [(int(logindex), id, stream) for logindex, id, stream in compose.query("reporting", sql)]


async def _published(compose: Compose, service: ServiceDescription) -> list[Entry]:
    """What Kafka holds. A repeat is the same event under the same number; it counts once."""
    found: set[Entry] = set()
    for record in await records(compose.settings.kafka, events_topic(service.name)):
        headers = {name: value.decode() for name, value in record.headers}
        found.add((int(headers["ce_logindex"]), headers["ce_id"], (record.key or b"").decode()))
    return sorted(found)
