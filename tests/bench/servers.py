"""PostgreSQL and Kafka of the benchmark's own, as durable as in use: fsync is on, unlike in the tests."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg

from deploy.description import SERVICES, DatabaseDescription, ServiceDescription
from deploy.dsn import with_database, with_role
from deploy.local import stack
from deploy.local.kafka import LocalKafka, fetch, kafka_version
from deploy.local.ports import free_port
from deploy.local.postgres import LocalPostgres
from deploy.provision import ensure_database, ensure_roles
from deploy.settings import StackSettings
from tests.stack import scratch_directory, unique

OWNER, APP = "bench_owner", "bench_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Servers that answer; each measurement makes databases and topics of its own on them."""

    superuser_dsn: str
    kafka: str
    versions: str
    passwords: dict[str, str]

    @asynccontextmanager
    async def database(self, scripts: Sequence[str], *, role: str = APP) -> AsyncIterator[str]:
        """A role's DSN of a database that the owner's scripts were run in; gone afterwards."""
        name = unique("bench")
        await ensure_database(self.superuser_dsn, DatabaseDescription(name=name, owner=OWNER, apps=(APP,)))
        owner = await asyncpg.connect(with_role(self.superuser_dsn, OWNER, self.passwords[OWNER], name))
        try:
            for script in scripts:
                await owner.execute(script)
        finally:
            await owner.close()
        try:
            yield with_role(self.superuser_dsn, role, self.passwords[role], name)
        finally:
            admin = await asyncpg.connect(with_database(self.superuser_dsn, "postgres"))
            try:
                await admin.execute(f'drop database "{name}" with (force)')
                await admin.execute("checkpoint")  # or the next to be measured would pay for it
            finally:
                await admin.close()


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Both, started for this and stopped and removed afterwards.

    In loops of their own: uvloop, which measures, cannot start a process as another user.
    """
    libraries = StackSettings().kafka_libraries
    asyncio.run(fetch(libraries))
    with scratch_directory(on_disk=True) as directory:
        postgres = LocalPostgres(directory / "postgres", free_port(), secrets.token_urlsafe(12))
        kafka = LocalKafka(directory / "kafka", libraries, free_port())
        try:
            yield asyncio.run(_started(postgres, kafka))
        finally:
            asyncio.run(_stopped(postgres, kafka))


async def _started(postgres: LocalPostgres, kafka: LocalKafka) -> Servers:
    async with asyncio.TaskGroup() as both:
        both.create_task(postgres.start())
        both.create_task(kafka.start())
    passwords = {role: secrets.token_urlsafe(12) for role in (OWNER, APP)}
    await ensure_roles(postgres.superuser_dsn, passwords, reads_as=APP)
    admin = await asyncpg.connect(postgres.superuser_dsn)
    version = await admin.fetchval("show server_version")
    await admin.close()
    return Servers(
        superuser_dsn=postgres.superuser_dsn,
        kafka=kafka.bootstrap,
        versions=f"PostgreSQL {version}, Kafka {kafka_version()}",
        passwords=passwords,
    )


async def _stopped(postgres: LocalPostgres, kafka: LocalKafka) -> None:
    await asyncio.gather(postgres.stop(), kafka.stop())
    postgres.remove()


@asynccontextmanager
async def running_stack(services: tuple[ServiceDescription, ...] = SERVICES) -> AsyncIterator[StackSettings]:
    """A stack of its own: Postgres, Kafka and services as processes, all four if nothing is said; gone afterwards."""
    ports = [free_port() for _ in range(6)]
    with scratch_directory(on_disk=True) as directory:
        settings = StackSettings(
            talent_port=ports[0],
            cpd_port=ports[1],
            collaboration_port=ports[2],
            reporting_port=ports[3],
            kafka_port=ports[4],
            postgres_port=ports[5],
            var=directory / "var",
            kafka_libs=StackSettings().kafka_libraries,
            master_key_file=directory / "master.key",
        )
        try:
            await stack.up(settings, lambda _: None, services=services)
            yield settings
        finally:
            await stack.down(settings, lambda _: None, wipe=True)
