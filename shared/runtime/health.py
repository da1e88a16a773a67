"""How a service tells that it is well: probes for the health endpoints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg
from fastapi.responses import JSONResponse

from shared.consumer import Subscription
from shared.sequencer import Sequencer

patience_seconds = 60.0
"""How long a background part may be silent before the process counts as dead."""
probe_seconds = 5

Probe = Callable[[], Awaitable[str | None]]
"""A look at one part: None when it is well, else a sentence."""


@dataclass(slots=True)
class Health:
    """What the health endpoints ask. Live: restarting would help if it is not. Ready: requests can be served now."""

    live: dict[str, Probe] = field(default_factory=dict)
    ready: dict[str, Probe] = field(default_factory=dict)


def sequencer_health(sequencer: Sequencer, health: Health) -> None:
    """Add what can be seen of a sequencer: stuck, or refusing to publish."""

    async def turning() -> str | None:
        silent = time.monotonic() - sequencer.state.last_turn
        return None if silent < patience_seconds else f"the sequencer made no turn for {silent:.0f} s"

    async def publishing() -> str | None:
        return sequencer.state.refused

    health.live["sequencer"] = turning
    health.ready["publishing"] = publishing


def subscription_health(subscription: Subscription, health: Health) -> None:
    """Add what can be seen of a consumer: dead, or failing for long."""

    async def consuming() -> str | None:
        return None if subscription.health().alive else "the consumer does not poll any more"

    async def succeeding() -> str | None:
        found = subscription.health()
        if found.failing_s < patience_seconds:
            return None
        return f"batches have been failing for {found.failing_s:.0f} s ({found.error})"

    health.live[found := f"consumer {subscription.health().group}"] = consuming
    health.ready[f"{found} succeeding"] = succeeding


async def report(probes: dict[str, Probe]) -> JSONResponse:
    found = {name: await _look(probe) for name, probe in probes.items()}
    wrong = {name: sentence for name, sentence in found.items() if sentence is not None}
    return JSONResponse({"ok": not wrong, "wrong": wrong, "checked": sorted(found)}, 503 if wrong else 200)


async def _look(probe: Probe) -> str | None:
    try:
        return await asyncio.wait_for(probe(), probe_seconds)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"cannot be reached ({type(error).__name__})"
