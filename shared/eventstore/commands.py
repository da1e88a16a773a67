"""What is asked of a service and what it answers: a command in its context, what it is decided on, its outcome."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, NoReturn, TypeVar
from uuid import NAMESPACE_URL, UUID

from uuid_utils.compat import uuid5

from shared.clock import beginning_of
from shared.contracts import canonical
from shared.decider import AnyDecider, Decider, NotYet, Rejected
from shared.eventstore.store import CommandKey, Recorded, Stream

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")
Decision = Mapping[str, Sequence[Any]]
Status = Literal["accepted", "duplicate", "refused", "parked", "conflict"]

commands = uuid5(NAMESPACE_URL, "uk.mat/commands")


class States:
    """What a decision is made on: the time, and the folded state of each stream that was read, and its events."""

    def __init__(self, at: datetime, reads: Mapping[str, AnyDecider], loaded: Mapping[str, Stream]) -> None:
        self.at = at
        self._loaded = loaded
        self._folded = {
            stream: decider.fold(recorded.event() for recorded in self.history(stream))
            for stream, decider in reads.items()
        }

    def __getitem__(self, stream: str) -> Any:
        """The state of a stream."""
        return self._folded[stream]

    def history(self, stream: str) -> Sequence[Recorded]:
        """The events of a stream that stand, oldest first: without what was voided."""
        return self._loaded[stream].standing if stream in self._loaded else ()

    def recorded(self, stream: str) -> Sequence[Recorded]:
        """All events of a stream, oldest first, also what was voided: the first has the version 1."""
        return self._loaded[stream].events if stream in self._loaded else ()


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks for a command, for which trust, and why.

    Attributes:
        key: what the command is remembered by.
        claim: canonical bytes of what was asked, for its fingerprint.
        urns: the schools that they may speak for; None: every school of the trust.
        happened_at: when it happened, if not now.
        publish: whether the answer also goes to the origin's receipts topic.
        redrive: this is the second life of a parked claim, whose answer may be replaced.
        chain_depth: how many reactions led to it.
        fields_in: where the sender sees the fields that a rule names: a JSON pointer to what holds them.
    """

    key: CommandKey
    trustuid: str
    actor: str
    claim: bytes
    correlation_id: str
    causation_id: str | None = None
    happened_at: datetime | None = None
    urns: frozenset[str] | None = None
    publish: bool = False
    redrive: bool = False
    chain_depth: int = 0
    fields_in: str = ""

    @property
    def command_id(self) -> UUID:
        """The command's id, from which its events' ids are made."""
        return uuid5(commands, f"{self.key.origin}\n{self.key.source}\n{self.key.id}")


def on_day(day: date, context: Context) -> Context:
    """What has a day of its own happened when that day began."""
    return replace(context, happened_at=beginning_of(day))


@dataclass(frozen=True)
class Act:
    """One command on its streams.

    Attributes:
        reads: the streams to fold, each with its decider.
        decide: the folded states, by stream, to the new events, by stream. May raise `Rejected` or `NotYet`.
        expected: versions that the sender insists on; others are settled by deciding again.
        writes: the streams it may write, where they are fewer than it reads.
        holds: streams that must still be as they were read when something is written, also where nothing is to them.
        about: subjects of whom it speaks without a text of theirs: once one of them was erased, it is refused.
    """

    context: Context
    reads: Mapping[str, AnyDecider]
    decide: Callable[[States], Decision]
    expected: Mapping[str, int] = dataclasses.field(default_factory=dict)
    writes: frozenset[str] | None = None
    holds: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command's answer.

    Attributes:
        streams: the version that each written stream has now.
        current_version: on a conflict, the version that the stream stands at.
        waits_for: what brings a parked command back.
    """

    status: Status
    code: str | None = None
    field: str | None = None
    message: str | None = None
    streams: Mapping[str, int] = dataclasses.field(default_factory=dict)
    current_version: int | None = None
    waits_for: str | None = None

    @property
    def receipt(self) -> bytes:
        """What is remembered and sent: the answer without its empty parts."""
        return canonical.dumps(self.content())

    @classmethod
    def of(cls, receipt: bytes) -> Outcome:
        """The answer that was remembered."""
        content = json.loads(receipt)
        return cls(content.pop("outcome"), **content)

    def content(self) -> dict[str, Any]:
        """The answer as JSON-ready content."""
        named = {
            "outcome": self.status,
            "code": self.code,
            "field": self.field,
            "message": self.message,
            "streams": dict(self.streams) or None,
            "waits_for": self.waits_for,
        }
        return {name: content for name, content in named.items() if content is not None}


def act(decider: Decider[C, S, E], stream: str, command: C, context: Context) -> Act:
    """The usual act: one command on one stream."""
    return Act(context, {stream: decider}, lambda states: {stream: decider.decide(command, states[stream])})


def answered(context: Context, answer: Rejected | NotYet) -> Act:
    """An act that decides nothing: its answer is fixed already, and is remembered like any other."""

    def decide(_: States) -> NoReturn:
        raise answer

    return Act(context, {}, decide)
