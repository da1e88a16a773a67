"""What follows from a review: for each development an action that is closed with its effect, or a reason for none.

A part of the review, in its stream: a review is complete only when every development is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.collaboration.domain.days import check_happened
from shared.contracts.collaboration.reviews import (
    Estimate,
    FollowUpActionAgreed,
    FollowUpActionClosed,
    FollowUpWaived,
)
from shared.contracts.vocabulary import Day, Id, Rag, Reference, Text, Urn
from shared.decider import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeFollowUp:
    """`owner`: a role or a pseudonymous id, never a name."""

    review_id: Id
    action_id: Id
    finding_id: Id
    action: Text
    owner: Reference
    due_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveFollowUp:
    review_id: Id
    finding_id: Id
    reason: Text
    waived_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseFollowUp:
    """`estimate_after`: how good the area is now."""

    review_id: Id
    action_id: Id
    outcome: Rag
    estimate_after: Estimate | None = None
    closed_on: Day


FollowUpCommand = AgreeFollowUp | WaiveFollowUp | CloseFollowUp
FollowUpEvent = FollowUpActionAgreed | FollowUpWaived | FollowUpActionClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUps:
    developments: Mapping[Id, Day] = field(default_factory=dict)  # when each was found
    actions: Mapping[Id, Id] = field(default_factory=dict)  # the finding of each
    waived: Mapping[Id, FollowUpWaived] = field(default_factory=dict)  # by finding
    closed: Mapping[Id, FollowUpActionClosed] = field(default_factory=dict)  # by action

    @property
    def all_answered(self) -> bool:
        """Whether every development has an action, or a reason for none."""
        return self.developments.keys() <= {*self.actions.values(), *self.waived}


def decide(command: FollowUpCommand, state: FollowUps, *, urn: Urn, completed: bool, today: Day) -> list[FollowUpEvent]:
    """`urn`: the review's host; `completed`: whether the review is."""
    match command:
        case AgreeFollowUp():
            return _agree(command, state, urn)
        case WaiveFollowUp():
            return _waive(command, state, urn, today)
        case CloseFollowUp():
            return _close(command, state, urn, today, completed=completed)
        case _:
            assert_never(command)


def _agree(c: AgreeFollowUp, state: FollowUps, urn: Urn) -> list[FollowUpEvent]:
    if c.action_id in state.actions:  # its text is not in the state: the same cannot be told from another
        raise Rejected("action_exists", "This action is agreed: give another one an id of its own.", field="/action_id")
    check_not_before(_found_on(c.finding_id, state), c.due_on, "/due_on")
    return [
        FollowUpActionAgreed(
            review_id=c.review_id,
            urn=urn,
            action_id=c.action_id,
            finding_id=c.finding_id,
            action=c.action,
            owner=c.owner,
            due_on=c.due_on,
        )
    ]


def _waive(c: WaiveFollowUp, state: FollowUps, urn: Urn, today: Day) -> list[FollowUpEvent]:
    waived = FollowUpWaived(
        review_id=c.review_id, urn=urn, finding_id=c.finding_id, reason=c.reason, waived_on=c.waived_on
    )
    known = state.waived.get(c.finding_id)
    if known == waived:
        return []
    found_on = _found_on(c.finding_id, state)
    if known is not None or c.finding_id in state.actions.values():
        raise Rejected(
            "finding_answered",
            "This finding has an action or a reason for none already: it needs no other.",
            field="/finding_id",
        )
    check_happened(c.waived_on, today, "/waived_on")
    check_not_before(found_on, c.waived_on, "/waived_on")
    return [waived]


def _close(c: CloseFollowUp, state: FollowUps, urn: Urn, today: Day, *, completed: bool) -> list[FollowUpEvent]:
    if c.action_id not in state.actions:
        raise Rejected(
            "action_unknown", "This review has no such action: check its id, or agree it first.", field="/action_id"
        )
    closed = FollowUpActionClosed(
        review_id=c.review_id,
        urn=urn,
        action_id=c.action_id,
        outcome=c.outcome,
        estimate_after=c.estimate_after,
        closed_on=c.closed_on,
    )
    known = state.closed.get(c.action_id)
    if known == closed:
        return []
    if known is not None:
        raise Rejected(
            "action_already_closed",
            "This action is closed with other details: agree another one where more is to do.",
            field="/action_id",
        )
    if not completed:
        raise Rejected(
            "review_not_completed",
            "Complete the review first: what its actions changed is judged afterwards.",
            field="/review_id",
        )
    check_happened(c.closed_on, today, "/closed_on")
    check_not_before(state.developments[state.actions[c.action_id]], c.closed_on, "/closed_on")
    return [closed]


def check_not_before(found_on: Day, day: Day, place: str) -> None:
    """Nothing follows from a finding before it is there."""
    if day < found_on:
        raise Rejected(
            "before_the_finding", "Give the day of the finding that this follows, or a later one.", field=place
        )


def _found_on(finding_id: Id, state: FollowUps) -> Day:
    if finding_id not in state.developments:
        raise Rejected(
            "finding_unknown",
            "Name a development that this review found: a strength needs no action.",
            field="/finding_id",
        )
    return state.developments[finding_id]


def evolve(state: FollowUps, event: FollowUpEvent) -> FollowUps:
    match event:
        case FollowUpActionAgreed():
            return replace(state, actions={**state.actions, event.action_id: event.finding_id})
        case FollowUpWaived():
            return replace(state, waived={**state.waived, event.finding_id: event})
        case FollowUpActionClosed():
            return replace(state, closed={**state.closed, event.action_id: event})
        case _:
            assert_never(event)
