"""Succession: which leaders could follow in a post, and who could stand in for days.

It is a part of the post, in the post's own stream: so nobody is both its incumbent and its successor, even where one
person fills the post while another one names who could follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.talent.domain.tenure import Tenure, is_incumbent_from
from shared.contracts.talent.posts import SuccessorNominated, SuccessorRemoved
from shared.contracts.vocabulary import Code, Day, Id, PersonId
from shared.decider import Rejected

TOOK_THE_POST: Code = "took_the_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class NominateSuccessor:
    """`leader_active`: whether an active leader record stands for the person, a fact from its stream."""

    post_id: Id
    leader_id: PersonId
    emergency_cover: bool = False
    nominated_on: Day
    leader_active: bool
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSuccessor:
    post_id: Id
    leader_id: PersonId
    removed_on: Day
    reason: Code
    today: Day


SuccessionCommand = NominateSuccessor | RemoveSuccessor
SuccessionEvent = SuccessorNominated | SuccessorRemoved


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination:
    """A person's latest nomination. It stands until it is removed."""

    emergency_cover: bool
    nominated_on: Day
    removed_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    nominations: Mapping[PersonId, Nomination] = field(default_factory=dict)

    def standing(self, person_id: PersonId) -> Nomination | None:
        nomination = self.nominations.get(person_id)
        return nomination if nomination is not None and nomination.removed_on is None else None


def decide(
    command: SuccessionCommand, state: Succession, *, post_type: Code, tenures: Iterable[Tenure]
) -> list[SuccessionEvent]:
    match command:
        case NominateSuccessor():
            return _nominate(command, state, post_type, tenures)
        case RemoveSuccessor():
            return _remove(command, state)
        case _:
            assert_never(command)


def _nominate(
    c: NominateSuccessor, state: Succession, post_type: Code, tenures: Iterable[Tenure]
) -> list[SuccessionEvent]:
    standing = state.standing(c.leader_id)
    if standing is not None and (c.emergency_cover or not standing.emergency_cover):
        return []  # a successor can stand in as well; who only stands in may still be named a successor
    if c.nominated_on > c.today:
        raise Rejected("in_the_future", "Give the day of the nomination: today or before.", field="/nominated_on")
    earlier = state.nominations.get(c.leader_id)
    if earlier is not None and earlier.removed_on is not None and c.nominated_on < earlier.removed_on:
        raise Rejected(
            "nomination_has_ended",
            "This leader was removed later than that: give a day on or after their removal to name them again.",
            field="/nominated_on",
        )
    if is_incumbent_from(c.nominated_on, c.leader_id, tenures):
        raise Rejected(
            "successor_is_incumbent",
            "Name somebody else: whoever holds a post, or is to hold it, is not their own successor.",
            field="/leader_id",
        )
    if not c.emergency_cover and not c.leader_active:
        raise Rejected(
            "leader_not_active",
            "Identify this person as a leader first (endorsed by another, if they named themselves), or name them as "
            "emergency cover.",
            field="/leader_id",
        )
    return [
        SuccessorNominated(
            post_id=c.post_id,
            post_type=post_type,
            leader_id=c.leader_id,
            emergency_cover=c.emergency_cover,
            nominated_on=c.nominated_on,
        )
    ]


def _remove(c: RemoveSuccessor, state: Succession) -> list[SuccessionEvent]:
    nomination = state.nominations.get(c.leader_id)
    if nomination is None:
        raise Rejected(
            "not_a_successor", "This leader was never named for this post: check the id.", field="/leader_id"
        )
    if nomination.removed_on is not None:
        return []
    if c.removed_on > c.today:
        raise Rejected("in_the_future", "Give the day of the removal: today or before.", field="/removed_on")
    if c.removed_on < nomination.nominated_on:
        raise Rejected(
            "removed_before_nominated",
            "This leader was named later than that: give a day on or after their nomination.",
            field="/removed_on",
        )
    return [SuccessorRemoved(post_id=c.post_id, leader_id=c.leader_id, removed_on=c.removed_on, reason=c.reason)]


def ended_by_taking_the_post(
    post_id: Id, person_id: PersonId, filled_on: Day, today: Day, state: Succession
) -> list[SuccessionEvent]:
    """A successor who takes the post is none any more, from the day on which that is known."""
    standing = state.standing(person_id)
    if standing is None:
        return []
    removed_on = max(standing.nominated_on, min(filled_on, today))
    return [SuccessorRemoved(post_id=post_id, leader_id=person_id, removed_on=removed_on, reason=TOOK_THE_POST)]


def evolve(state: Succession, event: SuccessionEvent) -> Succession:
    match event:
        case SuccessorNominated():
            nomination = Nomination(emergency_cover=event.emergency_cover, nominated_on=event.nominated_on)
            return Succession(nominations={**state.nominations, event.leader_id: nomination})
        case SuccessorRemoved():
            nomination = replace(state.nominations[event.leader_id], removed_on=event.removed_on)
            return Succession(nominations={**state.nominations, event.leader_id: nomination})
        case _:
            assert_never(event)
