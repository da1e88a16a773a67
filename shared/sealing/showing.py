"""What is seen of the sealing: its gauges and its probe."""

from __future__ import annotations

import time

from prometheus_client import Gauge

from shared.clock import Clock
from shared.contracts.envelope import Envelope
from shared.eventstore import EventStore
from shared.runtime import Health, age, read_gauge
from shared.runtime.health import patience_seconds
from shared.sealing.sealing import Sealing

_unsealed = read_gauge("baton_unsealed_events", "Numbered events that no published checkpoint covers")
_unsealed_s = read_gauge("baton_unsealed_seconds", "Age of the oldest event that no published checkpoint covers")
_refused = Gauge("baton_sealing_refused", "Whether sealing is refused: the log is not what was signed", ["service"])


def show_sealing(sealing: Sealing, health: Health) -> None:
    """Show from now on whether it refuses, and whether it still turns. Requests are served whatever becomes of it."""
    sequencer, state = sealing.sequencer.state, sealing.state

    async def turning() -> str | None:
        silent = time.monotonic() - state.last_turn
        return None if silent < patience_seconds else f"the sealing made no turn for {silent:.0f} s"

    health.live["sealing"] = turning
    _refused.labels(sealing.service).set_function(lambda: sequencer.leading and state.refused is not None)


async def read_unsealed(store: EventStore, clock: Clock) -> None:
    """How far sealing is behind."""
    row = await store.pool.fetchrow(_behind)
    if row is None:
        raise OSError("there is no log")
    _unsealed.labels(store.service).set(row["events"])
    recorded = None if row["oldest"] is None else Envelope.of_meta(row["oldest"]).time
    _unsealed_s.labels(store.service).set(age(clock.now(), recorded))


_behind = """
select (select coalesce(max(logindex) + 1, 0) from log) - sealed.size as events,
       (select e.meta from log l join event e using (position) where l.logindex = sealed.size) as oldest
from (select coalesce(max(size), 0) as size from checkpoint where published) sealed
"""
