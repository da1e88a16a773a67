"""The ledger a page at a time, newest first, as far as somebody wants to see it.

A school's events, a stream's and a request's are found by an index; whatever else is wanted is looked for among the
events of some time, so many at most for one page: however rare it is, a page takes no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.reporting.history.events import COLUMNS, Arguments, Found, Place, known
from services.reporting.known import Known

LOOKED_THROUGH = 100_000
_newest_first = "order by l.time desc, l.service desc, l.logindex desc"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events somebody looks for; what is None does not matter.

    Attributes:
        types: wire names.
        urns: the schools that are named, under any of these URNs.
        since, until: when it was recorded; `until` is outside.
    """

    trustuid: str | None = None
    types: tuple[str, ...] | None = None
    urns: tuple[str, ...] | None = None
    stream: str | None = None
    service: str | None = None
    correlation: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first.

    Attributes:
        before: where to go on from; None where there is nothing before.
        whole: whether there are as many as a page holds. If not, nothing else was found back to `before`.
    """

    events: tuple[Found, ...]
    before: Place | None
    whole: bool


async def browse(
    conn: Any,
    wanted: Wanted,
    *,
    before: Place | None,
    most: int,
    then: Known | None = None,
    through: int = LOOKED_THROUGH,
) -> Page:
    """The newest of these events before a place.

    Args:
        through: how many events to look through.
    """
    argument = Arguments()
    time = " and ".join(_time(argument, wanted, before))
    found_by = " and ".join(_by_an_index(argument, wanted))
    end = f" and {found_by} offset 0" if found_by else f" {_newest_first} limit {through}"
    some = f"select l.* from ledger l where {time}{end}"  # noqa: S608 - ours, and so are those below
    where = " and ".join([*_others(argument, wanted), known(argument, then)])
    query = f"select {COLUMNS} from ({some}) l where {where} {_newest_first} limit {most + 1}"  # noqa: S608
    rows = await conn.fetch(query, *argument)
    found = tuple(Found.of(row) for row in rows[:most])
    if len(rows) > most:
        return Page(found, found[-1].place, whole=True)
    return Page(found, None if found_by else await _looked_back_to(conn, wanted, before, through), whole=False)


async def _looked_back_to(conn: Any, wanted: Wanted, before: Place | None, through: int) -> Place | None:
    """The last event that was looked at, if there were so many."""
    argument = Arguments()
    time = " and ".join(_time(argument, wanted, before))
    last = f"{_newest_first} limit 1 offset {through - 1}"
    query = f"select l.time, l.service, l.logindex from ledger l where {time} {last}"  # noqa: S608
    row = await conn.fetchrow(query, *argument)
    return Place(*row) if row else None


def _time(argument: Arguments, wanted: Wanted, before: Place | None) -> Iterator[str]:
    yield "not l.parked"
    if before is not None:
        yield f"(l.time, l.service, l.logindex) < ({', '.join(map(argument, before))})"
    if wanted.since is not None:
        yield f"l.time >= {argument(wanted.since)}"
    if wanted.until is not None:
        yield f"l.time < {argument(wanted.until)}"


def _by_an_index(argument: Arguments, wanted: Wanted) -> Iterator[str]:
    if wanted.urns is not None:
        urns = argument(list(wanted.urns))
        yield f"(l.urn = any({urns}) or l.about && {urns}::text[])"
    if wanted.stream is not None:
        yield f"l.stream = {argument(wanted.stream)}"
    if wanted.correlation is not None:
        yield f"l.correlation = {argument(wanted.correlation)}"


def _others(argument: Arguments, wanted: Wanted) -> Iterator[str]:
    if wanted.trustuid is not None:
        yield f"l.trustuid = {argument(wanted.trustuid)}"
    if wanted.types is not None:
        yield f"l.type = any({argument(list(wanted.types))})"
    if wanted.service is not None:
        yield f"l.service = {argument(wanted.service)}"
