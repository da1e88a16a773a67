"""Claims about meetings and what was answered in them.

A meeting may be reported in one piece (meeting, answers and report are then written whole or not at all) or in parts.
An answer that comes before its meeting waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.collaboration.domain.answer import (
    GiveFeedback,
    ItemAnswer,
    answer,
    answer_stream,
)
from services.collaboration.domain.item import agenda_item, item_stream
from services.collaboration.domain.meeting import (
    Meeting,
    RecordMeeting,
    SubmitReport,
    meeting,
    meeting_stream,
)
from shared.contracts.collaboration import loop as events
from shared.contracts.vocabulary import (
    Answer,
    Dimension,
    Id,
    Instant,
    Text,
    TrustUid,
    Urn,
)
from shared.decider import AnyDecider, NotYet, Rejected
from shared.eventstore import Act, Context, Decision, States
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInMeeting:
    """One school's answer to one item; by itself, inside a meeting's report."""

    item_id: Id
    urn: Urn
    rag: Answer
    confidence: events.Confidence | None = None
    comment: Text | None = None
    disadvantaged_note: Text | None = None
    needs_help: bool = False
    help_dimension: Dimension | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingReport:
    """`LeadershipTeamMeetingHeld`: a meeting; with `answers`, its whole report."""

    meeting_id: Id
    trustuid: TrustUid
    urns: tuple[Urn, ...]
    held_at: Instant
    attendees: tuple[events.Attendees, ...] = ()
    items: tuple[Id, ...] = ()
    answers: tuple[AnswerInMeeting, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback(AnswerInMeeting):
    """`AgendaItemFeedbackGiven`: one answer by itself."""

    meeting_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClosing:
    """`MeetingReportSubmitted`: all answers of a meeting that was sent in parts are in. The service counts them."""

    meeting_id: Id
    urns: tuple[Urn, ...]
    items: tuple[Id, ...]


def record_meeting(c: MeetingReport, context: Context) -> Act:
    """Record a meeting; with its answers in the same command, its report too."""
    stream = meeting_stream(c.meeting_id)
    answers = c.answers or ()
    answered = {answer_stream(a.item_id, a.urn): a for a in answers}
    items = c.items or tuple(dict.fromkeys(a.item_id for a in answers))

    def decide(states: States) -> Decision:
        if len(answered) < len(answers):
            raise Rejected("answered_twice", "Give one answer for each item and school.", field="/answers")
        command = RecordMeeting(
            meeting_id=c.meeting_id,
            trustuid=c.trustuid,
            urns=c.urns,
            held_at=c.held_at,
            attendees=c.attendees,
            items=items,
            at=states.at,
        )
        held = meeting.decide(command, states[stream])
        if c.answers is None:
            return {stream: held}
        met: Meeting = meeting.fold(held, states[stream])
        given = {of: _give(a, met, states, f"/answers/{number}") for number, (of, a) in enumerate(answered.items())}
        report = SubmitReport(answered=len(given), of=_of(c.urns, items, states), at=states.at)
        return {stream: [*held, *meeting.decide(report, met)], **given}

    reads: dict[str, AnyDecider] = {stream: meeting}
    reads |= dict.fromkeys(answered, answer)
    reads |= {item_stream(item): agenda_item for item in {*items, *(a.item_id for a in answers)}}
    return Act(replace(context, happened_at=c.held_at), reads, decide, writes=frozenset({stream, *answered}))


def give_feedback(c: Feedback, context: Context) -> Act:
    """Record one answer; it waits when its meeting is not known yet."""
    met, given, item = meeting_stream(c.meeting_id), answer_stream(c.item_id, c.urn), item_stream(c.item_id)

    def decide(states: States) -> Decision:
        try:
            return {given: _give(c, states[met], states, "")}
        except Rejected as refusal:
            if refusal.code != "meeting_unknown":
                raise
            raise NotYet(
                refusal.code,
                "The meeting is not known yet; this answer waits for it, at most 24 hours.",
                waits_for=met,
            ) from None

    reads: dict[str, AnyDecider] = {met: meeting, given: answer, item: agenda_item}
    return Act(context, reads, decide, writes=frozenset({given}))


def submit_report(c: ReportClosing, context: Context) -> Act:
    """Count the answers of a meeting that was sent in parts."""
    stream = meeting_stream(c.meeting_id)
    answers = [answer_stream(item, urn) for item in c.items for urn in c.urns]

    def decide(states: States) -> Decision:
        met: Meeting = states[stream]
        if met.held is not None and (set(met.held.urns), set(met.held.items)) != (set(c.urns), set(c.items)):
            raise Rejected("not_this_meeting", "Name the schools and items that the meeting had.", field="/items")
        given = sum(1 for of in answers if c.meeting_id in states[of].meetings)
        command = SubmitReport(answered=given, of=_of(c.urns, c.items, states), at=states.at)
        return {stream: meeting.decide(command, met)}

    reads: dict[str, AnyDecider] = {stream: meeting}
    reads |= dict.fromkeys(answers, answer)
    reads |= {item_stream(item): agenda_item for item in c.items}
    return Act(context, reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = (
    (events.LeadershipTeamMeetingHeld, "/meetings", Admission(MeetingReport, record_meeting)),
    (events.AgendaItemFeedbackGiven, "/meetings/{meeting_id}/answers", Admission(Feedback, give_feedback)),
    (events.MeetingReportSubmitted, "/meetings/{meeting_id}/submit", Admission(ReportClosing, submit_report)),
)


def _give(a: AnswerInMeeting, met: Meeting, states: States, place: str) -> Sequence[Any]:
    command = GiveFeedback(
        urn=a.urn,
        rag=a.rag,
        confidence=a.confidence,
        comment=a.comment,
        disadvantaged_note=a.disadvantaged_note,
        needs_help=a.needs_help,
        help_dimension=a.help_dimension,
        item=states[item_stream(a.item_id)],
        meeting=met,
        at=states.at,
    )
    before: ItemAnswer = states[answer_stream(a.item_id, a.urn)]
    try:
        return answer.decide(command, before)
    except Rejected as refusal:
        raise Rejected(refusal.code, refusal.message, field=f"{place}{refusal.field or ''}") from None


def _of(urns: Sequence[str], items: Sequence[Id], states: States) -> int:
    """How many answers a meeting could give: one for each of its schools and items that go together."""
    issued = [states[item_stream(item)].issued for item in items]
    return sum(1 for item in issued if item is not None for urn in urns if urn in item.applies_to)
