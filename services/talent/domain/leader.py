"""A leader's record: who is seen as a leader, by whom, and whether the record counts.

A leader's id is the person's own: one record a person, for ever. It counts at once when somebody else began it, and
from another's endorsement on when its own subject did. A decline or a closing ends it; it can be reopened, or the
person identified anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from services.talent.domain.facts import check_happened, check_known, check_still_here
from shared.contracts.talent.leaders import (
    Ambition,
    LeaderEndorsed,
    LeaderIdentified,
    LeaderInformed,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    LeaderSource,
)
from shared.contracts.vocabulary import Code, Day, Id, PersonId, Text, Urn
from shared.decider import Decider, Rejected

LEFT_THE_TRUST: Code = "left_the_trust"
Decliner = Literal["person", "trust"]


def leader_stream(leader_id: Id) -> str:
    return f"leader-{leader_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyLeader:
    """`identifier_known`, `is_member`, `has_left`: facts of the register about identifier, school and person."""

    person_id: PersonId
    urn: Urn | None = None
    identified_by: PersonId
    source: LeaderSource
    potential_for: tuple[Code, ...] = ()
    ambition: Ambition
    evidence: Text | None = None
    informed_on: Day | None = None
    identifier_known: bool
    is_member: bool
    has_left: bool
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorseLeader:
    leader_id: PersonId
    endorsed_by: PersonId
    endorsed_on: Day
    endorser_known: bool
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class InformLeader:
    leader_id: PersonId
    informed_by: PersonId
    informed_on: Day
    informer_known: bool
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineNomination:
    leader_id: PersonId
    declined_by: Decliner
    declined_on: Day
    reason: Text | None = None
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLeaderRecord:
    leader_id: PersonId
    closed_on: Day
    reason: Code
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenLeaderRecord:
    leader_id: PersonId
    reopened_by: PersonId
    reopened_on: Day
    reason: Code
    reopener_known: bool
    has_left: bool
    today: Day


LeaderCommand = (
    IdentifyLeader | EndorseLeader | InformLeader | DeclineNomination | CloseLeaderRecord | ReopenLeaderRecord
)
LeaderEvent = (
    LeaderIdentified
    | LeaderEndorsed
    | LeaderInformed
    | LeaderNominationDeclined
    | LeaderRecordClosed
    | LeaderRecordReopened
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a record ended: who declined, or why it was closed."""

    how: Literal["declined", "closed"]
    on: Day
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """A leader's record.

    Attributes:
        begun_by: who identified the leader, or reopened the record; `endorsers`, a handful, are those since then.
        informed: whether the person knows; before, nobody beyond the nominator and HR may see the record.
    """

    begun_by: PersonId | None = None
    begun_by_self: bool = False
    endorsers: frozenset[PersonId] = frozenset()
    informed: bool = False
    ending: Ending | None = None


def is_open(state: Leader) -> bool:
    return state.begun_by is not None and state.ending is None


def is_active(state: Leader) -> bool:
    """Whether the record counts: it is open, and somebody other than its subject stands behind it."""
    return is_open(state) and (not state.begun_by_self or bool(state.endorsers))


def check_active(state: Leader) -> None:
    if not is_active(state):
        raise Rejected(
            "leader_not_active",
            "This person has no active leader record: identify them, or have the record endorsed or reopened first.",
            field="/leader_id",
        )


def decide(command: LeaderCommand, state: Leader) -> list[LeaderEvent]:
    match command:
        case IdentifyLeader():
            return _identify(command, state)
        case EndorseLeader():
            return _endorse(command, state)
        case InformLeader():
            return _inform(command, state)
        case DeclineNomination():
            return _decline(command, state)
        case CloseLeaderRecord():
            return _close(command, state)
        case ReopenLeaderRecord():
            return _reopen(command, state)
        case _:
            assert_never(command)


def _identify(c: IdentifyLeader, state: Leader) -> list[LeaderEvent]:
    if is_open(state) and c.identified_by == state.begun_by:
        return []
    check_known(known=c.identifier_known, field="/identified_by")
    if is_open(state):
        raise Rejected(
            "leader_already_identified",
            "Somebody has identified this person already: endorse that record instead.",
            field="/person_id",
        )
    check_still_here(has_left=c.has_left, field="/person_id")
    if not c.is_member:
        raise Rejected("school_not_member", "Name a school that is a member of the trust now.", field="/urn")
    if c.informed_on is not None:
        check_happened(c.informed_on, c.today, field="/informed_on")
    return [
        LeaderIdentified(
            leader_id=c.person_id,
            person_id=c.person_id,
            urn=c.urn,
            identified_by=c.identified_by,
            source=c.source,
            potential_for=c.potential_for,
            ambition=c.ambition,
            evidence=c.evidence,
            informed_on=c.informed_on,
        )
    ]


def _endorse(c: EndorseLeader, state: Leader) -> list[LeaderEvent]:
    if c.endorsed_by == c.leader_id:
        raise Rejected("endorses_self", "Ask somebody else: nobody endorses their own record.", field="/endorsed_by")
    if c.endorsed_by in state.endorsers:
        return []
    if c.endorsed_by == state.begun_by and not state.begun_by_self:
        return []  # whoever began another's record stands behind it already
    _require_open(state)
    check_known(known=c.endorser_known, field="/endorsed_by")
    check_happened(c.endorsed_on, c.today, field="/endorsed_on")
    return [LeaderEndorsed(leader_id=c.leader_id, endorsed_by=c.endorsed_by, endorsed_on=c.endorsed_on)]


def _inform(c: InformLeader, state: Leader) -> list[LeaderEvent]:
    if state.informed:
        return []  # told once, they know
    _require_open(state)
    check_known(known=c.informer_known, field="/informed_by")
    check_happened(c.informed_on, c.today, field="/informed_on")
    return [LeaderInformed(leader_id=c.leader_id, informed_by=c.informed_by, informed_on=c.informed_on)]


def _decline(c: DeclineNomination, state: Leader) -> list[LeaderEvent]:
    if state.ending == Ending(how="declined", on=c.declined_on, why=c.declined_by):
        return []
    _require_open(state)
    check_happened(c.declined_on, c.today, field="/declined_on")
    return [
        LeaderNominationDeclined(
            leader_id=c.leader_id, declined_by=c.declined_by, declined_on=c.declined_on, reason=c.reason
        )
    ]


def _close(c: CloseLeaderRecord, state: Leader) -> list[LeaderEvent]:
    if state.ending == Ending(how="closed", on=c.closed_on, why=c.reason):
        return []
    _require_open(state)
    check_happened(c.closed_on, c.today, field="/closed_on")
    return [LeaderRecordClosed(leader_id=c.leader_id, closed_on=c.closed_on, reason=c.reason)]


def _reopen(c: ReopenLeaderRecord, state: Leader) -> list[LeaderEvent]:
    _require_known(state)
    if state.ending is None:
        return []
    check_known(known=c.reopener_known, field="/reopened_by")
    check_still_here(has_left=c.has_left, field="/leader_id")
    check_happened(c.reopened_on, c.today, field="/reopened_on")
    if c.reopened_on < state.ending.on:
        raise Rejected(
            "reopened_before_it_ended",
            "Give a day on or after the one on which the record ended.",
            field="/reopened_on",
        )
    return [
        LeaderRecordReopened(
            leader_id=c.leader_id, reopened_by=c.reopened_by, reopened_on=c.reopened_on, reason=c.reason
        )
    ]


def _require_known(state: Leader) -> None:
    if state.begun_by is None:
        raise Rejected(
            "leader_unknown", "Nobody has identified this person as a leader: do that first.", field="/leader_id"
        )


def _require_open(state: Leader) -> None:
    _require_known(state)
    if not is_open(state):
        raise Rejected(
            "leader_record_not_open",
            "This record has ended: reopen it, or identify the person anew.",
            field="/leader_id",
        )


def evolve(state: Leader, event: LeaderEvent) -> Leader:
    match event:
        case LeaderIdentified():
            by_self = event.source == "self" or event.identified_by == event.person_id
            informed = by_self or event.informed_on is not None
            return Leader(begun_by=event.identified_by, begun_by_self=by_self, informed=informed)
        case LeaderEndorsed():
            return replace(state, endorsers=state.endorsers | {event.endorsed_by})
        case LeaderInformed():
            return replace(state, informed=True)
        case LeaderNominationDeclined():
            informed = state.informed or event.declined_by == "person"
            ending = Ending(how="declined", on=event.declined_on, why=event.declined_by)
            return replace(state, informed=informed, ending=ending)
        case LeaderRecordClosed():
            return replace(state, ending=Ending(how="closed", on=event.closed_on, why=event.reason))
        case LeaderRecordReopened():
            by_self = event.reopened_by == event.leader_id
            return Leader(begun_by=event.reopened_by, begun_by_self=by_self, informed=state.informed or by_self)
        case _:
            assert_never(event)


leader: Decider[LeaderCommand, Leader, LeaderEvent] = Decider(Leader(), decide, evolve)
