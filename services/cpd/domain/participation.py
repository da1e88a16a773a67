"""One person at one session: whether they were there, what they say of it, and what they made of it.

The latest record of attendance counts. Only who was there, for all of it or a part, evaluates and reflects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from services.cpd.domain.days import check_happened
from services.cpd.domain.session import Session, standing
from shared.contracts.cpd.programmes import (
    Attendance,
    AttendanceRecorded,
    CpdEvaluated,
    EvaluationLevel,
    ReflectionShared,
    Score,
)
from shared.contracts.vocabulary import Count, Day, Id, Instant, PersonId, Text, Urn
from shared.decider import Decider, Rejected

LONDON = ZoneInfo("Europe/London")


def participation_stream(session_id: Id, person_id: PersonId) -> str:
    return f"participation-{session_id}-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttendance:
    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    attendance: Attendance
    minutes: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateSession:
    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    level: EvaluationLevel
    score: Score
    due_on: Day | None = None
    evaluated_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareReflection:
    session_id: Id
    person_id: PersonId
    urn: Urn | None = None
    reflection_id: Id
    text: Text
    may_publish: bool = False


ParticipationCommand = RecordAttendance | EvaluateSession | ShareReflection
ParticipationEvent = AttendanceRecorded | CpdEvaluated | ReflectionShared


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSession:
    """A command, the session as its own stream tells it, and the time of deciding."""

    command: ParticipationCommand
    session: Session
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    recorded: AttendanceRecorded | None = None  # the latest
    evaluated: Mapping[EvaluationLevel, CpdEvaluated] = field(default_factory=dict)
    reflections: frozenset[Id] = frozenset()


def decide(asked: AtSession, state: Participation) -> list[ParticipationEvent]:
    match asked.command:
        case RecordAttendance():
            return _record(asked.command, state, asked.session, asked.at)
        case EvaluateSession():
            return _evaluate(asked.command, state, asked.session, asked.at)
        case ShareReflection():
            return _reflect(asked.command, state, asked.session)
        case _:
            assert_never(asked.command)


def _record(c: RecordAttendance, state: Participation, session: Session, at: Instant) -> list[ParticipationEvent]:
    starts_at, ends_at, _ = standing(session)
    recorded = AttendanceRecorded(
        session_id=c.session_id,
        person_id=c.person_id,
        urn=c.urn or _school(c.person_id, state, session),
        attendance=c.attendance,
        minutes=c.minutes,
    )
    if state.recorded == recorded:
        return []
    if session.cancelled:
        raise Rejected("session_cancelled", "This session was cancelled: nobody attended it.", field="/session_id")
    if at < starts_at:
        raise Rejected("session_not_started", "Record who attended when the session has begun.", field="/session_id")
    expected = session.bookings.places is None or c.person_id in session.bookings.booked
    if c.attendance == "absent" and not expected and state.recorded is None:
        raise Rejected(
            "not_booked",
            "This person had no place here and was not expected: leave them out, or check who it is.",
            field="/person_id",
        )
    _check_minutes(c, ends_at - starts_at)
    return [recorded]


def _school(person_id: PersonId, state: Participation, session: Session) -> Urn | None:
    """Where a record that names no school belongs: where the one before it does, or where the booking does."""
    if state.recorded is not None:
        return state.recorded.urn
    booking = session.bookings.of(person_id)
    return None if booking is None else booking.urn


def _check_minutes(c: RecordAttendance, length: timedelta) -> None:
    if c.attendance == "absent" and c.minutes:
        raise Rejected(
            "minutes_of_absence",
            "Leave out the minutes of somebody who was absent, or record a part.",
            field="/minutes",
        )
    if c.minutes is not None and timedelta(minutes=c.minutes) > length:
        raise Rejected(
            "minutes_above_length",
            "Nobody attends for longer than the session lasts: give fewer minutes, or move its end.",
            field="/minutes",
        )


def _evaluate(c: EvaluateSession, state: Participation, session: Session, at: Instant) -> list[ParticipationEvent]:
    starts_at, _, _ = standing(session)
    known = state.evaluated.get(c.level)
    if known is not None and (known.score, known.due_on, known.evaluated_on) == (c.score, c.due_on, c.evaluated_on):
        return []
    if known is not None:
        raise Rejected(
            "already_evaluated",
            "This person has evaluated the session at this level: correct that record instead.",
            field="/level",
        )
    there = _was_there(state)
    check_happened(c.evaluated_on, at.astimezone(LONDON).date(), "/evaluated_on")
    if c.evaluated_on < starts_at.astimezone(LONDON).date():
        raise Rejected(
            "evaluated_before_session",
            "Give the day on which this was said: the session had not taken place yet.",
            field="/evaluated_on",
        )
    evaluated = CpdEvaluated(
        session_id=c.session_id,
        person_id=c.person_id,
        urn=c.urn or there.urn,
        level=c.level,
        score=c.score,
        due_on=c.due_on,
        evaluated_on=c.evaluated_on,
    )
    return [evaluated]


def _reflect(c: ShareReflection, state: Participation, session: Session) -> list[ParticipationEvent]:
    standing(session)
    if c.reflection_id in state.reflections:  # its text is not in the state: the same cannot be told from another
        raise Rejected(
            "reflection_exists",
            "This reflection is recorded: share another one under an id of its own.",
            field="/reflection_id",
        )
    there = _was_there(state)
    reflected = ReflectionShared(
        session_id=c.session_id,
        person_id=c.person_id,
        urn=c.urn or there.urn,
        reflection_id=c.reflection_id,
        text=c.text,
        may_publish=c.may_publish,
    )
    return [reflected]


def _was_there(state: Participation) -> AttendanceRecorded:
    if state.recorded is None or state.recorded.attendance == "absent":
        raise Rejected(
            "not_attended",
            "Only somebody who was there can say this: record their attendance first.",
            field="/person_id",
        )
    return state.recorded


def evolve(state: Participation, event: ParticipationEvent) -> Participation:
    match event:
        case AttendanceRecorded():
            return replace(state, recorded=event)
        case CpdEvaluated():
            return replace(state, evaluated={**state.evaluated, event.level: event})
        case ReflectionShared():
            return replace(state, reflections=state.reflections | {event.reflection_id})
        case _:
            assert_never(event)


participation: Decider[AtSession, Participation, ParticipationEvent] = Decider(Participation(), decide, evolve)
