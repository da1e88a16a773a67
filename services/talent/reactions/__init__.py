"""What talent does about facts and the clock: one module a reaction. It hears its own facts through its own topic."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.talent.reactions import leaving, national_support_schools
from services.talent.reactions.experience import bank_experience
from shared.consumer import Apply, Arrival
from shared.reactions import Reaction
from shared.writer import OnClock

_remembering: Sequence[Apply] = (leaving.remember, national_support_schools.remember)
reactions: Sequence[Reaction] = (bank_experience,)
on_clock: Sequence[OnClock] = (leaving.close_records, national_support_schools.follow_headships)


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Let every reaction keep what it wants to know of a batch of events."""
    for keep in _remembering:
        await keep(connection, arrivals)
