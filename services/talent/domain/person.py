"""A person: their entry in the register, their engagements, and who manages them when.

Nothing here reads a name or an address: in a stored event they are sealed, and after an erasure
they are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from shared.contracts.talent.register import (
    EngagementEnded,
    EngagementKind,
    EngagementStarted,
    LineManagerAssigned,
    PersonRegistered,
)
from shared.contracts.vocabulary import (
    Code,
    Count,
    Day,
    Id,
    Name,
    PersonId,
    Reference,
    Trn,
    TrustUid,
    Urn,
)
from shared.decider import Decider, Rejected

FULL_TIME = 100  # hundredths
UNPAID: frozenset[EngagementKind] = frozenset({"governor", "trustee", "volunteer"})


def person_stream(person_id: Id) -> str:
    return f"person-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    person_id: PersonId
    trustuid: TrustUid
    source: Code
    staff_ref: Reference
    name: Name
    email: Name | None = None
    trn: Trn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEngagement:
    person_id: PersonId
    engagement_id: Id
    urn: Urn | None = None
    kind: EngagementKind
    role: Code
    fte_hundredths: Count
    acting: bool = False
    started_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEngagement:
    """`ended_on` is the last day."""

    person_id: PersonId
    engagement_id: Id
    ended_on: Day
    reason: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignLineManager:
    """`manager_known`: whether the manager is in the register, a fact from another stream."""

    person_id: PersonId
    manager_id: PersonId
    from_on: Day
    manager_known: bool


PersonCommand = RegisterPerson | StartEngagement | EndEngagement | AssignLineManager
PersonEvent = PersonRegistered | EngagementStarted | EngagementEnded | LineManagerAssigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    known_as: tuple[TrustUid, Code, Name] | None = None  # the trust, and how its source's system calls the person
    started: Mapping[Id, EngagementStarted] = field(default_factory=dict)
    ended: Mapping[Id, EngagementEnded] = field(default_factory=dict)
    managers: Mapping[Day, PersonId] = field(default_factory=dict)  # by the day from which they manage


def engagements_on(day: Day, state: Person) -> list[EngagementStarted]:
    return [
        engagement
        for engagement_id, engagement in state.started.items()
        if engagement.started_on <= day
        and (engagement_id not in state.ended or day <= state.ended[engagement_id].ended_on)
    ]


def fte_hundredths_on(day: Day, state: Person) -> int:
    """The share of full time in all engagements of a day; more than 100 is worth a warning only."""
    return sum(engagement.fte_hundredths for engagement in engagements_on(day, state))


def line_manager_on(day: Day, state: Person) -> PersonId | None:
    """Who was assigned last by that day."""
    begun = [from_on for from_on in state.managers if from_on <= day]
    return state.managers[max(begun)] if begun else None


def decide(command: PersonCommand, state: Person) -> list[PersonEvent]:
    match command:
        case RegisterPerson():
            return _register(command, state)
        case StartEngagement():
            return _start(command, state)
        case EndEngagement():
            return _end(command, state)
        case AssignLineManager():
            return _assign(command, state)
        case _:
            assert_never(command)


def _register(c: RegisterPerson, state: Person) -> list[PersonEvent]:
    if state.known_as == (c.trustuid, c.source, c.staff_ref):
        return []
    if state.known_as is not None:
        raise Rejected(
            "person_exists",
            "This person is registered under another staff reference: use that one, or another person id.",
            field="/person_id",
        )
    return [
        PersonRegistered(
            person_id=c.person_id,
            trustuid=c.trustuid,
            source=c.source,
            staff_ref=c.staff_ref,
            name=c.name,
            email=c.email,
            trn=c.trn,
        )
    ]


def _start(c: StartEngagement, state: Person) -> list[PersonEvent]:
    _require_registered(state)
    started = EngagementStarted(
        person_id=c.person_id,
        engagement_id=c.engagement_id,
        urn=c.urn,
        kind=c.kind,
        role=c.role,
        fte_hundredths=c.fte_hundredths,
        acting=c.acting,
        started_on=c.started_on,
    )
    known = state.started.get(c.engagement_id)
    if known == started:
        return []
    if known is not None:
        raise Rejected(
            "engagement_exists",
            "This engagement is recorded with other details: give a new one an id of its own.",
            field="/engagement_id",
        )
    if c.fte_hundredths > FULL_TIME:
        raise Rejected(
            "fte_above_full_time",
            "Give the share of full time in hundredths: one engagement has at most 100.",
            field="/fte_hundredths",
        )
    if c.fte_hundredths == 0 and c.kind not in UNPAID:
        raise Rejected(
            "fte_missing",
            "Give the share of full time in hundredths: only governors, trustees and volunteers have none.",
            field="/fte_hundredths",
        )
    return [started]


def _end(c: EndEngagement, state: Person) -> list[PersonEvent]:
    _require_registered(state)
    ended = EngagementEnded(person_id=c.person_id, engagement_id=c.engagement_id, ended_on=c.ended_on, reason=c.reason)
    if c.engagement_id not in state.started:
        raise Rejected(
            "engagement_unknown",
            "This person has no such engagement: check its id, or record its start first.",
            field="/engagement_id",
        )
    known = state.ended.get(c.engagement_id)
    if known == ended:
        return []
    if known is not None:
        raise Rejected(
            "engagement_already_ended",
            "This engagement ended on another day or for another reason: correct that record instead.",
            field="/engagement_id",
        )
    if c.ended_on < state.started[c.engagement_id].started_on:
        raise Rejected(
            "engagement_ends_before_it_starts",
            "Give the last day of the engagement: it must not be before its first.",
            field="/ended_on",
        )
    return [ended]


def _assign(c: AssignLineManager, state: Person) -> list[PersonEvent]:
    _require_registered(state)
    if state.managers.get(c.from_on) == c.manager_id:
        return []
    if c.manager_id == c.person_id:
        raise Rejected("manages_self", "Name another person: nobody is their own line manager.", field="/manager_id")
    if not c.manager_known:
        raise Rejected(
            "person_unknown",
            "The line manager is not in the register: register them first.",
            field="/manager_id",
        )
    return [LineManagerAssigned(person_id=c.person_id, manager_id=c.manager_id, from_on=c.from_on)]


def _require_registered(state: Person) -> None:
    if state.known_as is None:
        raise Rejected("person_unknown", "This person is not in the register: register them first.", field="/person_id")


def evolve(state: Person, event: PersonEvent) -> Person:
    match event:
        case PersonRegistered():
            return replace(state, known_as=(event.trustuid, event.source, event.staff_ref))
        case EngagementStarted():
            return replace(state, started={**state.started, event.engagement_id: event})
        case EngagementEnded():
            return replace(state, ended={**state.ended, event.engagement_id: event})
        case LineManagerAssigned():
            return replace(state, managers={**state.managers, event.from_on: event.manager_id})
        case _:
            assert_never(event)


person: Decider[PersonCommand, Person, PersonEvent] = Decider(Person(), decide, evolve)
