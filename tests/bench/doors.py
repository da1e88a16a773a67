"""The doors: a writer's process takes schools' claims over HTTP and over Kafka, against `execute` on the same claims.

The claims are leadership-team meetings that twelve schools report: each a stream of its own, with nobody to be looked
up. While the doors answer, their process numbers and publishes what they made and sends the receipts, as it always
does; `execute` has its process and its database to itself.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.description import SERVICES, topics_of_school
from deploy.local import processes
from deploy.local.layout import record_path
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from deploy.tokens import development_token
from deploy.topics import ensure_topics
from services.collaboration.intake import admissions
from shared import eventstore, vault
from shared.clock import SystemClock
from shared.eventstore import Act, CommandKey, Context, EventStore, execute
from shared.identity import Principal
from shared.intake import read_claim
from shared.intake.reading import batch_type, event_type
from shared.messaging import ingest_topic, make_producer, receipts_topic
from shared.runtime import connections
from shared.vault import Vault
from tests.bench.measuring import Figure, Figures, Turns, rate
from tests.bench.servers import APP, Servers, running_stack
from tests.support.writer import joined

BATCH, BATCHES, AT_ONCE = 500, 24, 4
EACH_SECOND, SINGLY = 100, 500
_TRUST = "99001"
_URNS = tuple(str(urn) for urn in range(900_001, 900_013))
_SERVICE = next(service for service in SERVICES if service.name == "collaboration")
_TYPE = "uk.mat.collaboration.LeadershipTeamMeetingHeld.v1"
_TAKEN = "select coalesce(sum(next), 0) from offsets where consumer = 'intake'"
_BEHIND = """
select (select count(*) from pending) + (select count(*) from receipt_pending)
     + (select coalesce(max(logindex) + 1, 0) from log) - (select published from lease)
"""

Claim = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Contest:
    """The contestants: a writer's process, and what `execute` needs in this one."""

    settings: StackSettings
    pid: int
    pool: asyncpg.Pool
    client: httpx.AsyncClient
    producer: AIOKafkaProducer
    store: EventStore
    vault: Vault

    async def execute(self) -> float:
        """The acts that the claims become, ready made, as many at a time."""
        batches = [[_act(urn, claim) for claim in claims] for urn, claims in _batches()]
        clock = SystemClock()

        async def one(acts: Sequence[Act]) -> None:
            outcomes = await execute(self.store, self.vault, clock, acts)
            assert {outcome.status for outcome in outcomes} == {"accepted"}

        return await rate((partial(one, acts) for acts in batches), AT_ONCE, BATCH)

    async def over_http(self) -> float:
        """Batches, from their bytes to their receipts."""
        bodies = [json.dumps(claims).encode() for _, claims in _batches()]

        async def one(body: bytes) -> None:
            answer = await self._post(body, batch_type)
            assert {receipt["outcome"] for receipt in answer.json()} == {"accepted"}, answer.text[:500]

        per_second = await rate((partial(one, body) for body in bodies), AT_ONCE, BATCH)
        await self._published()
        return per_second

    async def over_kafka(self) -> float:
        """As many from the schools' topics, which were filled while the process stood still."""
        total = BATCH * BATCHES
        before = await self.pool.fetchval(_TAKEN)
        os.kill(self.pid, signal.SIGSTOP)
        try:
            for urn, claims in _batches():
                for claim in claims:
                    await self._send(urn, claim)
            await self.producer.flush()
        finally:
            os.kill(self.pid, signal.SIGCONT)
        began = time.perf_counter()
        while await self.pool.fetchval(_TAKEN) < before + total:  # noqa: ASYNC110 - it is told by nobody
            await asyncio.sleep(0.01)
        per_second = total / (time.perf_counter() - began)
        await self._published()
        return per_second

    async def singly_over_http(self) -> list[float]:
        """How long each answer took, in ms."""

        async def one(urn: str) -> float:
            body, began = json.dumps(_claim(urn)).encode(), time.perf_counter()
            answer = await self._post(body, event_type)
            assert answer.status_code == HTTPStatus.ACCEPTED, answer.text
            return time.perf_counter() - began

        return await _paced(one)

    async def singly_over_kafka(self) -> list[float]:
        """How long it took from each claim's sending to its receipt in the school's topic, in ms."""
        receipts: dict[str, asyncio.Future[float]] = {}

        async def one(urn: str) -> float:
            claim = _claim(urn)
            receipts[claim["id"]] = asyncio.get_running_loop().create_future()
            began = time.perf_counter()
            await self._send(urn, claim)
            return await receipts[claim["id"]] - began

        async with self._reading(receipts):
            return await _paced(one)

    async def _post(self, body: bytes, content_type: str) -> httpx.Response:
        return await self.client.post("/events", content=body, headers={"content-type": content_type})

    async def _send(self, urn: str, claim: Claim) -> None:
        headers = [("content-type", event_type.encode())]
        await self.producer.send(ingest_topic(_SERVICE.name, urn), json.dumps(claim).encode(), headers=headers)

    @asynccontextmanager
    async def _reading(self, receipts: dict[str, asyncio.Future[float]]) -> AsyncIterator[None]:
        """As the schools read their receipts: from those to come, noting when each came."""
        consumer = AIOKafkaConsumer(*map(receipts_topic, _URNS), **self.settings.cluster.client)
        await consumer.start()
        await consumer.seek_to_end()

        async def read() -> None:
            async for record in consumer:
                receipt, came = json.loads(record.value), time.perf_counter()
                waiting = receipts.get(receipt["event_id"])
                if waiting is None or waiting.done():  # what an earlier contestant made, or one that comes again
                    continue
                if receipt["outcome"] == "accepted":
                    waiting.set_result(came)
                else:
                    waiting.set_exception(AssertionError(receipt))

        reading = asyncio.create_task(read())
        try:
            yield
        finally:
            reading.cancel()
            await consumer.stop()

    async def _published(self) -> None:
        """Nobody pays for what another contestant made."""
        while await self.pool.fetchval(_BEHIND):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Rates of both doors and of `execute`; and how long a receipt takes when claims come one by one."""
    async with running_stack((_SERVICE,)) as settings:
        return await asyncio.to_thread(_measured, servers, settings, turns)


def _measured(servers: Servers, settings: StackSettings, turns: Turns) -> Figures:
    """In the loop that the services run in."""

    async def measured() -> Figures:
        async with AsyncExitStack() as opened:
            contest = await _contest(servers, settings, opened)
            figures = await turns(
                {
                    f"execute, {BATCH} claims": contest.execute,
                    f"HTTP door, {BATCH} claims": contest.over_http,
                    f"Kafka door, {BATCH} claims": contest.over_kafka,
                },
                "events/s",
            )
            for door, run in (("HTTP", contest.singly_over_http), ("Kafka", contest.singly_over_kafka)):
                figures |= await _receipts(door, run, turns)
            return figures

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measured())


async def _receipts(door: str, run: Callable[[], Awaitable[list[float]]], turns: Turns) -> Figures:
    name = f"receipt over {door}, {EACH_SECOND} claims/s"
    runs = []
    for number in range(turns.runs + 1 if name.startswith(turns.match) else 0):
        turns.told(f"{name} · {f'run {number} of {turns.runs}' if number else 'warming up'}")
        runs.append(await run())
    if not runs:
        return {}
    return {
        f"{name}, median": Figure("ms", tuple(statistics.median(took) for took in runs[1:])),
        f"{name}, p99": Figure("ms", tuple(statistics.quantiles(took, n=100)[98] for took in runs[1:])),
    }


async def _paced(one: Callable[[str], Awaitable[float]]) -> list[float]:
    """Each at its time, whether those before have been answered or not; milliseconds."""
    began, asked = time.perf_counter(), []
    for number, urn in zip(range(SINGLY), itertools.cycle(_URNS), strict=False):
        await asyncio.sleep(max(0.0, began + number / EACH_SECOND - time.perf_counter()))
        asked.append(asyncio.ensure_future(one(urn)))
    return [1_000 * took for took in await asyncio.gather(*asked)]


async def _contest(servers: Servers, settings: StackSettings, opened: AsyncExitStack) -> _Contest:
    topics = [topic for urn in _URNS for topic in topics_of_school(urn)]
    await ensure_topics(settings.cluster, topics)
    secrets = ensure_secrets(settings)
    owner_dsn = settings.dsn(_SERVICE.owner, _SERVICE.database, secrets.passwords[_SERVICE.owner])
    owner = await asyncpg.connect(owner_dsn)
    await joined(owner, *_URNS, trust=_TRUST)
    pool = await opened.enter_async_context(asyncpg.create_pool(owner_dsn, min_size=1))
    await owner.close()
    principal = Principal("bench", frozenset({"school_system"}), _TRUST, frozenset(_URNS))
    token = development_token(settings, principal, lasts=timedelta(hours=1))
    client = httpx.AsyncClient(
        base_url=settings.url(_SERVICE), headers={"authorization": f"Bearer {token}"}, timeout=60, trust_env=False
    )
    producer = make_producer(settings.cluster, "bench")
    await producer.start()
    opened.push_async_callback(producer.stop)
    scripts = [eventstore.schema(APP), vault.schema(), vault.grants(APP, writer=True)]
    ours = await opened.enter_async_context(servers.database(scripts))
    own = await opened.enter_async_context(connections(ours, "bench", 16, by_key=True))
    keys = Vault(_SERVICE.name, own, bytes(32))
    await keys.start()
    running = processes.running(record_path(settings, _SERVICE.name))
    assert running is not None
    return _Contest(
        settings,
        running.pid,
        pool,
        await opened.enter_async_context(client),
        producer,
        EventStore(_SERVICE.name, own),
        keys,
    )


def _batches() -> list[tuple[str, list[Claim]]]:
    """Each batch is one school's."""
    return [(urn, [_claim(urn) for _ in range(BATCH)]) for urn in itertools.islice(itertools.cycle(_URNS), BATCHES)]


def _claim(urn: str) -> Claim:
    data = {
        "meeting_id": str(uuid4()),
        "trustuid": _TRUST,
        "urns": [urn],
        "held_at": _HELD_AT,
        "attendees": [{"role": "headteacher", "count": 1}, {"role": "assistant_headteacher", "count": 3}],
    }
    return {"specversion": "1.0", "id": str(uuid4()), "source": "/bench", "type": _TYPE, "data": data}


_HELD_AT = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds").replace("+00:00", "Z")


def _act(urn: str, claim: Claim) -> Act:
    read = read_claim(claim, claim["data"])
    key = CommandKey(urn, read.source, read.id)
    context = Context(key, _TRUST, "bench", read.content, read.id, urns=frozenset({urn}), publish=True)
    admission = admissions[_TYPE]
    return admission.to_act(admission.check(read.data), context)
