"""This service's view of what schools are asked: the cycles, the focus areas, and which items wait for an answer.

It hears its own facts through its own topic, as others do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg

from shared.consumer import Arrival
from shared.contracts.collaboration.loop import (
    AgendaItemFeedbackGiven,
    CycleOpened,
    FeedbackOverdue,
    FocusAreaSet,
    StandardAgendaItemIssued,
)
from shared.intake import View


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep what this service wants to know of a batch of events: one statement for each type that it listens to."""
    by_type: dict[type[Any], list[Any]] = defaultdict(list)
    for arrival in arrivals:
        by_type[type(arrival.event)].append(arrival.event)
    for kind, write in _writes.items():
        if kind in by_type:
            await write(connection, by_type[kind])


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these cycles, focus areas and items. An item stays settled: answers are corrected, never voided."""
    cycles = [a.event for a in heard if isinstance(a.event, CycleOpened)]
    await connection.execute(
        """delete from cycle c using unnest($1::text[], $2::text[]) f(trustuid, cycle)
           where (c.trustuid, c.cycle) = (f.trustuid, f.cycle)""",
        [e.trustuid for e in cycles],
        [e.cycle for e in cycles],
    )
    focus_ids = [a.event.focus_id for a in heard if isinstance(a.event, FocusAreaSet)]
    await connection.execute("delete from focus_area where focus_id = any($1::uuid[])", focus_ids)
    item_ids = [a.event.item_id for a in heard if isinstance(a.event, StandardAgendaItemIssued)]
    await connection.execute("delete from asked where item_id = any($1::uuid[])", item_ids)


view = View(remember, forget)


async def _cycles(connection: asyncpg.Connection, opened: Sequence[CycleOpened]) -> None:
    await connection.execute(
        """insert into cycle select * from unnest($1::text[], $2::text[], $3::date[], $4::date[])
           on conflict do nothing""",
        [e.trustuid for e in opened],
        [e.cycle for e in opened],
        [e.starts_on for e in opened],
        [e.ends_on for e in opened],
    )


async def _focus_areas(connection: asyncpg.Connection, agreed: Sequence[FocusAreaSet]) -> None:
    await connection.execute(
        "insert into focus_area select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing",
        [e.focus_id for e in agreed],
        [e.title for e in agreed],
        [e.question for e in agreed],
    )


async def _items(connection: asyncpg.Connection, issued: Sequence[StandardAgendaItemIssued]) -> None:
    asked = [(e, urn) for e in issued for urn in e.applies_to]
    await connection.execute(
        """insert into asked (item_id, urn, trustuid, cycle, focus_id, due_by)
           select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[])
           on conflict do nothing""",
        [e.item_id for e, _ in asked],
        [urn for _, urn in asked],
        [e.trustuid for e, _ in asked],
        [e.cycle for e, _ in asked],
        [e.focus_id for e, _ in asked],
        [e.due_by for e, _ in asked],
    )


async def _settled(
    connection: asyncpg.Connection, settled: Sequence[AgendaItemFeedbackGiven | FeedbackOverdue]
) -> None:
    await connection.execute(
        """update asked a set settled = true from unnest($1::uuid[], $2::text[]) s(item_id, urn)
           where (a.item_id, a.urn) = (s.item_id, s.urn)""",
        [e.item_id for e in settled],
        [e.urn for e in settled],
    )


_Write = Callable[[asyncpg.Connection, Sequence[Any]], Awaitable[None]]
_writes: Mapping[type[Any], _Write] = {
    CycleOpened: _cycles,
    FocusAreaSet: _focus_areas,
    StandardAgendaItemIssued: _items,
    AgendaItemFeedbackGiven: _settled,
    FeedbackOverdue: _settled,
}
"""In this order: what an item's settling changes has to be there first."""
