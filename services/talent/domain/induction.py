"""The statutory induction of an early-career teacher: its people, its pauses, its reviews and how it ends.

By the Department for Education's statutory guidance "Induction for early career teachers (England)" nobody serves a
second induction after one was passed or failed. Who left before it was complete goes on with it when they return.

A person's stream holds their one induction, so that there is never a second one beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from services.talent.domain.arrangement import Arrangement, check_arrangement
from services.talent.domain.facts import check_happened
from services.talent.domain.pause import Pauses, check_may_pause, check_may_resume, paused, paused_on, resumed
from shared.contracts.talent.careers import (
    EctInductionChanged,
    EctInductionCompleted,
    EctInductionPaused,
    EctInductionResumed,
    EctInductionStarted,
    EctProgressReviewed,
)
from shared.contracts.vocabulary import Day, Id, PersonId
from shared.decider import Decider, Rejected

Outcome = Literal["passed", "failed", "extended"]


def induction_stream(person_id: Id) -> str:
    return f"induction-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInduction(Arrangement):
    induction_id: Id
    started_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInduction(Arrangement):
    """How everything is arranged from a day on, what stays as it was included."""

    induction_id: Id
    from_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseInduction:
    induction_id: Id
    person_id: PersonId
    from_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeInduction:
    """`from_on` is the first day on which it goes on."""

    induction_id: Id
    person_id: PersonId
    from_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProgress:
    induction_id: Id
    person_id: PersonId
    review_id: Id
    formal: bool = False
    on_track: bool
    reviewed_by: PersonId
    reviewed_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteInduction:
    """Passed and failed are final; extended lets it go on."""

    induction_id: Id
    person_id: PersonId
    outcome: Outcome
    completed_on: Day
    today: Day


InductionCommand = (
    StartInduction | ChangeInduction | PauseInduction | ResumeInduction | ReviewProgress | CompleteInduction
)
InductionEvent = (
    EctInductionStarted
    | EctInductionChanged
    | EctInductionPaused
    | EctInductionResumed
    | EctProgressReviewed
    | EctInductionCompleted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Induction:
    started: EctInductionStarted | None = None
    changes: Mapping[Day, EctInductionChanged] = field(default_factory=dict)
    pauses: Pauses = ()
    reviews: Mapping[Id, EctProgressReviewed] = field(default_factory=dict)
    extended_on: frozenset[Day] = frozenset()
    ended: EctInductionCompleted | None = None  # passed or failed


def decide(command: InductionCommand, state: Induction) -> list[InductionEvent]:
    match command:
        case StartInduction():
            return _start(command, state)
        case ChangeInduction():
            return _change(command, state)
        case PauseInduction():
            return _pause(command, state)
        case ResumeInduction():
            return _resume(command, state)
        case ReviewProgress():
            return _review(command, state)
        case CompleteInduction():
            return _complete(command, state)
        case _:
            assert_never(command)


def _start(c: StartInduction, state: Induction) -> list[InductionEvent]:
    started = EctInductionStarted(
        induction_id=c.induction_id,
        person_id=c.person_id,
        mentor_id=c.mentor_id,
        tutor_id=c.tutor_id,
        appropriate_body=c.appropriate_body,
        fte_hundredths=c.fte_hundredths,
        started_on=c.started_on,
    )
    if state.started == started:
        return []
    if state.started is not None:
        _refuse_another(c, state.started, state)
    check_arrangement(c)
    check_happened(c.started_on, c.today, field="/started_on")
    return [started]


def _refuse_another(c: StartInduction, started: EctInductionStarted, state: Induction) -> None:
    if started.induction_id == c.induction_id:
        raise Rejected(
            "induction_exists",
            "This induction started with other details: say what is different now and from which day.",
            field="/induction_id",
        )
    if state.ended is None:
        raise Rejected(
            "induction_running", "This person's induction is not complete: let that one go on.", field="/person_id"
        )
    raise Rejected(
        "induction_over", "This person passed or failed one: nobody serves a second induction.", field="/person_id"
    )


def _change(c: ChangeInduction, state: Induction) -> list[InductionEvent]:
    started = _require_started(c.induction_id, state)
    changed = EctInductionChanged(
        induction_id=c.induction_id,
        person_id=c.person_id,
        mentor_id=c.mentor_id,
        tutor_id=c.tutor_id,
        appropriate_body=c.appropriate_body,
        fte_hundredths=c.fte_hundredths,
        from_on=c.from_on,
    )
    if state.changes.get(c.from_on) == changed:
        return []
    _check_not_over(state)
    check_arrangement(c)
    check_happened(c.from_on, c.today, field="/from_on")
    _check_not_before(started.started_on, c.from_on, field="/from_on")
    return [changed]


def _pause(c: PauseInduction, state: Induction) -> list[InductionEvent]:
    started = _require_started(c.induction_id, state)
    if any(pause.from_on == c.from_on for pause in state.pauses):
        return []
    _check_not_over(state)
    check_happened(c.from_on, c.today, field="/from_on")
    _check_not_before(started.started_on, c.from_on, field="/from_on")
    check_may_pause(c.from_on, state.pauses)
    return [EctInductionPaused(induction_id=c.induction_id, person_id=c.person_id, from_on=c.from_on)]


def _resume(c: ResumeInduction, state: Induction) -> list[InductionEvent]:
    _require_started(c.induction_id, state)
    if any(pause.until_on == c.from_on for pause in state.pauses):
        return []
    _check_not_over(state)
    check_happened(c.from_on, c.today, field="/from_on")
    check_may_resume(c.from_on, state.pauses)
    return [EctInductionResumed(induction_id=c.induction_id, person_id=c.person_id, from_on=c.from_on)]


def _review(c: ReviewProgress, state: Induction) -> list[InductionEvent]:
    started = _require_started(c.induction_id, state)
    reviewed = EctProgressReviewed(
        induction_id=c.induction_id,
        person_id=c.person_id,
        review_id=c.review_id,
        formal=c.formal,
        on_track=c.on_track,
        reviewed_by=c.reviewed_by,
        reviewed_on=c.reviewed_on,
    )
    known = state.reviews.get(c.review_id)
    if known == reviewed:
        return []
    if known is not None:
        raise Rejected(
            "review_exists",
            "This review is recorded with other details: give another review an id of its own.",
            field="/review_id",
        )
    if c.reviewed_by == c.person_id:
        raise Rejected("reviews_self", "Name who reviewed: the tutor or the headteacher.", field="/reviewed_by")
    check_happened(c.reviewed_on, c.today, field="/reviewed_on")
    _check_served_on(c.reviewed_on, started, state, field="/reviewed_on")
    _check_not_over(state, c.reviewed_on)
    return [reviewed]


def _complete(c: CompleteInduction, state: Induction) -> list[InductionEvent]:
    started = _require_started(c.induction_id, state)
    completed = EctInductionCompleted(
        induction_id=c.induction_id, person_id=c.person_id, outcome=c.outcome, completed_on=c.completed_on
    )
    if completed == state.ended or (c.outcome == "extended" and c.completed_on in state.extended_on):
        return []
    _check_not_over(state)
    check_happened(c.completed_on, c.today, field="/completed_on")
    _check_served_on(c.completed_on, started, state, field="/completed_on")
    if any(review.reviewed_on > c.completed_on for review in state.reviews.values()):
        raise Rejected(
            "reviewed_since",
            "Give the day of the last review or a later one: the decision follows the reviews.",
            field="/completed_on",
        )
    return [completed]


def _require_started(induction_id: Id, state: Induction) -> EctInductionStarted:
    if state.started is None or state.started.induction_id != induction_id:
        raise Rejected(
            "induction_unknown",
            "This person has no such induction: check its id, or record its start first.",
            field="/induction_id",
        )
    return state.started


def _check_not_over(state: Induction, on: Day | None = None) -> None:
    if state.ended is not None and (on is None or on > state.ended.completed_on):
        raise Rejected("induction_over", "This induction was passed or failed: nothing follows.", field="/induction_id")


def _check_served_on(day: Day, started: EctInductionStarted, state: Induction, *, field: str) -> None:
    """Nobody is judged on a day on which they did not serve: a pause may be a parent's, or a patient's."""
    _check_not_before(started.started_on, day, field=field)
    if paused_on(day, state.pauses):
        raise Rejected(
            "induction_paused",
            "This induction is paused on that day: give a day on which it went on, or say first when it did.",
            field=field,
        )


def _check_not_before(started_on: Day, day: Day, *, field: str) -> None:
    if day < started_on:
        raise Rejected("before_induction", "Give the day the induction started or a later one.", field=field)


def evolve(state: Induction, event: InductionEvent) -> Induction:
    match event:
        case EctInductionStarted():
            return replace(state, started=event)
        case EctInductionChanged():
            return replace(state, changes={**state.changes, event.from_on: event})
        case EctInductionPaused():
            return replace(state, pauses=paused(event.from_on, state.pauses))
        case EctInductionResumed():
            return replace(state, pauses=resumed(event.from_on, state.pauses))
        case EctProgressReviewed():
            return replace(state, reviews={**state.reviews, event.review_id: event})
        case EctInductionCompleted(outcome="extended"):
            return replace(state, extended_on=state.extended_on | {event.completed_on})
        case EctInductionCompleted():
            return replace(state, ended=event)
        case _:
            assert_never(event)


induction: Decider[InductionCommand, Induction, InductionEvent] = Decider(Induction(), decide, evolve)
