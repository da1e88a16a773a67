"""A coach's pairings: the sessions, and how it ended. A part of the coach, in their stream; pairing_up.py begins them.

Nothing of what is said in a session is recorded: it never leaves the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from services.collaboration.domain.days import check_happened
from shared.contracts.collaboration.coaching import (
    CoachingEnded,
    CoachingPaired,
    CoachingQuestioned,
    CoachingSessionLogged,
    Minutes,
)
from shared.contracts.vocabulary import Code, Day, Id, PersonId
from shared.decider import Rejected

CoachingOutcome = Literal["met", "partly_met", "not_met", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSession:
    pairing_id: Id
    coach_id: PersonId
    session_id: Id
    theme: Code
    minutes: Minutes
    held_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """The days on which the coach leads somebody; `until_on`: the first day on which somebody else does."""

    coachee_id: Id
    from_on: Day
    until_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPairing:
    """The coach leads these people, in these spells: the pairings with them that go on then are questioned."""

    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPairing:
    pairing_id: Id
    coach_id: PersonId
    outcome: CoachingOutcome
    ended_on: Day


PairingCommand = LogSession | QuestionPairing | EndPairing
PairingEvent = CoachingPaired | CoachingSessionLogged | CoachingQuestioned | CoachingEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    paired: CoachingPaired
    sessions: Mapping[Id, CoachingSessionLogged] = field(default_factory=dict)
    questioned: frozenset[Id] = frozenset()  # about which of those who are coached
    ended: CoachingEnded | None = None

    @property
    def last_on(self) -> Day | None:
        """Its last day, as far as it is known."""
        return self.ended.ended_on if self.ended else self.paired.ends_on

    def goes_on(self, on: Day) -> bool:
        """Whether a day is one of its days."""
        return self.paired.starts_on <= on and (self.last_on is None or on <= self.last_on)

    def meets(self, spell: Spell) -> bool:
        """Whether the coach leads somebody who is coached on one of its days."""
        return (
            spell.coachee_id in self.paired.coachee_ids
            and (self.last_on is None or spell.from_on <= self.last_on)
            and (spell.until_on is None or self.paired.starts_on < spell.until_on)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairings:
    by_id: Mapping[Id, Pairing] = field(default_factory=dict)

    def of(self, pairing_id: Id) -> Pairing:
        """One of this coach's."""
        known = self.by_id.get(pairing_id)
        if known is None:
            raise Rejected(
                "pairing_unknown", "This coach has no such pairing: check both ids, or pair first.", field="/pairing_id"
            )
        return known


def decide(c: PairingCommand, state: Pairings, today: Day) -> Sequence[PairingEvent]:
    match c:
        case LogSession():
            return _log(c, state.of(c.pairing_id), today)
        case QuestionPairing():
            return _question(c, state)
        case EndPairing():
            return _end(c, state.of(c.pairing_id), today)
        case _:
            assert_never(c)


def _log(c: LogSession, pairing: Pairing, today: Day) -> list[PairingEvent]:
    logged = CoachingSessionLogged(
        pairing_id=c.pairing_id,
        urn=pairing.paired.urn,
        session_id=c.session_id,
        theme=c.theme,
        minutes=c.minutes,
        held_on=c.held_on,
    )
    known = pairing.sessions.get(c.session_id)
    if known == logged:
        return []
    if known is not None:
        raise Rejected(
            "coaching_session_exists",
            "This session is logged with other details: give another one an id of its own.",
            field="/session_id",
        )
    if pairing.ended is not None:
        raise Rejected(
            "pairing_ended",
            "This pairing has ended, and its sessions are counted: void its end first.",
            field="/pairing_id",
        )
    check_happened(c.held_on, today, "/held_on")
    if not pairing.goes_on(c.held_on):
        raise Rejected("outside_pairing", "Give a day of the pairing.", field="/held_on")
    return [logged]


def _question(c: QuestionPairing, state: Pairings) -> list[PairingEvent]:
    """Once for each pairing and coachee: what comes then is for people to say."""
    return [
        CoachingQuestioned(
            pairing_id=pairing.paired.pairing_id,
            urn=pairing.paired.urn,
            coachee_id=spell.coachee_id,
            reason="coach_is_line_manager",
            since_on=spell.from_on,
        )
        for pairing in state.by_id.values()
        if pairing.ended is None
        for spell in {s.coachee_id: s for s in reversed(c.spells) if pairing.meets(s)}.values()
        if spell.coachee_id not in pairing.questioned
    ]


def _end(c: EndPairing, pairing: Pairing, today: Day) -> list[PairingEvent]:
    ended = CoachingEnded(
        pairing_id=c.pairing_id,
        trustuid=pairing.paired.trustuid,
        urn=pairing.paired.urn,
        coach_id=c.coach_id,
        kind=pairing.paired.kind,
        outcome=c.outcome,
        sessions=len(pairing.sessions),
        minutes=sum(session.minutes for session in pairing.sessions.values()),
        ended_on=c.ended_on,
    )
    if pairing.ended is not None:
        if (pairing.ended.outcome, pairing.ended.ended_on) == (c.outcome, c.ended_on):
            return []
        raise Rejected(
            "pairing_ended", "This pairing has ended on another day or otherwise: void that first.", field="/pairing_id"
        )
    check_happened(c.ended_on, today, "/ended_on")
    if c.ended_on < max([pairing.paired.starts_on, *(session.held_on for session in pairing.sessions.values())]):
        raise Rejected(
            "ended_too_early", "Give its first day or a later one, after its last session.", field="/ended_on"
        )
    if not pairing.goes_on(c.ended_on):
        raise Rejected(
            "outside_pairing",
            "Give a day of the pairing: it was to end earlier, and its place may be taken since.",
            field="/ended_on",
        )
    return [ended]


def evolve(state: Pairings, event: PairingEvent) -> Pairings:
    match event:
        case CoachingPaired():
            changed = Pairing(paired=event)
        case CoachingSessionLogged():
            known = state.by_id[event.pairing_id]
            changed = replace(known, sessions={**known.sessions, event.session_id: event})
        case CoachingQuestioned():
            known = state.by_id[event.pairing_id]
            changed = replace(known, questioned=known.questioned | {event.coachee_id})
        case CoachingEnded():
            changed = replace(state.by_id[event.pairing_id], ended=event)
        case _:
            assert_never(event)
    return Pairings(by_id={**state.by_id, event.pairing_id: changed})
