"""Room for a demo: it needs data of its own, takes away what an earlier demo left, and nobody else's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from deploy.description import SERVICES
from deploy.errors import Unmet
from deploy.local import processes, stack
from deploy.local.layout import local_kafka, local_postgres, part_names, record_path
from deploy.settings import StackSettings

Progress = Callable[[str], None]


async def make_room(settings: StackSettings, seed: int, report: Progress) -> None:
    """Stop and remove an earlier demo, and mark what comes now as a demo's.

    Raises:
        Unmet: there is data that no demo made.
    """
    marker = settings.var / "demo.json"
    if marker.exists():
        report("Removing the data of the earlier demo")
        await stack.down(settings, report)
        _remove_data(settings)
    elif _has_data(settings):
        raise Unmet(
            f"There is data in {settings.var} that no demo made, and the demo needs fresh data of its own.",
            "Keep it and set BATON_VAR to another directory for the demo, or remove it: `baton down --wipe`.",
        )
    settings.var.mkdir(parents=True, exist_ok=True)
    marker.write_text(json.dumps({"seed": seed}))


def is_up(settings: StackSettings) -> bool:
    """Whether anything of this stack runs."""
    return any(processes.running(record_path(settings, name)) for name in part_names(SERVICES))


def _has_data(settings: StackSettings) -> bool:
    return any(place.exists() for place in _data(settings))


def _data(settings: StackSettings) -> tuple[Path, ...]:
    return local_postgres(settings).directory, local_kafka(settings).directory / "data"


def _remove_data(settings: StackSettings) -> None:
    """All but what takes long to get again and tells nothing: Kafka's jars, passwords, the issuer's key."""
    local_postgres(settings).remove()
    local_kafka(settings).remove()
    shutil.rmtree(settings.var / "log", ignore_errors=True)
    settings.clock.unlink(missing_ok=True)
