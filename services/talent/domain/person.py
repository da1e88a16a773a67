"""A person: their entry in the register, their engagements, and who manages them when.

An engagement by itself is engagement.py's, two entries that are one person are merging.py's; all of it stands in the
person's one stream. Nothing here reads a name or an address: in a stored event they are sealed, and after an erasure
they are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.talent.domain.engagement import (
    ChangeEngagement,
    EndEngagement,
    Engagement,
    EngagementCommand,
    EngagementEvent,
    PauseEngagement,
    ResumeEngagement,
    StartEngagement,
    engagement,
)
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementMoved,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
    LineManagerAssigned,
    PersonDetailsCorrected,
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
    Removable,
)
from shared.contracts.vocabulary import (
    Code,
    Day,
    Id,
    Name,
    PersonId,
    Reference,
    Trn,
    TrustUid,
)
from shared.decider import Decider, Rejected


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
class CorrectDetails:
    """What is not given stays; `removed` is taken out of the register."""

    person_id: PersonId
    correction_id: Id
    name: Name | None = None
    email: Name | None = None
    trn: Trn | None = None
    removed: tuple[Removable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignLineManager:
    """`manager`: their entry, a fact from another stream."""

    person_id: PersonId
    manager_id: PersonId
    from_on: Day
    manager: Person


PersonCommand = RegisterPerson | CorrectDetails | AssignLineManager | EngagementCommand
PersonEvent = (
    PersonRegistered
    | PersonDetailsCorrected
    | LineManagerAssigned
    | PersonsMerged
    | PersonsSplit
    | EngagementMoved
    | EngagementEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    known_as: tuple[TrustUid, Code, Name] | None = None  # the trust, and how its source's system calls the person
    engagements: Mapping[Id, Engagement] = field(default_factory=dict)
    corrections: frozenset[Id] = frozenset()
    managers: Mapping[Day, PersonId] = field(default_factory=dict)  # by the day from which they manage
    merged: PersonsMerged | None = None  # where this entry is a duplicate
    split: PersonsSplit | None = None  # the last time that it turned out to be none

    @property
    def started(self) -> Mapping[Id, EngagementStarted]:
        """How each engagement began."""
        return {key: one.started for key, one in self.engagements.items() if one.started is not None}

    @property
    def ended(self) -> Mapping[Id, EngagementEnded]:
        """How each engagement that has an end ended, or will."""
        return {key: one.ended for key, one in self.engagements.items() if one.ended is not None}


def engagements_on(day: Day, state: Person) -> tuple[Engagement, ...]:
    """The engagements that are in force on a day, those that pause among them."""
    return tuple(one for one in state.engagements.values() if one.runs_on(day))


def terms_on(day: Day, state: Person) -> tuple[EngagementStarted | EngagementChanged, ...]:
    """What is agreed on a day in each engagement that is in force: school, role, share of full time."""
    return tuple(terms for one in state.engagements.values() if (terms := one.terms_on(day)) is not None)


def places_on(day: Day, state: Person) -> frozenset[str | None]:
    """Where somebody works or serves on a day: the schools' URNs, and None for the trust itself."""
    return frozenset(terms.urn for terms in terms_on(day, state))


def roles_on(day: Day, state: Person) -> frozenset[str]:
    """The roles that somebody has on a day."""
    return frozenset(terms.role for terms in terms_on(day, state))


def line_manager_on(day: Day, state: Person) -> Id | None:
    """Who manages somebody on a day, by the last assignment until then."""
    since = max((from_on for from_on in state.managers if from_on <= day), default=None)
    return None if since is None else state.managers[since]


def check_stands(state: Person, field: str) -> None:
    """Something can be said of an entry that is in the register and stands for itself."""
    if state.known_as is None:
        raise Rejected("person_unknown", "This person is not in the register: register them first.", field=field)
    if state.merged is not None:
        raise Rejected(
            "person_merged",
            "This entry was merged into another one: name the person by the survivor's id.",
            field=field,
        )


def check_beside(other: Person, state: Person, field: str) -> None:
    """Another trust's people are not known here."""
    if other.known_as is None or state.known_as is None or other.known_as[0] != state.known_as[0]:
        raise Rejected("person_unknown", "This person is not in the register: register them first.", field=field)
    check_stands(other, field)


def decide(command: PersonCommand, state: Person) -> list[PersonEvent]:
    match command:
        case RegisterPerson():
            return _register(command, state)
        case CorrectDetails():
            return _correct(command, state)
        case AssignLineManager():
            return _assign(command, state)
        case StartEngagement() | ChangeEngagement() | PauseEngagement() | ResumeEngagement() | EndEngagement():
            check_stands(state, "/person_id")
            known = state.engagements.get(command.engagement_id, engagement.initial)
            return [*engagement.decide(command, known)]
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


def _correct(c: CorrectDetails, state: Person) -> list[PersonEvent]:
    check_stands(state, "/person_id")
    if c.correction_id in state.corrections:
        return []
    given = {name for name in ("name", "email", "trn") if getattr(c, name) is not None}
    if not given and not c.removed:
        raise Rejected("nothing_to_correct", "Say what is right: a name, an e-mail address or a teacher number.")
    if given.intersection(c.removed):
        raise Rejected("given_and_removed", "Either give a detail or remove it, not both at once.", field="/removed")
    return [
        PersonDetailsCorrected(
            person_id=c.person_id,
            correction_id=c.correction_id,
            name=c.name,
            email=c.email,
            trn=c.trn,
            removed=c.removed,
        )
    ]


def _assign(c: AssignLineManager, state: Person) -> list[PersonEvent]:
    check_stands(state, "/person_id")
    if state.managers.get(c.from_on) == c.manager_id:
        return []
    if c.manager_id == c.person_id:
        raise Rejected("manages_self", "Name another person: nobody is their own line manager.", field="/manager_id")
    check_beside(c.manager, state, "/manager_id")
    return [LineManagerAssigned(person_id=c.person_id, manager_id=c.manager_id, from_on=c.from_on)]


def evolve(state: Person, event: PersonEvent) -> Person:
    match event:
        case PersonRegistered():
            return replace(state, known_as=(event.trustuid, event.source, event.staff_ref))
        case PersonDetailsCorrected():
            return replace(state, corrections=state.corrections | {event.correction_id})
        case LineManagerAssigned():
            return replace(state, managers={**state.managers, event.from_on: event.manager_id})
        case PersonsMerged():
            return replace(state, merged=event)
        case PersonsSplit():
            return replace(state, merged=None, split=event)
        case EngagementMoved():
            kept = {key: one for key, one in state.engagements.items() if key != event.engagement_id}
            return replace(state, engagements=kept)
        case EngagementStarted() | EngagementChanged() | EngagementPaused() | EngagementResumed() | EngagementEnded():
            known = state.engagements.get(event.engagement_id, engagement.initial)
            changed = engagement.evolve(known, event)
            return replace(state, engagements={**state.engagements, event.engagement_id: changed})
        case _:
            assert_never(event)


person: Decider[PersonCommand, Person, PersonEvent] = Decider(Person(), decide, evolve)
