"""A priority: something that a school, or the trust, would work on first in a cycle."""

from __future__ import annotations

from dataclasses import dataclass

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.planning import PriorityProposed, RoleLevel
from shared.contracts.vocabulary import Cycle, Day, Id, Name, TrustUid, Urn
from shared.decider import Decider, Rejected


def priority_stream(priority_id: Id) -> str:
    return f"priority-{priority_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePriority:
    priority_id: Id
    trustuid: TrustUid
    cycle: Cycle
    urn: Urn | None = None
    title: Name
    role_level: RoleLevel
    proposed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    proposed: PriorityProposed | None = None


def decide(asked: Dated[ProposePriority], state: Priority) -> list[PriorityProposed]:
    c = asked.command
    proposed = PriorityProposed(
        priority_id=c.priority_id,
        trustuid=c.trustuid,
        cycle=c.cycle,
        urn=c.urn,
        title=c.title,
        role_level=c.role_level,
        proposed_on=c.proposed_on,
    )
    if state.proposed == proposed:
        return []
    if state.proposed is not None:
        raise Rejected(
            "priority_exists",
            "This priority is proposed with other content: propose another one under a new id.",
            field="/priority_id",
        )
    check_happened(c.proposed_on, asked.today, "/proposed_on")
    return [proposed]


def evolve(_state: Priority, event: PriorityProposed) -> Priority:
    return Priority(proposed=event)


priority: Decider[Dated[ProposePriority], Priority, PriorityProposed] = Decider(Priority(), decide, evolve)


def check_proposed(state: Priority, trustuid: TrustUid, cycle: Cycle, field: str) -> None:
    """Only what was proposed in a cycle is voted on and agreed in it."""
    if state.proposed is None or (state.proposed.trustuid, state.proposed.cycle) != (trustuid, cycle):
        raise Rejected("priority_unknown", "Name priorities that were proposed in this cycle.", field=field)
