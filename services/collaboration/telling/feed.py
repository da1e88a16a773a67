"""The one source of what schools are told: this service's own log, read by whoever brings it to them.

An event is told as it was published: with its id, its type and its attributes; only its texts stand in clear. Nothing
is kept in clear here: a text is opened at the moment in which it is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from cryptography.exceptions import InvalidTag

from services.collaboration.domain.item import item_stream
from services.collaboration.telling.audience import audiences, comes_with, looks_back, schools
from shared.clock import Clock, today
from shared.contracts import canonical, codec
from shared.contracts.collaboration.loop import StandardAgendaItemIssued
from shared.contracts.envelope import Envelope
from shared.contracts.vocabulary import Urn
from shared.eventstore import EventStore, Recorded
from shared.intake.successions import receipts_reach, successions_of
from shared.vault import ErasedSubjectError, Keys, LostKeyError, Vault

log = structlog.get_logger()

at_once = 500
"""How much of the log is looked at in one go."""
ERASED = "This text was erased."
UNREADABLE = "This text cannot be read."


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the log, as it was stored and as it is read."""

    logindex: int
    recorded: Recorded = field(compare=False)
    envelope: Envelope = field(compare=False)
    event: Any = field(compare=False)

    @property
    def stream(self) -> str:
        return self.envelope.stream


@dataclass(frozen=True, slots=True)
class Told:
    """One school is told one event."""

    urn: Urn
    entry: Entry


class Feed:
    """Reads what schools are told."""

    def __init__(self, store: EventStore, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def read(self, start: int) -> tuple[int, list[Told]]:
        """What of the next part of the log is for whom, in the log's order; and where the part after it begins."""
        end: int = await self._store.pool.fetchval(_end, start, at_once)
        if end <= start:
            return start, []
        return end, await self._for_schools(await self._entries(_of_types, start, end, _told))

    async def open_items(self, urns: Collection[Urn], before: int) -> list[Told]:
        """What these schools are asked in the cycles that are not over, as far as it stands before a place in the log.

        A school that is new is told this first.
        """
        now = self._clock.now()
        found = await successions_of(self._store.pool, urns, now)
        names = {name for urn in urns for name in found.names(urn)}
        asked = await self._store.pool.fetch(_asked, list(names), today(now))
        streams = await self._streams({item_stream(row["item_id"]) for row in asked})
        issued = [
            entry
            for stream in streams.values()
            for entry in stream
            if isinstance(entry.event, StandardAgendaItemIssued) and entry.logindex < before
        ]
        every = await self._for_schools(sorted(issued, key=lambda entry: entry.logindex))
        return [one for one in every if one.urn in urns]

    async def at(self, logindexes: Collection[int]) -> list[Entry]:
        """These events, in the log's order."""
        return await self._entries(_at, list(logindexes))

    async def sealed_for(self, subjects: Collection[str], streams: Collection[str]) -> list[Entry]:
        """What of these streams schools are told, with a text that is sealed for one of these subjects."""
        entries = await self._entries("e.stream = any($1) and e.type = any($2)", list(streams), _told)
        return [e for e in entries if not set(codec.subjects(e.event, e.stream).values()).isdisjoint(subjects)]

    async def opened(self, entries: Iterable[Entry]) -> dict[Entry, bytes]:
        """The contents of these events with their texts in clear; what was erased says so."""
        subjects = {entry: codec.subjects(entry.event, entry.stream) for entry in entries}
        keys = await self._vault.existing_keys({subject for named in subjects.values() for subject in named.values()})
        return {entry: _opened(entry, named, keys) for entry, named in subjects.items()}

    async def _for_schools(self, entries: Sequence[Entry]) -> list[Told]:
        """Who is told these events, and what comes with them. A school that goes by two URNs for a time has both."""
        own = {entry.stream for entry in entries if looks_back(entry.event)}
        others = {stream for entry in entries for stream in comes_with(entry.event)}
        streams = await self._streams(own | others)
        whose = {e: schools(e.event, [earlier.event for earlier in streams[e.stream]]) for e in entries}
        every = {urn for urns in whose.values() for urn in urns}
        reach = await receipts_reach(self._store.pool, every, self._clock.now())
        told = []
        for entry, urns in whose.items():
            before: list[Entry] = []
            for stream, kind in comes_with(entry.event).items():
                before += [other for other in streams[stream] if isinstance(other.event, kind)][-1:]
            for name in dict.fromkeys(name for urn in urns for name in sorted(reach[urn])):
                told += [Told(name, one) for one in (*before, entry)]
        return list(dict.fromkeys(told))

    async def _streams(self, names: Collection[str]) -> Mapping[str, Sequence[Entry]]:
        """Whole streams, in one round trip."""
        found: dict[str, list[Entry]] = defaultdict(list)
        if names:
            for entry in await self._entries(_whole, list(names)):
                found[entry.stream].append(entry)
        return found

    async def _entries(self, query: str, *arguments: Any) -> list[Entry]:
        found = [
            Recorded(*row) for row in await self._store.pool.fetch(f"{_entry} {query} order by l.logindex", *arguments)
        ]
        return [Entry(recorded.logindex or 0, recorded, recorded.envelope, recorded.event()) for recorded in found]


def _opened(entry: Entry, subjects: Mapping[str, str], keys: Keys) -> bytes:
    content = orjson.loads(entry.recorded.record)
    for name, subject in subjects.items():
        place = codec.place(entry.stream, str(entry.envelope.id), name)
        try:
            content[name] = keys.open(subject, content[name], place)
        except ErasedSubjectError:
            content[name] = ERASED
        except (LostKeyError, InvalidTag, ValueError):
            log.warning("text_unreadable", stream=entry.stream, event_id=str(entry.envelope.id), field=name)
            content[name] = UNREADABLE
    return canonical.dumps(content)


_told = codec.type_names_of(*audiences)
_end = "select least(coalesce(max(logindex) + 1, 0), $1::bigint + $2) from log"
_entry = "select e.type, e.meta, e.record, e.hash, l.logindex from log l join event e using (position) where"
_of_types = "l.logindex >= $1 and l.logindex < $2 and e.type = any($3)"
_at = "l.logindex = any($1)"
_whole = "e.stream = any($1)"
_asked = """
select distinct a.item_id from asked a join cycle c using (trustuid, cycle) where a.urn = any($1) and c.ends_on >= $2
"""
