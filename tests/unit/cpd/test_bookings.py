"""Places are booked while there are some, then waited for in order; whoever came has one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.bookings import BookingCommand, BookPlace, CancelBooking, NoteWhoCame
from services.cpd.domain.session import (
    CancelSession,
    RescheduleSession,
    Session,
    SessionCommand,
    SessionEvent,
    session,
)
from shared.contracts.cpd.programmes import (
    BookingCancelled,
    PlaceBooked,
    PlaceWaitlisted,
    SessionCancelled,
    SessionRescheduled,
)
from shared.contracts.vocabulary import PersonId
from shared.decider import Rejected
from tests.unit.collaboration.properties import assert_repeats_change_nothing
from tests.unit.cpd.facts import AFTER, ANN, BEA, BEFORE, CAI, DEE, DURING, ELM, ENDS, OAK, SCHEDULED, SESSION, STARTS
from tests.unit.given import given, refused
from tests.unit.repeats import after

BOOK = BookPlace(session_id=SESSION, person_id=ANN, urn=OAK, funded_by="trust", at=BEFORE)
BOOKED = PlaceBooked(session_id=SESSION, person_id=ANN, urn=OAK, funded_by="trust")
BEA_BOOKED = replace(BOOKED, person_id=BEA, urn=ELM)
CAI_WAITS = PlaceWaitlisted(session_id=SESSION, person_id=CAI, urn=ELM, funded_by="school")
DEE_WAITS = replace(CAI_WAITS, person_id=DEE, urn=OAK)
FULL: tuple[SessionEvent, ...] = (SCHEDULED, BOOKED, BEA_BOOKED)
CANCEL = CancelBooking(session_id=SESSION, person_id=ANN, reason="ill", at=BEFORE)
CANCELLED = BookingCancelled(session_id=SESSION, person_id=ANN, urn=OAK, reason="ill")
CAI_PROMOTED = PlaceBooked(session_id=SESSION, person_id=CAI, urn=ELM, funded_by="school", from_waiting_list=True)
CAME = NoteWhoCame(session_id=SESSION, person_id=ANN, urn=OAK, came=True, at=AFTER)
WALKED_IN = PlaceBooked(session_id=SESSION, person_id=ANN, urn=OAK, walk_in=True)
CALLED_OFF = SessionCancelled(session_id=SESSION)
A_WEEK_LATER = SessionRescheduled(
    session_id=SESSION, starts_at=STARTS + timedelta(days=7), ends_at=ENDS + timedelta(days=7), where="Hall"
)


def test_a_place_is_booked() -> None:
    when = given(session, SCHEDULED)

    assert when(BOOK) == [BOOKED]


def test_booking_it_again_changes_nothing() -> None:
    assert given(session, SCHEDULED, BOOKED)(BOOK) == []
    assert given(session, *FULL, CAI_WAITS)(replace(BOOK, person_id=CAI, urn=ELM, funded_by="school")) == []


def test_who_comes_when_the_session_is_full_waits() -> None:
    when = given(session, *FULL)

    assert when(replace(BOOK, person_id=CAI, urn=ELM, funded_by="school")) == [CAI_WAITS]


@pytest.mark.parametrize("known", [BOOKED, PlaceWaitlisted(session_id=SESSION, person_id=ANN, urn=OAK)])
def test_a_booking_with_other_details_is_refused(known: PlaceBooked | PlaceWaitlisted) -> None:
    when = given(session, SCHEDULED, known)

    with refused("already_booked", "/person_id"):
        when(replace(BOOK, funded_by="self"))


def test_a_whole_staff_session_takes_no_bookings() -> None:
    when = given(session, replace(SCHEDULED, places=None))

    with refused("booking_not_needed", "/session_id"):
        when(BOOK)


@pytest.mark.parametrize("command", [BOOK, CANCEL, CAME])
def test_a_session_that_nobody_scheduled_is_unknown(command: SessionCommand) -> None:
    when = given(session)

    with refused("session_unknown", "/session_id"):
        when(command)


def test_a_place_is_booked_until_the_session_ends() -> None:
    assert given(session, SCHEDULED)(replace(BOOK, at=ENDS - timedelta(seconds=1))) == [BOOKED]
    with refused("session_over", "/session_id"):
        given(session, SCHEDULED)(replace(BOOK, at=ENDS))


def test_bookings_stay_when_the_session_moves() -> None:
    when = given(session, *FULL, CAI_WAITS, A_WEEK_LATER)

    assert when(BOOK) == []
    assert when(replace(CANCEL, at=AFTER)) == [CANCELLED, CAI_PROMOTED]


def test_a_cancelled_session_takes_no_bookings() -> None:
    when = given(session, SCHEDULED, BOOKED, CALLED_OFF)

    with refused("session_cancelled", "/session_id"):
        when(replace(BOOK, person_id=BEA))
    with refused("session_cancelled", "/session_id"):
        when(BOOK)


def test_the_bookings_of_a_cancelled_session_have_ended() -> None:
    when = given(session, *FULL, CAI_WAITS, CALLED_OFF)

    assert when(CANCEL) == []
    assert session.fold([*FULL, CAI_WAITS, CALLED_OFF]).bookings.booked == {}


def test_a_place_is_given_up() -> None:
    when = given(session, SCHEDULED, BOOKED)

    assert when(CANCEL) == [CANCELLED]


def test_a_place_that_is_given_up_goes_to_who_has_waited_longest() -> None:
    when = given(session, *FULL, CAI_WAITS, DEE_WAITS)

    assert when(CANCEL) == [CANCELLED, CAI_PROMOTED]


def test_the_next_place_goes_to_the_next_who_waits() -> None:
    when = given(session, *FULL, CAI_WAITS, DEE_WAITS, CANCELLED, CAI_PROMOTED)

    assert when(replace(CANCEL, person_id=BEA, reason=None)) == [
        BookingCancelled(session_id=SESSION, person_id=BEA, urn=ELM),
        replace(CAI_PROMOTED, person_id=DEE, urn=OAK),
    ]


def test_who_waits_no_longer_is_passed_over() -> None:
    gone = BookingCancelled(session_id=SESSION, person_id=CAI, urn=ELM, reason="ill")

    assert given(session, *FULL, CAI_WAITS, DEE_WAITS)(replace(CANCEL, person_id=CAI)) == [gone]
    assert given(session, *FULL, CAI_WAITS, DEE_WAITS, gone)(CANCEL) == [
        CANCELLED,
        replace(CAI_PROMOTED, person_id=DEE, urn=OAK),
    ]


def test_giving_a_place_up_again_changes_nothing() -> None:
    when = given(session, SCHEDULED, BOOKED, CANCELLED)

    assert when(CANCEL) == []
    assert when(replace(CANCEL, at=AFTER)) == []


def test_who_gave_up_their_place_may_book_again_and_waits_behind_the_others() -> None:
    when = given(session, *FULL, CAI_WAITS, CANCELLED, CAI_PROMOTED)

    assert when(BOOK) == [PlaceWaitlisted(session_id=SESSION, person_id=ANN, urn=OAK, funded_by="trust")]


def test_nobody_gives_up_a_place_they_do_not_have() -> None:
    when = given(session, SCHEDULED, BOOKED)

    with refused("not_booked", "/person_id"):
        when(replace(CANCEL, person_id=BEA))


def test_after_the_session_a_place_is_not_given_up_any_more() -> None:
    when = given(session, SCHEDULED, BOOKED)

    with refused("session_over", "/session_id"):
        when(replace(CANCEL, at=AFTER))


def test_who_comes_without_a_place_gets_one() -> None:
    when = given(session, SCHEDULED)

    assert when(CAME) == [WALKED_IN]


def test_who_comes_without_a_place_gets_one_even_when_none_is_left() -> None:
    when = given(session, SCHEDULED, BEA_BOOKED, replace(BEA_BOOKED, person_id=DEE))

    assert when(CAME) == [WALKED_IN]


def test_who_waited_and_came_has_a_place_and_waits_no_longer() -> None:
    came = replace(CAME, person_id=CAI, urn=None)
    walked_in = replace(WALKED_IN, person_id=CAI, urn=ELM, funded_by="school")

    assert given(session, *FULL, CAI_WAITS)(came) == [walked_in]
    assert session.fold([*FULL, CAI_WAITS, walked_in]).bookings.waiting == {}


def test_a_place_is_not_given_twice() -> None:
    assert given(session, SCHEDULED, BOOKED)(CAME) == []
    assert given(session, SCHEDULED, WALKED_IN)(CAME) == []


def test_nobody_needs_a_place_at_a_whole_staff_session() -> None:
    when = given(session, replace(SCHEDULED, places=None))

    assert when(CAME) == []
    assert when(replace(CAME, came=False)) == []


def test_who_did_not_come_after_all_loses_the_place_they_had_by_coming() -> None:
    when = given(session, SCHEDULED, WALKED_IN)

    assert when(replace(CAME, came=False)) == [replace(CANCELLED, reason="did_not_come")]


def test_who_booked_and_did_not_come_keeps_the_booking() -> None:
    when = given(session, SCHEDULED, BOOKED)

    assert when(replace(CAME, came=False)) == []


def test_the_place_of_a_mistaken_walk_in_goes_to_who_waits_while_the_session_runs() -> None:
    story = (SCHEDULED, WALKED_IN, BEA_BOOKED, CAI_WAITS)
    mistaken = replace(CANCELLED, reason="did_not_come")

    assert given(session, *story)(replace(CAME, came=False, at=DURING)) == [mistaken, CAI_PROMOTED]
    assert given(session, *story)(replace(CAME, came=False, at=AFTER)) == [mistaken]


def test_a_place_that_became_free_afterwards_goes_to_who_waits_when_the_session_is_held_again() -> None:
    when = given(
        session,
        *(SCHEDULED, WALKED_IN, BEA_BOOKED, CAI_WAITS, replace(CANCELLED, reason="did_not_come"), A_WEEK_LATER),
    )

    assert when(replace(BOOK, person_id=DEE, urn=OAK, funded_by="school")) == [DEE_WAITS, CAI_PROMOTED]


PEOPLE = st.sampled_from([ANN, BEA, CAI, DEE])
TIMES = st.sampled_from([BEFORE, BEFORE, DURING, AFTER])
COMMANDS: st.SearchStrategy[BookingCommand] = (
    st.builds(replace, st.just(BOOK), person_id=PEOPLE, at=TIMES, urn=st.sampled_from([OAK, ELM]))
    | st.builds(replace, st.just(CANCEL), person_id=PEOPLE, at=TIMES)
    | st.builds(replace, st.just(CAME), person_id=PEOPLE, came=st.booleans(), at=TIMES)
)
SOMETIMES_MOVED: st.SearchStrategy[SessionCommand] = COMMANDS | st.sampled_from(
    [
        RescheduleSession(session_id=SESSION, starts_at=STARTS, ends_at=ENDS + timedelta(days=1), where="Hall"),
        CancelSession(session_id=SESSION),
    ]
)


@over(st.lists(SOMETIMES_MOVED, max_size=40), st.integers(1, 3))
def test_the_places_booked_in_advance_never_exceed_what_there_is(commands: list[SessionCommand], places: int) -> None:
    state, _ = after(replace(session, initial=_with(places)), commands)

    assert sum(not booking.walk_in for booking in state.bookings.booked.values()) <= places
    assert state.bookings.booked.keys().isdisjoint(state.bookings.waiting)


@over(st.lists(COMMANDS, max_size=40), st.integers(1, 3))
def test_nobody_waits_while_a_place_is_free(commands: list[BookingCommand], places: int) -> None:
    in_time: list[SessionCommand] = [replace(command, at=BEFORE) for command in commands]

    state, _ = after(replace(session, initial=_with(places)), in_time)

    assert not state.bookings.waiting or state.bookings.full


@over(st.lists(COMMANDS, max_size=40))
def test_places_go_to_those_who_wait_in_the_order_of_asking(commands: list[BookingCommand]) -> None:
    state = _with(2)
    order: list[PersonId] = []
    for command in commands:
        try:
            happened = session.decide(command, state)
        except Rejected:
            continue
        for event in happened:
            if isinstance(event, PlaceBooked) and event.from_waiting_list:
                assert event.person_id == order[0]
            if isinstance(event, PlaceBooked | BookingCancelled) and event.person_id in order:
                order.remove(event.person_id)
            if isinstance(event, PlaceWaitlisted):
                order.append(event.person_id)
        state = session.fold(happened, state)
        assert list(state.bookings.waiting) == order


@over(st.lists(SOMETIMES_MOVED, max_size=20), st.sampled_from([None, 1, 2]))
def test_any_commands_may_come_more_than_once(commands: list[SessionCommand], places: int | None) -> None:
    assert_repeats_change_nothing(replace(session, initial=_with(places)), commands)


def _with(places: int | None) -> Session:
    return session.fold([replace(SCHEDULED, places=places)])
