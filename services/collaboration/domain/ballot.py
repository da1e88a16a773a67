"""A ballot: in which order one leader would take a cycle's priorities. A later vote takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.planning import PriorityVoted, RoleLevel
from shared.contracts.vocabulary import Cycle, Day, Id, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def ballot_stream(trustuid: TrustUid, cycle: Cycle, person_id: Id) -> str:
    return f"ballot-{trustuid}-{cycle.replace('/', '-')}-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CastBallot:
    """`ranking`: the first one first; what is left out is ranked nowhere."""

    trustuid: TrustUid
    cycle: Cycle
    urn: Urn | None = None
    person_id: PersonId
    role_level: RoleLevel
    ranking: Annotated[tuple[Id, ...], MinLen(1), MaxLen(50)]
    voted_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    last: PriorityVoted | None = None


def decide(asked: Dated[CastBallot], state: Ballot) -> list[PriorityVoted]:
    c = asked.command
    voted = PriorityVoted(
        trustuid=c.trustuid,
        cycle=c.cycle,
        urn=c.urn,
        person_id=c.person_id,
        role_level=c.role_level,
        ranking=c.ranking,
        voted_on=c.voted_on,
    )
    if state.last == voted:
        return []
    if len(set(c.ranking)) < len(c.ranking):
        raise Rejected("ranked_twice", "Give each priority one place.", field="/ranking")
    check_happened(c.voted_on, asked.today, "/voted_on")
    if state.last is not None and c.voted_on < state.last.voted_on:
        raise Rejected(
            "later_one_stands", "This person voted again on a later day: that vote counts.", field="/voted_on"
        )
    return [voted]


def evolve(_state: Ballot, event: PriorityVoted) -> Ballot:
    return Ballot(last=event)


ballot: Decider[Dated[CastBallot], Ballot, PriorityVoted] = Decider(Ballot(), decide, evolve)
