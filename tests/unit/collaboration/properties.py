"""What holds for every aggregate and any sequence of commands."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TypeVar

from shared.decider import Decider
from tests.unit.repeats import after, twice_each

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


def assert_repeats_change_nothing(decider: Decider[C, S, E], commands: list[C]) -> None:
    """Every command delivered twice in a row leaves the state that it leaves once."""
    decider = watched(decider)

    assert after(decider, twice_each(commands))[0] == after(decider, commands)[0]


def assert_late_repeats_change_nothing(decider: Decider[C, S, E], commands: list[C]) -> None:
    """A command that was taken once changes nothing when it comes again after all the others."""
    state, taken = after(watched(decider), commands)
    from_there = replace(decider, initial=state)

    for command in taken:
        assert after(from_there, [command])[0] == state


def watched(decider: Decider[C, S, E]) -> Decider[C, S, E]:
    """The same aggregate, which fails a test when it changes what it was only given to read."""

    def decide(command: C, state: S) -> list[E]:
        before = deepcopy((command, state))
        try:
            return decider.decide(command, state)
        finally:
            assert (command, state) == before, "deciding changes neither the command nor the state"

    def evolve(state: S, event: E) -> S:
        before = deepcopy((state, event))
        after_event = decider.evolve(state, event)
        assert (state, event) == before, "evolving changes neither the state before nor the event"
        return after_event

    return Decider(decider.initial, decide, evolve)
