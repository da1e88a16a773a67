"""Which schema holds each read model, and the batch that reporting applies to the ledger and to all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.reporting import ledger
from services.reporting.erasing import erasures
from services.reporting.read_models.projecting import Statement, statements, types_of
from services.reporting.read_models.projection import Projection
from services.reporting.read_models.voiding import retold, streams_to_retell
from shared.clock import Clock
from shared.consumer import Arrival

channel = "reporting_ledger"
"""Notified when the ledger moved."""

_batches = 0x42_41_54_4F  # an advisory lock: batches share it, a switch of schemas has it alone


async def share(conn: Any) -> None:
    """Keep every read model where it is to the end of this transaction."""
    await conn.execute("select pg_advisory_xact_lock_shared($1)", _batches)


async def stop_batches(conn: Any) -> None:
    """Wait for the batches under way and keep others out to the end of this transaction."""
    await conn.execute("select pg_advisory_xact_lock($1)", _batches)


async def schemas(conn: Any, needs: Iterable[str]) -> dict[str, str]:
    """The schemas of these read models; one that was never built is left out."""
    rows = await conn.fetch("select projection, schema from live where projection = any($1)", list(needs))
    return {row["projection"]: row["schema"] for row in rows}


class Live:
    """What reporting does with events that fit, and with those that were parked."""

    def __init__(self, projections: Mapping[str, Projection], clock: Clock) -> None:
        self._projections = projections
        self._types = {type_ for projection in projections.values() for type_ in types_of(projection)}
        self._clock = clock

    async def apply(self, conn: Any, arrivals: Sequence[Arrival]) -> None:
        """Enter events into the ledger and project them onto every read model, within the batch's transaction."""
        await share(conn)
        found = await schemas(conn, self._projections)
        entering = asyncio.create_task(ledger.add(conn, arrivals, self._clock, parked=False))
        try:
            await asyncio.sleep(0)  # Postgres is at the ledger while we are at the read models
            upto = streams_to_retell(arrivals, self._types)
            projected = self._projected(found, arrivals) if not upto else []
        finally:
            await entering  # whatever happened: the connection is not free before
        if upto:
            undone, entries = await retold(conn, arrivals, upto)
            projected = self._projected(found, entries, undone)
        for statement, rows in projected:
            await conn.execute(statement, rows)
        await erasures.apply(conn, arrivals, self._clock)

    def _projected(
        self, found: Mapping[str, str], entries: Sequence[Any], undone: Sequence[Any] = ()
    ) -> list[Statement]:
        return [
            statement
            for name, schema in found.items()
            for statement in statements(schema, self._projections[name], entries, undone)
        ]

    async def hold(self, conn: Any, arrivals: Sequence[Arrival]) -> None:
        """Enter events that were parked, flagged."""
        await share(conn)
        await ledger.add(conn, arrivals, self._clock, parked=True)
