"""Claims about the loop: what a school's system or the trust says becomes a command on this service's own streams.

The shapes below are what may be sent, by the type of event that they claim; the typed commands of api.py are the
same. A meeting may be reported in one piece (meeting, answers and report are then written whole or not at all) or in
parts. An answer that comes before its meeting waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.collaboration.domain.action import (
    Action,
    AgreeAction,
    CloseAction,
    ReviewEffect,
    Side,
    action,
    action_stream,
)
from services.collaboration.domain.answer import (
    Acknowledge,
    AnswerCommand,
    CorrectFeedback,
    GiveFeedback,
    ItemAnswer,
    MarkResponseRead,
    Respond,
    answer,
    answer_stream,
)
from services.collaboration.domain.cycle import OpenCycle, cycle_stream, reporting_cycle
from services.collaboration.domain.focus import CloseFocusArea, SetFocusArea, focus_area, focus_stream
from services.collaboration.domain.item import IssueAgendaItem, agenda_item, item_stream
from services.collaboration.domain.meeting import (
    Meeting,
    RecordMeeting,
    SubmitReport,
    meeting,
    meeting_stream,
)
from shared.contracts import collaboration as events
from shared.contracts.vocabulary import (
    Answer,
    Code,
    Cycle,
    Day,
    Dimension,
    Id,
    Instant,
    Rag,
    Reference,
    Text,
    TrustUid,
    Urn,
)
from shared.decider import AnyDecider, NotYet, Rejected
from shared.eventstore import Act, Context, Decision, States, act
from shared.intake import Admission, Admissions


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusAreaClosing:
    """`FocusAreaClosed`: the trust stops asking."""

    focus_id: Id
    closed_on: Day
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemIssue:
    """`StandardAgendaItemIssued`: a focus area's question for these schools' meetings in a cycle."""

    item_id: Id
    trustuid: TrustUid
    focus_id: Id
    cycle: Cycle
    applies_to: tuple[Urn, ...]
    due_by: Instant


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
class Correction(Feedback):
    """`FeedbackCorrected`: it takes the place of what was last said in this meeting."""

    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClosing:
    """`MeetingReportSubmitted`: all answers of a meeting that was sent in parts are in. The service counts them."""

    meeting_id: Id
    urns: tuple[Urn, ...]
    items: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """`TrustAcknowledged`: the trust has seen an answer."""

    item_id: Id
    urn: Urn
    meeting_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`TrustResponseGiven`: the trust answers an answer."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    response: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`ResponseRead`: the school has read the trust's response."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    by_role: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlan:
    """`ActionAgreed`: what will be done about an answer."""

    action_id: Id
    meeting_id: Id
    item_id: Id
    urn: Urn
    action: Text
    owner: Reference
    due_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionClosing:
    """`ActionClosed`: an action came to its end."""

    action_id: Id
    urn: Urn
    outcome: Rag


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectReview:
    """`EffectReviewed`: one side looked at what an action changed."""

    action_id: Id
    item_id: Id
    urn: Urn
    reviewed_by: Side
    rag_after: Rag
    help_still_needed: bool


def open_cycle(c: OpenCycle, context: Context) -> Act:
    """Open a cycle of the trust's own."""
    return act(reporting_cycle, cycle_stream(c.trustuid, c.cycle), c, context)


def set_focus_area(c: SetFocusArea, context: Context) -> Act:
    """Agree on a focus area."""
    return act(focus_area, focus_stream(c.focus_id), c, context)


def close_focus_area(c: FocusAreaClosing, context: Context) -> Act:
    """Stop asking about a focus area."""
    command = CloseFocusArea(closed_on=c.closed_on, reason=c.reason)
    return act(focus_area, focus_stream(c.focus_id), command, context)


def issue_item(c: ItemIssue, context: Context) -> Act:
    """Put a focus area's question on the agenda."""
    item, focus, cycle = item_stream(c.item_id), focus_stream(c.focus_id), cycle_stream(c.trustuid, c.cycle)

    def decide(states: States) -> Decision:
        command = IssueAgendaItem(
            item_id=c.item_id,
            trustuid=c.trustuid,
            applies_to=c.applies_to,
            due_by=c.due_by,
            focus=states[focus],
            cycle=states[cycle],
            at=states.at,
        )
        return {item: agenda_item.decide(command, states[item])}

    reads: dict[str, AnyDecider] = {item: agenda_item, focus: focus_area, cycle: reporting_cycle}
    return Act(context, reads, decide, writes=frozenset({item}))


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


def correct_feedback(c: Correction, context: Context) -> Act:
    """Put an answer right: the correction supersedes what was last said in this meeting."""
    stream = answer_stream(c.item_id, c.urn)

    def command(states: States) -> CorrectFeedback:
        said = [
            r.envelope.id
            for r in states.history(stream)
            if isinstance(e := r.event(), events.AgendaItemFeedbackGiven | events.FeedbackCorrected)
            and e.meeting_id == c.meeting_id
        ]
        return CorrectFeedback(
            meeting_id=c.meeting_id,
            supersedes=said[-1] if said else c.meeting_id,
            rag=c.rag,
            confidence=c.confidence,
            comment=c.comment,
            disadvantaged_note=c.disadvantaged_note,
            needs_help=c.needs_help,
            help_dimension=c.help_dimension,
            reason=c.reason,
        )

    return _on_answer(c, context, command)


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


def acknowledge(c: Acknowledgement, context: Context) -> Act:
    """Say that the trust has seen an answer."""
    return _on_answer(c, context, lambda _: Acknowledge(meeting_id=c.meeting_id, by=context.actor))


def respond(c: Response, context: Context) -> Act:
    """Answer an answer."""
    return _on_answer(c, context, lambda _: Respond(meeting_id=c.meeting_id, response=c.response, by=context.actor))


def mark_read(c: Reading, context: Context) -> Act:
    """Say that the school has read the response."""
    return _on_answer(c, context, lambda _: MarkResponseRead(meeting_id=c.meeting_id, by_role=c.by_role))


def agree_action(c: ActionPlan, context: Context) -> Act:
    """Agree what will be done about an answer."""
    stream, item, said = action_stream(c.action_id), item_stream(c.item_id), answer_stream(c.item_id, c.urn)

    def decide(states: States) -> Decision:
        command = AgreeAction(
            action_id=c.action_id,
            meeting_id=c.meeting_id,
            urn=c.urn,
            action=c.action,
            owner=c.owner,
            due_on=c.due_on,
            item=states[item],
            answer=states[said],
            at=states.at,
        )
        return {stream: action.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: action, item: agenda_item, said: answer}
    return Act(context, reads, decide, writes=frozenset({stream}))


def close_action(c: ActionClosing, context: Context) -> Act:
    """Close an action with its outcome."""
    stream = action_stream(c.action_id)

    def decide(states: States) -> Decision:
        _check_subject(states[stream], c.urn, None)
        return {stream: action.decide(CloseAction(outcome=c.outcome), states[stream])}

    return Act(context, {stream: action}, decide)


def review_effect(c: EffectReview, context: Context) -> Act:
    """Say what an action changed."""
    stream, said = action_stream(c.action_id), answer_stream(c.item_id, c.urn)

    def decide(states: States) -> Decision:
        _check_subject(states[stream], c.urn, c.item_id)
        command = ReviewEffect(
            reviewed_by=c.reviewed_by,
            rag_after=c.rag_after,
            help_still_needed=c.help_still_needed,
            answer=states[said],
        )
        return {stream: action.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: action, said: answer}
    return Act(context, reads, decide, writes=frozenset({stream}))


_taken: Sequence[tuple[type[Any], Admission]] = (
    (events.CycleOpened, Admission(OpenCycle, open_cycle, trust_only=True)),
    (events.FocusAreaSet, Admission(SetFocusArea, set_focus_area, trust_only=True)),
    (events.FocusAreaClosed, Admission(FocusAreaClosing, close_focus_area, trust_only=True)),
    (events.StandardAgendaItemIssued, Admission(ItemIssue, issue_item, trust_only=True)),
    (events.LeadershipTeamMeetingHeld, Admission(MeetingReport, record_meeting)),
    (events.AgendaItemFeedbackGiven, Admission(Feedback, give_feedback)),
    (events.FeedbackCorrected, Admission(Correction, correct_feedback)),
    (events.MeetingReportSubmitted, Admission(ReportClosing, submit_report)),
    (events.TrustAcknowledged, Admission(Acknowledgement, acknowledge, trust_only=True)),
    (events.TrustResponseGiven, Admission(Response, respond, trust_only=True)),
    (events.ResponseRead, Admission(Reading, mark_read)),
    (events.ActionAgreed, Admission(ActionPlan, agree_action)),
    (events.ActionClosed, Admission(ActionClosing, close_action)),
    (events.EffectReviewed, Admission(EffectReview, review_effect)),
)
admissions: Admissions = {events.contract.names[event]: admission for event, admission in _taken}


def _on_answer(
    c: Correction | Acknowledgement | Response | Reading, context: Context, command: Callable[[States], AnswerCommand]
) -> Act:
    """A command on an answer that was given, to an item of the sender's own trust."""
    stream, item = answer_stream(c.item_id, c.urn), item_stream(c.item_id)

    def decide(states: States) -> Decision:
        issued = states[item].issued
        if issued is not None and issued.trustuid != context.trustuid:
            raise Rejected("item_unknown", "Your trust issued no such item.", field="/item_id")
        return {stream: answer.decide(command(states), states[stream])}

    reads: dict[str, AnyDecider] = {stream: answer, item: agenda_item}
    return Act(context, reads, decide, writes=frozenset({stream}))


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


def _check_subject(state: Action, urn: str, item_id: Id | None) -> None:
    """Nobody speaks of another school's action by knowing its id."""
    subject = state.subject
    if subject is not None and (subject.urn != urn or item_id not in (None, subject.item_id)):
        raise Rejected("action_unknown", "This school has no such action about this item.", field="/action_id")
