"""What a person completed of one required training, until when it counts, and that it lapsed.

Whether anybody requires a training is not asked when it is completed: staff learn for themselves, too, and a trust may
bring in its records before its requirements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import assert_never

from services.cpd.domain.days import check_happened
from services.cpd.domain.requirement import Requirement, counts_until, in_force_on
from shared.contracts.cpd.compliance import DatedBy, StatutoryTrainingCompleted, StatutoryTrainingLapsed
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def training_stream(person_id: Id, training: Code) -> str:
    return f"training-{person_id}-{training}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTraining:
    """`expires_on` is the certificate's own last day. `requirement` is what the trust's stream of the training says."""

    person_id: PersonId
    trustuid: TrustUid
    urn: Urn | None = None
    training: Code
    completed_on: Day
    expires_on: Day | None = None
    provider: Name | None = None
    requirement: Requirement
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseTraining:
    """A day is over on which a completion of this training ended: the clock asks whether anything still counts."""

    person_id: PersonId
    training: Code
    requirement: Requirement
    today: Day


RequiredTrainingCommand = CompleteTraining | LapseTraining
RequiredTrainingEvent = StatutoryTrainingCompleted | StatutoryTrainingLapsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    expires_on: Day | None
    dated_by: DatedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredTraining:
    completions: Mapping[Day, Completion] = field(default_factory=dict)  # by the day of completion, as last recorded
    lapsed_after: Day | None = None  # the last day of what lapsed latest


def decide(command: RequiredTrainingCommand, state: RequiredTraining) -> list[RequiredTrainingEvent]:
    match command:
        case CompleteTraining():
            return _complete(command, state)
        case LapseTraining():
            return _lapse(command, state)
        case _:
            assert_never(command)


def _complete(c: CompleteTraining, state: RequiredTraining) -> list[RequiredTrainingEvent]:
    known = state.completions.get(c.completed_on)
    if known is not None and c.expires_on in (None, known.expires_on):
        return []  # a certificate that comes later says more, and is recorded
    check_happened(c.completed_on, c.today, "/completed_on")
    if c.expires_on is not None and c.expires_on < c.completed_on:
        raise Rejected(
            "expires_before_completed",
            "Give the last day on which the certificate counts: it is not before the day of completion.",
            field="/expires_on",
        )
    dated = _dated(c)
    return [
        StatutoryTrainingCompleted(
            person_id=c.person_id,
            trustuid=c.trustuid,
            urn=c.urn,
            training=c.training,
            completed_on=c.completed_on,
            expires_on=dated.expires_on,
            dated_by=dated.dated_by,
            provider=c.provider,
        )
    ]


def _dated(c: CompleteTraining) -> Completion:
    if c.expires_on is not None:
        return Completion(expires_on=c.expires_on, dated_by="certificate")
    required = in_force_on(c.completed_on, c.requirement)
    if required is None:
        return Completion(expires_on=None, dated_by="nobody_yet")
    return Completion(expires_on=counts_until(c.completed_on, required), dated_by="requirement")


def _lapse(c: LapseTraining, state: RequiredTraining) -> list[RequiredTrainingEvent]:
    """Once for each last day: a later completion may lapse again."""
    last = _last_to_count(state, c.requirement)
    if last is None:
        return []
    until, completed_on = last
    if c.today <= until or (state.lapsed_after is not None and until <= state.lapsed_after):
        return []
    lapsed = StatutoryTrainingLapsed(
        person_id=c.person_id,
        training=c.training,
        completed_on=completed_on,
        lapsed_on=until + timedelta(days=1),
    )
    return [lapsed]


def _last_to_count(state: RequiredTraining, requirement: Requirement) -> tuple[Day, Day] | None:
    """The last day on which any completion counts, and whose it is; None: one counts for good, or there is none."""
    ends = [(_until(day, known, requirement), day) for day, known in state.completions.items()]
    dated = [(until, day) for until, day in ends if until is not None]
    return max(dated) if dated and len(dated) == len(ends) else None


def _until(completed_on: Day, known: Completion, requirement: Requirement) -> Day | None:
    """What nobody required when it was recorded is judged by the first requirement that came after."""
    if known.dated_by == "nobody_yet" and requirement.versions:
        return counts_until(completed_on, requirement.versions[0])
    return known.expires_on


def evolve(state: RequiredTraining, event: RequiredTrainingEvent) -> RequiredTraining:
    match event:
        case StatutoryTrainingCompleted():
            completion = Completion(expires_on=event.expires_on, dated_by=event.dated_by)
            return replace(state, completions={**state.completions, event.completed_on: completion})
        case StatutoryTrainingLapsed():
            return replace(state, lapsed_after=event.lapsed_on - timedelta(days=1))
        case _:
            assert_never(event)


required_training: Decider[RequiredTrainingCommand, RequiredTraining, RequiredTrainingEvent] = Decider(
    RequiredTraining(), decide, evolve
)
