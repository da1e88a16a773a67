"""In which order the trust takes a cycle's priorities. A cycle's stand in one stream, so no place is given twice."""

from __future__ import annotations

from dataclasses import dataclass

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.planning import PriorityAgreed, Rank
from shared.contracts.vocabulary import Cycle, Day, Id, TrustUid
from shared.decider import Decider, Rejected


def agreed_priorities_stream(trustuid: TrustUid, cycle: Cycle) -> str:
    return f"agreed-priorities-{trustuid}-{cycle.replace('/', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreePriority:
    priority_id: Id
    trustuid: TrustUid
    cycle: Cycle
    rank: Rank
    agreed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedPriorities:
    agreed: tuple[PriorityAgreed, ...] = ()


def decide(asked: Dated[AgreePriority], state: AgreedPriorities) -> list[PriorityAgreed]:
    c = asked.command
    agreed = PriorityAgreed(
        priority_id=c.priority_id, trustuid=c.trustuid, cycle=c.cycle, rank=c.rank, agreed_on=c.agreed_on
    )
    if agreed in state.agreed:
        return []
    if any(other.priority_id == c.priority_id for other in state.agreed):
        raise Rejected(
            "priority_already_agreed",
            "This priority has its place in the cycle: void that first if it should have another.",
            field="/priority_id",
        )
    if any(other.rank == c.rank for other in state.agreed):
        raise Rejected("rank_taken", "Another priority has this place in the cycle: give the next one.", field="/rank")
    check_happened(c.agreed_on, asked.today, "/agreed_on")
    return [agreed]


def evolve(state: AgreedPriorities, event: PriorityAgreed) -> AgreedPriorities:
    return AgreedPriorities(agreed=(*state.agreed, event))


agreed_priorities: Decider[Dated[AgreePriority], AgreedPriorities, PriorityAgreed] = Decider(
    AgreedPriorities(), decide, evolve
)


def check_voting_open(state: AgreedPriorities, field: str) -> None:
    """Leaders vote until the trust has agreed the first of a cycle's priorities: then the order is being settled."""
    if state.agreed:
        raise Rejected(
            "voting_closed", "The trust has agreed this cycle's priorities: vote in another cycle.", field=field
        )
