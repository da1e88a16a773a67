"""Whose data the trust keeps, for how long, and whose it has kept long enough: read from the register's own streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from services.talent.domain.person import Person, person, person_stream
from services.talent.domain.personal_data import PersonalData, personal_data
from services.talent.domain.retention import Years, is_engaged, kept_until
from shared.contracts import canonical, codec
from shared.contracts.bookkeeping import RecordVoided, standing
from shared.contracts.talent.register import EngagementKind
from shared.contracts.vocabulary import Day, Id, TrustUid
from shared.eventstore import EventStore

_at_once = 2_000


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose data no rule keeps any more.

    Attributes:
        kept_until: the last day on which one did.
        kinds: what they were to the trust.
    """

    person_id: Id
    kept_until: Day
    kinds: tuple[EngagementKind, ...]


@dataclass(frozen=True, slots=True)
class Retained:
    """A trust's people, one each however many entries the register has of them.

    Attributes:
        due: whose data is to be erased, the longest due first.
        counts: how many people are `due`, `held` (due, but for a legal hold), `kept` by a rule, `engaged` (no last day
            yet), of `no_rule` (in the register and never engaged), and `erased`.
    """

    due: tuple[Due, ...]
    counts: dict[str, int]


class Entry(NamedTuple):
    """An entry of the register, and what was decided about the data held under it."""

    person_id: Id
    person: Person
    decided: PersonalData


async def retained(store: EventStore, trustuid: TrustUid, years: Years, on: date) -> Retained:
    """A trust's people on a day."""
    entries = [entry async for entry in _entries(store, trustuid)]
    merged = {one.person_id: one.person.merged.into_person_id for one in entries if one.person.merged is not None}
    held = {_survivor(one.person_id, merged) for one in entries if one.decided.is_held}
    counts = Counter(dict.fromkeys(("due", "held", "kept", "engaged", "no_rule", "erased"), 0))
    due = []
    for entry in entries:
        if entry.person_id in merged or entry.person.known_as is None:
            continue
        until = kept_until(entry.person, years)
        where = _where(entry, until, on, is_held=entry.person_id in held)
        counts[where] += 1
        if where == "due" and until is not None:
            due.append(Due(entry.person_id, until, _kinds(entry.person)))
    return Retained(tuple(sorted(due, key=lambda one: (one.kept_until, one.person_id))), dict(counts))


def _where(entry: Entry, until: Day | None, on: date, *, is_held: bool) -> str:
    if entry.decided.erased is not None:
        return "erased"
    if is_engaged(entry.person):
        return "engaged"
    if until is None:
        return "no_rule"
    if on <= until:
        return "kept"
    return "held" if is_held else "due"


def _kinds(state: Person) -> tuple[EngagementKind, ...]:
    return tuple(sorted({one.kind for one in state.started.values()}))


def _survivor(person_id: Id, merged: dict[Id, Id]) -> Id:
    while person_id in merged:
        person_id = merged[person_id]
    return person_id


class _Told(NamedTuple):
    event: Any
    version: int


async def _entries(store: EventStore, trustuid: TrustUid) -> AsyncIterator[Entry]:
    """All of a trust's entries; an envelope is canonical JSON, so an attribute is found as it is written."""
    attribute = canonical.dumps({"trustuid": trustuid})[1:-1]
    async with store.pool.acquire() as connection, connection.transaction(readonly=True):
        rows: list[Any] = []
        async for row in connection.cursor(_query, attribute, prefetch=_at_once):
            if rows and rows[-1]["person_id"] != row["person_id"]:
                yield _entry(rows)
                rows = []
            rows.append(row)
        if rows:
            yield _entry(rows)


def _entry(rows: list[Any]) -> Entry:
    told = {stream: list(_standing(of_it)) for stream, of_it in groupby(rows, key=lambda row: row["stream"])}
    person_id = UUID(rows[0]["person_id"])
    known = told.pop(person_stream(person_id), [])
    return Entry(person_id, person.fold(known), personal_data.fold(event for rest in told.values() for event in rest))


def _standing(rows: Iterator[Any]) -> Iterator[Any]:
    told = [_Told(codec.decode(row["type"], row["record"]), row["version"]) for row in rows]
    return (one.event for one in standing(told) if not isinstance(one.event, RecordVoided))


_query = """
select right(stream, 36) as person_id, stream, version, type, record from event
where (stream like 'person-%' or stream like 'personal-data-%') and position($1::bytea in meta) > 0
order by person_id, stream, version
"""
