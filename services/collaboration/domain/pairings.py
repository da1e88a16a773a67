"""A coach's pairings: who is coached, the sessions, and how it ended. A part of the coach, in their stream.

Nothing of what is said in a session is recorded: it never leaves the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import check_happened
from shared.contracts.collaboration.coaching import (
    CoachingEnded,
    CoachingKind,
    CoachingPaired,
    CoachingQuestioned,
    CoachingSessionLogged,
    CoachPoolJoined,
    Minutes,
)
from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn
from shared.decider import Rejected

only_designated: frozenset[CoachingKind] = frozenset({"lle_head", "sle_group", "nlg_chair"})
"""What local, specialist and national leaders do, and nobody else."""

CoacheeIds = Annotated[tuple[PersonId, ...], MinLen(1), MaxLen(50)]
CoachingOutcome = Literal["met", "partly_met", "not_met", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`managers`, `heads`, `chairs`: what the register says of the coachees on the first day.

    Who leads them, and which of them head a school or chair its governors.
    """

    pairing_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    coach_id: PersonId
    coachee_ids: CoacheeIds
    kind: CoachingKind
    request_id: Id | None = None
    starts_on: Day
    ends_on: Day | None = None
    managers: frozenset[Id]
    heads: frozenset[Id]
    chairs: frozenset[Id]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSession:
    pairing_id: Id
    coach_id: PersonId
    session_id: Id
    theme: Code
    minutes: Minutes
    held_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPairing:
    """The coach leads a coachee from a day on: those pairings with them that go on then are questioned."""

    coachee_id: Id
    since_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPairing:
    pairing_id: Id
    coach_id: PersonId
    outcome: CoachingOutcome
    ended_on: Day


PairingCommand = Pair | LogSession | QuestionPairing | EndPairing
PairingEvent = CoachingPaired | CoachingSessionLogged | CoachingQuestioned | CoachingEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    paired: CoachingPaired
    sessions: Mapping[Id, CoachingSessionLogged] = field(default_factory=dict)
    questioned: frozenset[tuple[Id, Day]] = frozenset()
    ended: CoachingEnded | None = None

    def goes_on(self, on: Day) -> bool:
        """Whether it has not ended by a day."""
        last = self.ended.ended_on if self.ended else self.paired.ends_on
        return last is None or on <= last


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


def pair(c: Pair, standing: Sequence[CoachPoolJoined], state: Pairings) -> list[CoachingPaired]:
    """`standing`: the memberships of the pool that let the coach do this on the first day."""
    paired = CoachingPaired(
        pairing_id=c.pairing_id,
        trustuid=c.trustuid,
        urn=c.urn,
        coach_id=c.coach_id,
        coachee_ids=c.coachee_ids,
        kind=c.kind,
        request_id=c.request_id,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
    )
    known = state.by_id.get(c.pairing_id)
    if known is not None and known.paired == paired:
        return []
    if known is not None:
        raise Rejected(
            "pairing_exists",
            "This pairing is recorded with other details: give another one an id of its own.",
            field="/pairing_id",
        )
    if c.ends_on is not None and c.ends_on < c.starts_on:
        raise Rejected("ends_before_it_starts", "Let it end on its first day or later.", field="/ends_on")
    _check_coachees(c)
    _check_kind(c)
    if c.kind in only_designated and not standing:
        raise Rejected(
            "coach_not_designated", "Only who is designated for it on that day does this.", field="/coach_id"
        )
    if standing and _busy(c.starts_on, standing, state) >= sum(joined.places for joined in standing):
        raise Rejected(
            "no_place_left", "All places of this coach are taken: choose another, or end a pairing.", field="/coach_id"
        )
    return [paired]


def _check_coachees(c: Pair) -> None:
    if len(set(c.coachee_ids)) < len(c.coachee_ids):
        raise Rejected("named_twice", "Name each person once.", field="/coachee_ids")
    if c.coach_id in c.coachee_ids:
        raise Rejected("coach_is_coachee", "Name another coach: nobody coaches themselves.", field="/coach_id")
    if c.coach_id in c.managers:
        raise Rejected("coach_is_line_manager", "Name a coach who does not lead who is coached.", field="/coach_id")


def _check_kind(c: Pair) -> None:
    if c.kind != "sle_group" and len(c.coachee_ids) > 1:
        raise Rejected("one_at_a_time", "Name one person: only specialist leaders coach groups.", field="/coachee_ids")
    if c.kind == "lle_head" and not c.heads.issuperset(c.coachee_ids):
        raise Rejected("coachee_is_no_head", "A local leader coaches heads: name one.", field="/coachee_ids")
    if c.kind == "nlg_chair" and not c.chairs.issuperset(c.coachee_ids):
        raise Rejected(
            "coachee_is_no_chair", "A national leader of governance coaches chairs: name one.", field="/coachee_ids"
        )


def _busy(on: Day, standing: Sequence[CoachPoolJoined], state: Pairings) -> int:
    kinds = {kind for joined in standing for kind in joined.kinds}
    return sum(pairing.paired.kind in kinds and pairing.goes_on(on) for pairing in state.by_id.values())


def decide(c: LogSession | QuestionPairing | EndPairing, state: Pairings, today: Day) -> Sequence[PairingEvent]:
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
    if c.held_on < pairing.paired.starts_on or not pairing.goes_on(c.held_on):
        raise Rejected("outside_pairing", "Give a day of the pairing.", field="/held_on")
    return [logged]


def _question(c: QuestionPairing, state: Pairings) -> list[PairingEvent]:
    return [
        CoachingQuestioned(
            pairing_id=pairing.paired.pairing_id,
            urn=pairing.paired.urn,
            coachee_id=c.coachee_id,
            reason="coach_is_line_manager",
            since_on=c.since_on,
        )
        for pairing in state.by_id.values()
        if c.coachee_id in pairing.paired.coachee_ids
        and pairing.ended is None
        and pairing.goes_on(c.since_on)
        and (c.coachee_id, c.since_on) not in pairing.questioned
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
            changed = replace(known, questioned=known.questioned | {(event.coachee_id, event.since_on)})
        case CoachingEnded():
            changed = replace(state.by_id[event.pairing_id], ended=event)
        case _:
            assert_never(event)
    return Pairings(by_id={**state.by_id, event.pairing_id: changed})
