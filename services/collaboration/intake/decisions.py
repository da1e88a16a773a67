"""Claims about decisions: the trust passes them on, and schools say how many understand them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collaboration.domain.change import change, change_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.decision import CascadeDecision, decision, decision_stream
from services.collaboration.domain.understanding import CountUnderstanding, understanding, understanding_stream
from services.collaboration.intake.register import names_members
from shared.clock import today
from shared.contracts.collaboration import change as events
from shared.contracts.vocabulary import Code, Count, Day, Id, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstandingCount:
    """`DecisionUnderstood`: how many of a role at a school understand a decision, of how many."""

    decision_id: Id
    urn: Urn
    role: Code
    understood: Count
    expected: Count
    as_at: Day


def cascade_decision(c: CascadeDecision, context: Context) -> Act:
    """Pass a decision on, with its reason, to roles at schools."""
    stream = decision_stream(c.decision_id)
    about = None if c.change_id is None else change_stream(c.change_id)

    def decide(states: States) -> Decision:
        if about is not None and states[about].adopted is None:
            raise Rejected("change_not_adopted", "Name a change that the trust adopted, or none.", field="/change_id")
        return {stream: decision.decide(Dated(c, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: decision} if about is None else {stream: decision, about: change}
    return Act(on_day(c.cascaded_on, context), reads, decide, writes=frozenset({stream}))


def count_understanding(c: UnderstandingCount, context: Context) -> Act:
    """Say how many of a role at a school understand a decision."""
    stream, passed_on = understanding_stream(c.decision_id, c.urn, c.role), decision_stream(c.decision_id)

    def decide(states: States) -> Decision:
        command = CountUnderstanding(
            decision_id=c.decision_id,
            urn=c.urn,
            role=c.role,
            understood=c.understood,
            expected=c.expected,
            as_at=c.as_at,
            decision=states[passed_on],
            today=today(states.at),
        )
        return {stream: understanding.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: understanding, passed_on: decision}
    return Act(on_day(c.as_at, context), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = (
    (
        events.DecisionCascaded,
        "/decisions",
        Admission(CascadeDecision, cascade_decision, trust_only=True, look_up=names_members("urns")),
    ),
    (
        events.DecisionUnderstood,
        "/decisions/{decision_id}/understood",
        Admission(UnderstandingCount, count_understanding),
    ),
)
