"""The event store: streams of events in one table, appended many at a time, read in order.

`schema_1.sql` holds the tables and `append.sql` the way in; this module is their Python side. Nothing here decides.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import orjson

from shared import crashpoint
from shared.contracts import codec
from shared.contracts.bookkeeping import is_voiding
from shared.contracts.envelope import Envelope, genesis
from shared.gathering import Gathering

Pool = asyncpg.Pool
deadlock_pause_seconds = 0.2
deadlock_tries = 5


def schema(app_role: str) -> str:
    """The tables of a service's history and the way into it, and what the application's role may do with them."""
    return _script("schema_1.sql", app_role) + append_function(app_role)


def append_function(app_role: str) -> str:
    """The function `append` as it is now: it may be put in the place of an older one."""
    return _script("append.sql", app_role)


def _script(name: str, app_role: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").replace("{app}", f'"{app_role}"')


class Recorded(NamedTuple):
    """A stored event. Its personal texts are sealed tokens. A tuple: a long stream makes many of them.

    Attributes:
        meta: the envelope as it was stored and hashed.
    """

    type: str
    meta: bytes
    record: bytes
    hash: bytes
    logindex: int | None = None

    @property
    def envelope(self) -> Envelope:
        """Its envelope, read anew each time: deciding and publishing do without."""
        return Envelope.of_meta(self.meta)

    def is_of(self, trustuid: str) -> bool:
        """Whether it is a trust's: its envelope is canonical JSON, so that these bytes stand nowhere else in it."""
        return b'"trustuid":"%b"' % trustuid.encode() in self.meta

    @property
    def about(self) -> Any:
        """The id of whom a stream is about that begins with this event; None: nobody."""
        return codec.begins_with(orjson.loads(self.record).get)

    def event(self) -> Any:
        """The event itself."""
        return codec.decode(self.type, self.record)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event ready to be appended: its envelope (with the version it will have) and its record."""

    envelope: Envelope
    record: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """The next events of one stream, which is expected to stand at a version (0: it does not exist)."""

    stream: str
    expected: int
    events: Sequence[NewEvent]


@dataclass(frozen=True, slots=True)
class CommandKey:
    """What names a command: the proven origin, the sender's own name for itself, and its id there."""

    origin: str
    source: str
    id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A command's answer, to be remembered: it is written together with the events, or with the refusal."""

    key: CommandKey
    fingerprint: bytes | None
    outcome: str
    receipt: bytes
    at: datetime
    publish: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """What is written whole or not at all."""

    parts: Sequence[Part] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The remembered answer of a command."""

    fingerprint: bytes | None
    outcome: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write: appended, conflict (with the stream and the version it stands at) or known."""

    outcome: str
    conflict_stream: str | None = None
    current_version: int | None = None
    known: Known | None = None


class EventIdReusedError(RuntimeError):
    """An event's id stands elsewhere in the history already. This cannot happen by itself: it is an alarm."""


@dataclass(slots=True)
class Stream:
    """A loaded stream, with all of its events: each one's place among them, from 1, is its version."""

    version: int = 0
    hash: bytes = genesis
    events: list[Recorded] = field(default_factory=list)

    @property
    def standing(self) -> Sequence[Recorded]:
        """Those that count: without what was voided, and without the voidings."""
        voided = {recorded.event().version for recorded in self.events if is_voiding(recorded.type)}
        if not voided:
            return self.events
        return [
            recorded
            for version, recorded in enumerate(self.events, start=1)
            if version not in voided and not is_voiding(recorded.type)
        ]


_whose = (EventIdReusedError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
_Asked = tuple[list[str], list[CommandKey]]
_Loaded = tuple[dict[str, Stream], dict[CommandKey, Known]]


class EventStore:
    """One service's history.

    Args:
        service: the service's name, which is part of every event's type.
        pool: connections with the application's role.
    """

    def __init__(self, service: str, pool: Pool) -> None:
        self.service = service
        self.pool = pool
        self._appending = Gathering(self._append, _whose, apart=_keys)
        self._loading = Gathering(self._load, _whose)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, stream: str) -> asyncio.Lock:
        """The queue of those in this process who lost a race for a stream; forgotten when nobody stands in it."""
        return self._turns.setdefault(stream, asyncio.Lock())

    async def append(self, writes: Sequence[Write]) -> list[Written]:
        """Append a batch in one round trip: each write whole or not at all, one outcome each.

        Raises:
            EventIdReusedError: an id stands elsewhere already; nothing of the batch was written.
            ValueError: an event would not stand where its envelope says; neither was anything.
        """
        for write in writes:
            _check(write.parts)
        return await self._appending(writes)

    async def load(
        self, streams: Iterable[str], commands: Iterable[CommandKey] = ()
    ) -> tuple[dict[str, Stream], dict[CommandKey, Known]]:
        """Read whole streams, and the remembered answers of commands, in one round trip."""
        return await self._loading((list(streams), list(commands)))

    async def _append(self, batches: Sequence[Sequence[Write]]) -> list[list[Written]]:
        """Several callers' batches in one round trip."""
        writes = [write for batch in batches for write in batch]
        rows = iter(await self._append_rows(writes, deadlock_tries))
        crashpoint.reach("append.after_commit")
        return [[_written(next(rows)) for _ in batch] for batch in batches]

    async def _append_rows(self, writes: Sequence[Write], tries: int) -> list[asyncpg.Record]:
        parts = [(number, part) for number, write in enumerate(writes, start=1) for part in write.parts]
        events = [event for _, part in parts for event in part.events]
        answers = [write.answer for write in writes]
        try:
            return await self.pool.fetch(
                "select * from append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)",
                [a and a.key.origin for a in answers],
                [a and a.key.source for a in answers],
                [a and a.key.id for a in answers],
                [a and a.fingerprint for a in answers],
                [a and a.outcome for a in answers],
                [a and a.receipt for a in answers],
                [a and a.at for a in answers],
                [a.publish if a else False for a in answers],
                [number for number, _ in parts],
                [part.stream for _, part in parts],
                [part.expected for _, part in parts],
                [len(part.events) for _, part in parts],
                [e.envelope.id for e in events],
                [e.envelope.type for e in events],
                [e.envelope.meta() for e in events],
                [e.record for e in events],
            )
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):  # over the same answers, not over streams
            if tries == 1:
                raise
            await asyncio.sleep(deadlock_pause_seconds)  # or the two would only meet again, further on
            return await self._append_rows(writes, tries - 1)
        except asyncpg.UniqueViolationError as violation:
            if violation.constraint_name == "event_id_key":
                raise EventIdReusedError(str(violation.detail)) from violation
            raise

    async def _load(self, asked: Sequence[_Asked]) -> list[_Loaded]:
        """What several callers asked for, in one round trip."""
        keys = list(dict.fromkeys(key for _, commands in asked for key in commands))
        rows = await self.pool.fetch(
            _load,
            list({stream for streams, _ in asked for stream in streams}),
            [key.origin for key in keys],
            [key.source for key in keys],
            [key.id for key in keys],
        )
        loaded: dict[str, Stream] = defaultdict(Stream)
        known: dict[CommandKey, Known] = {}
        for name, number, type_, meta, record, hash_, outcome in sorted(rows, key=_by_number):
            if name is None:
                known[keys[number - 1]] = Known(hash_, outcome, record)
                continue
            stream = loaded[name]
            stream.version, stream.hash = number, hash_
            stream.events.append(Recorded(type_, meta, record, hash_))
        return [
            (
                defaultdict(Stream, {stream: loaded[stream] for stream in streams if stream in loaded}),
                {key: known[key] for key in commands if key in known},
            )
            for streams, commands in asked
        ]

    async def read_log(self, start: int, limit: int) -> list[Recorded]:
        """Numbered events in log order, from a logindex on."""
        rows = await self.pool.fetch(
            """select e.type, e.meta, e.record, e.hash, l.logindex from log l join event e using (position)
               where l.logindex >= $1 order by l.logindex limit $2""",
            start,
            limit,
        )
        return [Recorded(*row) for row in rows]

    async def event(self, event_id: UUID) -> Recorded | None:
        """An event by its id."""
        row = await self.pool.fetchrow("select type, meta, record, hash from event where id = $1", event_id)
        return Recorded(*row) if row else None

    async def answer_of(self, key: CommandKey) -> Known | None:
        """The remembered answer of one command."""
        _, known = await self.load((), [key])
        return known.get(key)


# In no order: Postgres would sort whole rows.
_load = """
select stream, version as number, type, meta, record, hash, null as outcome from event where stream = any($1)
union all
select null, asked.number::int, null, null, c.receipt, c.fingerprint, c.outcome
from unnest($2::text[], $3::text[], $4::text[]) with ordinality as asked(origin, source, id, number)
join command c using (origin, source, id)
"""
_by_number = itemgetter("number")


def _check(parts: Sequence[Part]) -> None:
    """The parts of one write: an envelope is hashed, so it must say where its event will stand."""
    for part in parts:
        for version, event in enumerate(part.events, start=part.expected + 1):
            if (event.envelope.stream, event.envelope.version) != (part.stream, version):
                raise ValueError("an event's envelope names another stream or version than its part")
    if len({part.stream for part in parts}) != len(parts):
        raise ValueError("a write has two parts of one stream")


def _keys(writes: Sequence[Write]) -> set[CommandKey]:
    """What two batches of one round trip cannot both have: each command is answered once."""
    return {write.answer.key for write in writes if write.answer is not None}


def _written(row: asyncpg.Record) -> Written:
    known = None
    if row["outcome"] == "known":
        known = Known(row["known_fingerprint"], row["known_outcome"], row["known_receipt"])
    return Written(row["outcome"], row["conflict_stream"], row["current_version"], known)
