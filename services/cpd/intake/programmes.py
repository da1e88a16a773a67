"""Claims about programmes and the calendar: what a trust or a school says becomes a command on CPD's own streams.

The shapes are the domain's own commands where they need nothing looked up. A school speaks for its own programmes and
sessions; those without a school are the trust's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.cpd.domain.programme import Programme, PublishProgramme, programme, programme_stream
from services.cpd.domain.session import (
    CancelSession,
    RescheduleSession,
    ScheduleSession,
    Session,
    session,
    session_stream,
)
from services.cpd.intake.scope import check_names_school, check_own_school
from shared.contracts.cpd import programmes as events
from shared.contracts.vocabulary import Count, Id, Instant, Name, Text, TrustUid, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, act
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """`SessionScheduled`: a session of a programme, hosted by a school or by the trust."""

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


def publish_programme(c: PublishProgramme, context: Context) -> Act:
    """Put a programme on offer."""
    check_names_school(c.urn, context)
    return act(programme, programme_stream(c.programme_id), c, context)


def schedule_session(c: SessionPlan, context: Context) -> Act:
    """Put a session in the calendar."""
    check_names_school(c.urn, context)
    stream, of = session_stream(c.session_id), programme_stream(c.programme_id)

    def decide(states: States) -> Decision:
        offer: Programme = states[of]
        command = ScheduleSession(
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
            programme_trustuid=None if offer.published is None else offer.published.trustuid,
        )
        return {stream: session.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: session, of: programme}
    return Act(context, reads, decide, writes=frozenset({stream}))


def reschedule_session(c: RescheduleSession, context: Context) -> Act:
    """Move a session to another time or place."""
    return _on_session(c, context)


def cancel_session(c: CancelSession, context: Context) -> Act:
    """Cancel a session."""
    return _on_session(c, context)


taken: Sequence[Taken] = (
    (events.ProgrammePublished, "/programmes", Admission(PublishProgramme, publish_programme)),
    (events.SessionScheduled, "/sessions", Admission(SessionPlan, schedule_session)),
    (events.SessionRescheduled, "/sessions/{session_id}/reschedule", Admission(RescheduleSession, reschedule_session)),
    (events.SessionCancelled, "/sessions/{session_id}/cancel", Admission(CancelSession, cancel_session)),
)


def _on_session(c: RescheduleSession | CancelSession, context: Context) -> Act:
    """A command on a session, by the trust or by the school that hosts it."""
    stream = session_stream(c.session_id)

    def decide(states: States) -> Decision:
        state: Session = states[stream]
        if state.scheduled is not None:
            check_own_school(state.scheduled.urn, context, "/session_id")
        return {stream: session.decide(c, state)}

    return Act(context, {stream: session}, decide)
