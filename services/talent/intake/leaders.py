"""Claims about leaders' records: who is seen as a leader, who stands behind it, and how a record ends.

A school speaks for those who work there; for the trust, only the trust declines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.talent.domain.leader import (
    CloseLeaderRecord,
    DeclineNomination,
    Decliner,
    EndorseLeader,
    IdentifyLeader,
    InformLeader,
    LeaderCommand,
    ReopenLeaderRecord,
    leader,
    leader_stream,
)
from services.talent.domain.person import Person, person, person_stream, places_on
from services.talent.domain.school import is_member_on, school, school_stream
from services.talent.domain.service_record import last_day
from services.talent.intake.scope import check_at_own_school, check_of_trust, is_of_trust
from shared.clock import today
from shared.contracts.talent import leaders as events
from shared.contracts.vocabulary import Code, Day, Id, PersonId, Text, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """`LeaderIdentified`: somebody is seen as a leader. A leader's id is the person's: either alone is enough."""

    leader_id: PersonId | None = None
    person_id: PersonId | None = None
    urn: Urn | None = None
    identified_by: PersonId
    source: events.LeaderSource
    potential_for: tuple[Code, ...] = ()
    ambition: events.Ambition
    evidence: Text | None = None
    informed_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """`LeaderEndorsed`: somebody else stands behind the record."""

    leader_id: PersonId
    endorsed_by: PersonId
    endorsed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Informing:
    """`LeaderInformed`: the person was told."""

    leader_id: PersonId
    informed_by: PersonId
    informed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Declining:
    """`LeaderNominationDeclined`: the person or the trust does not want it."""

    leader_id: PersonId
    declined_by: Decliner
    declined_on: Day
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """`LeaderRecordClosed`: the record ends."""

    leader_id: PersonId
    closed_on: Day
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """`LeaderRecordReopened`: a returner, or a second thought."""

    leader_id: PersonId
    reopened_by: PersonId
    reopened_on: Day
    reason: Code


def identify_leader(c: Identification, context: Context) -> Act:
    """Say that somebody is seen as a leader, now or to be."""
    person_id, by = _the_person(c), person_stream(c.identified_by)
    at = None if c.urn is None else school_stream(context.trustuid, c.urn)

    def command(states: States) -> IdentifyLeader:
        day = today(states.at)
        return IdentifyLeader(
            person_id=person_id,
            urn=c.urn,
            identified_by=c.identified_by,
            source=c.source,
            potential_for=c.potential_for,
            ambition=c.ambition,
            evidence=c.evidence,
            informed_on=c.informed_on,
            identifier_known=is_of_trust(states[by], context),
            is_member=at is None or is_member_on(day, states[at]),
            has_left=last_day(day, states[person_stream(person_id)]) is not None,
            today=day,
        )

    also: dict[str, AnyDecider] = {by: person} if at is None else {by: person, at: school}
    return _on_record(person_id, context, command, also, field="/person_id")


def endorse_leader(c: Endorsement, context: Context) -> Act:
    """Stand behind somebody else's record."""
    by = person_stream(c.endorsed_by)

    def command(states: States) -> EndorseLeader:
        return EndorseLeader(
            leader_id=c.leader_id,
            endorsed_by=c.endorsed_by,
            endorsed_on=c.endorsed_on,
            endorser_known=is_of_trust(states[by], context),
            today=today(states.at),
        )

    return _on_record(c.leader_id, on_day(c.endorsed_on, context), command, {by: person})


def inform_leader(c: Informing, context: Context) -> Act:
    """Record that the person was told that they are seen as a leader."""
    by = person_stream(c.informed_by)

    def command(states: States) -> InformLeader:
        return InformLeader(
            leader_id=c.leader_id,
            informed_by=c.informed_by,
            informed_on=c.informed_on,
            informer_known=is_of_trust(states[by], context),
            today=today(states.at),
        )

    return _on_record(c.leader_id, on_day(c.informed_on, context), command, {by: person})


def decline_nomination(c: Declining, context: Context) -> Act:
    """Decline a nomination, for the person or for the trust."""
    if c.declined_by == "trust" and context.urns is not None:
        raise Rejected(
            "trust_only", "Let the trust say so: a school says when the person declined.", field="/declined_by"
        )

    def command(states: States) -> DeclineNomination:
        return DeclineNomination(
            leader_id=c.leader_id,
            declined_by=c.declined_by,
            declined_on=c.declined_on,
            reason=c.reason,
            today=today(states.at),
        )

    return _on_record(c.leader_id, on_day(c.declined_on, context), command)


def close_record(c: Closing, context: Context) -> Act:
    """Close a leader's record."""

    def command(states: States) -> CloseLeaderRecord:
        return CloseLeaderRecord(leader_id=c.leader_id, closed_on=c.closed_on, reason=c.reason, today=today(states.at))

    return _on_record(c.leader_id, on_day(c.closed_on, context), command)


def reopen_record(c: Reopening, context: Context) -> Act:
    """Open a leader's record again."""
    by = person_stream(c.reopened_by)

    def command(states: States) -> ReopenLeaderRecord:
        day = today(states.at)
        return ReopenLeaderRecord(
            leader_id=c.leader_id,
            reopened_by=c.reopened_by,
            reopened_on=c.reopened_on,
            reason=c.reason,
            reopener_known=is_of_trust(states[by], context),
            has_left=last_day(day, states[person_stream(c.leader_id)]) is not None,
            today=day,
        )

    return _on_record(c.leader_id, on_day(c.reopened_on, context), command, {by: person})


taken: Sequence[Taken] = (
    (events.LeaderIdentified, "/leaders", Admission(Identification, identify_leader)),
    (events.LeaderEndorsed, "/leaders/{leader_id}/endorse", Admission(Endorsement, endorse_leader)),
    (events.LeaderInformed, "/leaders/{leader_id}/inform", Admission(Informing, inform_leader)),
    (events.LeaderNominationDeclined, "/leaders/{leader_id}/decline", Admission(Declining, decline_nomination)),
    (events.LeaderRecordClosed, "/leaders/{leader_id}/close", Admission(Closing, close_record)),
    (events.LeaderRecordReopened, "/leaders/{leader_id}/reopen", Admission(Reopening, reopen_record)),
)


def check_may_speak_of(state: Person, context: Context, on: Day, field: str) -> None:
    """A person of the sender's trust and, for a school, somebody who works there on that day."""
    check_of_trust(state, context, field)
    check_at_own_school(context, set(places_on(on, state)), field)


def _the_person(c: Identification) -> Id:
    found = c.person_id or c.leader_id
    if found is None:
        raise Rejected("person_missing", "Give the person's id.", field="/person_id")
    if c.leader_id not in (None, found):
        raise Rejected(
            "leader_id_differs", "A leader's id is the person's own: give one of the two.", field="/leader_id"
        )
    return found


def _on_record(
    leader_id: Id,
    context: Context,
    command: Callable[[States], LeaderCommand],
    also: dict[str, AnyDecider] | None = None,
    *,
    field: str = "/leader_id",
) -> Act:
    """A command on the record of somebody whom the sender may speak of."""
    record, entry = leader_stream(leader_id), person_stream(leader_id)

    def decide(states: States) -> Decision:
        check_may_speak_of(states[entry], context, today(states.at), field)
        return {record: leader.decide(command(states), states[record])}

    reads: dict[str, AnyDecider] = {record: leader, entry: person, **(also or {})}
    return Act(context, reads, decide, writes=frozenset({record}))
