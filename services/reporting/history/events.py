"""Events as they stand in the ledger, found by what names them. What was not known as of a moment is not among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting.history.about import kind_of, of_own_schools
from services.reporting.known import Known
from services.reporting.ledger import Entry
from services.reporting.seeing.scope import current
from shared.contracts import codec
from shared.contracts.bookkeeping import RecordVoided
from shared.contracts.envelope import Envelope

COLUMNS = "l.service, l.logindex, l.meta, l.record, l.visible_at, l.about, l.urn"


class Place(NamedTuple):
    """Where an event stands in the order in which events were recorded."""

    time: datetime
    service: str
    logindex: int


@dataclass(frozen=True, slots=True)
class Found(Entry):
    """An event of the ledger, as who asks for it sees it.

    Attributes:
        event: of a list of schools only those that are theirs: what went to twelve schools went to their own.
        visible_at: when it became visible here.
        names: the people and schools that it names itself; of schools likewise.
        urns: every school that it names, whoever asks.
    """

    visible_at: datetime
    names: tuple[str, ...]
    urns: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Any) -> Found:
        """Of a row with `COLUMNS`."""
        entry = Entry.of(row)
        urns = tuple(name for name in _named(row["about"], row["urn"]) if kind_of(name) == "school")
        return cls(
            entry.delivered, of_own_schools(entry.event), row["visible_at"], names(row["about"], row["urn"]), urns
        )

    @property
    def envelope(self) -> Envelope:
        return self.delivered.envelope

    @property
    def id(self) -> UUID:
        return self.delivered.envelope.id

    @property
    def place(self) -> Place:
        return Place(self.envelope.time, self.service, self.delivered.logindex)


def names(about: Sequence[str] | None, urn: str | None) -> tuple[str, ...]:
    """Of the ledger's two columns, each name once; of schools those that who asks sees."""
    own = current().urns
    named = _named(about, urn)
    return tuple(name for name in named if own is None or name in own or kind_of(name) != "school")


def _named(about: Sequence[str] | None, urn: str | None) -> Sequence[str]:
    return list(dict.fromkeys([*([urn] if urn else []), *(about or ())]))


class Arguments(list[Any]):
    """A query's: called with a value, it gives what stands for it in the SQL."""

    def __call__(self, value: Any) -> str:
        self.append(value)
        return f"${len(self)}"


def known(argument: Arguments, then: Known | None) -> str:
    """The condition that `l` was known then; of a stream only what has no hole below: a clock may be turned back.

    Args:
        then: what was known; None is what is known now.
    """
    if then is None:
        return "not l.parked"
    services, indexes = argument(list(then.indexes)), argument(list(then.indexes.values()))

    def told(row: str) -> str:
        whole = f"select from unnest({services}::text[], {indexes}::text[]) k (service, indexes)"
        return f"exists ({whole} where k.service = {row}.service and {row}.logindex <@ k.indexes::int8multirange)"

    below = "b.service = l.service and b.stream = l.stream and b.streamversion < l.streamversion"
    hole = f"select from ledger b where {below} and not {told('b')}"
    return f"{told('l')} and not exists ({hole})"


async def by_ids(conn: Any, ids: Sequence[UUID], then: Known | None = None) -> Mapping[UUID, Found]:
    """Those of these events that are known."""
    argument = Arguments()
    condition = f"l.id = any({argument(list(dict.fromkeys(ids)))})"
    return {found.id: found for found in await _found(conn, condition, argument, then)}


async def in_stream(conn: Any, service: str, stream: str, then: Known | None = None) -> list[Found]:
    """A stream's events in their order."""
    argument = Arguments()
    condition = f"l.service = {argument(service)} and l.stream = {argument(stream)}"
    return await _found(conn, condition, argument, then)


def cause_of(event: Found) -> UUID | None:
    """The event that caused this one, where it was one."""
    try:
        return UUID(event.envelope.causation_id or "")
    except ValueError:
        return None


async def caused_by(conn: Any, ids: Sequence[UUID], then: Known | None = None) -> list[Found]:
    """What these events caused."""
    argument = Arguments()
    return await _found(conn, f"l.cause = any({argument([str(one) for one in ids])})", argument, then)


async def corrections(conn: Any, streams: Sequence[str], then: Known | None = None) -> Mapping[UUID, Found]:
    """What in these streams says that an event is void, or else stands in its place; by the id of that event."""
    argument = Arguments()
    condition = f"l.stream = any({argument(list(dict.fromkeys(streams)))}) and l.type = any({argument(_correcting())})"
    found = await _found(conn, condition, argument, then)
    void = {one.event.event_id: one for one in found if is_voiding(one)}
    instead = {one.event.supersedes: one for one in found if not is_voiding(one) and one.id not in void}
    return instead | void


def is_voiding(found: Found) -> bool:
    """Whether it says that another event is void."""
    return isinstance(found.event, RecordVoided)


@cache
def _correcting() -> list[str]:
    """The wire names of what puts another event right."""
    return [
        name
        for contract in codec.contracts.values()
        for name, cls in contract.types.items()
        if issubclass(cls, RecordVoided) or "supersedes" in {field.name for field in fields(cls)}
    ]


async def _found(conn: Any, condition: str, argument: Arguments, then: Known | None) -> list[Found]:
    where = f"{condition} and {known(argument, then)}"
    query = f"select {COLUMNS} from ledger l where {where} order by l.time, l.service, l.logindex"  # noqa: S608 - ours
    rows = await conn.fetch(query, *argument)
    return [Found.of(row) for row in rows]
