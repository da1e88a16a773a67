"""What a fault run leaves behind, as plain values: what was asked and answered, and what every part holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

Outcome = Literal["ok", "fail", "unknown"]
Stream = tuple[str, str]
"""A service and its stream."""
Holder = Literal["store", "file", "topic", "reporting"]
HOLDERS: tuple[Holder, ...] = get_args(Holder)


@dataclass(frozen=True, slots=True, order=True)
class Anomaly:
    """One thing that is wrong, and where."""

    name: str
    where: str
    what: str


@dataclass(slots=True, kw_only=True)
class Asked:
    """One thing that a client asked for, under an id of its own, and what it was told.

    Attributes:
        line: what the client says in an order of its own (one thing after the answer to another); None: in no order.
        events: how many events it makes when it is accepted. `correlationid` of each is `id`.
        outcome: of what was asked several times, the last word. A time-out is "unknown".
        times: when it was sent first, and when the last word came, in seconds since 1970.
    """

    id: str
    service: str
    trustuid: str
    line: str | None = None
    events: int = 1
    outcome: Outcome = "unknown"
    asked_at: float = 0.0
    answered_at: float | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A row of a store. What the envelope says of itself is under `said`."""

    service: str
    logindex: int | None
    stream: str
    version: int
    id: str
    meta: bytes
    record: bytes
    prev_hash: bytes
    hash: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.meta)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A record of a topic of events."""

    service: str
    partition: int
    offset: int
    at: float
    logindex: int
    stream: str
    version: int
    id: str
    meta: bytes
    record: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A row of reporting's ledger."""

    service: str
    logindex: int
    stream: str
    version: int
    id: str
    trustuid: str
    meta: bytes
    record: bytes
    visible_at: datetime
    parked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A place that was moved: a writer's publishing cursor, or how far a consumer is in a partition."""

    what: str
    was: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far reporting is in a partition, and where the partition begins and ends."""

    topic: str
    partition: int
    next: int
    first: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A checkpoint of a service's log, and where it is held."""

    service: str
    where: Holder
    note: str


@dataclass(slots=True, kw_only=True)
class History:
    """Everything that the oracle judges.

    Attributes:
        sealed: each place's checkpoints in the order that it holds them.
        keys: what each service's checkpoints are verified with.
        heads: the version that reporting applied last of each stream.
        reports: the rows that reporting serves, by report, read at `reported_at`.
        calm_from: what was recorded from this moment on met no fault any more.
    """

    asked: Sequence[Asked] = ()
    stored: Sequence[Stored] = ()
    published: Sequence[Published] = ()
    entered: Sequence[Entered] = ()
    heads: Mapping[Stream, int] = field(default_factory=dict)
    places: Sequence[Place] = ()
    moved: Sequence[Moved] = ()
    sealed: Sequence[Sealed] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    reported_at: datetime | None = None
    calm_from: datetime | None = None
