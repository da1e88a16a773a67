"""All kinds of processes killed and stopped by chance: the bar that the whole has to pass."""

from __future__ import annotations

import asyncio
import time

from deploy.description import SERVICES
from deploy.local.layout import KAFKA, POSTGRES
from tests.faults.cluster import Cluster
from tests.faults.running import Row, Run

_BACK_S = 10.0
_EVENTS = 50_000
_KILLS = 40
_MOST_S = 300.0
_PROCESSES = (*(service.name for service in SERVICES), KAFKA, POSTGRES)


async def _storm(run: Run) -> None:
    """Kill everything in turn, in an order of chance, until it is enough; now and then something stands still."""
    run.load(streams=run.times(25, 10), pause=0.5)
    began = time.monotonic()
    kills, events, killed = run.times(_KILLS, 6), run.times(_EVENTS, 500), 0
    while (killed < kills or run.book.accepted < events) and time.monotonic() - began < _MOST_S:
        for name in run.chance.sample(_PROCESSES, len(_PROCESSES)):
            await asyncio.sleep(run.chance.uniform(0.2, 1.5))
            if run.chance.random() < 1 / 6:
                await run.cluster.pause(run.chance.choice(_PROCESSES), run.chance.uniform(0.5, 2))
            await run.cluster.kill(name)
            killed += 1
            run.say(f"{killed} killed, {run.book.accepted} events accepted")
    run.notes |= {"killed": killed, "stormed_s": round(time.monotonic() - began, 1), **slowest(run.cluster)}
    run.expect(killed >= kills, f"only {killed} were killed within {_MOST_S:.0f} s")
    run.expect(run.book.accepted >= events, f"only {run.book.accepted} events were accepted within {_MOST_S:.0f} s")


def slowest(cluster: Cluster) -> dict[str, float]:
    """How long each process took at most to be back."""
    took: dict[str, float] = {}
    for mark in cluster.marks:
        if mark.what == "killed" and mark.took is not None:
            took[f"{mark.process}_back_s"] = round(max(took.get(f"{mark.process}_back_s", 0), mark.took), 1)
    return took


async def _bar(run: Run) -> None:
    await _storm(run)
    if (
        not run.full
    ):  # a busy machine fails no test: how long it took is told, and held against the bar in full runs alone
        return
    late = {name: took for name, took in slowest(run.cluster).items() if took > _BACK_S}
    run.expect(not late, f"not back within {_BACK_S:.0f} s: {late}")


STORM = Row("BAR", "every kind of process is killed, again and again", _bar)
"""50,000 events, 40 kills, 5 minutes."""
