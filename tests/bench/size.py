"""At size: the real commands over a million events, each a process of its own, by its time and its highest memory."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import asyncpg
import psutil

from deploy.description import WRITERS
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from tests.bench.measuring import Told
from tests.bench.memory import appended, visible
from tests.bench.servers import running_stack
from tests.stack import told as environment

EVENTS = 1_000_000
_COLLABORATION = WRITERS[-1]
_PARSE = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
_SEALED = "select coalesce(max(size), 0) from checkpoint where published"
_EVERY_S = 0.1
_MB = 1024 * 1024


async def measure(events: int, told: Told) -> dict[str, Any]:
    """A stack of its own records, publishes, seals and shows them; then the commands, one after the other."""
    told("starting a stack")
    async with running_stack() as settings:
        await appended(settings, events, told)
        await visible(settings, events, told)
        await _sealed(settings, events, told)
        with TemporaryDirectory() as directory:
            export = Path(directory) / "events.jsonl"
            kept = settings.checkpoints / f"{_COLLABORATION.name}.txt"
            key = settings.checkpoints / f"{_COLLABORATION.name}.key"
            baton = (str(Path(sys.executable).with_name("baton")),)
            only = ("--service", _COLLABORATION.name)
            commands = {
                "export": (*baton, "events", "export", *only, "--out", str(export)),
                "json.loads of its lines": (sys.executable, "-c", _PARSE, str(export)),
                "verify the export": (
                    *(sys.executable, "-m", "verifier", "verify", str(export)),
                    *("--checkpoints", str(kept), "--key", str(key)),
                ),
                "verify the store": (*baton, "audit", "verify", *only),
                **{
                    f"replay from {source}": (
                        *(*baton, "replay", "--as-of", "2999-01-01", "--from", source),
                        *("--out", str(Path(directory) / f"{source}.json")),
                    )
                    for source in ("ledger", "store", "kafka")
                },
            }
            used = {}
            for name, command in commands.items():
                told(name)
                used[name] = await _used(command, environment(settings), events)
            return used


async def _used(command: tuple[str, ...], settings: Mapping[str, str], events: int) -> dict[str, float]:
    """What a process used that has to succeed.

    Its own processor time is without Postgres', and is the same whatever else the machine does.
    """
    began, highest, own = time.perf_counter(), 0, 0.0
    with TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **settings}, stdout=asyncio.subprocess.DEVNULL, stderr=said
        )
        watched = psutil.Process(process.pid)
        while process.returncode is None:
            with suppress(psutil.Error):
                highest, own = max(highest, watched.memory_info().rss), sum(watched.cpu_times()[:2])
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _EVERY_S)
        said.seek(0)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode()[-1000:]}")
    return {
        "events": events,
        "seconds": round(time.perf_counter() - began, 1),
        "own_us": round(own / events * 1e6, 1),
        "highest_mb": round(highest / _MB, 1),
    }


async def _sealed(settings: StackSettings, events: int, told: Told) -> None:
    """Wait until a checkpoint covers it all."""
    password = ensure_secrets(settings).passwords[_COLLABORATION.app]
    store = await asyncpg.connect(settings.dsn(_COLLABORATION.app, _COLLABORATION.database, password))
    try:
        while (size := await store.fetchval(_SEALED)) < events:
            told(f"sealed: {size:,} of {events:,}")
            await asyncio.sleep(0.5)
    finally:
        await store.close()
