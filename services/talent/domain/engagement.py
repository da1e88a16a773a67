"""An engagement: somebody works or serves at a school, or for the trust, in a role and for a share of full time.

A person has any number of them, at once and in several schools. They stand in the person's stream: see person.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementKind,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
)
from shared.contracts.vocabulary import Code, Count, Day, Id, PersonId, Urn
from shared.decider import Decider, Rejected

FULL_TIME = 100  # hundredths
UNPAID: frozenset[EngagementKind] = frozenset({"governor", "trustee", "volunteer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEngagement:
    person_id: PersonId
    engagement_id: Id
    urn: Urn | None = None
    kind: EngagementKind
    role: Code
    fte_hundredths: Count
    acting: bool = False
    started_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEngagement:
    """From a day on the role, the share of full time and whether they act in the role are these."""

    person_id: PersonId
    engagement_id: Id
    role: Code
    fte_hundredths: Count
    acting: bool = False
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseEngagement:
    """There is no room for a reason: why somebody is away is nobody's business here."""

    person_id: PersonId
    engagement_id: Id
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeEngagement:
    person_id: PersonId
    engagement_id: Id
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEngagement:
    """`ended_on` is the last day."""

    person_id: PersonId
    engagement_id: Id
    ended_on: Day
    reason: Code | None = None


EngagementCommand = StartEngagement | ChangeEngagement | PauseEngagement | ResumeEngagement | EndEngagement
EngagementEvent = EngagementStarted | EngagementChanged | EngagementPaused | EngagementResumed | EngagementEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    started: EngagementStarted | None = None
    changes: tuple[EngagementChanged, ...] = ()  # in the order of their days
    pauses: tuple[EngagementPaused | EngagementResumed, ...] = ()  # by turns, in the order of their days
    ended: EngagementEnded | None = None

    @property
    def facts(self) -> tuple[EngagementEvent, ...]:
        """All that was recorded about it: folded, they give it again."""
        started = () if self.started is None else (self.started,)
        ended = () if self.ended is None else (self.ended,)
        return (*started, *self.changes, *self.pauses, *ended)

    def runs_on(self, day: Day) -> bool:
        """Whether it is in force on a day; also while it is paused."""
        return (
            self.started is not None
            and self.started.started_on <= day
            and (self.ended is None or day <= self.ended.ended_on)
        )

    def paused_on(self, day: Day) -> bool:
        """Whether it is paused on a day: it runs, and does not count."""
        last = next((turn for turn in reversed(self.pauses) if turn.from_on <= day), None)
        return self.runs_on(day) and isinstance(last, EngagementPaused)

    def terms_on(self, day: Day) -> EngagementStarted | EngagementChanged | None:
        """What says its role and share of full time on a day; None when it does not run."""
        changed = next((change for change in reversed(self.changes) if change.from_on <= day), self.started)
        return changed if self.runs_on(day) else None


def decide(command: EngagementCommand, state: Engagement) -> list[EngagementEvent]:
    match command:
        case StartEngagement():
            return _start(command, state)
        case ChangeEngagement():
            return _change(command, state)
        case PauseEngagement():
            return _pause(command, state)
        case ResumeEngagement():
            return _resume(command, state)
        case EndEngagement():
            return _end(command, state)
        case _:
            assert_never(command)


def _start(c: StartEngagement, state: Engagement) -> list[EngagementEvent]:
    started = EngagementStarted(
        person_id=c.person_id,
        engagement_id=c.engagement_id,
        urn=c.urn,
        kind=c.kind,
        role=c.role,
        fte_hundredths=c.fte_hundredths,
        acting=c.acting,
        started_on=c.started_on,
    )
    if state.started == started:
        return []
    if state.started is not None:
        raise Rejected(
            "engagement_exists",
            "This engagement is recorded with other details: give a new one an id of its own.",
            field="/engagement_id",
        )
    _check_share(c.fte_hundredths, c.kind)
    return [started]


def _change(c: ChangeEngagement, state: Engagement) -> list[EngagementEvent]:
    started = _require_started(state)
    changed = EngagementChanged(
        person_id=c.person_id,
        engagement_id=c.engagement_id,
        urn=started.urn,
        role=c.role,
        fte_hundredths=c.fte_hundredths,
        acting=c.acting,
        from_on=c.from_on,
    )
    if changed in state.changes:
        return []
    _require_running(c.from_on, state)
    _check_share(c.fte_hundredths, started.kind)
    if state.changes and c.from_on < state.changes[-1].from_on:
        raise Rejected(
            "engagement_out_of_order",
            "A change from a later day is recorded already: give that day or a later one.",
            field="/from_on",
        )
    terms = state.changes[-1] if state.changes else started
    as_before = (terms.role, terms.fte_hundredths, terms.acting) == (c.role, c.fte_hundredths, c.acting)
    return [] if as_before else [changed]


def _pause(c: PauseEngagement, state: Engagement) -> list[EngagementEvent]:
    started = _require_started(state)
    paused = EngagementPaused(person_id=c.person_id, engagement_id=c.engagement_id, urn=started.urn, from_on=c.from_on)
    if paused in state.pauses:
        return []
    last = state.pauses[-1] if state.pauses else None
    if isinstance(last, EngagementPaused):
        raise Rejected(
            "engagement_paused",
            "This engagement is paused from another day on: let it resume first.",
            field="/engagement_id",
        )
    _require_running(c.from_on, state)
    if last is not None and c.from_on < last.from_on:
        raise Rejected(
            "engagement_out_of_order",
            "This engagement resumed on a later day: give that day or a later one.",
            field="/from_on",
        )
    return [paused]


def _resume(c: ResumeEngagement, state: Engagement) -> list[EngagementEvent]:
    started = _require_started(state)
    resumed = EngagementResumed(
        person_id=c.person_id, engagement_id=c.engagement_id, urn=started.urn, from_on=c.from_on
    )
    if resumed in state.pauses:
        return []
    last = state.pauses[-1] if state.pauses else None
    if not isinstance(last, EngagementPaused):
        raise Rejected(
            "engagement_not_paused",
            "This engagement is not paused: record its pause first.",
            field="/engagement_id",
        )
    _require_running(c.from_on, state)
    if c.from_on <= last.from_on:
        raise Rejected(
            "engagement_out_of_order",
            "Give the first day back: it must be after the day on which the pause began.",
            field="/from_on",
        )
    return [resumed]


def _end(c: EndEngagement, state: Engagement) -> list[EngagementEvent]:
    """What was planned for a day after the last does not hold it up: it never comes."""
    started = _require_started(state)
    ended = EngagementEnded(person_id=c.person_id, engagement_id=c.engagement_id, ended_on=c.ended_on, reason=c.reason)
    if state.ended == ended:
        return []
    if state.ended is not None:
        raise Rejected(
            "engagement_already_ended",
            "This engagement ended on another day or for another reason: correct that record instead.",
            field="/engagement_id",
        )
    if c.ended_on < started.started_on:
        raise Rejected(
            "engagement_ends_before_it_starts",
            "Give the last day of the engagement: it must not be before its first.",
            field="/ended_on",
        )
    return [ended]


def _require_started(state: Engagement) -> EngagementStarted:
    if state.started is None:
        raise Rejected(
            "engagement_unknown",
            "This person has no such engagement: check its id, or record its start first.",
            field="/engagement_id",
        )
    return state.started


def _require_running(day: Day, state: Engagement) -> None:
    if not state.runs_on(day):
        raise Rejected(
            "engagement_not_running",
            "Give a day on which this engagement runs: from its first day to its last.",
            field="/from_on",
        )


def _check_share(fte_hundredths: int, kind: EngagementKind) -> None:
    if fte_hundredths > FULL_TIME:
        raise Rejected(
            "fte_above_full_time",
            "Give the share of full time in hundredths: one engagement has at most 100.",
            field="/fte_hundredths",
        )
    if fte_hundredths == 0 and kind not in UNPAID:
        raise Rejected(
            "fte_missing",
            "Give the share of full time in hundredths: only governors, trustees and volunteers have none.",
            field="/fte_hundredths",
        )


def evolve(state: Engagement, event: EngagementEvent) -> Engagement:
    match event:
        case EngagementStarted():
            return replace(state, started=event)
        case EngagementChanged():
            return replace(state, changes=(*state.changes, event))
        case EngagementPaused() | EngagementResumed():
            return replace(state, pauses=(*state.pauses, event))
        case EngagementEnded():
            return replace(state, ended=event)
        case _:
            assert_never(event)


engagement: Decider[EngagementCommand, Engagement, EngagementEvent] = Decider(Engagement(), decide, evolve)
