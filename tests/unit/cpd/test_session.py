"""A session is scheduled, moved and cancelled; once cancelled it stays so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.session import (
    CancelSession,
    RescheduleSession,
    ScheduleSession,
    SessionCommand,
    session,
    session_stream,
)
from shared.contracts.cpd.programmes import SessionCancelled, SessionRescheduled, SessionScheduled
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, events_of, twice_each

ID, PROGRAMME = UUID(int=1), UUID(int=2)
STARTS, ENDS = datetime(2026, 11, 25, 15, 30, tzinfo=UTC), datetime(2026, 11, 25, 17, tzinfo=UTC)
WEEK = timedelta(days=7)

SCHEDULE = ScheduleSession(
    session_id=ID,
    programme_id=PROGRAMME,
    trustuid="99001",
    scope="trust",
    starts_at=STARTS,
    ends_at=ENDS,
    places=20,
    where="Training room",
    how_to_join="Book by Friday",
    programme_trustuid="99001",
)
SCHEDULED = SessionScheduled(
    session_id=ID,
    programme_id=PROGRAMME,
    trustuid="99001",
    scope="trust",
    starts_at=STARTS,
    ends_at=ENDS,
    places=20,
    where="Training room",
    how_to_join="Book by Friday",
)
MOVE = RescheduleSession(session_id=ID, starts_at=STARTS + WEEK, ends_at=ENDS + WEEK, where="Hall", reason="Snow")
MOVED = SessionRescheduled(session_id=ID, starts_at=STARTS + WEEK, ends_at=ENDS + WEEK, where="Hall", reason="Snow")
CANCEL = CancelSession(session_id=ID, reason="Too few")
CANCELLED = SessionCancelled(session_id=ID, reason="Too few")


def test_a_session_is_scheduled() -> None:
    when = given(session)

    assert when(SCHEDULE) == [SCHEDULED]


def test_a_school_session_names_its_school() -> None:
    when = given(session)

    assert when(replace(SCHEDULE, scope="school", urn="900001")) == [replace(SCHEDULED, scope="school", urn="900001")]


def test_a_whole_staff_session_needs_no_places() -> None:
    when = given(session)

    assert when(replace(SCHEDULE, places=None)) == [replace(SCHEDULED, places=None)]


def test_scheduling_it_again_changes_nothing() -> None:
    elsewhere = timezone(timedelta(hours=1))

    assert given(session, SCHEDULED)(SCHEDULE) == []
    assert given(session, SCHEDULED)(replace(SCHEDULE, starts_at=STARTS.astimezone(elsewhere))) == []
    assert given(session, SCHEDULED, MOVED, CANCELLED)(SCHEDULE) == []


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(SCHEDULE, programme_trustuid=None), "programme_unknown", "/programme_id"),
        (replace(SCHEDULE, programme_trustuid="99002"), "programme_unknown", "/programme_id"),
        (replace(SCHEDULE, scope="school"), "host_missing", "/urn"),
        (replace(SCHEDULE, places=0), "no_places", "/places"),
        (replace(SCHEDULE, ends_at=STARTS), "session_ends_before_it_starts", "/ends_at"),
    ],
)
def test_a_session_that_cannot_be_is_refused(command: ScheduleSession, code: str, field: str) -> None:
    when = given(session)

    with pytest.raises(Rejected) as refusal:
        when(command)

    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_the_same_id_with_other_details_is_refused() -> None:
    when = given(session, SCHEDULED)

    with pytest.raises(Rejected) as refusal:
        when(replace(SCHEDULE, where="Hall"))

    assert (refusal.value.code, refusal.value.field) == ("session_exists", "/session_id")


def test_a_session_moves_and_moves_back() -> None:
    back = replace(MOVE, starts_at=STARTS, ends_at=ENDS, where="Training room", reason=None)

    assert given(session, SCHEDULED)(MOVE) == [MOVED]
    assert given(session, SCHEDULED, MOVED)(back) == [
        replace(MOVED, starts_at=STARTS, ends_at=ENDS, where="Training room", reason=None)
    ]


def test_moving_it_again_changes_nothing() -> None:
    assert given(session, SCHEDULED, MOVED)(MOVE) == []
    assert given(session, SCHEDULED, MOVED, CANCELLED)(MOVE) == []


def test_a_moved_session_still_ends_after_it_starts() -> None:
    when = given(session, SCHEDULED)

    with pytest.raises(Rejected) as refusal:
        when(replace(MOVE, ends_at=MOVE.starts_at))

    assert (refusal.value.code, refusal.value.field) == ("session_ends_before_it_starts", "/ends_at")


def test_a_cancelled_session_does_not_move() -> None:
    when = given(session, SCHEDULED, CANCELLED)

    with pytest.raises(Rejected) as refusal:
        when(MOVE)

    assert (refusal.value.code, refusal.value.field) == ("session_cancelled", "/session_id")


def test_a_session_is_cancelled() -> None:
    when = given(session, SCHEDULED)

    assert when(CANCEL) == [CANCELLED]


def test_cancelling_it_again_changes_nothing() -> None:
    when = given(session, SCHEDULED, CANCELLED)

    assert when(CANCEL) == []
    assert when(replace(CANCEL, reason=None)) == []


@pytest.mark.parametrize("command", [MOVE, CANCEL])
def test_a_session_that_nobody_scheduled_is_unknown(command: SessionCommand) -> None:
    when = given(session)

    with pytest.raises(Rejected) as refusal:
        when(command)

    assert (refusal.value.code, refusal.value.field) == ("session_unknown", "/session_id")


def test_its_stream_is_named_by_its_id() -> None:
    assert session_stream(ID) == "session-00000000-0000-0000-0000-000000000001"


ends = st.integers(-1, 3).map(lambda hours: STARTS + timedelta(hours=hours))
commands = st.one_of(
    st.builds(replace, st.just(SCHEDULE), ends_at=ends, programme_trustuid=st.sampled_from(["99001", None])),
    st.builds(replace, st.just(MOVE), starts_at=st.just(STARTS), ends_at=ends),
    st.just(CANCEL),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[SessionCommand]) -> None:
    once, taken = after(session, sequence)

    assert after(session, twice_each(sequence)) == (once, twice_each(taken))
    # Moves are left out: the latest counts, so an older one sent again is a new move.
    late = [command for command in taken if not isinstance(command, RescheduleSession)]
    assert events_of(session, late, once) == []
