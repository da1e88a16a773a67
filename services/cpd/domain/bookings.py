"""The places of a session: who has one, who waits for one, and who came without.

A part of the session, in its stream: booking and giving up decide on the same places. Whoever gives one up makes room
for who has waited longest, in the same act. A walk-in gets a place by coming, even when none was left, since they were
there: so it is the places booked in advance that never exceed what there is. A session without a number of places is
open to all. It takes no bookings, and its stream does not grow with those who come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from shared.contracts.cpd.programmes import BookingCancelled, Funding, PlaceBooked, PlaceWaitlisted
from shared.contracts.vocabulary import Code, Count, Id, Instant, PersonId, Urn
from shared.decider import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPlace:
    """`at`: when it was asked for, here and in the other commands of this module."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    funded_by: Funding | None = None
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    session_id: Id
    person_id: PersonId
    reason: Code | None = None
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWhoCame:
    """What a record of attendance means for the places."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    came: bool
    at: Instant


BookingCommand = BookPlace | CancelBooking | NoteWhoCame
BookingEvent = PlaceBooked | PlaceWaitlisted | BookingCancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    urn: Urn | None = None
    funded_by: Funding | None = None
    walk_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    places: Count | None = None
    booked: Mapping[PersonId, Booking] = field(default_factory=dict)
    waiting: Mapping[PersonId, Booking] = field(default_factory=dict)  # in the order of asking
    given_up: frozenset[PersonId] = frozenset()  # tells a repeated cancellation from one of a wrong person

    @property
    def full(self) -> bool:
        return self.places is not None and len(self.booked) >= self.places

    def of(self, person_id: PersonId) -> Booking | None:
        """The place that somebody has or waits for."""
        return self.booked.get(person_id) or self.waiting.get(person_id)


def decide(command: BookingCommand, state: Bookings, *, over: bool) -> list[BookingEvent]:
    """`over`: whether the session had ended when this was asked for."""
    match command:
        case BookPlace():
            return _book(command, state, over=over)
        case CancelBooking():
            return _cancel(command, state, over=over)
        case NoteWhoCame():
            return _note(command, state, over=over)
        case _:
            assert_never(command)


def _book(c: BookPlace, state: Bookings, *, over: bool) -> list[BookingEvent]:
    asked = Booking(urn=c.urn, funded_by=c.funded_by)
    known = state.of(c.person_id)
    if known == asked:
        return []
    if known is not None:
        raise Rejected(
            "already_booked",
            "This person is booked or waits with other details: cancel that booking first.",
            field="/person_id",
        )
    if state.places is None:
        raise Rejected(
            "booking_not_needed",
            "This session is open to all and takes no bookings: just come.",
            field="/session_id",
        )
    if over:
        raise Rejected("session_over", "This session is over: record who attended instead.", field="/session_id")
    if not state.full and not state.waiting:
        return [PlaceBooked(session_id=c.session_id, person_id=c.person_id, urn=c.urn, funded_by=c.funded_by)]
    waits = PlaceWaitlisted(session_id=c.session_id, person_id=c.person_id, urn=c.urn, funded_by=c.funded_by)
    return [waits, *_promotion(evolve(state, waits), c.session_id)]


def _cancel(c: CancelBooking, state: Bookings, *, over: bool) -> list[BookingEvent]:
    booking = state.of(c.person_id)
    if booking is None and c.person_id in state.given_up:
        return []
    if booking is None:
        raise Rejected("not_booked", "This person has no booking here: check who it is.", field="/person_id")
    if over:
        raise Rejected("session_over", "This session is over: record who was absent instead.", field="/session_id")
    given_up = BookingCancelled(session_id=c.session_id, person_id=c.person_id, urn=booking.urn, reason=c.reason)
    return [given_up, *_promotion(evolve(state, given_up), c.session_id)]


def _note(c: NoteWhoCame, state: Bookings, *, over: bool) -> list[BookingEvent]:
    booking = state.booked.get(c.person_id)
    if c.came and booking is None and state.places is not None:
        waited = state.waiting.get(c.person_id, Booking())
        return [
            PlaceBooked(
                session_id=c.session_id,
                person_id=c.person_id,
                urn=c.urn or waited.urn,
                funded_by=waited.funded_by,
                walk_in=True,
            )
        ]
    if not c.came and booking is not None and booking.walk_in:  # they had the place by coming alone
        mistaken = BookingCancelled(
            session_id=c.session_id, person_id=c.person_id, urn=booking.urn, reason="did_not_come"
        )
        return [mistaken, *(() if over else _promotion(evolve(state, mistaken), c.session_id))]
    return []


def _promotion(state: Bookings, session_id: Id) -> list[BookingEvent]:
    """Who has waited longest gets a place that is free."""
    if state.full or not state.waiting:
        return []
    person_id, booking = next(iter(state.waiting.items()))
    return [
        PlaceBooked(
            session_id=session_id,
            person_id=person_id,
            urn=booking.urn,
            funded_by=booking.funded_by,
            from_waiting_list=True,
        )
    ]


def evolve(state: Bookings, event: BookingEvent) -> Bookings:
    before = replace(
        state,
        booked=_without(event.person_id, state.booked),
        waiting=_without(event.person_id, state.waiting),
    )
    match event:
        case PlaceBooked():
            booking = Booking(urn=event.urn, funded_by=event.funded_by, walk_in=event.walk_in)
            return replace(before, booked={**before.booked, event.person_id: booking})
        case PlaceWaitlisted():
            booking = Booking(urn=event.urn, funded_by=event.funded_by)
            return replace(before, waiting={**before.waiting, event.person_id: booking})
        case BookingCancelled():
            return replace(before, given_up=state.given_up | {event.person_id})
        case _:
            assert_never(event)


def _without(person_id: PersonId, bookings: Mapping[PersonId, Booking]) -> Mapping[PersonId, Booking]:
    return {other: booking for other, booking in bookings.items() if other != person_id}
