"""The feedback loop as reports need it: what was asked, who met, what they said, what the trust did.

- cycle, focus_area, item: one row each
- item_school: one row an item and school that it was issued to
- meeting, meeting_school: one row a meeting, and one a meeting and school that sat in it
- meeting_report: one row a report, numbered in the meeting's stream
- answer: one row an answer or correction, numbered in the stream of its item and school
- reply: one row an acknowledgement, response or reading, numbered in the same stream
- overdue: one row an item and school that let the due time pass
- action: one row an action, agreed, and closed when it is
- effect: one row a look at the effect, numbered in the action's stream

Answers and replies are kept as a history: which of them stands is a question that a report answers. Personal
texts are sealed tokens; `stream` and `event_id` beside them name the place that opening needs (`codec.place`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.reporting.read_models.projection import Patch, Projection, Projector, Table, same
from services.reporting.seeing.policies import of_school, shared, with_the
from shared.contracts.collaboration.loop import (
    ActionAgreed,
    ActionClosed,
    AgendaItemFeedbackGiven,
    CycleOpened,
    EffectReviewed,
    FeedbackCorrected,
    FeedbackOverdue,
    FocusAreaClosed,
    FocusAreaSet,
    LeadershipTeamMeetingHeld,
    MeetingReportSubmitted,
    ResponseRead,
    StandardAgendaItemIssued,
    TrustAcknowledged,
    TrustResponseGiven,
)
from shared.messaging import Delivered

_source_columns = {  # where a row comes from
    "trustuid": "text",
    "event_id": "uuid",
    "stream": "text",
    "logindex": "bigint",
    "happened_at": "timestamptz",
    "recorded_at": "timestamptz",
}

cycle = Table(
    name="cycle",
    key={"trustuid": "text", "cycle": "text"},
    columns={"starts_on": "date", "ends_on": "date"},
    seen_by=shared,
)
focus_area = Table(
    name="focus_area",
    key={"focus_id": "uuid"},
    columns={
        "trustuid": "text",
        "title": "text",
        "principle": "text",
        "question": "text",
        "starts_on": "date",
        "ends_on": "date",
        "disadvantaged_lens": "text",
        "closed_on": "date",
        "close_reason": "text",
    },
    seen_by=shared,
)
item = Table(
    name="item",
    key={"item_id": "uuid"},
    columns={
        "trustuid": "text",
        "focus_id": "uuid",
        "cycle": "text",
        "due_by": "timestamptz",
        "issued_at": "timestamptz",
        "event_id": "uuid",
    },
    seen_by=with_the("item_school", "item_id"),
)
item_school = Table(
    name="item_school",
    key={"item_id": "uuid", "urn": "text"},
    columns={"trustuid": "text"},
    seen_by=of_school("urn"),
)
meeting = Table(
    name="meeting",
    key={"meeting_id": "uuid"},
    columns={"trustuid": "text", "held_at": "timestamptz", "event_id": "uuid"},
    seen_by=with_the("meeting_school", "meeting_id"),
)
meeting_school = Table(
    name="meeting_school",
    key={"meeting_id": "uuid", "urn": "text"},
    columns={"trustuid": "text"},
    seen_by=of_school("urn"),
)
meeting_report = Table(
    name="meeting_report",
    key={"meeting_id": "uuid", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "answered": "integer",
        "of": "integer",
        "submitted_at": "timestamptz",
        **_source_columns,
    },
    seen_by=with_the("meeting_school", "meeting_id"),
)
answer = Table(
    name="answer",
    key={"item_id": "uuid", "urn": "text", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "meeting_id": "uuid",
        "held_at": "timestamptz",  # a correction has neither this nor `late`: its meeting's first answer does
        "late": "boolean",
        "rag": "text",
        "confidence": "integer",
        "needs_help": "boolean",
        "help_dimension": "text",
        "comment": "text",
        "disadvantaged_note": "text",
        "supersedes": "uuid",
        "reason": "text",
        **_source_columns,
    },
    seen_by=of_school("urn"),
)
reply = Table(
    name="reply",
    key={"item_id": "uuid", "urn": "text", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "meeting_id": "uuid",
        "kind": "text",  # acknowledged, responded, read
        "by": "text",  # a pseudonymous id; of a reading, the reader's role
        "response": "text",
        **_source_columns,
    },
    seen_by=of_school("urn"),
)
overdue = Table(
    name="overdue",
    key={"item_id": "uuid", "urn": "text"},
    columns={"trustuid": "text", "due_by": "timestamptz", **_source_columns},
    seen_by=of_school("urn"),
)
action = Table(
    name="action",
    key={"action_id": "uuid"},
    columns={
        "trustuid": "text",
        "meeting_id": "uuid",
        "item_id": "uuid",
        "focus_id": "uuid",
        "urn": "text",
        "owner": "text",
        "due_on": "date",
        "action": "text",
        "closed_at": "timestamptz",
        "outcome": "text",
        **_source_columns,  # of the agreement
    },
    seen_by=of_school("urn"),
)
effect = Table(
    name="effect",
    key={"action_id": "uuid", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "reviewed_by": "text",
        "rag_before": "text",
        "rag_after": "text",
        "help_still_needed": "boolean",
        **_source_columns,
    },
    seen_by=with_the("action", "action_id"),
)


def _source(delivered: Delivered) -> dict[str, Any]:
    envelope = delivered.envelope
    return {
        "trustuid": envelope.trustuid,
        "event_id": envelope.id,
        "stream": envelope.stream,
        "logindex": delivered.logindex,
        "happened_at": envelope.happened_at,
        "recorded_at": envelope.time,
    }


def _cycle(event: CycleOpened, _: Delivered) -> Iterator[Patch]:
    changes = {"starts_on": event.starts_on, "ends_on": event.ends_on}
    yield Patch("cycle", (event.trustuid, event.cycle), changes)


def _focus_set(event: FocusAreaSet, _: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "title", "principle", "question", "starts_on", "ends_on", "disadvantaged_lens")
    yield Patch("focus_area", (event.focus_id,), same(event, *columns))


def _focus_closed(event: FocusAreaClosed, _: Delivered) -> Iterator[Patch]:
    yield Patch("focus_area", (event.focus_id,), {"closed_on": event.closed_on, "close_reason": event.reason})


def _issued(event: StandardAgendaItemIssued, delivered: Delivered) -> Iterator[Patch]:
    changes = {
        "trustuid": event.trustuid,
        "focus_id": event.focus_id,
        "cycle": event.cycle,
        "due_by": event.due_by,
        "issued_at": delivered.envelope.happened_at,
        "event_id": delivered.envelope.id,
    }
    yield Patch("item", (event.item_id,), changes)
    for urn in event.applies_to:
        yield Patch("item_school", (event.item_id, urn), {"trustuid": event.trustuid})


def _held(event: LeadershipTeamMeetingHeld, delivered: Delivered) -> Iterator[Patch]:
    changes = {"trustuid": event.trustuid, "held_at": event.held_at, "event_id": delivered.envelope.id}
    yield Patch("meeting", (event.meeting_id,), changes)
    for urn in event.urns:
        yield Patch("meeting_school", (event.meeting_id, urn), {"trustuid": event.trustuid})


def _submitted(event: MeetingReportSubmitted, delivered: Delivered) -> Iterator[Patch]:
    changes = {"answered": event.answered, "of": event.of, "submitted_at": event.submitted_at}
    changes |= _source(delivered)
    yield Patch("meeting_report", (event.meeting_id, delivered.envelope.version), changes)


def _answered(event: AgendaItemFeedbackGiven | FeedbackCorrected, delivered: Delivered) -> Iterator[Patch]:
    columns = ("meeting_id", "rag", "confidence", "needs_help", "help_dimension", "comment")
    changes = same(event, *columns, "disadvantaged_note")
    match event:
        case AgendaItemFeedbackGiven():
            changes |= {"held_at": event.held_at, "late": event.late}
        case FeedbackCorrected():
            changes |= {"supersedes": event.supersedes, "reason": event.reason}
    changes |= _source(delivered)
    yield Patch("answer", (event.item_id, event.urn, delivered.envelope.version), changes)


def _reply(kind: str, by: str, response: str | None = None) -> Projector:
    """A projector of one kind of reply; `by` and `response` name the event's fields."""

    def patches(event: TrustAcknowledged | TrustResponseGiven | ResponseRead, d: Delivered) -> Iterator[Patch]:
        changes = {"meeting_id": event.meeting_id, "kind": kind, "by": getattr(event, by), **_source(d)}
        if response is not None:
            changes["response"] = getattr(event, response)
        yield Patch("reply", (event.item_id, event.urn, d.envelope.version), changes)

    return patches


def _overdue(event: FeedbackOverdue, delivered: Delivered) -> Iterator[Patch]:
    yield Patch("overdue", (event.item_id, event.urn), {"due_by": event.due_by, **_source(delivered)})


def _agreed(event: ActionAgreed, delivered: Delivered) -> Iterator[Patch]:
    columns = ("meeting_id", "item_id", "focus_id", "urn", "owner", "due_on", "action")
    changes = same(event, *columns)
    changes |= _source(delivered)
    yield Patch("action", (event.action_id,), changes)


def _closed(event: ActionClosed, delivered: Delivered) -> Iterator[Patch]:
    changes = {"closed_at": delivered.envelope.happened_at, "outcome": event.outcome}
    yield Patch("action", (event.action_id,), changes)


def _effect(event: EffectReviewed, delivered: Delivered) -> Iterator[Patch]:
    changes = {
        "reviewed_by": event.reviewed_by,
        "rag_before": event.rag_before,
        "rag_after": event.rag_after,
        "help_still_needed": event.help_still_needed,
        **_source(delivered),
    }
    yield Patch("effect", (event.action_id, delivered.envelope.version), changes)


projection = Projection(
    name="loop",
    tables=(
        cycle,
        focus_area,
        item,
        item_school,
        meeting,
        meeting_school,
        meeting_report,
        answer,
        reply,
        overdue,
        action,
        effect,
    ),
    on={
        CycleOpened: _cycle,
        FocusAreaSet: _focus_set,
        FocusAreaClosed: _focus_closed,
        StandardAgendaItemIssued: _issued,
        LeadershipTeamMeetingHeld: _held,
        MeetingReportSubmitted: _submitted,
        AgendaItemFeedbackGiven: _answered,
        FeedbackCorrected: _answered,
        FeedbackOverdue: _overdue,
        TrustAcknowledged: _reply("acknowledged", "by"),
        TrustResponseGiven: _reply("responded", "by", "response"),
        ResponseRead: _reply("read", "by_role"),
        ActionAgreed: _agreed,
        ActionClosed: _closed,
        EffectReviewed: _effect,
    },
)
