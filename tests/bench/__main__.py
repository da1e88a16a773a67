"""`python -m tests.bench`: ours, a peer and the bare driver in turns, as figures and ratios (`make bench`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import platform
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import structlog
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.baton.bench import Part
from shared.runtime.application import collect_rarely
from tests.bench import (
    appending,
    doors,
    encrypting,
    importing,
    matching,
    memory,
    paging,
    profiling,
    projecting,
    publishing,
    reacting,
    replaying,
    report,
    sealing,
    size,
    verifying,
)
from tests.bench.measuring import Figure, Figures, Told, Turns
from tests.bench.servers import Servers, running_servers

RUNS = 5

RATES: dict[Part, Callable[[Servers, Turns], Awaitable[Figures]]] = {
    Part.APPENDING: appending.measure,
    Part.ENCRYPTING: encrypting.measure,
    Part.PUBLISHING: publishing.measure,
    Part.SEALING: sealing.measure,
    Part.PROJECTING: projecting.measure,
    Part.REPLAYING: replaying.measure,
    Part.PAGING: paging.measure,
}

BESIDE: dict[Part, Callable[[Servers, Turns], Coroutine[Any, Any, Figures]]] = {  # a stack
    Part.IMPORTING: importing.measure,
    Part.DOORS: doors.measure,
}
ALONE: dict[Part, Callable[[Turns], Coroutine[Any, Any, Figures]]] = {  # without servers, or with a whole stack
    Part.MATCHING: matching.measure,
    Part.REACTING: reacting.measure,
    Part.VERIFYING: verifying.measure,
}


def main() -> None:
    """Measure what was asked for, show it, and keep it where that was asked for."""
    asked = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a new broker is not ready at once, and it says so
    collect_rarely()
    document = _measured(asked)
    report.show(document)
    if asked.record:
        report.record(document)
    if asked.json:
        print(json.dumps(document))  # noqa: T201 - the document is what was asked for


def _measured(asked: argparse.Namespace) -> report.Document:
    columns = (
        TextColumn("{task.fields[part]:<11}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    document: report.Document = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("starting PostgreSQL and Kafka", total=len(asked.only), part="")
        told: Told = lambda what: progress.update(bar, description=what)  # noqa: E731 - one line
        for part in asked.only:
            progress.update(bar, part=part)
            if part == Part.PROFILE:
                profiling.profile(told)
            elif part == Part.MEMORY:
                used = asyncio.run(memory.measure(asked.events or memory.EVENTS, told))
                document[part] = {**_recorded(1, _machine()), "memory_mb": used}
            elif part == Part.SIZE:
                used = asyncio.run(size.measure(asked.events or size.EVENTS, told))
                document[part] = {**_recorded(1, _machine()), "at_size": used}
            else:
                document[part] = _section(part, Turns(asked.runs, told, asked.match))
            progress.advance(bar)
    return document


def _section(part: Part, turns: Turns) -> report.Section:
    """What a part measured in its turns."""
    if part in ALONE:
        figures, machine = asyncio.run(ALONE[part](turns)), _machine()
    else:
        with running_servers() as servers:  # fresh ones, so that no part pays for another
            machine = f"{_machine()}, {servers.versions}"
            beside = BESIDE.get(part)
            figures = asyncio.run(beside(servers, turns)) if beside else _run(RATES[part](servers, turns))
    told = {name: _told(figure) for name, figure in figures.items()}
    return {**_recorded(turns.runs, machine), "ratios": report.ratios(figures), "figures": told}


def _recorded(runs: int, machine: str) -> report.Section:
    return {"recorded_on": str(datetime.now(UTC).date()), "runs": runs, "machine": machine}


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def _run(measuring: Awaitable[Figures]) -> Figures:
    """In the loop that the services run in."""

    async def measured() -> Figures:
        return await measuring

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measured())


def _told(figure: Figure) -> dict[str, Any]:
    return {"unit": figure.unit, "median": round(figure.median, 1), "runs": [round(run, 1) for run in figure.runs]}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="counted runs of each contestant")
    parser.add_argument("--only", nargs="+", type=Part, choices=[*Part], default=[*RATES, *BESIDE, *ALONE, Part.MEMORY])
    parser.add_argument("--match", default="", help="only contestants whose name begins so")
    parser.add_argument("--events", type=int, help="over how many memory is watched, or how many `size` is about")
    parser.add_argument("--record", action="store_true", help="keep the figures in docs/performance.md and .json")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    asked = parser.parse_args()
    if asked.record and asked.match:
        parser.error("a part is recorded as a whole: leave out --match")
    return asked


if __name__ == "__main__":
    main()
