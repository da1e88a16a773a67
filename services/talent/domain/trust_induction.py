"""A trust-wide induction: everybody who is new to the trust comes together. It is planned once."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.talent.register import TrustInductionPlanned
from shared.contracts.vocabulary import Count, Id, Instant, Name, TrustUid
from shared.decider import Decider, Rejected


def trust_induction_stream(induction_id: Id) -> str:
    return f"trust-induction-{induction_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTrustInduction:
    """No `places`: as many as come."""

    induction_id: Id
    trustuid: TrustUid
    title: Name
    starts_at: Instant
    ends_at: Instant
    where: Name
    places: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustInduction:
    planned: TrustInductionPlanned | None = None


def decide(c: PlanTrustInduction, state: TrustInduction) -> list[TrustInductionPlanned]:
    planned = TrustInductionPlanned(
        induction_id=c.induction_id,
        trustuid=c.trustuid,
        title=c.title,
        starts_at=c.starts_at,
        ends_at=c.ends_at,
        where=c.where,
        places=c.places,
    )
    if state.planned == planned:
        return []
    if state.planned is not None:
        raise Rejected(
            "trust_induction_exists",
            "This induction is planned with other details: move its session in the calendar, or plan another one.",
            field="/induction_id",
        )
    if c.ends_at <= c.starts_at:
        raise Rejected(
            "trust_induction_ends_before_it_starts", "Let the induction end after it starts.", field="/ends_at"
        )
    if c.places == 0:
        raise Rejected("no_places", "Give the number of places, or leave it out if all may come.", field="/places")
    return [planned]


def evolve(_state: TrustInduction, event: TrustInductionPlanned) -> TrustInduction:
    return TrustInduction(planned=event)


trust_induction: Decider[PlanTrustInduction, TrustInduction, TrustInductionPlanned] = Decider(
    TrustInduction(), decide, evolve
)
