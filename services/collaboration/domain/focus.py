"""A focus area: what the trust agreed to work on, and the question that every leadership team answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from shared.contracts.collaboration.loop import FocusAreaClosed, FocusAreaSet, Principle
from shared.contracts.vocabulary import Day, Id, Name, Text, TrustUid
from shared.decider import Decider, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFocusArea:
    focus_id: Id
    trustuid: TrustUid
    title: Name
    principle: Principle
    question: Text
    starts_on: Day
    ends_on: Day | None = None
    disadvantaged_lens: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseFocusArea:
    closed_on: Day
    reason: Text | None = None


FocusCommand = SetFocusArea | CloseFocusArea
FocusEvent = FocusAreaSet | FocusAreaClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusArea:
    agreed: FocusAreaSet | None = None
    closed: FocusAreaClosed | None = None

    def is_over(self, day: Day) -> bool:
        """Whether the trust no longer asks on this day; it asks on its last day, not on that of closing."""
        closed = self.closed is not None and self.closed.closed_on <= day
        ended = self.agreed is not None and self.agreed.ends_on is not None and self.agreed.ends_on < day
        return closed or ended


def decide(command: FocusCommand, state: FocusArea) -> list[FocusEvent]:
    match command:
        case SetFocusArea():
            return _set(command, state)
        case CloseFocusArea():
            return _close(command, state)
        case _:
            assert_never(command)


def _set(c: SetFocusArea, state: FocusArea) -> list[FocusEvent]:
    event = FocusAreaSet(
        focus_id=c.focus_id,
        trustuid=c.trustuid,
        title=c.title,
        principle=c.principle,
        question=c.question,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
        disadvantaged_lens=c.disadvantaged_lens,
    )
    if state.agreed == event:
        return []
    if state.agreed is not None:
        raise Rejected(
            "focus_area_exists",
            "This focus area was set with other content; set a new one under a new id.",
            field="/focus_id",
        )
    if event.ends_on is not None and event.ends_on < event.starts_on:
        raise Rejected(
            "focus_area_ends_before_it_starts",
            "Give the focus area a last day that is not before its first day, or none.",
            field="/ends_on",
        )
    return [event]


def _close(c: CloseFocusArea, state: FocusArea) -> list[FocusEvent]:
    if state.agreed is None:
        raise Rejected("focus_area_unknown", "Set the focus area before you close it.", field="/focus_id")
    event = FocusAreaClosed(focus_id=state.agreed.focus_id, closed_on=c.closed_on, reason=c.reason)
    if state.closed == event:
        return []
    if state.closed is not None:
        raise Rejected(
            "focus_area_closed",
            "This focus area is closed already; set a new one to ask again.",
            field="/focus_id",
        )
    if event.closed_on < state.agreed.starts_on:
        raise Rejected(
            "focus_area_closed_before_it_starts",
            "Close the focus area on its first day or later.",
            field="/closed_on",
        )
    return [event]


def evolve(state: FocusArea, event: FocusEvent) -> FocusArea:
    match event:
        case FocusAreaSet():
            return replace(state, agreed=event)
        case FocusAreaClosed():
            return replace(state, closed=event)
        case _:
            assert_never(event)


focus_area: Decider[FocusCommand, FocusArea, FocusEvent] = Decider(FocusArea(), decide, evolve)


def focus_stream(focus_id: Id) -> str:
    return f"focus-{focus_id}"
