"""Claims about the statutory induction of early-career teachers.

Mentor, induction tutor and reviewer may work at another school of the trust.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.talent.domain.arrangement import Arrangement
from services.talent.domain.induction import (
    ChangeInduction,
    CompleteInduction,
    InductionCommand,
    Outcome,
    PauseInduction,
    ResumeInduction,
    ReviewProgress,
    StartInduction,
    induction,
    induction_stream,
)
from services.talent.intake.about import about
from shared.clock import today
from shared.contracts.talent import careers as events
from shared.contracts.vocabulary import Day, Id, PersonId
from shared.eventstore import Act, Context, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Arrangement):
    """`EctInductionStarted`: an early-career teacher's induction began."""

    induction_id: Id
    started_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Arrangement):
    """`EctInductionChanged`: from a day on, this is how the induction is arranged."""

    induction_id: Id
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseOrResumption:
    """`EctInductionPaused`, `EctInductionResumed`: it pauses, or goes on, from this day."""

    induction_id: Id
    person_id: PersonId
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReview:
    """`EctProgressReviewed`: a progress review, or with `formal` a formal assessment."""

    induction_id: Id
    person_id: PersonId
    review_id: Id
    formal: bool = False
    on_track: bool
    reviewed_by: PersonId
    reviewed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """`EctInductionCompleted`: the appropriate body decided."""

    induction_id: Id
    person_id: PersonId
    outcome: Outcome
    completed_on: Day


def start_induction(c: Start, context: Context) -> Act:
    """Record that an early-career teacher's induction began."""

    def command(today: Day) -> StartInduction:
        return StartInduction(
            induction_id=c.induction_id,
            person_id=c.person_id,
            mentor_id=c.mentor_id,
            tutor_id=c.tutor_id,
            one_person_for_both=c.one_person_for_both,
            appropriate_body=c.appropriate_body,
            fte_hundredths=c.fte_hundredths,
            started_on=c.started_on,
            today=today,
        )

    return _on_induction(c.person_id, on_day(c.started_on, context), command, _supporters(c))


def change_induction(c: Change, context: Context) -> Act:
    """Give an induction another mentor, tutor, appropriate body or share of full time."""

    def command(today: Day) -> ChangeInduction:
        return ChangeInduction(
            induction_id=c.induction_id,
            person_id=c.person_id,
            mentor_id=c.mentor_id,
            tutor_id=c.tutor_id,
            one_person_for_both=c.one_person_for_both,
            appropriate_body=c.appropriate_body,
            fte_hundredths=c.fte_hundredths,
            from_on=c.from_on,
            today=today,
        )

    return _on_induction(c.person_id, on_day(c.from_on, context), command, _supporters(c))


def pause_induction(c: PauseOrResumption, context: Context) -> Act:
    """Let an induction pause; nobody is asked why."""

    def command(today: Day) -> PauseInduction:
        return PauseInduction(induction_id=c.induction_id, person_id=c.person_id, from_on=c.from_on, today=today)

    return _on_induction(c.person_id, on_day(c.from_on, context), command)


def resume_induction(c: PauseOrResumption, context: Context) -> Act:
    """Let a paused induction go on."""

    def command(today: Day) -> ResumeInduction:
        return ResumeInduction(induction_id=c.induction_id, person_id=c.person_id, from_on=c.from_on, today=today)

    return _on_induction(c.person_id, on_day(c.from_on, context), command)


def review_progress(c: ProgressReview, context: Context) -> Act:
    """Record a progress review or a formal assessment."""

    def command(today: Day) -> ReviewProgress:
        return ReviewProgress(
            induction_id=c.induction_id,
            person_id=c.person_id,
            review_id=c.review_id,
            formal=c.formal,
            on_track=c.on_track,
            reviewed_by=c.reviewed_by,
            reviewed_on=c.reviewed_on,
            today=today,
        )

    return _on_induction(c.person_id, on_day(c.reviewed_on, context), command, others={"/reviewed_by": c.reviewed_by})


def complete_induction(c: Completion, context: Context) -> Act:
    """Record the appropriate body's decision."""

    def command(today: Day) -> CompleteInduction:
        return CompleteInduction(
            induction_id=c.induction_id,
            person_id=c.person_id,
            outcome=c.outcome,
            completed_on=c.completed_on,
            today=today,
        )

    return _on_induction(c.person_id, on_day(c.completed_on, context), command)


taken: Sequence[Taken] = (
    (events.EctInductionStarted, "/ect-inductions", Admission(Start, start_induction)),
    (events.EctInductionChanged, "/ect-inductions/{induction_id}/change", Admission(Change, change_induction)),
    (events.EctInductionPaused, "/ect-inductions/{induction_id}/pause", Admission(PauseOrResumption, pause_induction)),
    (
        events.EctInductionResumed,
        "/ect-inductions/{induction_id}/resume",
        Admission(PauseOrResumption, resume_induction),
    ),
    (events.EctProgressReviewed, "/ect-inductions/{induction_id}/review", Admission(ProgressReview, review_progress)),
    (
        events.EctInductionCompleted,
        "/ect-inductions/{induction_id}/complete",
        Admission(Completion, complete_induction),
    ),
)


def _on_induction(
    person_id: Id,
    context: Context,
    command: Callable[[Day], InductionCommand],
    others: Mapping[str, PersonId] | None = None,
) -> Act:
    stream = induction_stream(person_id)
    return about(person_id, context, stream, induction, lambda states: command(today(states.at)), others=others)


def _supporters(c: Arrangement) -> Mapping[str, PersonId]:
    return {"/mentor_id": c.mentor_id, "/tutor_id": c.tutor_id}
