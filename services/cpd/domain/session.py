"""A session of a programme in the calendar: scheduled, moved, cancelled.

A cancelled session stays in the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from shared.contracts.cpd.programmes import SessionCancelled, SessionRescheduled, SessionScheduled
from shared.contracts.vocabulary import Count, Id, Instant, Name, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def session_stream(session_id: Id) -> str:
    return f"session-{session_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSession:
    """`programme_trustuid`: who published the programme, a fact from its stream; None when nobody did."""

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
    programme_trustuid: TrustUid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleSession:
    session_id: Id
    starts_at: Instant
    ends_at: Instant
    where: Name
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSession:
    session_id: Id
    reason: Text | None = None


SessionCommand = ScheduleSession | RescheduleSession | CancelSession
SessionEvent = SessionScheduled | SessionRescheduled | SessionCancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    scheduled: SessionScheduled | None = None
    stands: tuple[Instant, Instant, Name] | None = None  # start, end and place as they are now
    cancelled: bool = False


def decide(command: SessionCommand, state: Session) -> list[SessionEvent]:
    match command:
        case ScheduleSession():
            return _schedule(command, state)
        case RescheduleSession():
            return _reschedule(command, state)
        case CancelSession():
            return _cancel(command, state)
        case _:
            assert_never(command)


def _schedule(c: ScheduleSession, state: Session) -> list[SessionEvent]:
    scheduled = SessionScheduled(
        session_id=c.session_id,
        programme_id=c.programme_id,
        trustuid=c.trustuid,
        scope=c.scope,
        urn=c.urn,
        starts_at=c.starts_at,
        ends_at=c.ends_at,
        places=c.places,
        where=c.where,
        how_to_join=c.how_to_join,
    )
    if state.scheduled == scheduled:
        return []
    if state.scheduled is not None:
        raise Rejected(
            "session_exists",
            "This session is scheduled with other details: move it, or give a new session an id of its own.",
            field="/session_id",
        )
    if c.programme_trustuid != c.trustuid:
        raise Rejected(
            "programme_unknown",
            "The trust has no such programme: check its id, or publish the programme first.",
            field="/programme_id",
        )
    if c.scope == "school" and c.urn is None:
        raise Rejected("host_missing", "Give the URN of the school whose session this is.", field="/urn")
    _check_times(c.starts_at, c.ends_at)
    return [scheduled]


def _reschedule(c: RescheduleSession, state: Session) -> list[SessionEvent]:
    _require_scheduled(state)
    if state.stands == (c.starts_at, c.ends_at, c.where):
        return []
    if state.cancelled:
        raise Rejected(
            "session_cancelled",
            "This session is cancelled and cannot be moved: schedule a new one.",
            field="/session_id",
        )
    _check_times(c.starts_at, c.ends_at)
    return [
        SessionRescheduled(
            session_id=c.session_id, starts_at=c.starts_at, ends_at=c.ends_at, where=c.where, reason=c.reason
        )
    ]


def _cancel(c: CancelSession, state: Session) -> list[SessionEvent]:
    _require_scheduled(state)
    return [] if state.cancelled else [SessionCancelled(session_id=c.session_id, reason=c.reason)]


def _require_scheduled(state: Session) -> None:
    if state.scheduled is None:
        raise Rejected(
            "session_unknown",
            "There is no such session: check its id, or schedule it first.",
            field="/session_id",
        )


def _check_times(starts_at: Instant, ends_at: Instant) -> None:
    if ends_at <= starts_at:
        raise Rejected("session_ends_before_it_starts", "Let the session end after it starts.", field="/ends_at")


def evolve(state: Session, event: SessionEvent) -> Session:
    match event:
        case SessionScheduled():
            return replace(state, scheduled=event, stands=(event.starts_at, event.ends_at, event.where))
        case SessionRescheduled():
            return replace(state, stands=(event.starts_at, event.ends_at, event.where))
        case SessionCancelled():
            return replace(state, cancelled=True)
        case _:
            assert_never(event)


session: Decider[SessionCommand, Session, SessionEvent] = Decider(Session(), decide, evolve)
