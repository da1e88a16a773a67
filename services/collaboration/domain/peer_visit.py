"""A visit of one school's people to another: a meeting observed, team teaching, a learning walk, a book scrutiny."""

from __future__ import annotations

from dataclasses import dataclass

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.reviews import PeerVisitHeld, VisitKind
from shared.contracts.vocabulary import Count, Day, Id, Name, TrustUid, Urn
from shared.decider import Decider, Rejected


def peer_visit_stream(visit_id: Id) -> str:
    return f"peer-visit-{visit_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVisit:
    """`visitors`: how many went."""

    visit_id: Id
    trustuid: TrustUid
    from_urn: Urn
    to_urn: Urn
    kind: VisitKind
    focus: Name
    visitors: Count
    held_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerVisit:
    held: PeerVisitHeld | None = None


def decide(asked: Dated[RecordVisit], state: PeerVisit) -> list[PeerVisitHeld]:
    c = asked.command
    held = PeerVisitHeld(
        visit_id=c.visit_id,
        trustuid=c.trustuid,
        from_urn=c.from_urn,
        to_urn=c.to_urn,
        kind=c.kind,
        focus=c.focus,
        visitors=c.visitors,
        held_on=c.held_on,
    )
    if state.held == held:
        return []
    if state.held is not None:
        raise Rejected(
            "visit_exists",
            "This visit is recorded with other details: give a new visit an id of its own.",
            field="/visit_id",
        )
    if c.from_urn == c.to_urn:
        raise Rejected("visits_own_school", "Name another school than the visitors' own.", field="/to_urn")
    if c.visitors == 0:
        raise Rejected("visitors_missing", "Say how many people visited: one at least.", field="/visitors")
    check_happened(c.held_on, asked.today, "/held_on")
    return [held]


def evolve(_: PeerVisit, event: PeerVisitHeld) -> PeerVisit:
    return PeerVisit(held=event)


peer_visit: Decider[Dated[RecordVisit], PeerVisit, PeerVisitHeld] = Decider(PeerVisit(), decide, evolve)
