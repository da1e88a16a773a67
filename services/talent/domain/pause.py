"""Pauses of an induction, oldest first, of which only the last may be open. They say no reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.contracts.vocabulary import Day
from shared.decider import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From `from_on` to the day before `until_on`."""

    from_on: Day
    until_on: Day | None = None


Pauses = tuple[Pause, ...]


def paused_on(day: Day, pauses: Pauses) -> bool:
    return any(pause.from_on <= day and (pause.until_on is None or day < pause.until_on) for pause in pauses)


def paused(from_on: Day, pauses: Pauses) -> Pauses:
    return (*pauses, Pause(from_on=from_on))


def resumed(from_on: Day, pauses: Pauses) -> Pauses:
    *earlier, last = pauses
    return (*earlier, replace(last, until_on=from_on))


def check_may_pause(from_on: Day, pauses: Pauses) -> None:
    if not pauses:
        return
    if pauses[-1].until_on is None:
        raise Rejected(
            "induction_paused",
            "This induction is paused since another day: say when it goes on first.",
            field="/induction_id",
        )
    if from_on < pauses[-1].until_on:
        raise Rejected(
            "pauses_overlap", "Give the day on which the last pause was over, or a later one.", field="/from_on"
        )


def check_may_resume(from_on: Day, pauses: Pauses) -> None:
    if not pauses or pauses[-1].until_on is not None:
        raise Rejected(
            "induction_not_paused",
            "This induction is not paused: say from which day it was, if it was.",
            field="/induction_id",
        )
    if from_on <= pauses[-1].from_on:
        raise Rejected("resumed_before_paused", "Give a day after the one on which the pause began.", field="/from_on")
