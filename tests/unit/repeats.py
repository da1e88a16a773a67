"""Commands that arrive more than once: what the repeats may not change. Whatever of it is voided, the rest folds."""

from collections.abc import Iterable
from typing import TypeVar

from shared.decider import Decider, Rejected
from tests.support.voided import assert_the_rest_folds

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


def after(decider: Decider[C, S, E], commands: Iterable[C]) -> tuple[S, list[C]]:
    """The state after these commands, and those of them that were not refused."""
    state, taken, happened = decider.initial, list[C](), list[E]()
    for command in commands:
        try:
            events = decider.decide(command, state)
        except Rejected:
            continue
        state = decider.fold(events, state)
        taken.append(command)
        happened += events
    assert_the_rest_folds(decider, happened)
    return state, taken


def twice_each(commands: Iterable[C]) -> list[C]:
    """Every command, and at once again."""
    return [command for one in commands for command in (one, one)]


def events_of(decider: Decider[C, S, E], commands: Iterable[C], state: S) -> list[E]:
    """What each of these commands would still add to a state, were it to come now."""
    return [event for command in commands for event in decider.decide(command, state)]
