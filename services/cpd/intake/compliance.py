"""Claims about required training: the trust says what is required, and who completed what becomes dated by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.cpd.domain.required_training import CompleteTraining, required_training, training_stream
from services.cpd.domain.requirement import SetRequirement, requirement, requirement_stream
from shared.clock import today
from shared.contracts.cpd import compliance as events
from shared.contracts.vocabulary import Code, Day, Name, PersonId, TrustUid, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, act, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """`StatutoryTrainingCompleted`: `expires_on` where a certificate says so; else the requirement says it."""

    person_id: PersonId
    trustuid: TrustUid
    urn: Urn | None = None
    training: Code
    completed_on: Day
    expires_on: Day | None = None
    provider: Name | None = None


def set_requirement(c: SetRequirement, context: Context) -> Act:
    """Set what training is required, of whom and how often, from a day on."""
    return act(requirement, requirement_stream(c.trustuid, c.training), c, context)


def complete_training(c: TrainingRecord, context: Context) -> Act:
    """Record that somebody completed a training, here or for a former employer."""
    stream, required = training_stream(c.person_id, c.training), requirement_stream(c.trustuid, c.training)

    def decide(states: States) -> Decision:
        command = CompleteTraining(
            person_id=c.person_id,
            trustuid=c.trustuid,
            urn=c.urn,
            training=c.training,
            completed_on=c.completed_on,
            expires_on=c.expires_on,
            provider=c.provider,
            requirement=states[required],
            today=today(states.at),
        )
        return {stream: required_training.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: required_training, required: requirement}
    return Act(on_day(c.completed_on, context), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = (
    (events.StatutoryRequirementSet, "/requirements", Admission(SetRequirement, set_requirement, trust_only=True)),
    (events.StatutoryTrainingCompleted, "/training-records", Admission(TrainingRecord, complete_training)),
)
