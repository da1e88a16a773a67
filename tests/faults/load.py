"""Clients of a fault run: they ask under ids of their own, and ask again under the same until they know."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tests.faults.history import Asked

_TIMEOUT_S = 15.0
_KAFKA_TIMEOUT_S = 10.0
_longest_pause_s = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing to say, and what is expected of it."""

    id: str
    service: str
    trustuid: str
    type: str
    data: Mapping[str, Any]
    line: str | None = None
    events: int = 1


Script = Iterator[list[Claim]]
"""What a client says, batch by batch; in a batch no two claims are about the same stream."""


class Book:
    """What was asked by all clients, and what they were told; and how often a service answered that it could not."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, str], Asked] = {}
        self.failures: Counter[int] = Counter()
        self.closed = False

    @property
    def accepted(self) -> int:
        """How many events were accepted so far."""
        return sum(asked.events for asked in self.asked.values() if asked.outcome == "ok")

    def asks(self, claim: Claim) -> None:
        """It is sent now, maybe again."""
        key = (claim.service, claim.id)
        if key not in self.asked:
            self.asked[key] = Asked(
                id=claim.id,
                service=claim.service,
                trustuid=claim.trustuid,
                line=claim.line,
                events=claim.events,
                asked_at=time.time(),
            )
        self.asked[key].tries += 1

    def told(self, claim: Claim, answer: str) -> bool:
        """It was answered; whether that was the last word."""
        asked = self.asked[claim.service, claim.id]
        if answer in ("conflict", "parked"):
            return False
        asked.outcome = "ok" if answer in ("accepted", "duplicate") else "fail"
        asked.answered_at = time.time()
        return True


class Client(Protocol):
    """Somebody who says things."""

    async def tell(self, claims: Sequence[Claim]) -> None:
        """Say these, and again what nobody answered, until the book is closed."""

    async def close(self) -> None: ...


@dataclass(slots=True)
class HttpClient:
    """A system that sends batches to a service's door, by one address or by several in turn.

    Attributes:
        gives_up: how likely it is not to ask again after a time-out: what became of it stays unknown then.
    """

    book: Book
    urls: Sequence[str]
    token: str
    source: str
    chance: random.Random
    gives_up: float = 0.0
    _client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False))
    _turn: int = 0

    async def tell(self, claims: Sequence[Claim]) -> None:
        waiting = list(claims)
        while waiting:
            for claim in waiting:
                self.book.asks(claim)
            answers = await self._post(waiting)
            if answers is None:
                if self.book.closed or self.chance.random() < self.gives_up:
                    return
                await asyncio.sleep(self.chance.uniform(0.05, _longest_pause_s))
                continue
            waiting = [
                claim for claim, answer in zip(waiting, answers, strict=True) if not self.book.told(claim, answer)
            ]

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, claims: Sequence[Claim]) -> list[str] | None:
        """The answers; None where nobody knows."""
        self._turn += 1
        try:
            answer = await self._client.post(
                f"{self.urls[self._turn % len(self.urls)]}/events",
                content=json.dumps([{**_attributes(claim, self.source), "data": claim.data} for claim in claims]),
                headers={
                    "authorization": f"Bearer {self.token}",
                    "content-type": "application/cloudevents-batch+json",
                },
            )
        except httpx.TransportError:
            return None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.book.failures[answer.status_code] += 1
            return None
        return [receipt["outcome"] for receipt in answer.raise_for_status().json()]


@dataclass(slots=True)
class KafkaClient:
    """A school's system that publishes to its topics. What Kafka acknowledged is promised: it counts as accepted."""

    book: Book
    bootstrap: str
    urn: str
    source: str
    chance: random.Random
    _producer: AIOKafkaProducer | None = None

    async def tell(self, claims: Sequence[Claim]) -> None:
        while True:
            for claim in claims:
                self.book.asks(claim)
            try:
                async with asyncio.timeout(_KAFKA_TIMEOUT_S):
                    await self._send(claims)
            except (KafkaError, OSError, TimeoutError):
                await self.close()
                if self.book.closed:
                    return
                await asyncio.sleep(self.chance.uniform(0.05, _longest_pause_s))
                continue
            for claim in claims:
                self.book.told(claim, "accepted")
            return

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(producer.stop(), 2)

    async def _send(self, claims: Sequence[Claim]) -> None:
        if self._producer is None:
            self._producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=True)
            await self._producer.start()
        sent = []
        for claim in claims:
            headers = [(f"ce_{name}", text.encode()) for name, text in _attributes(claim, self.source).items()]
            topic = f"ingest.{claim.service}.{self.urn}"
            headers.append(("content-type", b"application/json"))
            sent.append(await self._producer.send(topic, json.dumps(claim.data).encode(), headers=headers))
        await asyncio.gather(*sent)


def _attributes(claim: Claim, source: str) -> dict[str, str]:
    return {
        "specversion": "1.0",
        "id": claim.id,
        "source": source,
        "type": claim.type,
        "trustuid": claim.trustuid,
    }


async def says(client: Client, script: Script, *, pause: float, enough: asyncio.Event) -> None:
    """Say what stands in a script, until it is enough or the script ends."""
    for batch in script:
        if enough.is_set():
            break
        await client.tell(batch)
        await asyncio.sleep(pause)
