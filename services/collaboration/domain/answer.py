"""One school's answer to one agenda item, and what the trust said to it: the loop that must not stay open.

A school answers an item once a meeting; what it says later about the same meeting is a correction. The same
answer again is refused too: its texts are personal and no state keeps them, so nothing here could tell the
same from another. A command that comes twice never gets this far: the store knows it by its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from services.collaboration.domain.item import AgendaItem
from services.collaboration.domain.meeting import Meeting
from shared.contracts.collaboration.loop import (
    AgendaItemFeedbackGiven,
    Confidence,
    FeedbackCorrected,
    FeedbackOverdue,
    LeadershipTeamMeetingHeld,
    ResponseRead,
    StandardAgendaItemIssued,
    TrustAcknowledged,
    TrustResponseGiven,
)
from shared.contracts.vocabulary import Answer, Code, Dimension, Id, Instant, Name, Text, Urn
from shared.decider import Decider, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFeedback:
    """`item` and `meeting` are what those streams say."""

    urn: Urn
    rag: Answer
    confidence: Confidence | None = None
    comment: Text | None = None
    disadvantaged_note: Text | None = None
    needs_help: bool = False
    help_dimension: Dimension | None = None
    item: AgendaItem
    meeting: Meeting
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectFeedback:
    """`supersedes` is the id of the event that last gave or corrected this meeting's answer."""

    meeting_id: Id
    supersedes: Id
    rag: Answer
    confidence: Confidence | None = None
    comment: Text | None = None
    disadvantaged_note: Text | None = None
    needs_help: bool = False
    help_dimension: Dimension | None = None
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseOverdue:
    item_id: Id
    urn: Urn
    due_by: Instant
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    meeting_id: Id
    by: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    meeting_id: Id
    response: Text
    by: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkResponseRead:
    meeting_id: Id
    by_role: Code


AnswerCommand = GiveFeedback | CorrectFeedback | RaiseOverdue | Acknowledge | Respond | MarkResponseRead
AnswerEvent = (
    AgendaItemFeedbackGiven
    | FeedbackCorrected
    | FeedbackOverdue
    | TrustAcknowledged
    | TrustResponseGiven
    | ResponseRead
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAnswer:
    """What one meeting answered, and how far the trust has come with it."""

    item_id: Id
    urn: Urn
    rag: Answer
    superseded: frozenset[Id] = frozenset()
    acknowledged: bool = False
    response: Literal["none", "unread", "read"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """`help_needed`: what kind of help was asked for when this was last said; None where none was."""

    meetings: Mapping[Id, MeetingAnswer] = field(default_factory=dict)
    help_needed: Dimension | None = None
    overdue: bool = False


def decide(command: AnswerCommand, state: ItemAnswer) -> list[AnswerEvent]:
    match command:
        case GiveFeedback():
            return _give(command, state)
        case CorrectFeedback():
            return _correct(command, state)
        case RaiseOverdue():
            return _raise_overdue(command, state)
        case Acknowledge():
            return _acknowledge(command, state)
        case Respond():
            return _respond(command, state)
        case MarkResponseRead():
            return _mark_read(command, state)
        case _:
            assert_never(command)


def _give(c: GiveFeedback, state: ItemAnswer) -> list[AnswerEvent]:
    item = _item_for_this_school(c)
    meeting = _meeting_with_this_item(c, item)
    if meeting.meeting_id in state.meetings:
        raise Rejected(
            "already_answered",
            "This meeting has answered the item; correct that answer instead.",
            field="/meeting_id",
        )
    _check_help(c)
    given = AgendaItemFeedbackGiven(
        meeting_id=meeting.meeting_id,
        item_id=item.item_id,
        focus_id=item.focus_id,
        cycle=item.cycle,
        urn=c.urn,
        held_at=meeting.held_at,
        rag=c.rag,
        confidence=c.confidence,
        comment=c.comment,
        disadvantaged_note=c.disadvantaged_note,
        needs_help=c.needs_help,
        help_dimension=c.help_dimension,
        late=c.at > item.due_by,
    )
    return [given]


def _item_for_this_school(c: GiveFeedback) -> StandardAgendaItemIssued:
    if c.item.issued is None:
        raise Rejected("item_unknown", "Answer an item that the trust has issued.", field="/item_id")
    if c.urn not in c.item.issued.applies_to:
        raise Rejected(
            "item_not_for_this_school",
            "The item was not issued to this school; answer the items that were.",
            field="/item_id",
        )
    return c.item.issued


def _meeting_with_this_item(c: GiveFeedback, item: StandardAgendaItemIssued) -> LeadershipTeamMeetingHeld:
    # After the item's own checks: an answer that came before its meeting waits, and only one that can
    # succeed should.
    held = c.meeting.held
    if held is None:
        raise Rejected("meeting_unknown", "Record the meeting before you send its answers.", field="/meeting_id")
    if c.urn not in held.urns:
        raise Rejected(
            "not_your_meeting",
            "Answer for a school whose leadership team sat in this meeting.",
            field="/meeting_id",
        )
    if held.trustuid != item.trustuid or (held.items and item.item_id not in held.items):
        raise Rejected(
            "item_not_on_agenda",
            "The item was not on this meeting's agenda; name the meeting that discussed it.",
            field="/item_id",
        )
    return held


def _check_help(c: GiveFeedback | CorrectFeedback) -> None:
    if c.needs_help and c.rag == "not_applicable":
        raise Rejected(
            "not_applicable_needs_no_help",
            "Ask for help with a red, amber or green answer, or say that none is needed.",
            field="/needs_help",
        )
    if c.needs_help and c.help_dimension is None:
        raise Rejected("help_dimension_missing", "Say which kind of help is needed.", field="/help_dimension")
    if c.help_dimension is not None and not c.needs_help:
        raise Rejected(
            "help_without_need",
            "Leave the kind of help out, or say that help is needed.",
            field="/help_dimension",
        )


def _correct(c: CorrectFeedback, state: ItemAnswer) -> list[AnswerEvent]:
    answered = state.meetings.get(c.meeting_id)
    if answered is None:
        raise Rejected("nothing_to_correct", "Give this meeting's answer before you correct it.", field="/meeting_id")
    if c.supersedes in answered.superseded:
        raise Rejected(
            "already_corrected",
            "Somebody has corrected this answer; look at the latest one and correct that.",
            field="/supersedes",
        )
    _check_help(c)
    corrected = FeedbackCorrected(
        meeting_id=c.meeting_id,
        item_id=answered.item_id,
        urn=answered.urn,
        supersedes=c.supersedes,
        rag=c.rag,
        confidence=c.confidence,
        comment=c.comment,
        disadvantaged_note=c.disadvantaged_note,
        needs_help=c.needs_help,
        help_dimension=c.help_dimension,
        reason=c.reason,
    )
    return [corrected]


def _raise_overdue(c: RaiseOverdue, state: ItemAnswer) -> list[AnswerEvent]:
    if state.overdue or state.meetings or c.at <= c.due_by:
        return []
    return [FeedbackOverdue(item_id=c.item_id, urn=c.urn, due_by=c.due_by)]


def _acknowledge(c: Acknowledge, state: ItemAnswer) -> list[AnswerEvent]:
    answered = _answered(c, state)
    if answered.acknowledged:
        return []
    return [TrustAcknowledged(item_id=answered.item_id, urn=answered.urn, meeting_id=c.meeting_id, by=c.by)]


def _respond(c: Respond, state: ItemAnswer) -> list[AnswerEvent]:
    answered = _answered(c, state)
    given = TrustResponseGiven(
        item_id=answered.item_id,
        urn=answered.urn,
        meeting_id=c.meeting_id,
        response=c.response,
        by=c.by,
    )
    return [given]


def _answered(c: Acknowledge | Respond, state: ItemAnswer) -> MeetingAnswer:
    answered = state.meetings.get(c.meeting_id)
    if answered is None:
        raise Rejected("not_answered", "Wait until the school has answered in this meeting.", field="/meeting_id")
    return answered


def _mark_read(c: MarkResponseRead, state: ItemAnswer) -> list[AnswerEvent]:
    answered = state.meetings.get(c.meeting_id)
    if answered is None or answered.response == "none":
        raise Rejected("no_response_to_read", "Wait until the trust has responded to this answer.", field="/meeting_id")
    if answered.response == "read":
        return []
    return [ResponseRead(item_id=answered.item_id, urn=answered.urn, meeting_id=c.meeting_id, by_role=c.by_role)]


def evolve(state: ItemAnswer, event: AnswerEvent) -> ItemAnswer:
    match event:
        case AgendaItemFeedbackGiven():
            first = MeetingAnswer(item_id=event.item_id, urn=event.urn, rag=event.rag)
            return _with(replace(state, help_needed=event.help_dimension), event.meeting_id, first)
        case FeedbackCorrected():
            before = state.meetings[event.meeting_id]
            # What the trust acknowledged is no longer the answer, so the new one can be acknowledged again.
            after = replace(
                before,
                rag=event.rag,
                superseded=before.superseded | {event.supersedes},
                acknowledged=False,
            )
            return _with(replace(state, help_needed=event.help_dimension), event.meeting_id, after)
        case FeedbackOverdue():
            return replace(state, overdue=True)
        case TrustAcknowledged():
            before = state.meetings[event.meeting_id]
            return _with(state, event.meeting_id, replace(before, acknowledged=True))
        case TrustResponseGiven():
            before = state.meetings[event.meeting_id]
            return _with(state, event.meeting_id, replace(before, response="unread"))
        case ResponseRead():
            before = state.meetings[event.meeting_id]
            return _with(state, event.meeting_id, replace(before, response="read"))
        case _:
            assert_never(event)


def _with(state: ItemAnswer, meeting_id: Id, answered: MeetingAnswer) -> ItemAnswer:
    return replace(state, meetings={**state.meetings, meeting_id: answered})


answer: Decider[AnswerCommand, ItemAnswer, AnswerEvent] = Decider(ItemAnswer(), decide, evolve)


def answer_stream(item_id: Id, urn: Urn) -> str:
    return f"answer-{item_id}-{urn}"
