"""Commands that arrive more than once: what the repeats may not change. Whatever of it is voided, the rest folds."""

from collections.abc import Iterable
from typing import TypeVar

from shared.decider import Decider, Rejected
from tests.support.voided import without_one

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


def after(decider: Decider[C, S, E], commands: Iterable[C]) -> tuple[S, list[C]]:
    """The state after these commands, and those of them that were not refused."""
    taken, happened = _happened(decider, commands)
    list(without_one(decider, happened))
    return decider.fold(happened), taken


def whatever_stands(decider: Decider[C, S, E], commands: Iterable[C]) -> list[S]:
    """The state after these commands, and each in which it may be left when something turns out to be wrong."""
    _, happened = _happened(decider, commands)
    return [decider.fold(happened), *without_one(decider, happened)]


def _happened(decider: Decider[C, S, E], commands: Iterable[C]) -> tuple[list[C], list[E]]:
    """What was not refused, and what it came to."""
    state, taken, happened = decider.initial, list[C](), list[E]()
    for command in commands:
        try:
            events = decider.decide(command, state)
        except Rejected:
            continue
        state = decider.fold(events, state)
        taken.append(command)
        happened += events
    return taken, happened


def twice_each(commands: Iterable[C]) -> list[C]:
    """Every command, and at once again."""
    return [command for one in commands for command in (one, one)]


def events_of(decider: Decider[C, S, E], commands: Iterable[C], state: S) -> list[E]:
    """What each of these commands would still add to a state, were it to come now."""
    return [event for command in commands for event in decider.decide(command, state)]
