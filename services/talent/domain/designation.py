"""Designations: the system leadership roles of one person or one school, of every scheme, one after the other.

What a leader's schools become by it (national_support_school.py) stands in the same stream: so one leader never
carries more schools than two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.talent.domain import national_support_school
from services.talent.domain.leading_roles import leads_a_part
from services.talent.domain.national_support_school import MOST, SupportEvent, Supports, Term, to_record
from services.talent.domain.service_record import Headship, day_after
from shared.contracts.talent.register import CHAIRS, HEADS
from shared.contracts.talent.roles import (
    NationalSupportSchoolEnded,
    NationalSupportSchoolRecognised,
    RoleDesignated,
    RoleDesignationWithdrawn,
)
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected

SCHEMES_OF_SCHOOLS: frozenset[Code] = frozenset({"nss", "tsa", "teaching_school_hub"})
SCHEMES_OF_PEOPLE: frozenset[Code] = frozenset({"nle", "lle", "sle", "nlg"})
TOO_MANY_SCHOOLS: Code = "heads_more_than_two_schools"


def designations_stream(trustuid: TrustUid, person_id: PersonId | None, urn: Urn | None) -> str:
    """One stream a holder, who is a person or a school."""
    if (person_id is None) == (urn is None):
        raise Rejected("person_or_school", "Name either a person or a school, and not both.", field="/person_id")
    return f"designations-{trustuid}-{urn}" if person_id is None else f"designations-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignateRole:
    """`roles`: what the person was on `from_on`; `headships`: theirs, ever. Facts from the person's stream."""

    designation_id: Id
    trustuid: TrustUid
    person_id: PersonId | None = None
    urn: Urn | None = None
    scheme: Code
    specialism: Name | None = None
    awarding_body: Name
    from_on: Day
    to_on: Day | None = None
    historic: bool = False
    roles: frozenset[Code] = frozenset()
    headships: tuple[Headship, ...] = ()
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDesignation:
    """`withdrawn_on` is the first day without it."""

    designation_id: Id
    withdrawn_on: Day
    reason: Code | None = None
    headships: tuple[Headship, ...] = ()
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowHeadships:
    """Something about the schools that a leader heads has changed, or a designation has run out."""

    headships: tuple[Headship, ...]
    today: Day


DesignationCommand = DesignateRole | WithdrawDesignation | FollowHeadships
DesignationEvent = RoleDesignated | RoleDesignationWithdrawn | SupportEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Designations:
    designated: Mapping[Id, RoleDesignated] = field(default_factory=dict)
    withdrawn: Mapping[Id, RoleDesignationWithdrawn] = field(default_factory=dict)
    supports: Supports = ()


def decide(command: DesignationCommand, state: Designations) -> list[DesignationEvent]:
    match command:
        case DesignateRole():
            return _designate(command, state)
        case WithdrawDesignation():
            return _withdraw(command, state)
        case FollowHeadships():
            return [*_schools(command.headships, state, command.today)]
        case _:
            assert_never(command)


def _designate(c: DesignateRole, state: Designations) -> list[DesignationEvent]:
    designated = RoleDesignated(
        designation_id=c.designation_id,
        trustuid=c.trustuid,
        person_id=c.person_id,
        urn=c.urn,
        scheme=c.scheme,
        specialism=c.specialism,
        awarding_body=c.awarding_body,
        from_on=c.from_on,
        to_on=c.to_on,
        historic=c.historic,
    )
    known = state.designated.get(c.designation_id)
    if known is not None and replace(known, warnings=()) == designated:
        return []
    if known is not None:
        raise Rejected(
            "designation_exists",
            "This designation is recorded with other details: withdraw it, and give a new one an id of its own.",
            field="/designation_id",
        )
    _check_holder(c)
    _check_days(c)
    designated = replace(designated, warnings=_warnings(c, state))
    return [designated, *_schools(c.headships, evolve(state, designated), c.today)]


def _check_holder(c: DesignateRole) -> None:
    if c.scheme in SCHEMES_OF_SCHOOLS and c.urn is None:
        raise Rejected("scheme_of_schools", "A school holds this role: give its URN, and no person.", field="/urn")
    if c.scheme in SCHEMES_OF_PEOPLE and c.person_id is None:
        raise Rejected("scheme_of_people", "A person holds this role: name them, and no school.", field="/person_id")


def _check_days(c: DesignateRole) -> None:
    if c.from_on > c.today:
        raise Rejected("in_the_future", "Record a designation once it has begun.", field="/from_on")
    if c.to_on is not None and c.to_on <= c.from_on:
        raise Rejected(
            "designation_ends_before_it_starts",
            "Give the last day of the designation: it must be after its first.",
            field="/to_on",
        )


def _warnings(c: DesignateRole, state: Designations) -> tuple[Code, ...]:
    """What is odd about it. Only what was imported from long ago may be: anything else is refused."""
    oddities = list(_oddities(c, state))
    if oddities and not c.historic:
        raise oddities[0]
    headed = {h.urn for h in c.headships if h.holds_on(c.from_on)} if c.scheme == "nle" else set()
    return (*(oddity.code for oddity in oddities), *([TOO_MANY_SCHOOLS] if len(headed) > MOST else []))


def _oddities(c: DesignateRole, state: Designations) -> Iterator[Rejected]:
    if c.scheme == "sle" and c.specialism is None:
        yield Rejected("specialism_missing", "Say what this leader is a specialist in.", field="/specialism")
    missing = _post_missing(c)
    if missing is not None:
        yield Rejected("post_not_held", missing, field="/person_id")
    if any(_overlaps(c, other, state) for other in state.designated.values()):
        yield Rejected(
            "designation_overlaps",
            "This role is held already in these days: withdraw the earlier designation, or give other days.",
            field="/from_on",
        )


def _post_missing(c: DesignateRole) -> str | None:
    """What the scheme asks for and the person was not on the first day."""
    match c.scheme:
        case "nle" | "lle" if not c.roles & HEADS:
            return "Name a person who was a serving head on the first day: this scheme is for heads."
        case "nlg" if not c.roles & CHAIRS:
            return "Name a person who chaired a board on the first day: this scheme is for chairs of governors."
        case "sle" if c.roles & HEADS or not any(leads_a_part(role) for role in c.roles):
            return "Name a person who was a middle or senior leader, and not the head, on the first day."
        case _:
            return None


def _overlaps(c: DesignateRole, other: RoleDesignated, state: Designations) -> bool:
    """Whether it is the same role, in days that the other one has too."""
    until = _until(other, state)
    return (
        (other.scheme, _plain(other.specialism)) == (c.scheme, _plain(c.specialism))
        and (until is None or c.from_on < until)
        and (c.to_on is None or other.from_on <= c.to_on)
    )


def _plain(specialism: Name | None) -> str:
    return " ".join((specialism or "").casefold().split())


def _withdraw(c: WithdrawDesignation, state: Designations) -> list[DesignationEvent]:
    known = state.designated.get(c.designation_id)
    if known is None:
        raise Rejected(
            "designation_unknown",
            "This person or school has no such designation: check the id.",
            field="/designation_id",
        )
    withdrawn = RoleDesignationWithdrawn(
        designation_id=c.designation_id,
        person_id=known.person_id,
        urn=known.urn,
        scheme=known.scheme,
        withdrawn_on=c.withdrawn_on,
        reason=c.reason,
    )
    if state.withdrawn.get(c.designation_id) == withdrawn:
        return []
    _check_may_end(c, known, state)
    return [withdrawn, *_schools(c.headships, evolve(state, withdrawn), c.today)]


def _check_may_end(c: WithdrawDesignation, known: RoleDesignated, state: Designations) -> None:
    if c.designation_id in state.withdrawn:
        raise Rejected(
            "already_withdrawn",
            "This designation was withdrawn on another day or for another reason: correct that record instead.",
            field="/designation_id",
        )
    if c.withdrawn_on > c.today:
        raise Rejected("in_the_future", "Withdraw a designation once it has ended.", field="/withdrawn_on")
    if c.withdrawn_on < known.from_on:
        raise Rejected(
            "withdrawn_before_designated",
            "Give the first day without the designation: it must not be before its first.",
            field="/withdrawn_on",
        )
    if known.to_on is not None and known.to_on < c.withdrawn_on:
        raise Rejected(
            "designation_has_ended",
            "This designation ended before that day by itself: there is nothing to withdraw.",
            field="/withdrawn_on",
        )


def _schools(headships: tuple[Headship, ...], state: Designations, today: Day) -> list[SupportEvent]:
    """What is to be recorded of the schools of a National Leader of Education."""
    terms = [
        Term(
            trustuid=designated.trustuid,
            person_id=designated.person_id,
            designation_id=designated.designation_id,
            from_on=designated.from_on,
            until_on=_until(designated, state),
        )
        for designated in state.designated.values()
        if designated.scheme == "nle" and designated.person_id is not None
    ]
    return to_record(terms, headships, state.supports, today)


def _until(designated: RoleDesignated, state: Designations) -> Day | None:
    """The first day without it."""
    withdrawn = state.withdrawn.get(designated.designation_id)
    if withdrawn is not None:
        return withdrawn.withdrawn_on
    return None if designated.to_on is None else day_after(designated.to_on)


def evolve(state: Designations, event: DesignationEvent) -> Designations:
    match event:
        case RoleDesignated():
            return replace(state, designated={**state.designated, event.designation_id: event})
        case RoleDesignationWithdrawn():
            return replace(state, withdrawn={**state.withdrawn, event.designation_id: event})
        case NationalSupportSchoolRecognised() | NationalSupportSchoolEnded():
            return replace(state, supports=national_support_school.evolve(state.supports, event))
        case _:
            assert_never(event)


designations: Decider[DesignationCommand, Designations, DesignationEvent] = Decider(Designations(), decide, evolve)
