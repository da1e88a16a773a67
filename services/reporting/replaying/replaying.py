"""A replay: everything that a source has into a ledger of its own, read models filled from it, and then compared.

All of it is one transaction that is rolled back, so that nothing is left behind, whatever happens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, Protocol
from uuid import UUID, uuid4

import asyncpg

from services.reporting import ledger
from services.reporting.known import Known, known_now
from services.reporting.ledger import Stream
from services.reporting.read_models.as_of import AsOf, Scratch, Then, fill, holes
from services.reporting.read_models.projecting import analysis, ddl, definition, types_of
from services.reporting.read_models.projection import Projection
from services.reporting.read_models.rebuild import project_or_name
from services.reporting.replaying import own_ledger
from services.reporting.replaying.comparing import differences, rows_of
from services.reporting.replaying.outcome import Model, Replay
from services.reporting.replaying.sources import Source

Destroyed = Callable[[], Awaitable[Collection[UUID]]]
"""Which keys were destroyed: the vault's."""


class Report(Protocol):
    """Told what is done, and of events how many are done and of how many."""

    def __call__(self, what: str, done: int = 0, total: int = 0, /) -> None: ...


_acquire_s = 5.0
_step = 50_000
_SHOWN = "read models filled as reporting shows them"


async def replay(
    pool: asyncpg.Pool,
    projections: Mapping[str, Projection],
    names: Sequence[str],
    as_of: AsOf,
    source: Source,
    destroyed: Destroyed,
    report: Report,
) -> Replay:
    """Some read models as of a moment, from a source, held against what reporting shows of the same moment.

    Args:
        pool: reporting's database, with the role that owns the read models.
        projections: all that there are.

    Raises:
        RebuildRefused: an event cannot be applied. Problem: too many moments are asked for at once.
    """
    schema = f"replay_{uuid4().hex}"
    async with _rolled_back(pool) as conn:
        await own_ledger.create(conn, schema)
        arrived = await _load(conn, schema, source, report)
        settled = await own_ledger.settle(conn)
        known = await own_ledger.known(conn, as_of)
        filling = _Filling(conn, schema, known, await holes(conn, known), await own_ledger.types(conn, known), report)
        filled = [await filling.fill(projections[name]) for name in names]
        then = await Scratch(pool, projections).then(tuple(names), as_of, partial(report, _SHOWN))
        report("Comparing with what reporting shows")
        models = await _compared(conn, filled, then)
        return Replay(
            as_of=str(as_of),
            source=source.name,
            position=known.position,
            events=arrived - settled.repeats,
            repeats=settled.repeats,
            missing=await own_ledger.missing(conn, as_of),
            contradicting=settled.contradicting,
            unreadable=source.unreadable,
            parked=await own_ledger.parked(conn, as_of),
            not_received=await own_ledger.spans(conn, known.indexes, but=then.known.indexes),
            erased=await _erased(conn, known, filled, destroyed),
            models=models,
        )


@asynccontextmanager
async def _rolled_back(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    async with pool.acquire(timeout=_acquire_s) as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            yield conn
        finally:
            await transaction.rollback()


async def _load(conn: Any, schema: str, source: Source, report: Report) -> int:
    what, arrived = f"{source.name}: events read", 0
    async with aclosing(source.batches()) as batches:
        async for batch in batches:
            if _is_a_step(arrived, len(batch)):
                report(what, arrived, source.size)
            await own_ledger.add(conn, schema, batch)
            arrived += len(batch)
    report(what, arrived, arrived)
    return arrived


class _Filled(NamedTuple):
    projection: Projection
    schema: str
    events: int


@dataclass(frozen=True, slots=True)
class _Filling:
    """Read models that are filled from the same known events.

    Attributes:
        types: how many events there are of each type.
    """

    conn: Any
    schema: str
    known: Known
    holes: Mapping[Stream, int]
    types: Mapping[str, int]
    report: Report

    async def fill(self, projection: Projection) -> _Filled:
        own, done = f"{self.schema}_{projection.name}", 0
        total = sum(self.types.get(name, 0) for name in types_of(projection))

        async def apply(conn: Any, schema: str, projection: Projection, rows: Sequence[Any]) -> None:
            nonlocal done
            if _is_a_step(done, len(rows)):
                self.report(f"{projection.name}: events filled", done, total)
            await project_or_name(conn, schema, projection, rows)
            done += len(rows)

        await self.conn.execute(ddl(projection, own))
        events = await fill(self.conn, own, projection, self.known, self.holes, apply=apply)
        await self.conn.execute(analysis(projection, own))
        self.report(f"{projection.name}: filled from {events:,} events")
        return _Filled(projection, own, events)


def _is_a_step(done: int, more: int) -> bool:
    """At the beginning, and whenever so many are done again."""
    return more > 0 and (done == 0 or done // _step < (done + more) // _step)


async def _compared(conn: Any, filled: Sequence[_Filled], then: Then) -> list[Model]:
    """Each with what reporting shows of the moment, and with what is live where that is of the same events."""
    changes = await ledger.changes(conn)
    live = await _live(conn, filled) if (await known_now(conn)).indexes == then.known.indexes else {}
    models = []
    for projection, schema, events in filled:
        shown = {"as_of": then.schemas[projection.name], "live": live.get(projection.name)}
        rows = await rows_of(conn, schema, projection)
        compared = {what: await differences(conn, schema, rows, its, projection) for what, its in shown.items() if its}
        models.append(Model(projection.name, events, rows, compared))
    if await ledger.changes(conn) == changes:
        return models  # else the live ones may have moved on while they were looked at
    return [replace(model, compared={"as_of": model.compared["as_of"]}) for model in models]


async def _live(conn: Any, filled: Sequence[_Filled]) -> dict[str, str]:
    rows = await conn.fetch("select projection, schema, definition from live")
    wanted = {one.projection.name: definition(one.projection) for one in filled}
    return {row["projection"]: row["schema"] for row in rows if wanted.get(row["projection"]) == row["definition"]}


async def _erased(conn: Any, known: Known, filled: Sequence[_Filled], destroyed: Destroyed) -> list[str]:
    types = {type_ for one in filled for type_ in types_of(one.projection)}
    gone = await destroyed()
    return await own_ledger.sealed_with(conn, gone, known, types) if gone else []
