"""Memory of each service over half a million events, as real processes: through the doors and straight to a store."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import psutil

from deploy.description import HOST, SERVICES, WRITERS, ServiceDescription
from deploy.local import processes
from deploy.local.layout import record_path
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.eventstore import EventStore
from shared.identity import Principal
from tests.bench.measuring import Told
from tests.bench.publishing import fill
from tests.bench.servers import running_stack
from tests.bench.workload import told_in_parts

EVENTS = 500_000
_THROUGH_A_DOOR = 0.1
"""The part of all events that each writer decides on; the rest is appended to collaboration's store as it is."""
_BATCH = 500
_AT_ONCE = 20_000
_UNPUBLISHED = "select (select max(position) from event) - published from lease"
_EVERY_S = 1.0
_TRUST = "99001"
_MB = 1024 * 1024


@dataclass(slots=True)
class _Watch:
    """The resident memory of the services' processes, once a second."""

    pids: Mapping[str, int]
    seen: dict[str, list[float]] = field(default_factory=dict)

    async def watch(self) -> None:
        """Look until cancelled."""
        running = {name: psutil.Process(pid) for name, pid in self.pids.items()}
        self.seen = {name: [] for name in running}
        while True:
            for name, process in running.items():
                self.seen[name].append(process.memory_info().rss / _MB)
            await asyncio.sleep(_EVERY_S)

    def used(self) -> dict[str, Any]:
        """Of each service: the highest, and by how much the last quarter's median is above the second quarter's."""
        return {name: _used(samples) for name, samples in self.seen.items()}


async def measure(events: int, told: Told) -> dict[str, Any]:
    """A stack of its own takes the events; what its services use meanwhile, in MB."""
    told("starting a stack")
    async with running_stack() as settings:
        pids = {s.name: _pid(settings, s) for s in SERVICES}
        watch = _Watch(pids)
        watching = asyncio.create_task(watch.watch())
        through_a_door = int(events * _THROUGH_A_DOOR) // _BATCH * _BATCH
        sending = asyncio.create_task(_through_the_doors(settings, through_a_door, told))
        straight = await appended(settings, events - through_a_door * len(WRITERS), told)
        await sending
        total = straight + through_a_door * len(WRITERS)
        await visible(settings, total, told)
        watching.cancel()
        return watch.used()


def _used(samples: Sequence[float]) -> dict[str, float]:
    quarter = max(len(samples) // 4, 1)
    early, late = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    return {
        "highest": round(max(samples), 1),
        "growth": round(statistics.median(late) - statistics.median(early), 1),
    }


def _pid(settings: StackSettings, service: ServiceDescription) -> int:
    record = processes.running(record_path(settings, service.name))
    assert record is not None
    return record.pid


async def _through_the_doors(settings: StackSettings, events: int, told: Told) -> None:
    """Each writer takes so many claims of the trust's, in batches over HTTP."""
    principal = Principal("bench", frozenset({"trust_leader"}), _TRUST, frozenset())
    token = development_token(settings, principal, lasts=timedelta(hours=1))
    headers = {"authorization": f"Bearer {token}", "content-type": "application/cloudevents-batch+json"}
    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
        for sent in range(0, events, _BATCH):
            told(f"through each door: {sent:,} of {events:,}")
            await asyncio.gather(*(_send(client, settings, service, sent) for service in WRITERS))


async def _send(client: httpx.AsyncClient, settings: StackSettings, service: ServiceDescription, sent: int) -> None:
    claims = [
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/bench",
            "type": f"uk.mat.{service.name}.{_CLAIMS[service.name][0]}.v1",
            "data": {"trustuid": _TRUST, **_CLAIMS[service.name][1](sent + n)},
        }
        for n in range(_BATCH)
    ]
    found = await client.post(f"{settings.url(service)}/events", json=claims)
    assert found.status_code == HTTPStatus.OK, found.text
    assert {receipt["outcome"] for receipt in found.json()} == {"accepted"}, found.text[:500]


_CLAIMS: Mapping[str, Any] = {
    "talent": (
        "PersonRegistered",
        lambda n: {"person_id": str(uuid4()), "source": "mis", "staff_ref": f"S{n}", "name": f"Somebody {n}"},
    ),
    "cpd": (
        "ProgrammePublished",
        lambda n: {"programme_id": str(uuid4()), "title": f"Programme {n}", "kind": "course", "cost_pence": 0},
    ),
    "collaboration": (
        "FocusAreaSet",
        lambda n: {
            "focus_id": str(uuid4()),
            "title": f"Focus {n}",
            "principle": "culture",
            "question": "How is it going?",
            "starts_on": "2026-09-01",
        },
    ),
}


async def appended(settings: StackSettings, events: int, told: Told) -> int:
    """Append events to collaboration's store, a part at a time, no faster than they are published; how many it were."""
    collaboration = WRITERS[-1]
    password = ensure_secrets(settings).passwords[collaboration.app]
    dsn = settings.dsn(collaboration.app, collaboration.database, password)
    appended = 0
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        store = EventStore(collaboration.name, pool)
        for part in told_in_parts(_AT_ONCE):
            told(f"straight to a store: {appended:,} of {events:,}")
            some = [event for event in part if event.envelope.service == collaboration.name][: events - appended]
            await fill(store, some)
            appended += len(some)
            if appended == events:
                return appended
            while await pool.fetchval(_UNPUBLISHED) > 2 * _AT_ONCE:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
    return appended


async def visible(settings: StackSettings, events: int, told: Told) -> None:
    """Wait until reporting has it all."""
    reporting = SERVICES[-1]
    async with httpx.AsyncClient(
        base_url=f"http://{HOST}:{settings.port(reporting)}", timeout=30, trust_env=False
    ) as c:
        while True:
            position = (await c.get("/reports/roles.json")).json()["position"]
            there = sum(position.values()) + len(position)
            told(f"visible: {there:,} of {events:,}")
            if there >= events:
                return
            await asyncio.sleep(0.5)
