"""How many of a role at a school understand a decision. Each school and role has a stream of its own, never a name."""

from __future__ import annotations

from dataclasses import dataclass

from services.collaboration.domain.days import check_happened
from services.collaboration.domain.decision import CascadedDecision
from shared.contracts.collaboration.change import DecisionCascaded, DecisionUnderstood
from shared.contracts.vocabulary import Code, Count, Day, Id, Urn
from shared.decider import Decider, Rejected


def understanding_stream(decision_id: Id, urn: Urn, role: Code) -> str:
    return f"understanding-{decision_id}-{urn}-{role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUnderstanding:
    """`decision`: what its stream says."""

    decision_id: Id
    urn: Urn
    role: Code
    understood: Count
    expected: Count
    as_at: Day
    decision: CascadedDecision
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    latest: DecisionUnderstood | None = None


def decide(c: CountUnderstanding, state: Understanding) -> list[DecisionUnderstood]:
    understood = DecisionUnderstood(
        decision_id=c.decision_id,
        urn=c.urn,
        role=c.role,
        understood=c.understood,
        expected=c.expected,
        as_at=c.as_at,
    )
    if state.latest == understood:
        return []
    if c.decision.cascaded is None:
        raise Rejected("decision_unknown", "No such decision was passed on: check its id.", field="/decision_id")
    _check_audience(c, c.decision.cascaded)
    if c.understood > c.expected:
        raise Rejected(
            "more_understood_than_expected", "Let at most as many understand as there are.", field="/understood"
        )
    check_happened(c.as_at, c.today, "/as_at")
    if c.as_at < c.decision.cascaded.cascaded_on:
        raise Rejected("understood_before_cascaded", "Count when the decision has been passed on.", field="/as_at")
    if state.latest is not None and c.as_at < state.latest.as_at:
        raise Rejected("later_one_stands", "A count of a later day is in, and that one counts.", field="/as_at")
    return [understood]


def _check_audience(c: CountUnderstanding, cascaded: DecisionCascaded) -> None:
    if c.urn not in cascaded.urns:
        raise Rejected("school_not_in_audience", "This decision was not passed on to this school.", field="/urn")
    if c.role not in cascaded.audience:
        raise Rejected("role_not_in_audience", "This decision was not passed on to this role.", field="/role")


def evolve(_state: Understanding, event: DecisionUnderstood) -> Understanding:
    return Understanding(latest=event)


understanding: Decider[CountUnderstanding, Understanding, DecisionUnderstood] = Decider(Understanding(), decide, evolve)
