"""The local stack, really started: it comes up once, goes down whole, and leaves nothing behind when it fails."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaProducer

from deploy.description import TOPICS, ServiceDescription
from deploy.dsn import postgres_dsn
from deploy.errors import Unmet
from deploy.local import processes, stack
from deploy.local.layout import record_path
from deploy.local.ports import answers, free_port, is_taken
from deploy.local.postgres import LocalPostgres
from deploy.local.status import status
from deploy.settings import ROOT, StackSettings
from tests.stack import own_settings, scratch_directory, told, until

pytestmark = pytest.mark.stack


@pytest.fixture
def scratch() -> Iterator[Path]:
    with scratch_directory() as directory:
        yield directory


@pytest.fixture
async def settings() -> AsyncIterator[StackSettings]:
    async with own_settings() as made:
        yield made
        await stack.down(made, quiet, wipe=True)


def quiet(_step: str) -> None:
    pass


async def up(settings: StackSettings) -> bool:
    return await stack.up(settings, quiet, services=())


def nothing_runs(settings: StackSettings) -> bool:
    """No port of the stack answers, and no process has the stack's directory on its command line."""
    ports = settings.ports().values()
    mine = [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(str(settings.var) in part for part in process.info["cmdline"] or ())
    ]
    return not mine and not any(is_taken(port) for port in ports)


async def may_connect(settings: StackSettings, role: str, database: str) -> bool:
    dsn = postgres_dsn(role, database, settings.postgres_port, password=settings.password(role))
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except asyncpg.InsufficientPrivilegeError:
        return False
    await connection.close()
    return True


async def test_it_comes_up_once_keeps_what_it_was_given_and_goes_down_whole(settings: StackSettings) -> None:
    assert await up(settings) is True
    assert await up(settings) is False

    found = await status(settings)
    assert found["postgres"]["ready"]
    assert found["kafka"]["ready"]
    assert settings.password("baton") not in str(found)
    assert await may_connect(settings, "talent_app", "talent")
    assert await may_connect(settings, "talent_app", "vault")
    assert not await may_connect(settings, "talent_app", "cpd")
    assert await produced(settings, TOPICS[0].name) == 0

    stopped = await stack.down(settings, quiet)
    assert [(one.name, one.how) for one in stopped] == [("kafka", "stopped"), ("postgres", "stopped")]
    assert nothing_runs(settings)
    assert await stack.down(settings, quiet) == []

    assert await up(settings) is True
    assert await produced(settings, TOPICS[0].name) == 1  # the first record is still there


async def produced(settings: StackSettings, topic: str) -> int:
    """The offset that one more record got."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        metadata = await producer.send_and_wait(topic, b"x", partition=0)
        return int(metadata.offset)
    finally:
        await producer.stop()


async def test_a_taken_port_is_named_with_its_holder_before_anything_starts(settings: StackSettings) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", settings.kafka_port))
        held.listen()

        with pytest.raises(Unmet, match=rf"Port {settings.kafka_port}, .* \(process {os.getpid()}\)"):
            await up(settings)

        assert not record_path(settings, "postgres").exists()


async def test_a_failure_of_one_part_stops_the_others(settings: StackSettings, scratch: Path) -> None:
    no_jars = scratch / "no-jars"
    no_jars.mkdir()
    (no_jars / "pom.sha256").write_text((settings.kafka_libraries / "pom.sha256").read_text())

    with pytest.raises(Unmet, match="Kafka could not"):
        await up(settings.model_copy(update={"kafka_libs": no_jars}))

    assert nothing_runs(settings)


async def test_a_part_that_was_killed_is_named_and_down_clears_up(settings: StackSettings) -> None:
    await up(settings)
    kafka = processes.running(record_path(settings, "kafka"))
    assert kafka is not None
    os.kill(kafka.pid, signal.SIGKILL)
    await until(lambda: not kafka.is_running)

    with pytest.raises(Unmet, match="only partly up; not running: kafka"):
        await up(settings)
    await stack.down(settings, quiet)

    assert nothing_runs(settings)
    assert await up(settings) is True


@pytest.mark.parametrize(
    ("number", "step", "postgres_is_up"),
    [
        (signal.SIGINT, "Starting PostgreSQL", False),
        (signal.SIGTERM, "Starting Kafka", False),
        (signal.SIGHUP, "Starting Kafka", True),
    ],
)
async def test_an_interrupted_start_leaves_nothing_running(
    settings: StackSettings,
    number: signal.Signals,
    step: str,
    *,
    postgres_is_up: bool,
) -> None:
    program = (
        "import sys; from deploy.baton import output; from deploy.errors import Unmet\n"
        "from deploy.local import stack; from deploy.settings import StackSettings\n"
        "try: output.run(stack.up(StackSettings(), lambda step: print(step, flush=True), services=()))\n"
        "except Unmet as unmet: sys.exit(str(unmet))\n"
    )
    starting = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        cwd=ROOT,
        env=os.environ | told(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert starting.stdout is not None
    async for line in starting.stdout:
        if line.decode().strip() == step:
            break
    if postgres_is_up:
        await until(lambda: answers(settings.postgres_port))
        await asyncio.sleep(0.5)  # its start is over, and Kafka's is not
    starting.send_signal(number)
    _, said = await starting.communicate()

    assert said.decode().strip() == "Interrupted."
    assert starting.returncode == 1
    assert nothing_runs(settings)


class TinyService(ServiceDescription):
    """A service that needs nothing, in the place of a real one."""

    @property
    def module(self) -> str:
        return "tests.support.tiny_service"


TINY = (TinyService(name="talent", port=0, is_writer=True), TinyService(name="cpd", port=0, is_writer=True))


async def test_services_are_waited_for_asked_how_they_are_and_stopped_first(settings: StackSettings) -> None:
    assert await stack.up(settings, quiet, services=TINY) is True
    assert await stack.up(settings, quiet, services=TINY) is False

    found = await status(settings)
    assert found["services"]["talent"]["ready"]
    assert found["services"]["talent"]["lag_records"] == 7
    assert found["services"]["talent"]["parked"] is None
    assert not found["services"]["reporting"]["ready"]
    stopped = await stack.down(settings, quiet)
    assert [one.name for one in stopped] == ["cpd", "talent", "mail", "kafka", "postgres"]
    assert nothing_runs(settings)


async def test_a_service_that_does_not_start_takes_all_down_and_shows_its_log(
    settings: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_ENDS", "1")

    with pytest.raises(Unmet, match=r"The service (talent|cpd) ended while it was starting") as unmet:
        await stack.up(settings, quiet, services=TINY)

    assert "no database today" in unmet.value.detail
    assert nothing_runs(settings)


async def test_two_at_once_do_not_meet(settings: StackSettings) -> None:
    first = asyncio.create_task(up(settings))
    await asyncio.sleep(0.2)

    with pytest.raises(Unmet, match="Another `baton`"):
        await stack.down(settings, quiet)

    assert await first is True


async def test_wiping_keeps_the_master_key(settings: StackSettings) -> None:
    await up(settings)

    await stack.down(settings, quiet, wipe=True)

    assert not settings.var.exists()
    assert settings.master_key_file is not None
    assert settings.master_key_file.exists()


@pytest.fixture
async def postgres(scratch: Path) -> AsyncIterator[LocalPostgres]:
    made = LocalPostgres(scratch / "postgres", free_port(), "a password", fsync=False)
    yield made
    await made.stop()
    made.remove()


async def test_a_half_written_database_is_never_taken_for_a_whole_one(postgres: LocalPostgres, scratch: Path) -> None:
    half = scratch / ".postgres.draft-interrupted"
    (half / "data" / "global").mkdir(parents=True)
    (half / "data" / "PG_VERSION").write_text("18\n")

    await postgres.start()

    assert postgres.is_running
    assert not half.exists()


def drafts(directory: Path) -> list[Path]:
    return list(directory.glob(".postgres*"))


async def test_an_interrupted_initialisation_leaves_nothing(postgres: LocalPostgres, scratch: Path) -> None:
    starting = asyncio.create_task(postgres.start())
    await until(lambda: list(scratch.glob(".postgres.draft-*/data/base")))

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert not (scratch / "postgres").exists()
    assert drafts(scratch) == []
    await postgres.start()


async def test_a_damaged_database_is_one_clear_sentence(postgres: LocalPostgres) -> None:
    await postgres.start()
    await postgres.stop()
    (postgres.directory / "global" / "pg_control").unlink()

    with pytest.raises(Unmet, match="is damaged: it is not a whole PostgreSQL cluster"):
        await postgres.start()


async def test_a_killed_database_comes_back_although_its_lock_file_names_a_living_process(
    postgres: LocalPostgres,
) -> None:
    await postgres.start()
    pid = postgres.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not postgres.is_running)
    lock = postgres.directory / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(pid), str(os.getpid()), 1))

    await postgres.start()

    assert postgres.is_running


async def test_another_servers_password_is_one_clear_sentence(postgres: LocalPostgres, scratch: Path) -> None:
    await postgres.start()
    await postgres.stop()

    with pytest.raises(Unmet, match="does not take the superuser's password"):
        await LocalPostgres(scratch / "postgres", postgres.port, "wrong", fsync=False).start()

    assert not is_taken(postgres.port)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has directories that PostgreSQL's user cannot enter")
async def test_under_a_closed_directory_the_data_is_placed_elsewhere(scratch: Path) -> None:
    closed = scratch / "closed"
    closed.mkdir(mode=0o700)
    postgres = LocalPostgres(closed / "postgres", free_port(), "a password", fsync=False)
    try:
        await postgres.start()
        elsewhere = postgres.directory
        assert elsewhere.is_relative_to("/var/lib/baton")
        assert (closed / "postgres").is_symlink()
        await postgres.stop()
        await postgres.start()
        assert postgres.directory == elsewhere
    finally:
        await postgres.stop()
        postgres.remove()

    assert not elsewhere.exists()
    assert not (closed / "postgres").exists()
