"""An action that school and trust agreed about an answer: closed or overdue, and what both sides say it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from services.collaboration.domain.answer import ItemAnswer
from services.collaboration.domain.item import AgendaItem
from shared.contracts.collaboration.loop import ActionAgreed, ActionClosed, ActionOverdue, EffectReviewed
from shared.contracts.vocabulary import Day, Id, Instant, Rag, Reference, Text, Urn
from shared.decider import Decider, Rejected

Side = Literal["school", "trust"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeAction:
    """`item` and `answer` are what those streams say; `answer` is this school's."""

    action_id: Id
    meeting_id: Id
    urn: Urn
    action: Text
    owner: Reference
    due_on: Day
    item: AgendaItem
    answer: ItemAnswer
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAction:
    outcome: Rag


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEffect:
    """`answer` is what the stream of the answer says that the action was agreed for."""

    reviewed_by: Side
    rag_after: Rag
    help_still_needed: bool
    answer: ItemAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseActionOverdue:
    today: Day


ActionCommand = AgreeAction | CloseAction | ReviewEffect | RaiseActionOverdue
ActionEvent = ActionAgreed | ActionClosed | EffectReviewed | ActionOverdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Which action this is, and which answer it was agreed for."""

    action_id: Id
    meeting_id: Id
    item_id: Id
    focus_id: Id
    urn: Urn
    due_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    rag_after: Rag
    help_still_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    subject: Subject | None = None
    overdue: bool = False
    outcome: Rag | None = None
    effects: Mapping[Side, Effect] = field(default_factory=dict)


def decide(command: ActionCommand, state: Action) -> list[ActionEvent]:
    match command:
        case AgreeAction():
            return _agree(command, state)
        case CloseAction():
            return _close(command, state)
        case ReviewEffect():
            return _review(command, state)
        case RaiseActionOverdue():
            return _raise_overdue(command, state)
        case _:
            assert_never(command)


def _agree(c: AgreeAction, state: Action) -> list[ActionEvent]:
    if state.subject is not None:  # its text is personal and not in the state, so the same cannot be told from another
        raise Rejected("action_exists", "This action is agreed; agree another one under a new id.", field="/action_id")
    if c.item.issued is None:
        raise Rejected("item_unknown", "Agree an action about an item that the trust has issued.", field="/item_id")
    if c.meeting_id not in c.answer.meetings:
        raise Rejected(
            "not_answered",
            "Agree an action when the school has answered the item in this meeting.",
            field="/meeting_id",
        )
    if c.due_on < c.at.astimezone(ZoneInfo("Europe/London")).date():
        raise Rejected("due_before_agreed", "Let the action be due today or later.", field="/due_on")
    agreed = ActionAgreed(
        action_id=c.action_id,
        meeting_id=c.meeting_id,
        item_id=c.item.issued.item_id,
        focus_id=c.item.issued.focus_id,
        urn=c.urn,
        action=c.action,
        owner=c.owner,
        due_on=c.due_on,
    )
    return [agreed]


def _close(c: CloseAction, state: Action) -> list[ActionEvent]:
    subject = _known(state)
    if state.outcome == c.outcome:
        return []
    if state.outcome is not None:
        raise Rejected(
            "action_already_closed",
            "This action was closed with another outcome; agree a new one to go on.",
            field="/outcome",
        )
    return [ActionClosed(action_id=subject.action_id, urn=subject.urn, outcome=c.outcome)]


def _review(c: ReviewEffect, state: Action) -> list[ActionEvent]:
    subject = _known(state)
    if state.outcome is None:
        raise Rejected("action_not_closed", "Close the action before you review what it changed.", field="/action_id")
    before = state.effects.get(c.reviewed_by)
    if before == Effect(rag_after=c.rag_after, help_still_needed=c.help_still_needed):
        return []
    if before is not None:
        raise Rejected(
            "effect_already_reviewed",
            "This side has reviewed the effect; agree a new action if more is needed.",
            field="/reviewed_by",
        )
    reviewed = EffectReviewed(
        action_id=subject.action_id,
        focus_id=subject.focus_id,
        item_id=subject.item_id,
        urn=subject.urn,
        reviewed_by=c.reviewed_by,
        rag_before=_rag_before(c.answer, subject.meeting_id),
        rag_after=c.rag_after,
        help_still_needed=c.help_still_needed,
    )
    return [reviewed]


def _rag_before(answer: ItemAnswer, meeting_id: Id) -> Rag:
    answered = answer.meetings.get(meeting_id)
    if answered is None or answered.rag == "not_applicable":
        raise Rejected(
            "rag_before_unknown",
            "Review the effect of an action that was agreed for a red, amber or green answer.",
            field="/action_id",
        )
    return answered.rag


def _raise_overdue(c: RaiseActionOverdue, state: Action) -> list[ActionEvent]:
    subject = _known(state)
    if state.overdue or state.outcome is not None or c.today <= subject.due_on:
        return []
    return [ActionOverdue(action_id=subject.action_id, urn=subject.urn, due_on=subject.due_on)]


def _known(state: Action) -> Subject:
    if state.subject is None:
        raise Rejected("action_unknown", "Agree the action first.", field="/action_id")
    return state.subject


def evolve(state: Action, event: ActionEvent) -> Action:
    match event:
        case ActionAgreed():
            subject = Subject(
                action_id=event.action_id,
                meeting_id=event.meeting_id,
                item_id=event.item_id,
                focus_id=event.focus_id,
                urn=event.urn,
                due_on=event.due_on,
            )
            return replace(state, subject=subject)
        case ActionOverdue():
            return replace(state, overdue=True)
        case ActionClosed():
            return replace(state, outcome=event.outcome)
        case EffectReviewed():
            effect = Effect(rag_after=event.rag_after, help_still_needed=event.help_still_needed)
            return replace(state, effects={**state.effects, event.reviewed_by: effect})
        case _:
            assert_never(event)


action: Decider[ActionCommand, Action, ActionEvent] = Decider(Action(), decide, evolve)


def action_stream(action_id: Id) -> str:
    return f"action-{action_id}"
