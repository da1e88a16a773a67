"""What is held about a person, and what becomes of it: holds, erasures, and what they were given to read.

An erasure that a hold or a retention rule forbids is recorded as refused: the person has a right to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from shared.contracts.talent.personal_data import (
    ErasureDecided,
    ErasureRefused,
    Ground,
    LegalHoldLifted,
    LegalHoldPlaced,
    Obstacle,
    Sha256,
    SubjectAccessFulfilled,
)
from shared.contracts.vocabulary import Code, Count, Day, Id, PersonId, Text
from shared.decider import Decider, Rejected


def personal_data_stream(person_id: Id) -> str:
    return f"personal-data-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLegalHold:
    person_id: PersonId
    hold_id: Id
    basis: Code
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftLegalHold:
    person_id: PersonId
    hold_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideErasure:
    """Facts from other streams say what stands in its way.

    `held_elsewhere`: a hold stands on another entry of the register that is the same person. `engaged`: they work or
    serve here without a last day yet. `kept_until`: the last day on which a retention rule keeps the person's data.
    """

    person_id: PersonId
    erasure_id: Id
    ground: Ground
    requested_on: Day
    held_elsewhere: bool = False
    engaged: bool = False
    kept_until: Day | None = None
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSubjectAccess:
    person_id: PersonId
    request_id: Id
    requested_on: Day
    events: Count
    withheld: Count
    package_sha256: Sha256
    today: Day


PersonalDataCommand = PlaceLegalHold | LiftLegalHold | DecideErasure | RecordSubjectAccess
PersonalDataEvent = LegalHoldPlaced | LegalHoldLifted | ErasureDecided | ErasureRefused | SubjectAccessFulfilled


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """`holds`: those that were placed, with the basis of each; `lifted`: those of them that ended."""

    holds: dict[Id, Code] = field(default_factory=dict)
    lifted: frozenset[Id] = frozenset()
    erased: ErasureDecided | None = None
    refused: dict[Id, ErasureRefused] = field(default_factory=dict)
    given: dict[Id, SubjectAccessFulfilled] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """Whether a hold stands."""
        return bool(self.holds.keys() - self.lifted)


def decide(command: PersonalDataCommand, state: PersonalData) -> list[PersonalDataEvent]:
    match command:
        case PlaceLegalHold():
            return _place(command, state)
        case LiftLegalHold():
            return _lift(command, state)
        case DecideErasure():
            return _erase(command, state)
        case RecordSubjectAccess():
            return _give(command, state)
        case _:
            assert_never(command)


def _place(c: PlaceLegalHold, state: PersonalData) -> list[PersonalDataEvent]:
    _check_not_erased(state)
    if c.hold_id in state.lifted:
        raise Rejected(
            "hold_lifted", "This hold was lifted: place another one, under an id of its own.", field="/hold_id"
        )
    if c.hold_id in state.holds:
        return []
    return [LegalHoldPlaced(person_id=c.person_id, hold_id=c.hold_id, basis=c.basis, reason=c.reason)]


def _lift(c: LiftLegalHold, state: PersonalData) -> list[PersonalDataEvent]:
    if c.hold_id not in state.holds:
        raise Rejected("hold_unknown", "There is no such hold for this person: check its id.", field="/hold_id")
    if c.hold_id in state.lifted:
        return []
    return [LegalHoldLifted(person_id=c.person_id, hold_id=c.hold_id)]


def _erase(c: DecideErasure, state: PersonalData) -> list[PersonalDataEvent]:
    if state.erased is not None or c.erasure_id in state.refused:
        return []
    _check_requested(c.requested_on, c.today)
    obstacle, until_on = _obstacle(c, state)
    if obstacle is not None:
        return [
            ErasureRefused(
                person_id=c.person_id,
                erasure_id=c.erasure_id,
                ground=c.ground,
                requested_on=c.requested_on,
                because=obstacle,
                until_on=until_on,
            )
        ]
    return [
        ErasureDecided(person_id=c.person_id, erasure_id=c.erasure_id, ground=c.ground, requested_on=c.requested_on)
    ]


def _obstacle(c: DecideErasure, state: PersonalData) -> tuple[Obstacle | None, Day | None]:
    """What forbids an erasure now, and until when, if known. A court's order does not wait for a retention rule."""
    if state.is_held or c.held_elsewhere:
        return "legal_hold", None
    if c.ground == "court_order":
        return None, None
    if c.engaged:
        return "retention_rule", None
    if c.kept_until is not None and c.today <= c.kept_until:
        return "retention_rule", c.kept_until
    return None, None


def _give(c: RecordSubjectAccess, state: PersonalData) -> list[PersonalDataEvent]:
    _check_not_erased(state)
    if c.request_id in state.given:
        return []
    _check_requested(c.requested_on, c.today)
    return [
        SubjectAccessFulfilled(
            person_id=c.person_id,
            request_id=c.request_id,
            requested_on=c.requested_on,
            events=c.events,
            withheld=c.withheld,
            package_sha256=c.package_sha256,
        )
    ]


def _check_not_erased(state: PersonalData) -> None:
    if state.erased is not None:
        raise Rejected(
            "person_erased", "This person's data was erased: there is nothing left of it.", field="/person_id"
        )


def _check_requested(requested_on: Day, today: Day) -> None:
    if requested_on > today:
        raise Rejected(
            "requested_in_future", "Give the day on which it was asked for: today or before.", field="/requested_on"
        )


def evolve(state: PersonalData, event: PersonalDataEvent) -> PersonalData:
    match event:
        case LegalHoldPlaced():
            return replace(state, holds={**state.holds, event.hold_id: event.basis})
        case LegalHoldLifted():
            return replace(state, lifted=state.lifted | {event.hold_id})
        case ErasureDecided():
            return replace(state, erased=event)
        case ErasureRefused():
            return replace(state, refused={**state.refused, event.erasure_id: event})
        case SubjectAccessFulfilled():
            return replace(state, given={**state.given, event.request_id: event})
        case _:
            assert_never(event)


personal_data: Decider[PersonalDataCommand, PersonalData, PersonalDataEvent] = Decider(PersonalData(), decide, evolve)
