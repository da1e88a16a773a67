"""The usual acts where a decision depends on the day or on the time: one command on one stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from services.collaboration.domain.days import Dated
from services.collaboration.domain.times import Timed
from shared.clock import today
from shared.contracts.vocabulary import Day, Instant
from shared.decider import Decider
from shared.eventstore import Act, Context, Decision, States, on_day

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


def dated(
    decider: Decider[Dated[C], S, E],
    stream: str,
    command: C,
    day: Day | None,
    context: Context,
    known: Callable[[S], S] = lambda state: state,
) -> Act:
    """A command about a day.

    Args:
        day: when it happened; None: now, or when its sender says.
        known: what of the stream's state the sender may know and change; may refuse.
    """

    def decide(states: States) -> Decision:
        return {stream: decider.decide(Dated(command, today(states.at)), known(states[stream]))}

    return Act(context if day is None else on_day(day, context), {stream: decider}, decide)


def timed(
    decider: Decider[Timed[C], S, E],
    stream: str,
    command: C,
    instant: Instant,
    context: Context,
    known: Callable[[S], S],
) -> Act:
    """A command about a time; otherwise as `dated`."""

    def decide(states: States) -> Decision:
        return {stream: decider.decide(Timed(command, states.at), known(states[stream]))}

    return Act(replace(context, happened_at=instant), {stream: decider}, decide)
