"""Claims about actions: agreed for an answer, closed, and what they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    answer,
    answer_stream,
)
from services.collaboration.domain.item import agenda_item, item_stream
from shared.contracts.collaboration import loop as events
from shared.contracts.vocabulary import (
    Day,
    Id,
    Rag,
    Reference,
    Text,
    Urn,
)
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States
from shared.intake import Admission, Taken


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
    if c.reviewed_by == "trust" and context.urns is not None:
        raise Rejected("trust_only", "Let the trust say what it sees: a school says its own.", field="/reviewed_by")
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


taken: Sequence[Taken] = (
    (events.ActionAgreed, "/actions", Admission(ActionPlan, agree_action)),
    (events.ActionClosed, "/actions/{action_id}/close", Admission(ActionClosing, close_action)),
    (events.EffectReviewed, "/actions/{action_id}/review-effect", Admission(EffectReview, review_effect)),
)


def _check_subject(state: Action, urn: str, item_id: Id | None) -> None:
    """Nobody speaks of another school's action by knowing its id."""
    subject = state.subject
    if subject is not None and (subject.urn != urn or item_id not in (None, subject.item_id)):
        raise Rejected("action_unknown", "This school has no such action about this item.", field="/action_id")
