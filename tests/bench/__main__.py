"""`python -m tests.bench`: measure, print a table, and with `--json` one document on the last line (`make bench`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from shared.runtime.application import collect_rarely
from tests.bench import appending, memory, projecting, publishing
from tests.bench.measuring import Figure, Figures, Told, ratio
from tests.bench.servers import Servers, running_servers

RUNS = 5
Measure = Callable[[Servers, int, Told], Awaitable[Figures]]
PARTS: dict[str, Measure] = {
    "appending": appending.measure,
    "publishing": publishing.measure,
    "projecting": projecting.measure,
}
RATIOS = {  # ours, theirs, and what is aimed at
    "append_1_vs_pyeventsourcing": ("append, 1 client, 1 event", "pyeventsourcing save, 1 client, 1 event", 3.0),
    "append_16_vs_insert": ("append, 16 clients, 1 event", "bare INSERT, 16 clients, 1 event", 0.6),
    "append_100_vs_pyeventsourcing": (
        "append, 1 client, 100 events",
        "pyeventsourcing save, 1 client, 100 events",
        2.0,
    ),
    "execute_1_vs_pyeventsourcing": ("execute, 1 client, 1 event", "pyeventsourcing save, 1 client, 1 event", None),
    "execute_100_vs_pyeventsourcing": (
        "execute, 1 client, 100 events",
        "pyeventsourcing save, 1 client, 100 events",
        2.0,
    ),
    "load_100_vs_pyeventsourcing": ("load, 100 events", "pyeventsourcing load, 100 events", 4.0),
    "publish_vs_aiokafka": ("number and publish", "bare aiokafka", 0.3),
    "project_vs_copy": ("Kafka to read models", "COPY", 0.12),
    "project_vs_pyeventsourcing": ("Kafka to read models", "pyeventsourcing projection", 8.0),
    "rebuild_vs_live": ("rebuild", "Kafka to read models", 2.0),
}
MEMORY_MB = 250


def main() -> None:
    """Measure what was asked for."""
    asked = _arguments()
    collect_rarely()
    document = _measure(asked)
    _show(document)
    if asked.write:
        asked.write.write_text(json.dumps(document, indent=2) + "\n")
    if asked.json:
        print(json.dumps(document))  # noqa: T201 - the document is what was asked for


def _measure(asked: argparse.Namespace) -> dict[str, Any]:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.fields[part]:<11}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("starting PostgreSQL and Kafka", total=len(asked.only), part="")
        figures: Figures = {}
        used: dict[str, Any] = {}
        versions = ""
        for part in asked.only:
            progress.update(bar, part=part)

            def told(what: str) -> None:
                progress.update(bar, description=what)

            if part == "memory":
                used = asyncio.run(memory.measure(asked.memory_events, told))
                continue
            with running_servers() as servers, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                versions = servers.versions  # fresh ones, so that no part pays for another
                figures |= runner.run(PARTS[part](servers, asked.runs, told))
            progress.advance(bar)
    return {
        "ratios": _ratios(figures),
        "memory_mb": used,
        "runs": asked.runs,
        "figures": {name: _told(figure) for name, figure in figures.items()},
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {versions}",
    }


def _ratios(figures: Figures) -> dict[str, float]:
    return {
        name: round(ratio(figures[ours], figures[theirs]).median, 3)
        for name, (ours, theirs, _) in RATIOS.items()
        if ours in figures and theirs in figures
    }


def _told(figure: Figure) -> dict[str, Any]:
    return {"unit": figure.unit, "median": round(figure.median, 1), "runs": [round(run, 1) for run in figure.runs]}


def _show(document: dict[str, Any]) -> None:
    console = Console(stderr=True)
    figures = Table("figure", "unit", "median", "lowest", "highest")
    for name, figure in document["figures"].items():
        runs = figure["runs"]
        figures.add_row(name, figure["unit"], *(f"{n:,.0f}" for n in (figure["median"], min(runs), max(runs))))
    ratios = Table("ratio", "measured", "aimed at", "")
    for name, measured in document["ratios"].items():
        aim = RATIOS[name][2]
        ratios.add_row(name, f"{measured:.2f}", f"{aim:g}" if aim else "", "" if not aim else _verdict(measured >= aim))
    console.print(figures, ratios)
    for name, used in document["memory_mb"].items():
        console.print(f"memory of {name}: {used} MB")


def _verdict(met: bool) -> str:  # noqa: FBT001 - one word of two
    return "met" if met else "missed"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="counted runs of each contestant")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "memory"], default=[*PARTS, "memory"])
    parser.add_argument(
        "--memory-events", type=int, default=memory.EVENTS, help="over how many events memory is watched"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("--write", type=Path, help="also write the document to a file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
