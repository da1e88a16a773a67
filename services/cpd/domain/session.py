"""A session of a programme in the calendar: scheduled, moved, cancelled; and its places, which bookings.py decides on.

A session that moves keeps its bookings. A cancelled one stays in the calendar, and its bookings end with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from services.cpd.domain import bookings
from services.cpd.domain.bookings import (
    BookingCommand,
    BookingEvent,
    Bookings,
    BookPlace,
    CancelBooking,
    NoteWhoCame,
)
from shared.contracts.cpd.programmes import (
    BookingCancelled,
    PlaceBooked,
    PlaceWaitlisted,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
)
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


SessionCommand = ScheduleSession | RescheduleSession | CancelSession | BookingCommand
SessionEvent = SessionScheduled | SessionRescheduled | SessionCancelled | BookingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    scheduled: SessionScheduled | None = None
    stands: tuple[Instant, Instant, Name] | None = None  # start, end and place as they are now
    cancelled: bool = False
    bookings: Bookings = field(default_factory=Bookings)


def standing(state: Session) -> tuple[Instant, Instant, Name]:
    """The session's start, end and place as they are now."""
    if state.stands is None:
        raise Rejected(
            "session_unknown",
            "There is no such session: check its id, or schedule it first.",
            field="/session_id",
        )
    return state.stands


def decide(command: SessionCommand, state: Session) -> list[SessionEvent]:
    match command:
        case ScheduleSession():
            return _schedule(command, state)
        case RescheduleSession():
            return _reschedule(command, state)
        case CancelSession():
            return _cancel(command, state)
        case BookPlace() | CancelBooking() | NoteWhoCame():
            return _on_bookings(command, state)
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
    if c.places == 0:
        raise Rejected("no_places", "Give the number of places, or leave it out if all may come.", field="/places")
    _check_times(c.starts_at, c.ends_at)
    return [scheduled]


def _reschedule(c: RescheduleSession, state: Session) -> list[SessionEvent]:
    standing(state)
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
    standing(state)
    return [] if state.cancelled else [SessionCancelled(session_id=c.session_id, reason=c.reason)]


def _on_bookings(c: BookingCommand, state: Session) -> list[SessionEvent]:
    _, ends_at, _ = standing(state)
    if state.cancelled and isinstance(c, CancelBooking):
        return []
    if state.cancelled:
        raise Rejected(
            "session_cancelled",
            "This session is cancelled, and its bookings with it: choose another one.",
            field="/session_id",
        )
    return [*bookings.decide(c, state.bookings, over=c.at >= ends_at)]


def _check_times(starts_at: Instant, ends_at: Instant) -> None:
    if ends_at <= starts_at:
        raise Rejected("session_ends_before_it_starts", "Let the session end after it starts.", field="/ends_at")


def evolve(state: Session, event: SessionEvent) -> Session:
    match event:
        case SessionScheduled():
            stands = (event.starts_at, event.ends_at, event.where)
            return replace(state, scheduled=event, stands=stands, bookings=Bookings(places=event.places))
        case SessionRescheduled():
            return replace(state, stands=(event.starts_at, event.ends_at, event.where))
        case SessionCancelled():
            return replace(state, cancelled=True, bookings=Bookings(places=state.bookings.places))
        case PlaceBooked() | PlaceWaitlisted() | BookingCancelled():
            return replace(state, bookings=bookings.evolve(state.bookings, event))
        case _:
            assert_never(event)


session: Decider[SessionCommand, Session, SessionEvent] = Decider(Session(), decide, evolve)
