"""A school's membership of one trust: joining, leaving, perhaps joining again, and going on under a new URN.

Its days of joining and leaving are what is decided. Its name, phase and place are recorded as they were when
it joined and are not compared, so that importing the register again adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from shared.contracts.talent.register import Phase, SchoolJoinedTrust, SchoolLeftTrust, SchoolUrnSucceeded
from shared.contracts.vocabulary import Count, Day, Name, TrustUid, Ukprn, Urn
from shared.decider import Decider, Rejected


def school_stream(trustuid: str, urn: str) -> str:
    return f"school-{trustuid}-{urn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSchool:
    trustuid: TrustUid
    urn: Urn
    name: Name
    phase: Phase
    la: Name | None = None
    ukprn: Ukprn | None = None
    joined_on: Day
    easting: Count | None = None
    northing: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTrust:
    """`left_on` is the first day outside the trust."""

    trustuid: TrustUid
    urn: Urn
    left_on: Day
    reason: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedUrn:
    """Goes to the old URN's stream. The school under its new URN joins by a command of its own."""

    trustuid: TrustUid
    from_urn: Urn
    to_urn: Urn
    on: Day


SchoolCommand = JoinSchool | LeaveTrust | SucceedUrn
SchoolEvent = SchoolJoinedTrust | SchoolLeftTrust | SchoolUrnSucceeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """From `joined_on` to the day before `left_on`."""

    joined_on: Day
    left_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    memberships: tuple[Membership, ...] = ()  # oldest first, of which only the last may be open
    succeeded: SchoolUrnSucceeded | None = None

    @property
    def last(self) -> Membership | None:
        return self.memberships[-1] if self.memberships else None


def is_member_on(day: Day, state: School) -> bool:
    """Whether the school belongs to the trust on a day, under this URN."""
    if state.succeeded is not None and day >= state.succeeded.on:
        return False
    return any(
        membership.joined_on <= day and (membership.left_on is None or day < membership.left_on)
        for membership in state.memberships
    )


def decide(command: SchoolCommand, state: School) -> list[SchoolEvent]:
    match command:
        case JoinSchool():
            return _join(command, state)
        case LeaveTrust():
            return _leave(command, state)
        case SucceedUrn():
            return _succeed(command, state)
        case _:
            assert_never(command)


def _join(c: JoinSchool, state: School) -> list[SchoolEvent]:
    if any(c.joined_on == membership.joined_on for membership in state.memberships):
        return []  # the same joining, whatever has become of the school's name since
    if state.succeeded is not None:
        raise Rejected(
            "urn_already_succeeded",
            "This school goes on under a new URN: let it join under that one.",
            field="/urn",
        )
    if state.last is not None:
        if state.last.left_on is None:
            raise Rejected(
                "school_already_member",
                "This school has joined on another day and is still a member: record its leaving first.",
                field="/joined_on",
            )
        if c.joined_on < state.last.left_on:
            raise Rejected(
                "joined_before_left",
                "This school was a member until later: give a day on or after its leaving.",
                field="/joined_on",
            )
    return [
        SchoolJoinedTrust(
            trustuid=c.trustuid,
            urn=c.urn,
            name=c.name,
            phase=c.phase,
            la=c.la,
            ukprn=c.ukprn,
            joined_on=c.joined_on,
            easting=c.easting,
            northing=c.northing,
        )
    ]


def _leave(c: LeaveTrust, state: School) -> list[SchoolEvent]:
    if any(c.left_on == membership.left_on for membership in state.memberships):
        return []
    joined_on = _member_since(state, field="/urn")
    if c.left_on <= joined_on:
        raise Rejected(
            "left_before_joined",
            "Give the school's first day outside the trust: it must be after the day it joined.",
            field="/left_on",
        )
    return [SchoolLeftTrust(trustuid=c.trustuid, urn=c.urn, left_on=c.left_on, reason=c.reason)]


def _succeed(c: SucceedUrn, state: School) -> list[SchoolEvent]:
    if c.from_urn == c.to_urn:
        raise Rejected("urn_succeeds_itself", "Give the new URN: it must not be the old one.", field="/to_urn")
    succeeded = SchoolUrnSucceeded(trustuid=c.trustuid, from_urn=c.from_urn, to_urn=c.to_urn, on=c.on)
    if state.succeeded == succeeded:
        return []
    _member_since(state, field="/from_urn")
    return [succeeded]


def _member_since(state: School, *, field: str) -> Day:
    if state.succeeded is not None:
        raise Rejected(
            "urn_already_succeeded",
            "This school goes on under a new URN since then: name it by the new one.",
            field=field,
        )
    if state.last is None or state.last.left_on is not None:
        raise Rejected(
            "school_not_member",
            "This school is not a member of the trust: check the URN, or let it join first.",
            field=field,
        )
    return state.last.joined_on


def evolve(state: School, event: SchoolEvent) -> School:
    match event:
        case SchoolJoinedTrust(joined_on=joined_on):
            return replace(state, memberships=(*state.memberships, Membership(joined_on=joined_on)))
        case SchoolLeftTrust(left_on=left_on):
            *earlier, last = state.memberships
            return replace(state, memberships=(*earlier, replace(last, left_on=left_on)))
        case SchoolUrnSucceeded():
            return replace(state, succeeded=event)
        case _:
            assert_never(event)


school: Decider[SchoolCommand, School, SchoolEvent] = Decider(School(), decide, evolve)
