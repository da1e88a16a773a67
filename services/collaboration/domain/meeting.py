"""A leadership team's meeting, and how complete its report is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from shared.contracts.collaboration.loop import Attendees, LeadershipTeamMeetingHeld, MeetingReportSubmitted
from shared.contracts.vocabulary import Count, Id, Instant, TrustUid, Urn
from shared.decider import Decider, Rejected

SKEW = timedelta(minutes=5)  # how far a school's clock may be ahead of ours
BACK_DATING = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMeeting:
    meeting_id: Id
    trustuid: TrustUid
    urns: tuple[Urn, ...]
    held_at: Instant
    attendees: tuple[Attendees, ...] = ()
    items: tuple[Id, ...] = ()
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitReport:
    """Both numbers are counted from the answers' streams, whatever a claim says."""

    answered: Count
    of: Count
    at: Instant


MeetingCommand = RecordMeeting | SubmitReport
MeetingEvent = LeadershipTeamMeetingHeld | MeetingReportSubmitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    held: LeadershipTeamMeetingHeld | None = None
    report: MeetingReportSubmitted | None = None


def decide(command: MeetingCommand, state: Meeting) -> list[MeetingEvent]:
    match command:
        case RecordMeeting():
            return _record(command, state)
        case SubmitReport():
            return _submit(command, state)
        case _:
            assert_never(command)


def _record(c: RecordMeeting, state: Meeting) -> list[MeetingEvent]:
    event = LeadershipTeamMeetingHeld(
        meeting_id=c.meeting_id,
        trustuid=c.trustuid,
        urns=tuple(dict.fromkeys(c.urns)),
        held_at=c.held_at,
        attendees=c.attendees,
        items=tuple(dict.fromkeys(c.items)),
    )
    if state.held == event:
        return []
    if state.held is not None:
        raise Rejected(
            "meeting_already_recorded",
            "This meeting was recorded with other content; record another meeting under a new id.",
            field="/meeting_id",
        )
    if c.held_at > c.at + SKEW:
        raise Rejected("meeting_in_the_future", "Record the meeting when it has been held.", field="/held_at")
    if c.held_at < c.at - BACK_DATING:
        raise Rejected("meeting_too_old", "Record a meeting within 366 days after it was held.", field="/held_at")
    return [event]


def _submit(c: SubmitReport, state: Meeting) -> list[MeetingEvent]:
    if state.held is None:
        raise Rejected("meeting_unknown", "Record the meeting before you submit its report.", field="/meeting_id")
    event = MeetingReportSubmitted(meeting_id=state.held.meeting_id, answered=c.answered, of=c.of, submitted_at=c.at)
    if state.report is None:
        return [event]
    if (event.answered, event.of) == (state.report.answered, state.report.of):
        return []
    if event.answered < state.report.answered or event.of < state.report.of:
        raise Rejected(
            "report_already_submitted",
            "A more complete report of this meeting is in; submit again when there are more answers.",
            field="/meeting_id",
        )
    return [event]


def evolve(state: Meeting, event: MeetingEvent) -> Meeting:
    match event:
        case LeadershipTeamMeetingHeld():
            return replace(state, held=event)
        case MeetingReportSubmitted():
            return replace(state, report=event)
        case _:
            assert_never(event)


meeting: Decider[MeetingCommand, Meeting, MeetingEvent] = Decider(Meeting(), decide, evolve)


def meeting_stream(meeting_id: Id) -> str:
    return f"meeting-{meeting_id}"
