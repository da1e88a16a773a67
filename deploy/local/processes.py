"""Processes that outlive the command that started them: spawned, remembered on disk, known again and stopped.

A record names a process by its pid and the time it was created, so a pid that was given to another program is
never killed. Times are counted from the machine's boot: a step of the wall clock moves both alike.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

_PATIENCE_S = 15.0
_POLL_S = 0.05
_SAME_MOMENT_S = 1.5
_LOG_LIMIT_BYTES = 20 * 1024 * 1024
_TAIL_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is remembered of a process: enough to know it again and to stop it."""

    pid: int
    create_time: float
    boot_time: float
    port: int
    command: tuple[str, ...]

    def find(self) -> psutil.Process | None:
        """The living process that this record is about; None when it ended or its pid is another's by now."""
        _reap(self.pid)
        try:
            process = psutil.Process(self.pid)
            after_boot = process.create_time() - psutil.boot_time()
            if abs(after_boot - (self.create_time - self.boot_time)) > _SAME_MOMENT_S:
                return None
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None

    @property
    def is_running(self) -> bool:
        return self.find() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnprivilegedUser:
    """The user that a program runs as when we are root and it must not be."""

    name: str
    uid: int
    gid: int


def spawn(
    command: Sequence[str],
    *,
    record: Path,
    log: Path,
    port: int,
    cwd: Path,
    environment: Mapping[str, str],
    user: UnprivilegedUser | None = None,
) -> Record:
    """Start a process in a session of its own, its output to the end of `log`; remember it in `record`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    _rotate(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
    started = _record_of(process.pid, command, port)
    write_record(record, started)
    process.returncode = 0  # it is to outlive us: without this, Popen warns of a process left running
    return started


def write_record(path: Path, record: Record) -> None:
    """Write a record whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(path)


def read_record(path: Path) -> Record | None:
    """The record at `path`; None when nothing readable is there, for then we know of no process to stop."""
    try:
        known = json.loads(path.read_text())
        return Record(**{**known, "command": tuple(known["command"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running(path: Path) -> Record | None:
    """The record at `path` when its process still runs."""
    record = read_record(path)
    return record if record is not None and record.is_running else None


def name_of(pid: int) -> str | None:
    """The name of the program that has this pid now, if any."""
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return None


async def stop(
    path: Path,
    *,
    patience_s: float = _PATIENCE_S,
    gentle: signal.Signals = signal.SIGTERM,
    last_resort: signal.Signals = signal.SIGKILL,
) -> str:
    """Stop the process that `path` remembers, and forget it.

    Returns:
        "stopped", "killed" when it took the last resort, or "not running".
    """
    record = read_record(path)
    outcome = "not running"
    if record is not None and (process := record.find()) is not None:
        outcome = "stopped"
        _signal(process, gentle)
        if not await _gone(record, patience_s):
            outcome = "killed"
            _signal(process, last_resort)
            await _gone(record, patience_s)
    if outcome == "killed" and record is not None and record.is_running:
        return "still running"
    forget(path)
    return outcome


def forget(path: Path) -> None:
    """Remember the process no longer."""
    path.unlink(missing_ok=True)


def tail(log: Path, *, since: int = 0) -> list[str]:
    """The last lines of a log, from `since` bytes on."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - 64 * 1024))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return text.splitlines()[-_TAIL_LINES:]


def size(log: Path) -> int:
    """Where a log ends now, or 0 when the next start begins a new one."""
    with suppress(OSError):
        current = log.stat().st_size
        return current if current <= _LOG_LIMIT_BYTES else 0
    return 0


async def _gone(record: Record, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while record.is_running:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_S)
    return True


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        if number is signal.SIGKILL:
            _kill_session(process)
        process.send_signal(number)


def _kill_session(process: psutil.Process) -> None:
    """Kill what the process started too: it leads a session of its own, so nobody else is in its group."""
    with suppress(ProcessLookupError):
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)


def _record_of(pid: int, command: Sequence[str], port: int) -> Record:
    try:
        created = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:  # ended at once: the record is then of nobody
        created = 0.0
    return Record(
        pid=pid,
        create_time=created,
        boot_time=psutil.boot_time(),
        port=port,
        command=tuple(command),
    )


def _reap(pid: int) -> None:
    """Take notice of the end of a child of ours, so that it does not stay in the process table."""
    if sys.platform != "win32":
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def _rotate(log: Path) -> None:
    with suppress(OSError):
        if log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".1.log"))
