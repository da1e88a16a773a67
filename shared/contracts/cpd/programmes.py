"""Programmes and the calendar: what is on offer, its sessions, who booked and came, and what they made of it."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen

from shared.contracts.vocabulary import (
    Code,
    Count,
    Day,
    Id,
    Instant,
    Name,
    Personal,
    PersonId,
    Text,
    TrustUid,
    Urn,
    event,
)

ProgrammeKind = Literal["course", "npq", "masters", "mba", "visit", "induction", "moderation", "research_group"]
Funding = Literal["trust", "school", "scholarship", "self", "other"]
Attendance = Literal["present", "part", "absent"]
EvaluationLevel = Annotated[int, Ge(1), Le(5)]
ImpactLevel = Annotated[int, Ge(4), Le(5)]
Score = Annotated[int, Ge(1), Le(5)]
NeedSeenIn = Literal["readiness", "review", "one_to_one", "self"]


@event
class Partner:
    """Who runs a programme together with its owner."""

    name: Name
    reach: Literal["local", "regional", "national"]


@event
class ProgrammePublished:
    """A programme of training is on offer, of the trust or, with `urn`, of that school. Cost in pence a place."""

    programme_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    title: Name
    kind: ProgrammeKind
    audience_stages: tuple[Code, ...] = ()
    audience_roles: tuple[Code, ...] = ()
    outcomes: tuple[Text, ...] = ()
    partner: Partner | None = None
    cost_pence: Count


@event
class SessionScheduled:
    """A session of a programme stands in the calendar. No `places` means as many as come (whole-staff sessions)."""

    session_id: Id
    programme_id: Id
    trustuid: TrustUid
    scope: Literal["trust", "school"]
    urn: Urn | None = None
    starts_at: Instant
    ends_at: Instant
    places: Count | None = None
    where: Name
    how_to_join: Text | None = None


@event
class SessionRescheduled:
    """A session moved to another time, and maybe another place."""

    session_id: Id
    starts_at: Instant
    ends_at: Instant
    where: Name
    reason: Text | None = None


@event
class SessionCancelled:
    """A session will not take place; it stays in the calendar as cancelled, and its bookings end with it."""

    session_id: Id
    reason: Text | None = None


@event
class PlaceBooked:
    """Somebody has a place in a session; a `walk_in` came without one, and got it by coming."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    funded_by: Funding | None = None
    walk_in: bool = False
    from_waiting_list: bool = False


@event
class PlaceWaitlisted:
    """A session is full: somebody waits, and is promoted in order."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    funded_by: Funding | None = None


@event
class BookingCancelled:
    """Somebody gave up their place, or their place in the waiting list."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    reason: Code | None = None


@event
class AttendanceRecorded:
    """Whether somebody was at a session, and for how long; the latest record counts."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    attendance: Attendance
    minutes: Count | None = None


@event
class CpdEvaluated:
    """What a participant says of a session, at one of Guskey's five levels, on a scale from 1 to 5."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    level: EvaluationLevel
    score: Score
    due_on: Day | None = None
    evaluated_on: Day


@event
class ReflectionShared:
    """A participant's own words; with `may_publish` others may read them."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    reflection_id: Id
    text: Annotated[Text, Personal(subject="person_id")]
    may_publish: bool = False


@event
class ImpactEvidenced:
    """A measure before and after a programme at a school, for all and for disadvantaged pupils: numbers, never names.

    Measures are in thousandths of their unit, so that a reading age of 9.4 years is 9400.
    """

    impact_id: Id
    programme_id: Id
    trustuid: TrustUid
    urn: Urn
    level: ImpactLevel
    measure: Name
    baseline_thousandths: int
    follow_up_thousandths: int
    disadvantaged_baseline_thousandths: int | None = None
    disadvantaged_follow_up_thousandths: int | None = None
    verified_by: PersonId
    evidenced_on: Day


@event
class PioneerVisitArranged:
    """People of a school will visit a school that leads in something, in the trust or outside."""

    visit_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    host: Name
    host_urn: Urn | None = None
    visitor_ids: Annotated[tuple[PersonId, ...], MaxLen(100)]
    focus: Text
    visit_on: Day


@event
class PioneerVisitReported:
    """What the visitors learnt."""

    visit_id: Id
    urn: Urn | None = None
    learning: Annotated[Text, Personal()]
    reported_on: Day


@event
class DevelopmentNeedRecorded:
    """Something that a person needs to develop, and where that was seen; with programmes that answer it."""

    need_id: Id
    person_id: PersonId
    urn: Urn | None = None
    capability: Code
    seen_in: NeedSeenIn
    programme_ids: Annotated[tuple[Id, ...], MaxLen(20)] = ()
    recorded_on: Day


@event
class DevelopmentNeedMet:
    """A development need is met, by a programme or otherwise."""

    need_id: Id
    person_id: PersonId
    urn: Urn | None = None
    met_by: Id | None = None
    met_on: Day


events = (
    ProgrammePublished,
    SessionScheduled,
    SessionRescheduled,
    SessionCancelled,
    PlaceBooked,
    PlaceWaitlisted,
    BookingCancelled,
    AttendanceRecorded,
    CpdEvaluated,
    ReflectionShared,
    ImpactEvidenced,
    PioneerVisitArranged,
    PioneerVisitReported,
    DevelopmentNeedRecorded,
    DevelopmentNeedMet,
)
