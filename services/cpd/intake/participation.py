"""Claims about who was at a session, and what they say of it: attendance, evaluations and reflections.

A school speaks for its own people, and names itself. A record of attendance also gives a place to whoever came without
one, in the same act.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.cpd.domain.bookings import NoteWhoCame
from services.cpd.domain.participation import (
    AtSession,
    EvaluateSession,
    Participation,
    RecordAttendance,
    ShareReflection,
    participation,
    participation_stream,
)
from services.cpd.domain.session import session, session_stream
from services.cpd.intake.scope import check_names_school, check_own_school
from shared.contracts.cpd import programmes as events
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def record_attendance(c: RecordAttendance, context: Context) -> Act:
    """Record whether somebody was at a session."""
    check_names_school(c.urn, context)
    stream, of = participation_stream(c.session_id, c.person_id), session_stream(c.session_id)

    def decide(states: States) -> Decision:
        recorded = _decided(c, context, states)
        came = NoteWhoCame(
            session_id=c.session_id,
            person_id=c.person_id,
            urn=c.urn,
            came=c.attendance != "absent",
            at=states.at,
        )
        return {stream: recorded, of: session.decide(came, states[of]) if recorded else []}

    return Act(context, {stream: participation, of: session}, decide)


def evaluate_session(c: EvaluateSession, context: Context) -> Act:
    """Record what a participant says of a session."""
    return _said(c, on_day(c.evaluated_on, context))


def share_reflection(c: ShareReflection, context: Context) -> Act:
    """Share what a participant made of a session, in their own words."""
    return _said(c, context)


taken: Sequence[Taken] = (
    (events.AttendanceRecorded, "/sessions/{session_id}/attendance", Admission(RecordAttendance, record_attendance)),
    (events.CpdEvaluated, "/sessions/{session_id}/evaluations", Admission(EvaluateSession, evaluate_session)),
    (events.ReflectionShared, "/sessions/{session_id}/reflections", Admission(ShareReflection, share_reflection)),
)


def _said(c: EvaluateSession | ShareReflection, context: Context) -> Act:
    """What a participant says; the session is only read."""
    check_names_school(c.urn, context)
    stream, of = participation_stream(c.session_id, c.person_id), session_stream(c.session_id)
    reads: dict[str, AnyDecider] = {stream: participation, of: session}
    return Act(context, reads, lambda states: {stream: _decided(c, context, states)}, writes=frozenset({stream}))


def _decided(
    c: RecordAttendance | EvaluateSession | ShareReflection, context: Context, states: States
) -> Sequence[events.AttendanceRecorded | events.CpdEvaluated | events.ReflectionShared]:
    """What happens to a participation of the sender's own trust, and of its own school where one is recorded."""
    state: Participation = states[participation_stream(c.session_id, c.person_id)]
    held = states[session_stream(c.session_id)]
    if state.recorded is not None and state.recorded.urn is not None:
        check_own_school(state.recorded.urn, context, "/person_id")
    return participation.decide(AtSession(command=c, session=held, at=states.at), state)
