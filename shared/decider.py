"""Deciding: a command and what happened so far give what happens now, or a refusal. Pure.

The shape is Jérémie Chassaing's decider: initial state, `decide`, `evolve`. An empty list means "already done".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


class Rejected(Exception):
    """A command that the rules do not allow.

    Attributes:
        code: stable and in snake case; clients may rely on it.
        field: JSON pointer to the part of the claim that is the reason, where there is one.
        message: a sentence for the person who sent it; never quotes what they sent.
    """

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field


class NotYet(Exception):
    """A command that cannot be decided yet: it is kept, and decided when what it waits for is there.

    Attributes:
        waits_for: the stream that brings it back when it begins; None: whoever keeps it knows what does.
    """

    def __init__(self, code: str, message: str, *, waits_for: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.waits_for = waits_for


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S, E]):
    """One aggregate: where it starts, what may happen to it (`decide` may refuse), what that makes of it (`evolve`)."""

    initial: S
    decide: Callable[[C, S], list[E]]
    evolve: Callable[[S, E], S]

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        """Fold events, oldest first, into the state; from `state` on where it is given."""
        return reduce(self.evolve, events, self.initial if state is None else state)


AnyDecider = Decider[Any, Any, Any]

whatever_stood: AnyDecider = Decider(None, lambda *_: [], lambda *_: None)
"""Of a stream whose events do not depend on each other: what stood in it is not looked at."""
