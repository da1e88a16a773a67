"""A coach: their memberships of the pool, and in the same stream their pairings, so that no place is given twice.

Who is designated as a system leader is in the pool by that, and what only they may do asks for it. The trust names
others, who are trained or experienced. pairing_up.py decides who is paired, pairings.py what becomes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never

from annotated_types import MaxLen, MinLen

from services.collaboration.domain import pairings
from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.pairing_up import Pair, only_designated, pair
from services.collaboration.domain.pairings import (
    EndPairing,
    LogSession,
    PairingCommand,
    PairingEvent,
    Pairings,
    QuestionPairing,
)
from shared.contracts.collaboration.coaching import (
    CoachingEnded,
    CoachingKind,
    CoachingPaired,
    CoachingQuestioned,
    CoachingSessionLogged,
    CoachPoolJoined,
    CoachPoolLeft,
    Places,
)
from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def coach_stream(person_id: Id) -> str:
    return f"coach-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPool:
    membership_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    person_id: PersonId
    basis: Literal["designation", "training", "experience"]
    kinds: Annotated[tuple[CoachingKind, ...], MinLen(1), MaxLen(6)]
    specialism: Code | None = None
    places: Places = 1
    from_on: Day
    to_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePool:
    """`left_on`: the first day without the membership."""

    membership_id: Id
    person_id: PersonId
    left_on: Day


CoachCommand = JoinPool | LeavePool | Pair | PairingCommand
CoachEvent = CoachPoolJoined | CoachPoolLeft | PairingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    memberships: Mapping[Id, CoachPoolJoined] = field(default_factory=dict)
    left_on: Mapping[Id, Day] = field(default_factory=dict)
    pairings: Pairings = field(default_factory=Pairings)

    def standing(self, on: Day, kind: CoachingKind) -> list[CoachPoolJoined]:
        """The memberships that let them coach in a way on a day."""
        return [
            joined
            for joined in self.memberships.values()
            if kind in joined.kinds
            and joined.from_on <= on
            and (joined.to_on is None or on <= joined.to_on)
            and (joined.membership_id not in self.left_on or on < self.left_on[joined.membership_id])
        ]


def decide(asked: Dated[CoachCommand], state: Coach) -> list[CoachEvent]:
    match asked.command:
        case JoinPool():
            return _join(asked.command, state)
        case LeavePool():
            return _leave(asked.command, state, asked.today)
        case Pair():
            standing = state.standing(asked.command.starts_on, asked.command.kind)
            return [*pair(asked.command, standing, state.pairings)]
        case LogSession() | QuestionPairing() | EndPairing():
            return [*pairings.decide(asked.command, state.pairings, asked.today)]
        case _:
            assert_never(asked.command)


def _join(c: JoinPool, state: Coach) -> list[CoachEvent]:
    joined = CoachPoolJoined(
        membership_id=c.membership_id,
        trustuid=c.trustuid,
        urn=c.urn,
        person_id=c.person_id,
        basis=c.basis,
        kinds=c.kinds,
        specialism=c.specialism,
        places=c.places,
        from_on=c.from_on,
        to_on=c.to_on,
    )
    known = state.memberships.get(c.membership_id)
    if known == joined:
        return []
    if known is not None:
        raise Rejected(
            "membership_exists",
            "This membership is recorded with other details: end it, and give a new one an id of its own.",
            field="/membership_id",
        )
    if c.basis != "designation" and not only_designated.isdisjoint(c.kinds):
        raise Rejected(
            "designation_needed",
            "Leave out what only a designated system leader does: record their designation instead.",
            field="/kinds",
        )
    if c.to_on is not None and c.to_on < c.from_on:
        raise Rejected("ends_before_it_starts", "Let it end on its first day or later.", field="/to_on")
    return [joined]


def _leave(c: LeavePool, state: Coach, today: Day) -> list[CoachEvent]:
    joined = state.memberships.get(c.membership_id)
    if joined is None:
        raise Rejected(
            "membership_unknown",
            "This person has no such membership of the pool: check both ids.",
            field="/membership_id",
        )
    if c.membership_id in state.left_on:
        return []
    check_happened(c.left_on, today, "/left_on")
    return [
        CoachPoolLeft(membership_id=c.membership_id, person_id=c.person_id, urn=joined.urn, left_on=c.left_on),
    ]


def evolve(state: Coach, event: CoachEvent) -> Coach:
    match event:
        case CoachPoolJoined():
            return replace(state, memberships={**state.memberships, event.membership_id: event})
        case CoachPoolLeft():
            return replace(state, left_on={**state.left_on, event.membership_id: event.left_on})
        case CoachingPaired() | CoachingSessionLogged() | CoachingQuestioned() | CoachingEnded():
            return replace(state, pairings=pairings.evolve(state.pairings, event))
        case _:
            assert_never(event)


coach: Decider[Dated[CoachCommand], Coach, CoachEvent] = Decider(Coach(), decide, evolve)
