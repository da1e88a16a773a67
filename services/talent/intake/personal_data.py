"""What the trust decides about the data that it holds about a person: holds, erasures, and access given.

Commands only, and the trust's own people's: no system claims that somebody's data was erased. HR may read what was
decided, and decides nothing: see docs/adr/0048.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid5

from services.talent.domain.person import person, person_stream
from services.talent.domain.personal_data import (
    DecideErasure,
    LiftLegalHold,
    PlaceLegalHold,
    RecordSubjectAccess,
    personal_data,
    personal_data_stream,
)
from services.talent.domain.retention import Years, is_engaged, kept_until
from services.talent.intake.scope import check_known, check_of_trust
from services.talent.queries import duplicates_of
from shared.clock import Clock, today
from shared.contracts.talent.personal_data import Ground, Sha256
from shared.contracts.vocabulary import Count, Day, Id, PersonId
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, EventStore, States
from shared.intake import Admission


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is held about a person is to be erased, on a ground, as it was asked for on a day."""

    person_id: PersonId
    erasure_id: Id
    ground: Ground
    requested_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A person was given what is held about them: the package's hash, and how much is in it."""

    person_id: PersonId
    request_id: Id
    requested_on: Day
    events: Count
    withheld: Count
    package_sha256: Sha256


@dataclass(frozen=True, slots=True)
class _Asked:
    """An erasure, the register's other entries that are the same person, and the trust's retention periods."""

    erasure: Erasure
    duplicates: Sequence[Id]
    years: Years


def place_legal_hold(c: PlaceLegalHold, context: Context) -> Act:
    """Let nothing about a person be erased until the hold is lifted."""
    return _on_person(c, context)


def lift_legal_hold(c: LiftLegalHold, context: Context) -> Act:
    """Lift a legal hold."""
    return _on_person(c, context)


def record_subject_access(c: Access, context: Context) -> Act:
    """Record that a person was given what is held about them."""
    entry, stream = person_stream(c.person_id), personal_data_stream(c.person_id)

    def decide(states: States) -> Decision:
        check_known(states[entry], context)
        command = RecordSubjectAccess(
            person_id=c.person_id,
            request_id=c.request_id,
            requested_on=c.requested_on,
            events=c.events,
            withheld=c.withheld,
            package_sha256=c.package_sha256,
            today=today(states.at),
        )
        return {stream: personal_data.decide(command, states[stream])}

    return Act(context, {stream: personal_data, entry: person}, decide, writes=frozenset({stream}))


def decide_erasure(asked: _Asked, context: Context) -> Act:
    """Decide that what is held about a person is erased, or record why it may not be: the answer stands in history.

    What is decided is decided of all entries of the register that are this person, at once: a hold on one holds all.
    """
    c = asked.erasure
    entry = person_stream(c.person_id)
    erasures = {c.person_id: c.erasure_id} | {one: uuid5(c.erasure_id, str(one)) for one in asked.duplicates}
    streams = {person_id: personal_data_stream(person_id) for person_id in erasures}

    def decide(states: States) -> Decision:
        check_of_trust(states[entry], context)
        command = DecideErasure(
            person_id=c.person_id,
            erasure_id=c.erasure_id,
            ground=c.ground,
            requested_on=c.requested_on,
            held_elsewhere=any(states[stream].is_held for stream in streams.values()),
            engaged=is_engaged(states[entry]),
            kept_until=kept_until(states[entry], asked.years),
            today=today(states.at),
        )
        of_each = {one: replace(command, person_id=one, erasure_id=erasure) for one, erasure in erasures.items()}
        return {streams[one]: personal_data.decide(of_each[one], states[streams[one]]) for one in of_each}

    reads: dict[str, AnyDecider] = {**dict.fromkeys(streams.values(), personal_data), entry: person}
    return Act(context, reads, decide, writes=frozenset(streams.values()), holds=frozenset(reads))


def _on_person(c: PlaceLegalHold | LiftLegalHold, context: Context) -> Act:
    """A command on somebody of the sender's own trust, also on an entry that was merged."""
    entry, stream = person_stream(c.person_id), personal_data_stream(c.person_id)

    def decide(states: States) -> Decision:
        check_known(states[entry], context)
        return {stream: personal_data.decide(c, states[stream])}

    return Act(context, {stream: personal_data, entry: person}, decide, writes=frozenset({stream}))


def commands(years: Years) -> Mapping[str, Admission]:
    """The typed commands, by their paths.

    Args:
        years: the trust's retention periods.
    """

    async def asked(store: EventStore, _: Clock, erasure: Erasure, __: Context) -> _Asked:
        return _Asked(erasure, await duplicates_of(store, erasure.person_id), years)

    return {
        "/people/{person_id}/legal-holds": Admission(PlaceLegalHold, place_legal_hold, trust_only=True),
        "/people/{person_id}/legal-holds/{hold_id}/lift": Admission(LiftLegalHold, lift_legal_hold, trust_only=True),
        "/people/{person_id}/erasures": Admission(Erasure, decide_erasure, trust_only=True, look_up=asked),
        "/people/{person_id}/subject-access": Admission(Access, record_subject_access, trust_only=True),
    }
