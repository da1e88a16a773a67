"""A writer, really running (talent, unless said otherwise): its own databases, its own Kafka, its own issuer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import ConsumerRecord
from fastapi import FastAPI

from deploy import migrate
from deploy.description import APP_ROLES, SERVICES, TOPICS, VAULT, VAULT_OWNER, DatabaseDescription, ServiceDescription
from deploy.local.kafka import LocalKafka, fetch
from deploy.local.ports import free_port
from deploy.provision import ensure_database
from deploy.secrets import StackSecrets, ensure_secrets
from deploy.settings import ROOT, StackSettings
from deploy.tokens import development_token, service_token
from deploy.topics import ensure_topics
from shared import migrations
from shared.identity import Principal, Role
from shared.messaging import Cluster, ingest_topic
from shared.settings import ServiceSettings
from tests.stack import Stack, scratch_directory, unique
from tests.support import kafka

TRUST, TRUST_REF = "99001", "TR09901"
TALENT, CPD, COLLABORATION, REPORTING = SERVICES
_READY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a writer runs, and what it is told. Its databases are migrated; its Kafka may not be running."""

    service: ServiceDescription
    stack: StackSettings
    secrets: StackSecrets
    kafka: LocalKafka
    dsn: str
    vault_dsn: str
    vault_owner_dsn: str
    owner_dsn: str

    @property
    def settings(self) -> ServiceSettings:
        own: type[ServiceSettings] = import_module(self.service.module).Settings
        return own(
            service=self.service.name,
            port=self.stack.port(self.service),
            dsn=self.dsn,
            vault_dsn=self.vault_dsn,
            kafka=self.kafka.bootstrap,
            master_key_file=self.secrets.master_key_file,
            issuer_key_file=self.secrets.issuer_public_key_file,
            signing_key_file=self.secrets.issuer_key_file,
            service_token=service_token(self.stack, self.service),
            peers={self.service.name: self.stack.url(self.service)},
        )

    @property
    def environment(self) -> dict[str, str]:
        """The same as a process's environment."""
        return {
            **{name: text for name, text in os.environ.items() if not name.startswith("BATON_")},
            "BATON_PORT": str(self.stack.port(self.service)),
            "BATON_DSN": self.dsn,
            "BATON_VAULT_DSN": self.vault_dsn,
            "BATON_KAFKA": self.kafka.bootstrap,
            "BATON_MASTER_KEY_FILE": str(self.secrets.master_key_file),
            "BATON_ISSUER_KEY_FILE": str(self.secrets.issuer_public_key_file),
            "BATON_SIGNING_KEY_FILE": str(self.secrets.issuer_key_file),
            "BATON_SERVICE_TOKEN": service_token(self.stack, self.service),
            "BATON_PEERS": json.dumps({self.service.name: self.stack.url(self.service)}),
        }

    def token(self, *roles: Role, trust: str = TRUST, urns: tuple[str, ...] = (), subject: str = "tester") -> str:
        principal = Principal(subject, frozenset(roles), trust, frozenset(urns))
        return development_token(self.stack, principal, lasts=timedelta(hours=1))

    async def baton(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """Run the `baton` command for this stack: its exit code, its output and its errors."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from deploy.baton.cli import main; main()", *arguments),
            cwd=ROOT,
            env={
                **self.environment,
                "BATON_VAR": str(self.stack.var),
                "BATON_TALENT_PORT": str(self.stack.talent_port),
                "BATON_KAFKA_PORT": str(self.stack.kafka_port),
                **environment,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """Ask the service's database, as its owner."""
        connection = await asyncpg.connect(self.owner_dsn, timeout=10)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    async def knows_schools(self, *urns: str, trust: str = TRUST) -> None:
        """What it would have heard of these from talent is written down."""
        connection = await asyncpg.connect(self.owner_dsn, timeout=10)
        try:
            await joined(connection, *urns, trust=trust)
        finally:
            await connection.close()

    async def records(self, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
        """What a topic holds now."""
        return await kafka.records(self.kafka.bootstrap, topic)

    async def produce(self, urn: str, *claims: Any, **more: Any) -> list[int]:
        """Claims on a school's topic for this service, as its own system sends them; see `kafka.produce`."""
        return await kafka.produce(self.kafka.bootstrap, ingest_topic(self.service.name, urn), *claims, **more)


@asynccontextmanager
async def place(
    stack: Stack, service: ServiceDescription = TALENT, *, kafka_runs: bool = True, beside: Place | None = None
) -> AsyncIterator[Place]:
    """A place for a service, gone afterwards; `beside` another one it shares Kafka, vault and secrets with it."""
    libraries = StackSettings().kafka_libraries
    await fetch(libraries)
    with scratch_directory() as directory:
        port = free_port()
        settings = StackSettings(
            talent_port=port,
            cpd_port=port,
            collaboration_port=port,
            reporting_port=port,
            kafka_port=free_port(),
            var=directory / "var",
            master_key_file=directory / "master.key",
        )
        if beside is not None:
            settings = beside.stack.model_copy(update={f"{service.name}_port": port})
        database, vault = unique(service.name), _database(beside.vault_dsn) if beside else unique("vault")
        own = DatabaseDescription(name=database, owner=service.owner, apps=(service.app,))
        await ensure_database(stack.postgres_dsn, own)
        if beside is None:
            shared = DatabaseDescription(name=vault, owner=VAULT_OWNER, apps=APP_ROLES)
            await ensure_database(stack.postgres_dsn, shared)
            await migrations.upgrade(migrate.versions_of(VAULT), stack.dsn(VAULT_OWNER, vault), None)
        versions = migrate.versions_of(service.name)
        await migrations.upgrade(versions, stack.dsn(service.owner, database), service.app)
        kafka = beside.kafka if beside else LocalKafka(directory / "kafka", libraries, settings.kafka_port)
        try:
            if kafka_runs and not beside:
                await start_kafka(kafka)
            yield Place(
                service=service,
                stack=settings,
                secrets=ensure_secrets(settings),
                kafka=kafka,
                dsn=stack.dsn(service.app, database),
                vault_dsn=stack.dsn(service.app, vault),
                vault_owner_dsn=stack.dsn(VAULT_OWNER, vault),
                owner_dsn=stack.dsn(service.owner, database),
            )
        finally:
            if not beside:
                await kafka.stop()


def _database(dsn: str) -> str:
    return urlsplit(dsn).path[1:]


async def joined(database: asyncpg.Pool | asyncpg.Connection, *urns: str, trust: str = TRUST) -> None:
    """A writer's view of the register: these have been schools of a trust for years, and it has heard so now."""
    await database.execute(
        """insert into school (trustuid, urn, joined_on, recorded_at)
           select $1, unnest($2::text[]), '2020-09-01', now()""",
        trust,
        urns,
    )


async def start_kafka(kafka: LocalKafka) -> None:
    await kafka.start()
    await ensure_topics(Cluster(kafka.bootstrap), TOPICS)


@asynccontextmanager
async def inside(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    """The service in this process; a client of its door."""
    app: FastAPI = import_module(place.service.module).build(place.settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service", timeout=30) as client,
    ):
        yield client


class Process:
    """A service as a process of its own."""

    def __init__(self, place: Place, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.client = httpx.AsyncClient(base_url=place.stack.url(place.service), timeout=30, trust_env=False)

    async def ready(self) -> bool:
        try:
            return (await self.client.get("/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def stop(self) -> None:
        """Ask it to stop, and see that it does."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await self.process.wait()


@asynccontextmanager
async def outside(place: Place) -> AsyncIterator[Process]:
    """The service in a process of its own, ready; killed in the end if it still runs."""
    log = place.stack.var / "service.log"
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", place.service.module), cwd=ROOT, env=place.environment, stdout=output, stderr=output
        )
    running = Process(place, process, log)
    try:
        await until(running.ready, seconds=_READY_S, why=lambda: log.read_text()[-2_000:])
        yield running
    finally:
        await running.client.aclose()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(holds: Any, *, seconds: float = 20.0, why: Any = lambda: "it did not come true") -> Any:
    """Wait until something holds; what it gave."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await holds()):
        assert asyncio.get_running_loop().time() < deadline, why()
        await asyncio.sleep(0.05)
    return found


def claim(
    type: str, data: Mapping[str, Any], id: str | None = None, *, service: str = "talent", **attributes: str
) -> dict[str, Any]:
    """A claim of one of a service's types, as a CloudEvent in structured mode."""
    return {
        "specversion": "1.0",
        "id": str(uuid4()) if id is None else id,
        "source": "/mis",
        "type": f"uk.mat.{service}.{type}.v1",
        "data": dict(data),
        **attributes,
    }


def person(person_id: str | None = None, **more: Any) -> dict[str, Any]:
    """The fields of a person's registration."""
    fields = {"person_id": person_id or str(uuid4()), "trustuid": TRUST, "source": "mis"}
    return {**fields, "staff_ref": f"S{uuid4().hex[:12]}", "name": "Zebedee Quixote-Marker", **more}


def registering() -> dict[str, Any]:
    """The fields of the trust's registration."""
    return {"trustuid": TRUST, "trust_ref": TRUST_REF, "name": "HARBOUR TRUST"}


def joining(urn: str, trust: str = TRUST) -> dict[str, Any]:
    """The fields of a school's joining."""
    return {"trustuid": trust, "urn": urn, "name": "Tidewater", "phase": "primary", "joined_on": "2020-09-01"}
