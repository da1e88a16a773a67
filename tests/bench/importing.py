"""A trust's first day: staff and their training from spreadsheets, against the same events appended in batches."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg

from deploy.description import SERVICES, ServiceDescription
from deploy.door import at_once
from deploy.imports.doors import TrustDoors, trust_doors
from deploy.imports.importing import import_file, kinds, position_of
from deploy.imports.reading import Origin
from deploy.imports.sending import under_way
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from deploy.table import Source
from shared import eventstore
from shared.contracts import codec
from shared.eventstore import EventStore, NewEvent, Part, Recorded, Write
from shared.runtime import connections
from tests.bench.measuring import Figures, Turns, rate
from tests.bench.servers import APP, Servers, running_stack

STAFF, TRAININGS = 10_000, 6
_TRUST = "99001"
_TALENT, _CPD = SERVICES[:2]
_HEARD = "select count(*) from staff_reference"


class _Sealed:
    """What is appended again is sealed already."""

    def seal(self, _subject: str, token: str, _place: str) -> str:
        return token


@dataclass(slots=True)
class _Contest:
    servers: Servers
    settings: StackSettings
    doors: TrustDoors
    pools: dict[str, asyncpg.Pool]
    runs: int = 0
    read: dict[str, int] = field(default_factory=dict)  # how many of each service's events were read for the other side
    events: list[tuple[Any, Any]] = field(default_factory=list)  # what the last import made, with its envelopes

    async def imports(self) -> float:
        """Both files, from their bytes to the last answer; CPD hears of the staff in between, off the clock."""
        self.runs += 1
        staff, training = _staff(self.runs), _training(self.runs)
        took = await self._import("staff", staff)
        while await self.pools["cpd"].fetchval(_HEARD) < STAFF * self.runs:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
        took += await self._import("training", training)
        self.events = [event for service in (_TALENT, _CPD) for event in await self._made(service)]
        return len(self.events) / took

    async def _import(self, name: str, content: bytes) -> float:
        kind, source, origin = kinds[name], Source(f"{name}.csv", content), Origin(_TRUST, "hr")
        position = position_of(self.settings.var, kind, source, origin)
        began = time.perf_counter()
        imported = await import_file(kind, source, origin, self.doors, position, lambda _: None)
        took = time.perf_counter() - began
        assert not imported.problems, imported.problems[:3]
        assert not imported.parked
        return took

    async def _made(self, service: ServiceDescription) -> list[tuple[Any, Any]]:
        """The events of a service that are new since the last time."""
        rows = await self.pools[service.name].fetch(
            "select type, meta, record, hash from event where position > $1 order by position",
            self.read.get(service.name, 0),
        )
        self.read[service.name] = await self.pools[service.name].fetchval("select max(position) from event")
        recorded = [Recorded(*row) for row in rows]
        return [(one.envelope, one.event()) for one in recorded]

    async def append(self) -> float:
        """What the last import made, from the events themselves to their commit, in batches as large."""
        async with (
            self.servers.database([eventstore.schema(APP)]) as dsn,
            connections(dsn, "bench", under_way, by_key=True) as pool,
        ):
            store = EventStore("talent", pool)
            batches = [self.events[at : at + at_once] for at in range(0, len(self.events), at_once)]
            per_batch = await rate((partial(_append, store, batch) for batch in batches), under_way)
            return per_batch * len(self.events) / len(batches)


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Both figures."""
    async with AsyncExitStack() as opened:
        settings = await opened.enter_async_context(running_stack())
        secrets = ensure_secrets(settings)
        pools = {
            service.name: await opened.enter_async_context(
                asyncpg.create_pool(
                    settings.dsn(service.app, service.database, secrets.passwords[service.app]), min_size=1
                )
            )
            for service in (_TALENT, _CPD)
        }
        doors = await opened.enter_async_context(trust_doors(settings, _TRUST))
        contest = _Contest(servers, settings, doors, pools)
        return await turns({"import": contest.imports, "append of what was imported": contest.append}, "events/s")


async def _append(store: EventStore, events: Sequence[tuple[Any, Any]]) -> None:
    by_stream: dict[str, list[NewEvent]] = {}
    for envelope, event in events:
        record = codec.encode(event, stream=envelope.stream, event_id=str(envelope.id), sealer=_Sealed())
        by_stream.setdefault(envelope.stream, []).append(NewEvent(envelope, record))
    parts = [Part(stream, new[0].envelope.version - 1, new) for stream, new in by_stream.items()]
    written = await store.append([Write([part]) for part in parts])
    assert {one.outcome for one in written} == {"appended"}


def _staff(run: int) -> bytes:
    lines = (f"{run}-{n},Somebody {n},permanent,teacher,1.0,01/09/2019" for n in range(STAFF))
    return "\n".join(("staff_ref,name,kind,role,fte,started_on", *lines)).encode()


def _training(run: int) -> bytes:
    lines = (
        f"{run}-{n},training-{t},02/09/2025,02/09/2028" for n, t in itertools.product(range(STAFF), range(TRAININGS))
    )
    return "\n".join(("staff_ref,training,completed_on,expires_on", *lines)).encode()
