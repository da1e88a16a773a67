"""Claims about places in sessions: who books one and who gives one up.

A school books for its own people, into any session of its trust, and cancels what it booked. What is booked in time
may be told late: it counts as asked for when it happened, where the claim says when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.cpd.domain.bookings import BookPlace, CancelBooking
from services.cpd.domain.session import Session, session, session_stream
from services.cpd.intake.scope import check_names_school, check_own_school
from shared.contracts.cpd import programmes as events
from shared.contracts.vocabulary import Code, Id, PersonId, Urn
from shared.eventstore import Act, Context, Decision, States
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRequest:
    """`PlaceBooked`: somebody wants a place. They get one, or wait for one: that the service decides."""

    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    funded_by: events.Funding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingEnd:
    """`BookingCancelled`: somebody gives up their place, or waits no longer."""

    session_id: Id
    person_id: PersonId
    reason: Code | None = None


def book_place(c: PlaceRequest, context: Context) -> Act:
    """Book a place in a session, or wait for one when it is full."""
    check_names_school(c.urn, context)
    stream = session_stream(c.session_id)

    def decide(states: States) -> Decision:
        command = BookPlace(
            session_id=c.session_id,
            person_id=c.person_id,
            urn=c.urn,
            funded_by=c.funded_by,
            at=context.happened_at or states.at,
        )
        return {stream: session.decide(command, states[stream])}

    return Act(context, {stream: session}, decide)


def cancel_booking(c: BookingEnd, context: Context) -> Act:
    """Give up a place, or wait no longer; who has waited longest gets the place."""
    stream = session_stream(c.session_id)

    def decide(states: States) -> Decision:
        state: Session = states[stream]
        booking = state.bookings.of(c.person_id)
        if booking is not None:
            check_own_school(booking.urn, context, "/person_id")
        command = CancelBooking(
            session_id=c.session_id, person_id=c.person_id, reason=c.reason, at=context.happened_at or states.at
        )
        return {stream: session.decide(command, state)}

    return Act(context, {stream: session}, decide)


taken: Sequence[Taken] = (
    (events.PlaceBooked, "/sessions/{session_id}/book", Admission(PlaceRequest, book_place)),
    (events.BookingCancelled, "/sessions/{session_id}/cancel-booking", Admission(BookingEnd, cancel_booking)),
)
