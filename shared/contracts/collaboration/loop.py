"""The leadership-team feedback loop: what the trust asks, what schools answer, what comes of it."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le

from shared.contracts.vocabulary import (
    Answer,
    Code,
    Count,
    Cycle,
    Day,
    Dimension,
    Id,
    Instant,
    Name,
    Personal,
    Rag,
    Reference,
    Text,
    TrustUid,
    Urn,
    event,
)

Principle = Literal[
    "culture",
    "children_first",
    "community",
    "clarity",
    "communication",
    "collaboration",
    "change_management",
    "capability",
    "consistency",
    "capacity",
]
Confidence = Annotated[int, Ge(1), Le(5)]


@event
class CycleOpened:
    """A reporting cycle of the trust's own, usually a fortnight or a half-term, both days inside it."""

    trustuid: TrustUid
    cycle: Cycle
    starts_on: Day
    ends_on: Day


@event
class FocusAreaSet:
    """The trust agreed to work on something: the question that every leadership team answers."""

    focus_id: Id
    trustuid: TrustUid
    title: Name
    principle: Principle
    question: Text
    starts_on: Day
    ends_on: Day | None = None
    disadvantaged_lens: Text | None = None


@event
class FocusAreaClosed:
    """The trust stopped asking about a focus area."""

    focus_id: Id
    closed_on: Day
    reason: Text | None = None


@event
class StandardAgendaItemIssued:
    """A focus area's question stands on the agenda of these schools' leadership meetings in this cycle."""

    item_id: Id
    trustuid: TrustUid
    focus_id: Id
    cycle: Cycle
    applies_to: tuple[Urn, ...]
    due_by: Instant


@event
class Attendees:
    """How many of one role sat in a meeting; never who."""

    role: Code
    count: Count


@event
class LeadershipTeamMeetingHeld:
    """A leadership team met, or several together; without `urns` it is the trust's own executive team."""

    meeting_id: Id
    trustuid: TrustUid
    urns: tuple[Urn, ...]
    held_at: Instant
    attendees: tuple[Attendees, ...] = ()
    items: tuple[Id, ...] = ()


@event
class MeetingReportSubmitted:
    """A meeting's report is in. Both numbers are worked out by the service: one answer for each school and item."""

    meeting_id: Id
    answered: Count
    of: Count
    submitted_at: Instant


@event
class AgendaItemFeedbackGiven:
    """A school's leadership team answered a standard item in a meeting."""

    meeting_id: Id
    item_id: Id
    focus_id: Id
    cycle: Cycle
    urn: Urn
    held_at: Instant
    rag: Answer
    confidence: Confidence | None = None
    comment: Annotated[Text, Personal()] | None = None
    disadvantaged_note: Annotated[Text, Personal()] | None = None
    needs_help: bool = False
    help_dimension: Dimension | None = None
    late: bool = False


@event
class FeedbackCorrected:
    """An answer was put right: this stands in the place of the event that it supersedes."""

    meeting_id: Id
    item_id: Id
    urn: Urn
    supersedes: Id
    rag: Answer
    confidence: Confidence | None = None
    comment: Annotated[Text, Personal()] | None = None
    disadvantaged_note: Annotated[Text, Personal()] | None = None
    needs_help: bool = False
    help_dimension: Dimension | None = None
    reason: Annotated[Text, Personal()]


@event
class FeedbackOverdue:
    """An item's due time passed without an answer of this school. Recorded once, by the clock."""

    item_id: Id
    urn: Urn
    due_by: Instant


@event
class TrustAcknowledged:
    """The trust has seen a school's answer. `by` is a pseudonymous id."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    by: Name


@event
class TrustResponseGiven:
    """The trust answered a school's answer."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    response: Annotated[Text, Personal()]
    by: Name


@event
class ResponseRead:
    """The school has read the trust's response."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    by_role: Code


@event
class ActionAgreed:
    """School and trust agreed what will be done about an answer. `owner` is a role or a pseudonymous id."""

    action_id: Id
    meeting_id: Id
    item_id: Id
    focus_id: Id
    urn: Urn
    action: Annotated[Text, Personal()]
    owner: Reference
    due_on: Day


@event
class ActionClosed:
    """An agreed action came to its end."""

    action_id: Id
    urn: Urn
    outcome: Rag


@event
class EffectReviewed:
    """One side looked at what an action changed. `rag_before` is the answer that it was agreed for."""

    action_id: Id
    focus_id: Id
    item_id: Id
    urn: Urn
    reviewed_by: Literal["school", "trust"]
    rag_before: Rag
    rag_after: Rag
    help_still_needed: bool


@event
class ActionOverdue:
    """An action's due day passed and it is not closed. Recorded once, by the clock."""

    action_id: Id
    urn: Urn
    due_on: Day


@event
class ReminderSent:
    """Somebody was reminded of an item to answer, or of an action to close (one of both), over a channel."""

    reminder_id: Id
    trustuid: TrustUid
    urn: Urn
    item_id: Id | None = None
    action_id: Id | None = None
    channel: Literal["email", "sms", "phone", "in_person", "letter"]
    sent_at: Instant


events = (
    CycleOpened,
    FocusAreaSet,
    FocusAreaClosed,
    StandardAgendaItemIssued,
    LeadershipTeamMeetingHeld,
    MeetingReportSubmitted,
    AgendaItemFeedbackGiven,
    FeedbackCorrected,
    FeedbackOverdue,
    TrustAcknowledged,
    TrustResponseGiven,
    ResponseRead,
    ActionAgreed,
    ActionClosed,
    EffectReviewed,
    ActionOverdue,
    ReminderSent,
)
