"""A trust's four services in this process, on one vault and one Kafka, each at its own port, as they stand in a stack.

What they log is kept, as they would write it: every line of theirs and of the libraries' that goes to the log.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import structlog
from fastapi import FastAPI

from deploy import databases
from deploy.description import SERVICES, VAULT
from deploy.dsn import with_database
from services.talent.domain.personal_data import DecideErasure, personal_data, personal_data_stream
from shared import logging as product_logging
from shared.eventstore import act
from shared.vault import read_master_key
from tests.stack import Stack
from tests.support.process import context, opened
from tests.support.serving import serving
from tests.support.writer import TALENT, TRUST, Place, place

WRITERS = tuple(service.name for service in SERVICES if service.is_writer)


@dataclass(slots=True)
class WholeTrust:
    """The services.

    Attributes:
        apps, doors: by service; a door is a client that goes there as nobody in particular.
        logged: all that was logged so far.
    """

    stack: Stack
    places: Mapping[str, Place]
    logged: io.StringIO
    apps: dict[str, FastAPI] = field(default_factory=dict)
    doors: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    _running: dict[str, AsyncExitStack] = field(default_factory=dict)

    @property
    def writers(self) -> Mapping[str, Place]:
        return {name: self.places[name] for name in WRITERS}

    @property
    def kafka(self) -> Any:
        return self.places["talent"].kafka

    async def start(self, *services: str) -> None:
        for name in services:
            at = self.places[name]
            more: dict[str, Any] = {
                "peers": {name: other.stack.url(other.service) for name, other in self.places.items()}
            }
            if not at.service.is_writer:
                more["trust"] = TRUST
            module = import_module(at.service.module)
            self.apps[name] = module.build(module.Settings(**{**at.settings.model_dump(), **more}))
            running = self._running[name] = AsyncExitStack()
            port = at.stack.port(at.service)
            await running.enter_async_context(serving(self.apps[name], port, access_log=False))
            self.doors[name] = await running.enter_async_context(self.browser(name))

    def browser(self, service: str, **headers: str) -> httpx.AsyncClient:
        """A client of a service, with a jar for its cookies."""
        at = self.places[service]
        transport, home = httpx.ASGITransport(self.apps[service]), at.stack.url(at.service)
        return httpx.AsyncClient(transport=transport, base_url=home, headers=headers, timeout=60)

    async def stop(self, *services: str) -> None:
        for name in services:
            await self._running.pop(name).aclose()

    async def does(self, path: str, body: Mapping[str, Any], service: str = "talent") -> str:
        """The trust's leader does something, and it is done; the key that it is remembered by."""
        key = str(uuid4())
        headers = {"authorization": self.as_leader, "idempotency-key": key}
        response = await self.doors[service].post(path, json=body, headers=headers)
        assert response.status_code == httpx.codes.CREATED, response.text
        return key

    @property
    def as_leader(self) -> str:
        return f"Bearer {self.places['talent'].token('trust_leader')}"

    async def decides_to_erase(self, decision: DecideErasure) -> None:
        """The register's decision, whatever retention says."""
        async with opened(self.places["talent"]) as process:
            await process.says(act(personal_data, personal_data_stream(decision.person_id), decision, context()))

    async def erasure(self, erasure_id: UUID) -> dict[str, Any]:
        """What reporting tells of an erasure."""
        told: dict[str, Any] = (await self.doors["reporting"].get(f"/erasures/{erasure_id}")).json()
        return told

    @asynccontextmanager
    async def owning(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection to a service's database, or to the vault, as its owner."""
        dsn = self.places["talent"].vault_owner_dsn if database == VAULT else self.places[database].owner_dsn
        connection = await asyncpg.connect(dsn, timeout=10)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def superuser(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        """The same, past all rights; any other name is a database of Postgres's own."""
        connection = await asyncpg.connect(with_database(self.stack.postgres_dsn, self._named(database)), timeout=10)
        try:
            yield connection
        finally:
            await connection.close()

    def _named(self, database: str) -> str:
        dsn = self.places["talent"].vault_dsn if database == VAULT else self.places[database].dsn
        return urlsplit(dsn).path[1:]

    @contextmanager
    def operated(self) -> Iterator[None]:
        """What operators' commands are made of finds these databases under the names that they have in a stack."""
        secrets = self.places["talent"].secrets
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(databases, "_dsn", lambda role, database: self.stack.dsn(role, self._named(database)))
            patch.setattr(databases, "master_key", lambda: read_master_key(secrets.master_key_file))
            yield


@asynccontextmanager
async def whole_trust(stack: Stack) -> AsyncIterator[WholeTrust]:
    """The services, running, with nothing in them."""
    async with AsyncExitStack() as there:
        talent = await there.enter_async_context(place(stack, TALENT))
        places = {"talent": talent}
        for service in SERVICES[1:]:
            places[service.name] = await there.enter_async_context(place(stack, service, beside=talent))
        made = WholeTrust(stack, places, there.enter_context(_logged()))
        try:
            await made.start(*places)
            yield made
        finally:
            await made.stop(*made._running)


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """Let everything be logged as a service does it, with all details, and keep it; afterwards nothing is changed."""
    out, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with pytest.MonkeyPatch.context() as patch:
        configure = structlog.configure
        patch.setattr(structlog, "configure", lambda **how: configure(**{**how, "cache_logger_on_first_use": False}))
        patch.setattr(sys, "stdout", out)
        product_logging.configure("trust", "debug")
    try:
        yield out
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)
