"""Capabilities: how a person, their line manager and their peers rate what the person can do, in one cycle.

There is one rating of a capability by each rater: another value takes the place of the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.talent.domain.facts import check_happened
from shared.contracts.talent.careers import CapabilityRated, Rater, Rating
from shared.contracts.vocabulary import Code, Cycle, Day, Id, PersonId
from shared.decider import Decider, Rejected


def capabilities_stream(person_id: Id, cycle: str) -> str:
    return f"capabilities-{person_id}-{cycle.replace('/', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCapability:
    """`line_manager_id`: who managed the person on that day, a fact from the person's stream; None when nobody did."""

    person_id: PersonId
    capability: Code
    rating: Rating
    rater: Rater
    rater_id: PersonId
    cycle: Cycle
    rated_on: Day
    line_manager_id: PersonId | None
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    ratings: Mapping[tuple[Code, PersonId], tuple[Rater, Rating]] = field(default_factory=dict)  # by who gave them


def decide(c: RateCapability, state: Capabilities) -> list[CapabilityRated]:
    if state.ratings.get((c.capability, c.rater_id)) == (c.rater, c.rating):
        return []
    _check_rater(c)
    check_happened(c.rated_on, c.today, field="/rated_on")
    return [
        CapabilityRated(
            person_id=c.person_id,
            capability=c.capability,
            rating=c.rating,
            rater=c.rater,
            rater_id=c.rater_id,
            cycle=c.cycle,
            rated_on=c.rated_on,
        )
    ]


def _check_rater(c: RateCapability) -> None:
    if c.rater == _rater_is(c):
        return
    match c.rater:
        case "self":
            raise Rejected(
                "rater_not_self",
                "Give the person's own id, or say that a manager or a peer rates: a self-rating is the person's.",
                field="/rater_id",
            )
        case "manager":
            raise Rejected(
                "rater_not_manager",
                "Name the line manager of that day, or assign them first; anybody else rates as a peer.",
                field="/rater_id",
            )
        case "peer":
            raise Rejected(
                "rater_not_peer",
                "Say that the person or the line manager rates: a peer is neither of them.",
                field="/rater",
            )


def _rater_is(c: RateCapability) -> Rater:
    if c.rater_id == c.person_id:
        return "self"
    return "manager" if c.rater_id == c.line_manager_id else "peer"


def evolve(state: Capabilities, event: CapabilityRated) -> Capabilities:
    return Capabilities(ratings={**state.ratings, (event.capability, event.rater_id): (event.rater, event.rating)})


capabilities: Decider[RateCapability, Capabilities, CapabilityRated] = Decider(Capabilities(), decide, evolve)
