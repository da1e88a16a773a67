"""The whole system as processes of a fault run's own: started, killed, stopped and brought back."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg
import psutil

from deploy.description import ROLES, SERVICES, SUPERUSER, TOPICS, WRITERS, ServiceDescription
from deploy.dsn import with_database
from deploy.local import processes
from deploy.local.commands import run
from deploy.local.kafka import LocalKafka, fetch
from deploy.local.layout import KAFKA, POSTGRES, log_path, record_path
from deploy.local.ports import is_taken
from deploy.local.postgres import LocalPostgres
from deploy.local.services import get, service_environment
from deploy.migrate import owner_dsns
from deploy.provision import provision
from deploy.secrets import StackSecrets, ensure_secrets
from deploy.settings import ROOT, StackSettings
from deploy.topics import ensure_topics
from tests.faults.proxy import Proxy, proxy
from tests.stack import scratch_directory, sweep
from tests.support.writer import until

_READY_S = 60.0
_POLL_S = 0.05
_PORTS = range(15_000, 30_000)
_MIGRATE = (
    "import asyncio, json, sys; from deploy.migrate import migrate_all; asyncio.run(migrate_all(json.loads({!r})))"
)
_WATCH = """
create table moved_back (what text, was bigint, now bigint);
create function note_move() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into moved_back select what, was, now from {values};
    return null;
end $$;
create trigger note_move after update on {table} for each row when (new.{column} < old.{column})
    execute function note_move();
"""
_MOVES = {
    "lease": ("published", "(select 'cursor', old.published, new.published) v(what, was, now)"),
    "offsets": ("next", "(select old.topic || ' ' || old.partition, old.next, new.next) v(what, was, now)"),
}


@dataclass(slots=True)
class Mark:
    """Something that was done to a process, and when it worked again."""

    what: str
    process: str
    at: float
    back_at: float | None = None

    @property
    def took(self) -> float | None:
        return None if self.back_at is None else self.back_at - self.at


class Part(Protocol):
    """A process that can be killed and comes back."""

    name: str

    @property
    def pid(self) -> int | None: ...

    def kill(self, number: signal.Signals = ...) -> None: ...

    async def back(self) -> None:
        """Wait until it works again; whoever nobody else restarts is started here."""


class Server:
    """Kafka or Postgres: it comes back when it is started again."""

    def __init__(self, name: str, server: LocalKafka | LocalPostgres) -> None:
        self.name = name
        self.server = server

    @property
    def pid(self) -> int | None:
        return self.server.pid

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        _signal(self.pid, number)

    async def back(self) -> None:
        await self.server.start()


class Service:
    """A service as a process, which is started again whenever it has ended, as an orchestrator would."""

    def __init__(self, cluster: Cluster, description: ServiceDescription, name: str, port: int) -> None:
        self.name = name
        self.port = port
        self.description = description
        self.crashpoint: str | None = None
        self.deaths = 0
        self._cluster = cluster
        self._armed: str | None = None
        self._died: Mark | None = None
        self._expected = False
        self._watching: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        record = processes.running(record_path(self._cluster.settings, self.name))
        return record.pid if record else None

    async def start(self) -> None:
        self._spawn()
        self._watching = asyncio.create_task(self._watch(), name=f"watch {self.name}")
        await self.back()

    async def stop(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        _signal(self.pid, signal.SIGCONT)
        await processes.stop(record_path(self._cluster.settings, self.name))

    async def ready(self) -> bool:
        return (await get(self.port, "/readyz")).status == 200

    async def back(self) -> None:
        await until(self.ready, seconds=_READY_S, why=self._why)

    def _why(self) -> str:
        log = log_path(self._cluster.settings, self.name)
        return "\n".join([f"{self.name} was not ready", *processes.tail(log)])

    def _spawn(self) -> None:
        cluster, self._armed = self._cluster, self.crashpoint
        told = service_environment(
            self.description, cluster.settings, cluster.secrets, inherited=_kept(os.environ), simulated_clock=False
        )
        armed = {"BATON_CRASHPOINT": self._armed} if self._armed else {}
        processes.spawn(
            [sys.executable, "-m", self.description.module],
            record=record_path(cluster.settings, self.name),
            log=log_path(cluster.settings, self.name),
            port=self.port,
            cwd=cluster.root,
            environment={**told, **armed, "BATON_PORT": str(self.port), "PYTHONPATH": str(cluster.root)},
        )

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self._expected = True
        _signal(self.pid, number)

    async def _watch(self) -> None:
        """Start it again when it has ended; an end that nobody else brought about is noted."""
        while True:
            await asyncio.sleep(_POLL_S)
            if self.pid is None:
                if not self._expected:
                    self.deaths += 1
                    self._died = self._cluster.mark(
                        f"died at {self._armed}" if self._armed else "ended by itself", self.name
                    )
                self._expected = False
                self._spawn()
            elif self._died and await self.ready():
                self._died.back_at, self._died = time.time(), None


class Cluster:
    """Everything that runs. Made by `cluster`.

    Attributes:
        root: the tree that the services run from.
        marks: what was done to whom.
        proxies: the proxies before Kafka and Postgres, where a row wants them.
    """

    def __init__(self, settings: StackSettings, root: Path, proxies: Mapping[str, Proxy]) -> None:
        self.settings = settings
        self.root = root
        self.proxies = proxies
        self.secrets: StackSecrets = ensure_secrets(settings)
        self.marks: list[Mark] = []
        self.postgres = LocalPostgres(
            settings.var / POSTGRES,
            _behind(proxies, POSTGRES, settings.postgres_port),
            self.secrets.passwords[SUPERUSER],
            record=record_path(settings, POSTGRES),
            log=log_path(settings, POSTGRES),
        )
        self.kafka = LocalKafka(
            settings.var / KAFKA,
            settings.kafka_libraries,
            _behind(proxies, KAFKA, settings.kafka_port),
            record=record_path(settings, KAFKA),
            log=log_path(settings, KAFKA),
            advertised_port=settings.kafka_port,
        )
        self.services = {s.name: Service(self, s, s.name, settings.port(s)) for s in SERVICES}

    @property
    def parts(self) -> dict[str, Part]:
        """Every process, by its name."""
        return {**self.services, KAFKA: Server(KAFKA, self.kafka), POSTGRES: Server(POSTGRES, self.postgres)}

    async def start(self) -> None:
        """Start all of it, and wait until it is ready."""
        async with asyncio.TaskGroup() as servers:
            servers.create_task(self._start_postgres())
            servers.create_task(self._start_kafka())
        async with asyncio.TaskGroup() as services:
            for service in self.services.values():
                services.create_task(service.start())

    async def stop(self) -> None:
        """Stop all of it, also what stands still."""
        for part in self.parts.values():
            _signal(part.pid, signal.SIGCONT)
        await asyncio.gather(*(service.stop() for service in self.services.values()), return_exceptions=True)
        await asyncio.gather(self.kafka.stop(), self.postgres.stop(), return_exceptions=True)
        self.postgres.remove()

    async def join(self, name: str) -> Service:
        """A second process of a service, ready."""
        description = next(s for s in SERVICES if s.name == name)
        second = self.services[f"{name}-2"] = Service(self, description, f"{name}-2", _own_ports(1)[0])
        await second.start()
        return second

    def mark(self, what: str, process: str) -> Mark:
        """Note something that is done now."""
        self.marks.append(Mark(what, process, time.time()))
        return self.marks[-1]

    async def kill(self, name: str, *, number: signal.Signals = signal.SIGKILL) -> Mark:
        """Kill a process, and wait until it is back; how long that took stands in the mark."""
        part, mark = self.parts[name], self.mark("killed", name)
        pid = part.pid
        part.kill(number)
        await until(lambda: _has_ended(part, pid))
        await part.back()
        mark.back_at = time.time()
        return mark

    async def pause(self, name: str, seconds: float) -> None:
        """Let a process stand still for a while."""
        mark = self.mark("stood still", name)
        pid = self.parts[name].pid
        _signal(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        _signal(pid, signal.SIGCONT)
        mark.back_at = time.time()

    async def arm(self, name: str, crashpoint: str | None) -> None:
        """Start a service anew with this crash point, or without one."""
        service = self.services[name]
        service.crashpoint = crashpoint
        pid = service.pid
        service.kill()
        await until(lambda: _has_ended(service, pid))
        await service.back()

    def signal(self, name: str, number: signal.Signals) -> None:
        _signal(self.parts[name].pid, number)

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection to one of the databases, as the superuser, past every proxy."""
        connection = await asyncpg.connect(with_database(self.postgres.superuser_dsn, name), timeout=10)
        try:
            yield connection
        finally:
            await connection.close(timeout=5)

    async def _start_postgres(self) -> None:
        await self.postgres.start()
        passwords = self.secrets.passwords
        await provision(self.postgres.superuser_dsn, {role: passwords[role] for role in ROLES})
        dsns = json.dumps(owner_dsns(self.settings, passwords))
        done = await run(
            [sys.executable, "-c", _MIGRATE.format(dsns)],
            timeout_s=_READY_S,
            cwd=self.root,
            environment={**_kept(os.environ), "PYTHONPATH": str(self.root)},
        )
        assert done.code == 0, done.output
        await self._watch_places()

    async def _watch_places(self) -> None:
        """Let the databases note it themselves whenever a place is moved back."""
        for database, table in (*((w.name, "lease") for w in WRITERS), ("reporting", "offsets")):
            column, values = _MOVES[table]
            async with self.database(database) as connection:
                await connection.execute(_WATCH.format(table=table, column=column, values=values))

    async def _start_kafka(self) -> None:
        await self.kafka.start()
        await ensure_topics(self.settings.cluster, TOPICS)


@asynccontextmanager
async def cluster(*, proxied: frozenset[str] = frozenset(), root: Path = ROOT) -> AsyncIterator[Cluster]:
    """Everything, started; in the end stopped and removed, whatever happened.

    Args:
        proxied: before which of `kafka` and `postgres` a proxy stands.
        root: the tree that the services run from.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # our clients lose Kafka again and again
    libraries = StackSettings().kafka_libraries
    await fetch(libraries)
    await sweep()
    names = (KAFKA, POSTGRES, *(s.name for s in SERVICES))
    ports = dict(zip(names, _own_ports(len(names)), strict=True))
    async with AsyncExitStack() as stack:
        directory = stack.enter_context(scratch_directory(on_disk=True))
        proxies = {name: await stack.enter_async_context(proxy(ports[name])) for name in sorted(proxied)}
        seen = {**ports, **{name: between.port for name, between in proxies.items()}}
        settings = StackSettings(
            **{f"{name}_port": port for name, port in seen.items()},  # type: ignore[arg-type] # ports by their names
            var=directory / "var",
            kafka_libs=libraries,
            master_key_file=directory / "master.key",
        )
        made = Cluster(settings, root, proxies)
        stack.push_async_callback(_shielded, made.stop)
        await made.start()
        yield made


async def _shielded(stop: Callable[[], Awaitable[None]]) -> None:
    await asyncio.shield(stop())


async def _has_ended(part: Part, pid: int | None) -> bool:
    return part.pid != pid


def _own_ports(number: int) -> list[int]:
    """Ports from below those that connections go out from: such a one could take the port of who is just dead."""
    return [port for port in random.sample(_PORTS, 20 * number) if not is_taken(port)][:number]


def _behind(proxies: Mapping[str, Proxy], name: str, port: int) -> int:
    """Where a server itself listens: behind its proxy, if it has one."""
    return proxies[name].target if name in proxies else port


def _kept(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environ.items() if not name.startswith(("BATON_", "PYTEST_"))}


def _signal(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        with suppress(ProcessLookupError, psutil.Error):
            os.kill(pid, number)
