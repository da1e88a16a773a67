"""A decision that is passed on, with its reason, to those whom it concerns: roles at schools."""

from __future__ import annotations

from dataclasses import dataclass

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.change import DecisionCascaded, Groups, Schools
from shared.contracts.vocabulary import Day, Id, Name, Text, TrustUid
from shared.decider import Decider, Rejected


def decision_stream(decision_id: Id) -> str:
    return f"decision-{decision_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeDecision:
    """`change_id`: the adopted change that it is about, where it is about one."""

    decision_id: Id
    trustuid: TrustUid
    change_id: Id | None = None
    title: Name
    reason: Text
    audience: Groups
    urns: Schools
    cascaded_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadedDecision:
    cascaded: DecisionCascaded | None = None


def decide(asked: Dated[CascadeDecision], state: CascadedDecision) -> list[DecisionCascaded]:
    c = asked.command
    cascaded = DecisionCascaded(
        decision_id=c.decision_id,
        trustuid=c.trustuid,
        change_id=c.change_id,
        title=c.title,
        reason=c.reason,
        audience=tuple(dict.fromkeys(c.audience)),
        urns=tuple(dict.fromkeys(c.urns)),
        cascaded_on=c.cascaded_on,
    )
    if state.cascaded == cascaded:
        return []
    if state.cascaded is not None:
        raise Rejected(
            "decision_exists",
            "This decision is passed on with other content: pass another one on under a new id.",
            field="/decision_id",
        )
    check_happened(c.cascaded_on, asked.today, "/cascaded_on")
    return [cascaded]


def evolve(_state: CascadedDecision, event: DecisionCascaded) -> CascadedDecision:
    return CascadedDecision(cascaded=event)


decision: Decider[Dated[CascadeDecision], CascadedDecision, DecisionCascaded] = Decider(
    CascadedDecision(), decide, evolve
)
