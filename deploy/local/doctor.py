"""What is right and wrong with this machine for the local stack: one finding for each thing it needs."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import psutil

from deploy.backups.programs import at_hand
from deploy.description import SERVICES
from deploy.errors import Unmet
from deploy.local import processes
from deploy.local.checks import check_directory
from deploy.local.java import find_java, find_maven
from deploy.local.kafka import are_fetched, kafka_version
from deploy.local.layout import part_names, record_path
from deploy.local.ports import holder, is_taken
from deploy.secrets import check_master_key, master_key_path
from deploy.settings import StackSettings

_OLDEST_PYTHON = (3, 11)
_OLDEST_NODE = 20
_NEEDED_MEMORY = 1536 * 1024**2
State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    message: str
    advice: str = ""


def examine(settings: StackSettings) -> list[Finding]:
    """Look at everything; nothing is changed, and one finding does not keep the next from being made."""
    return [
        _python(),
        _checked("Java", "problem", _java),
        _checked("Maven", "problem", lambda: _maven(settings)),
        _node(),
        *_ports(settings),
        _checked("disk", "problem", lambda: _disk(settings)),
        _memory(),
        _checked("master key", "problem", lambda: _master_key(settings)),
        _checked("backups", "warning", lambda: _backups(settings)),
        _leftovers(settings),
    ]


def _checked(name: str, otherwise: State, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, "ok", look())
    except Unmet as unmet:
        return Finding(name, otherwise, unmet.message, unmet.advice)


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info[:2] >= _OLDEST_PYTHON:
        return Finding("Python", "ok", version)
    return Finding("Python", "problem", f"Baton needs Python 3.11 or newer, and this is {version}.", "Install one.")


def _java() -> str:
    java = find_java()
    return f"{java.version}, {java.program}"


def _maven(settings: StackSettings) -> str:
    if are_fetched(settings.kafka_libraries):
        return f"not needed: Kafka {kafka_version()} is fetched"
    return f"{find_maven()}, to fetch Kafka {kafka_version()} with"


def _node() -> Finding:
    advice = f"Install Node {_OLDEST_NODE} or newer to build the dashboard's styles."
    program = shutil.which("node")
    if program is None:
        return Finding("Node", "warning", "No `node` was found.", advice)
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout.strip()
    found = re.match(r"v(\d+)", said)
    if found is None or int(found.group(1)) < _OLDEST_NODE:
        return Finding("Node", "warning", f"Node {_OLDEST_NODE} or newer is needed, and this is {said}.", advice)
    return Finding("Node", "ok", said)


def _ports(settings: StackSettings) -> list[Finding]:
    own = {
        record.port
        for name in part_names(SERVICES)
        if (record := processes.running(record_path(settings, name))) is not None
    }
    findings = []
    for name, port in settings.ports().items():
        if port in own:
            findings.append(Finding(f"port {port}", "ok", f"{name} of this stack listens on it"))
        elif is_taken(port):
            findings.append(
                Finding(
                    f"port {port}",
                    "problem",
                    f"{name} needs it, and {holder(port)} has it.",
                    "Stop that, or set another port (BATON_…_PORT).",
                )
            )
        else:
            findings.append(Finding(f"port {port}", "ok", f"free for {name}"))
    return findings


def _disk(settings: StackSettings) -> str:
    place = next(path for path in (settings.var, *settings.var.parents) if path.is_dir())
    check_directory(place)
    return f"{shutil.disk_usage(place).free // 1024**3} GB free for {settings.var}"


def _memory() -> Finding:
    available = psutil.virtual_memory().available
    message = f"{available / 1024**3:.1f} GB to be had"
    if available < _NEEDED_MEMORY:
        return Finding("memory", "warning", f"{message}; the stack takes about 1.5.", "Close something large.")
    return Finding("memory", "ok", message)


def _master_key(settings: StackSettings) -> str:
    check_master_key(settings)
    path = master_key_path(settings)
    return f"{path}, readable by you alone" if path.exists() else f"will be made at {path}"


def _backups(settings: StackSettings) -> str:
    programs = at_hand(settings.postgres_programs)
    if not programs:
        raise Unmet(
            "No `pg_dump` and `pg_restore` were found: no store can be backed up.",
            "Install PostgreSQL's client programs, or let BATON_POSTGRES_PROGRAMS name their directory.",
        )
    return "; ".join(f"PostgreSQL {version} in {place}" for version, place in sorted(programs.items(), reverse=True))


def _leftovers(settings: StackSettings) -> Finding:
    known = [name for name in part_names(SERVICES) if record_path(settings, name).exists()]
    dead = [name for name in known if processes.running(record_path(settings, name)) is None]
    if dead:
        return Finding(
            "leftovers",
            "warning",
            f"{', '.join(dead)} ended without being stopped.",
            "Run `baton down`, then `baton up`.",
        )
    if known and len(known) < len(part_names(SERVICES)):
        return Finding(
            "leftovers",
            "warning",
            f"Only {', '.join(known)} runs: an earlier start was cut short.",
            "Run `baton down`.",
        )
    return Finding("leftovers", "ok", "the stack is up" if known else "none")
