"""The Postgres and the Kafka that the tests share: which, where from, and how a test gets its own part of them.

`BATON_STACK` chooses: `local` starts both from deploy.local on free ports, their data in a temporary directory;
`external` takes the servers of BATON_EXTERNAL_POSTGRES (a superuser's DSN) and BATON_EXTERNAL_KAFKA (bootstrap), which
must be the tests' alone, for they set the passwords of Baton's roles; `docker` is testcontainers; `auto`, which is what
nothing said means, is docker where an engine answers and local elsewhere. Of the local stack BATON_POSTGRES_PROGRAMS
chooses another PostgreSQL.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.description import KAFKA_IMAGE, ROLES
from deploy.dsn import with_database, with_role
from deploy.local import processes
from deploy.local.kafka import LocalKafka, fetch, kafka_version
from deploy.local.ports import free_port
from deploy.local.postgres import LocalPostgres
from deploy.local.processes import Record
from deploy.settings import StackSettings

_PREFIX = "baton-test-"
_KINDS = ("auto", "local", "docker", "external")
_TESTER = "tester.json"
_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name that nobody can know before
_ROOM = 6 * 2**30  # bytes; the servers of two test processes take less than half of it


@dataclass(frozen=True, slots=True)
class Choice:
    """Which stack, and why that one."""

    kind: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Servers that answer. A test makes its own databases and topics on them."""

    kind: str
    postgres_dsn: str
    kafka: str
    versions: str
    passwords: Mapping[str, str] = field(
        default_factory=lambda: {role: secrets.token_urlsafe(12) for role in ROLES},
        repr=False,
    )

    def dsn(self, role: str, database: str) -> str:
        """How one of Baton's roles logs in to a database; the fixture `roles` makes the roles."""
        return with_role(self.postgres_dsn, role, self.passwords[role], database)


def told(settings: StackSettings) -> dict[str, str]:
    """The environment that gives these settings."""
    return {f"BATON_{name.upper()}": str(value) for name, value in settings.model_dump(exclude_none=True).items()}


def unique(name: str) -> str:
    """A name that no other test has."""
    return f"{name}_{secrets.token_hex(4)}"


async def until(condition: Callable[[], object], *, within_s: float = 30) -> None:
    """Wait for what happens outside this program.

    Raises:
        TimeoutError: when it does not happen.
    """
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - nobody in this program could set an event
            await asyncio.sleep(0.01)


def choose(environ: Mapping[str, str]) -> Choice:
    """The stack that `BATON_STACK` asks for.

    Raises:
        pytest.UsageError: when there is no such stack.
    """
    asked = environ.get("BATON_STACK") or "auto"
    if asked not in _KINDS:
        raise pytest.UsageError(f"BATON_STACK is one of {', '.join(_KINDS)}, not {asked!r}.")
    if asked == "docker" and not docker_answers():
        raise pytest.UsageError("BATON_STACK=docker needs a Docker engine, and none answers.")
    if asked == "external" and (
        missing := [name for name in ("BATON_EXTERNAL_POSTGRES", "BATON_EXTERNAL_KAFKA") if not environ.get(name)]
    ):
        raise pytest.UsageError(f"BATON_STACK=external needs {' and '.join(missing)}.")
    if asked == "auto":
        return Choice("docker", "auto: an engine answers") if docker_answers() else Choice("local", "auto: no engine")
    return Choice(asked, "BATON_STACK says so")


async def prepare(choice: Choice) -> None:
    """What need not be done within a test's time: fetch Kafka, once for all runs of this clone, or images."""
    if choice.kind == "local":
        await fetch(StackSettings().kafka_libraries)
    if choice.kind == "docker":
        from tests.containers import fetch_images  # noqa: PLC0415 - it takes a while, and is not always wanted

        await asyncio.to_thread(fetch_images)


@asynccontextmanager
async def running_stack(choice: Choice, environ: Mapping[str, str]) -> AsyncIterator[Stack]:
    """The chosen stack, up; what was started for it is stopped and removed afterwards."""
    if choice.kind == "external":
        dsn = environ["BATON_EXTERNAL_POSTGRES"]
        versions = f"PostgreSQL {await _postgres_version(dsn)}, Kafka as found"
        yield Stack(kind="external", postgres_dsn=dsn, kafka=environ["BATON_EXTERNAL_KAFKA"], versions=versions)
        return
    if choice.kind == "docker":
        from tests.containers import running_containers  # noqa: PLC0415 - it takes a while, and is not always wanted

        with running_containers() as (dsn, kafka):
            versions = f"PostgreSQL {await _postgres_version(dsn)}, Kafka {KAFKA_IMAGE.partition(':')[2]}"
            yield Stack(kind="docker", postgres_dsn=dsn, kafka=kafka, versions=versions)
        return
    async with _local_stack() as running:
        yield running


@asynccontextmanager
async def _local_stack() -> AsyncIterator[Stack]:
    await sweep()
    settings = StackSettings()
    with scratch_directory() as directory:
        postgres = LocalPostgres(
            directory / "postgres",
            free_port(),
            secrets.token_urlsafe(12),
            programs=settings.postgres_programs,
            fsync=False,
        )
        kafka = LocalKafka(directory / "kafka", settings.kafka_libraries, free_port())
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(postgres.start())
                both.create_task(kafka.start())
            dsn = postgres.superuser_dsn
            versions = f"PostgreSQL {await _postgres_version(dsn)}, Kafka {kafka_version()}"
            yield Stack(kind="local", postgres_dsn=dsn, kafka=kafka.bootstrap, versions=versions)
        finally:
            await asyncio.gather(postgres.stop(), kafka.stop())
            postgres.remove()


@asynccontextmanager
async def own_settings() -> AsyncIterator[StackSettings]:
    """A whole stack of one's own: on free ports, in a directory that goes away. Kafka's jars are those of the clone."""
    libraries = StackSettings().kafka_libraries
    await fetch(libraries)
    with scratch_directory() as directory:
        yield StackSettings(
            talent_port=free_port(),
            cpd_port=free_port(),
            collaboration_port=free_port(),
            reporting_port=free_port(),
            kafka_port=free_port(),
            postgres_port=free_port(),
            mail_port=free_port(),
            var=directory / "var",
            kafka_libs=libraries,
            master_key_file=directory / "master.key",
        )


@asynccontextmanager
async def own_database(stack: Stack, *, like: str = "template0") -> AsyncIterator[str]:
    """The superuser's DSN of a database that goes away: empty, or a copy of another that nobody is connected to."""
    name = unique("test")
    admin = await asyncpg.connect(stack.postgres_dsn, timeout=10)
    try:
        await admin.execute(f'create database "{name}" template "{like}" strategy file_copy')
        yield with_database(stack.postgres_dsn, name)
        await admin.execute(f'drop database "{name}" with (force)')
    finally:
        await admin.close()


@contextmanager
def scratch_directory(*, on_disk: bool = False) -> Iterator[Path]:
    """A directory that PostgreSQL can be run in when the tests are run as root: pytest's own are closed to others.

    It is in memory where there is room: a process that was killed finds its files there as on a disk, and a database
    is made in a tenth of the time. Who measures wants it `on_disk`.
    """
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=None if on_disk else _in_memory()))
    directory.chmod(0o711)
    me = psutil.Process()
    processes.write_record(
        directory / _TESTER,
        Record(pid=me.pid, create_time=me.create_time(), boot_time=psutil.boot_time(), port=0, command=()),
    )
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def sweep() -> None:
    """Stop and remove what test runs left behind that were killed."""
    for directory in _left_behind():
        single = (directory / "postgres.run.json", directory / "kafka" / "run.json")
        for record in (*single, *directory.glob("var/run/*.json")):
            await processes.stop(record, patience_s=5)
        shutil.rmtree(directory, ignore_errors=True)


def _left_behind() -> list[Path]:
    """Our directories whose test run has ended."""
    found = []
    for directory in chain.from_iterable(place.glob(f"{_PREFIX}*") for place in (Path(tempfile.gettempdir()), _MEMORY)):
        tester = processes.read_record(directory / _TESTER)
        if tester is not None and not tester.is_running and directory.stat().st_uid == os.geteuid():
            found.append(directory)
    return found


def _in_memory() -> Path | None:
    """Where files are kept in memory; None where there is no such place, or too little room."""
    if not os.access(_MEMORY, os.W_OK | os.X_OK) or os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        return None
    room = min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available)
    return _MEMORY if room >= _ROOM else None


async def _postgres_version(dsn: str) -> str:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()


def docker_answers() -> bool:
    """Whether a Docker engine answers; asked, because a client may be installed with no engine behind it."""
    from docker.client import DockerClient  # noqa: PLC0415 - it takes a while, and is not always wanted

    answers = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves a socket open that did not connect
        with suppress(Exception), closing(DockerClient.from_env(timeout=2)) as client:
            answers = bool(client.ping())
        gc.collect()
    return answers
