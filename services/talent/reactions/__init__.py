"""What talent does about its own facts and the clock. It hears its facts through its own topic, as others do."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.talent.reactions import national_support_schools
from shared.consumer import Apply, Arrival
from shared.writer import OnClock

_views: Sequence[Apply] = (national_support_schools.remember,)
on_clock: Sequence[OnClock] = (national_support_schools.follow_headships,)


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep what the reactions want to know of a batch of events."""
    for view in _views:
        await view(connection, arrivals)
