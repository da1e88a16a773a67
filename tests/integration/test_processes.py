"""Processes of the stack are known again, and nobody else's is ever stopped."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.description import SERVICES
from deploy.errors import Unmet
from deploy.local import processes
from deploy.local.layout import log_path, record_path
from deploy.local.processes import Record
from deploy.local.services import wait_until_ready
from deploy.settings import StackSettings
from tests.stack import until

SLEEP = "import time; print('started', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started', flush=True); time.sleep(60)"
)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "run" / "one.json"
    yield path
    left = processes.read_record(path)
    if left is not None and left.is_running:
        os.kill(left.pid, signal.SIGKILL)


def spawn(record: Path, program: str) -> Record:
    log = record.with_suffix(".log")
    started = processes.spawn(
        [sys.executable, "-c", program],
        record=record,
        log=log,
        port=0,
        cwd=record.parents[1],
        environment={},
    )
    while program in {SLEEP, STUBBORN} and not processes.tail(log):
        assert started.is_running
    return started


async def test_a_process_is_found_by_its_record_and_stopped(record: Path) -> None:
    started = spawn(record, SLEEP)

    assert processes.running(record) == started
    assert await processes.stop(record) == "stopped"
    assert not started.is_running
    assert processes.read_record(record) is None


async def test_one_that_does_not_listen_is_killed_and_that_is_said(record: Path) -> None:
    started = spawn(record, STUBBORN)

    assert await processes.stop(record, patience_s=0.3) == "killed"
    assert not started.is_running


async def test_a_pid_that_is_another_processs_by_now_is_left_alone(record: Path) -> None:
    started = spawn(record, SLEEP)
    processes.write_record(record, replace(started, create_time=started.create_time - 100))

    assert await processes.stop(record) == "not running"
    assert started.is_running
    os.kill(started.pid, signal.SIGKILL)


async def test_a_step_of_the_clock_makes_no_stranger_of_it(record: Path) -> None:
    started = spawn(record, SLEEP)
    stepped = replace(started, create_time=started.create_time - 3600, boot_time=started.boot_time - 3600)
    processes.write_record(record, stepped)

    assert await processes.stop(record) == "stopped"


async def test_what_ended_by_itself_is_not_running(record: Path) -> None:
    started = spawn(record, "pass")
    await until(lambda: not started.is_running)

    assert await processes.stop(record) == "not running"


async def test_a_service_that_ends_shows_the_end_of_its_log(tmp_path: Path) -> None:
    settings = StackSettings(var=tmp_path)
    talent = SERVICES[0]
    processes.spawn(
        [sys.executable, "-c", "print('first', flush=True); raise SystemExit('no database')"],
        record=record_path(settings, talent.name),
        log=log_path(settings, talent.name),
        port=0,
        cwd=tmp_path,
        environment={},
    )

    with pytest.raises(Unmet, match="talent ended while it was starting") as unmet:
        await wait_until_ready(talent, settings)

    assert unmet.value.detail.splitlines() == ["first", "no database"]
