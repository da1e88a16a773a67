"""What collaboration does about facts and the clock: one module each. It hears its own facts through its own topic."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.collaboration.reactions import agenda_view
from services.collaboration.reactions.drafting import draft_capacity_request
from services.collaboration.reactions.overdue import record_overdue
from shared.consumer import Apply, Arrival
from shared.reactions import Reaction
from shared.writer import OnClock

_remembering: Sequence[Apply] = (agenda_view.remember,)
reactions: Sequence[Reaction] = (draft_capacity_request,)
on_clock: Sequence[OnClock] = (record_overdue,)


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Let every view keep what it wants to know of a batch of events."""
    for keep in _remembering:
        await keep(connection, arrivals)
