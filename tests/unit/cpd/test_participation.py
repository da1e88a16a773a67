"""Somebody is at a session, or is not; who was there says what they think and what they made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.participation import (
    AtSession,
    EvaluateSession,
    Participation,
    ParticipationCommand,
    ParticipationEvent,
    RecordAttendance,
    ShareReflection,
    participation,
    participation_stream,
)
from services.cpd.domain.session import Session, session
from shared.contracts.cpd.programmes import (
    AttendanceRecorded,
    CpdEvaluated,
    PlaceBooked,
    PlaceWaitlisted,
    ReflectionShared,
    SessionCancelled,
    SessionRescheduled,
)
from tests.unit.collaboration.properties import assert_repeats_change_nothing
from tests.unit.cpd.facts import AFTER, ANN, BEA, BEFORE, CAI, ELM, ENDS, OAK, SCHEDULED, SESSION, STARTS
from tests.unit.given import given, refused
from tests.unit.repeats import after

BOOKED = session.fold([SCHEDULED, PlaceBooked(session_id=SESSION, person_id=ANN, urn=OAK)])
WHOLE_STAFF = session.fold([replace(SCHEDULED, places=None)])
RECORD = RecordAttendance(session_id=SESSION, person_id=ANN, urn=OAK, attendance="present", minutes=90)
RECORDED = AttendanceRecorded(session_id=SESSION, person_id=ANN, urn=OAK, attendance="present", minutes=90)
ABSENT = replace(RECORDED, attendance="absent", minutes=None)
EVALUATE = EvaluateSession(session_id=SESSION, person_id=ANN, level=1, score=4, evaluated_on=date(2026, 11, 26))
EVALUATED = CpdEvaluated(session_id=SESSION, person_id=ANN, urn=OAK, level=1, score=4, evaluated_on=date(2026, 11, 26))
REFLECT = ShareReflection(
    session_id=SESSION, person_id=ANN, reflection_id=CAI, text="I now plan my questions.", may_publish=True
)
REFLECTED = ReflectionShared(
    session_id=SESSION, person_id=ANN, urn=OAK, reflection_id=CAI, text="I now plan my questions.", may_publish=True
)
NEXT_DAY = datetime(2026, 11, 26, 12, tzinfo=UTC)


def asked(command: ParticipationCommand, held: Session = BOOKED, at: datetime = NEXT_DAY) -> AtSession:
    return AtSession(command=command, session=held, at=at)


def test_somebody_was_there() -> None:
    when = given(participation)

    assert when(asked(RECORD)) == [RECORDED]


def test_somebody_with_a_place_was_absent() -> None:
    when = given(participation)

    assert when(asked(replace(RECORD, attendance="absent", minutes=None))) == [ABSENT]
    assert when(asked(replace(RECORD, attendance="absent", minutes=0))) == [replace(ABSENT, minutes=0)]


def test_attendance_is_recorded_from_the_first_minute_on() -> None:
    assert given(participation)(asked(RECORD, at=STARTS)) == [RECORDED]
    with refused("session_not_started", "/session_id"):
        given(participation)(asked(RECORD, at=BEFORE))


def test_a_session_that_moved_has_not_begun() -> None:
    later = SessionRescheduled(session_id=SESSION, starts_at=AFTER, ends_at=NEXT_DAY, where="Hall")

    with refused("session_not_started", "/session_id"):
        given(participation)(asked(RECORD, session.fold([later], BOOKED), at=ENDS))


def test_recording_it_again_changes_nothing() -> None:
    when = given(participation, RECORDED)

    assert when(asked(RECORD)) == []
    assert when(asked(replace(RECORD, urn=None))) == []
    assert when(asked(RECORD, session.fold([SessionCancelled(session_id=SESSION)], BOOKED))) == []


def test_the_latest_record_counts() -> None:
    when = given(participation, RECORDED)

    assert when(asked(replace(RECORD, attendance="part", minutes=30))) == [
        replace(RECORDED, attendance="part", minutes=30)
    ]
    assert participation.fold([RECORDED, ABSENT]).recorded == ABSENT


def test_a_record_without_a_school_is_of_the_school_that_booked() -> None:
    waits = PlaceWaitlisted(session_id=SESSION, person_id=ANN, urn=ELM)
    when = given(participation)

    assert when(asked(replace(RECORD, urn=None))) == [RECORDED]
    assert when(asked(replace(RECORD, urn=None), session.fold([SCHEDULED, waits]))) == [replace(RECORDED, urn=ELM)]
    assert when(asked(replace(RECORD, urn=None), WHOLE_STAFF)) == [replace(RECORDED, urn=None)]


def test_who_was_not_expected_cannot_be_absent() -> None:
    when = given(participation)
    absent = RecordAttendance(session_id=SESSION, person_id=BEA, attendance="absent")

    with refused("not_booked", "/person_id"):
        when(asked(absent))


def test_everybody_is_expected_at_a_whole_staff_session() -> None:
    when = given(participation)

    assert when(asked(replace(RECORD, attendance="absent", minutes=None), WHOLE_STAFF)) == [ABSENT]


def test_who_was_recorded_by_mistake_was_absent_after_all() -> None:
    when = given(participation, RECORDED)
    nobody_booked = session.fold([SCHEDULED])

    assert when(asked(replace(RECORD, attendance="absent", minutes=None), nobody_booked)) == [ABSENT]


@pytest.mark.parametrize("command", [RECORD, EVALUATE, REFLECT])
def test_a_session_that_nobody_scheduled_is_unknown(command: ParticipationCommand) -> None:
    when = given(participation)

    with refused("session_unknown", "/session_id"):
        when(asked(command, Session()))


def test_nobody_attends_a_cancelled_session() -> None:
    when = given(participation)

    with refused("session_cancelled", "/session_id"):
        when(asked(RECORD, session.fold([SessionCancelled(session_id=SESSION)], BOOKED)))


def test_nobody_attends_for_longer_than_the_session_lasts() -> None:
    when = given(participation)

    with refused("minutes_above_length", "/minutes"):
        when(asked(replace(RECORD, minutes=91)))


def test_who_is_absent_attends_for_no_minutes() -> None:
    when = given(participation)

    with refused("minutes_of_absence", "/minutes"):
        when(asked(replace(RECORD, attendance="absent", minutes=1)))


@pytest.mark.parametrize("attendance", ["present", "part"])
def test_who_was_there_evaluates(attendance: Literal["present", "part"]) -> None:
    when = given(participation, replace(RECORDED, attendance=attendance))

    assert when(asked(EVALUATE)) == [EVALUATED]
    assert when(asked(replace(EVALUATE, urn=ELM))) == [replace(EVALUATED, urn=ELM)]


@pytest.mark.parametrize("before", [(), (ABSENT,), (RECORDED, ABSENT)])
@pytest.mark.parametrize("command", [EVALUATE, REFLECT])
def test_who_was_not_there_has_nothing_to_say(
    before: tuple[ParticipationEvent, ...], command: ParticipationCommand
) -> None:
    when = given(participation, *before)

    with refused("not_attended", "/person_id"):
        when(asked(command))


def test_a_participant_evaluates_at_each_level_once() -> None:
    when = given(participation, RECORDED, EVALUATED)

    assert when(asked(replace(EVALUATE, level=4, due_on=date(2027, 5, 1)))) == [
        replace(EVALUATED, level=4, due_on=date(2027, 5, 1))
    ]
    with refused("already_evaluated", "/level"):
        when(asked(replace(EVALUATE, score=5)))


def test_evaluating_again_changes_nothing() -> None:
    assert given(participation, RECORDED, EVALUATED)(asked(EVALUATE)) == []
    assert given(participation, RECORDED, EVALUATED, ABSENT)(asked(EVALUATE)) == []
    assert given(participation, replace(RECORDED, urn=ELM), EVALUATED)(asked(EVALUATE)) == []


def test_an_evaluation_is_not_of_the_future() -> None:
    when = given(participation, RECORDED)

    with refused("in_the_future", "/evaluated_on"):
        when(asked(EVALUATE, at=AFTER))


def test_a_day_begins_when_it_does_in_london() -> None:
    just_before_midnight = datetime(2026, 6, 10, 22, 30, tzinfo=UTC)
    lasts_into_the_night = replace(
        SCHEDULED, starts_at=just_before_midnight, ends_at=just_before_midnight + timedelta(hours=2), places=None
    )
    when, held = given(participation, RECORDED), session.fold([lasts_into_the_night])
    after_midnight = replace(EVALUATE, evaluated_on=date(2026, 6, 11))

    assert when(asked(after_midnight, held, just_before_midnight + timedelta(hours=1))) == [
        replace(EVALUATED, evaluated_on=date(2026, 6, 11))
    ]
    with refused("in_the_future", "/evaluated_on"):
        when(asked(after_midnight, held, just_before_midnight))


def test_an_evaluation_is_not_from_before_the_session() -> None:
    when = given(participation, RECORDED)

    assert when(asked(replace(EVALUATE, evaluated_on=STARTS.date()))) == [
        replace(EVALUATED, evaluated_on=STARTS.date())
    ]
    with refused("evaluated_before_session", "/evaluated_on"):
        when(asked(replace(EVALUATE, evaluated_on=date(2026, 11, 24))))


def test_who_was_there_shares_a_reflection() -> None:
    when = given(participation, RECORDED)

    assert when(asked(REFLECT)) == [REFLECTED]
    assert when(asked(replace(REFLECT, urn=ELM, may_publish=False))) == [replace(REFLECTED, urn=ELM, may_publish=False)]


def test_a_reflection_is_shared_once() -> None:
    when = given(participation, RECORDED, REFLECTED)

    assert when(asked(replace(REFLECT, reflection_id=BEA))) == [replace(REFLECTED, reflection_id=BEA)]
    with refused("reflection_exists", "/reflection_id"):
        when(asked(REFLECT))


def test_no_personal_text_stays_in_the_state() -> None:
    assert REFLECT.text not in repr(participation.fold([RECORDED, REFLECTED]))


def test_its_stream_is_named_by_session_and_person() -> None:
    assert participation_stream(SESSION, ANN) == f"participation-{SESSION}-{ANN}"


HELD = st.sampled_from([BOOKED, WHOLE_STAFF, session.fold([SCHEDULED]), Session()])
ASKED = st.builds(
    AtSession,
    command=st.builds(
        replace,
        st.just(RECORD),
        attendance=st.sampled_from(["present", "part", "absent"]),
        minutes=st.sampled_from([None, 0, 90, 91]),
        urn=st.sampled_from([None, OAK, ELM]),
    )
    | st.builds(replace, st.just(EVALUATE), level=st.integers(1, 2), score=st.integers(1, 2))
    | st.builds(replace, st.just(REFLECT), reflection_id=st.sampled_from([BEA, CAI])),
    session=HELD,
    at=st.sampled_from([BEFORE, AFTER, NEXT_DAY]),
)


@over(st.lists(ASKED, max_size=20))
def test_any_commands_may_come_more_than_once(commands: list[AtSession]) -> None:
    assert_repeats_change_nothing(participation, commands)


@over(st.lists(ASKED, max_size=20))
def test_each_level_is_evaluated_once_and_by_who_was_there(commands: list[AtSession]) -> None:
    state: Participation = participation.initial
    for command in commands:
        before = state
        state, taken = after(replace(participation, initial=before), [command])
        if taken and state.evaluated != before.evaluated:
            assert before.recorded is not None
            assert before.recorded.attendance != "absent"
            assert len(state.evaluated) == len(before.evaluated) + 1
