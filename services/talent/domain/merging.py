"""Two entries of the register that are one person: one is merged into the other, and split again if that was wrong.

The merged entry stays as it is and nothing is said of it any more. Its engagements go on in the survivor's stream,
under their ids, and come back with a split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from services.talent.domain.engagement import Engagement, EngagementEvent
from services.talent.domain.person import Person, PersonEvent, check_beside, check_stands, evolve
from shared.contracts.talent.register import EngagementMoved, PersonsMerged, PersonsSplit
from shared.contracts.vocabulary import Code, Id, PersonId
from shared.decider import Decider, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePersons:
    """`survivor`: the other entry; `leads`: whether this one has an active leader record: facts from other streams."""

    person_id: PersonId
    into_person_id: PersonId
    reason: Code
    survivor: Person
    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPersons:
    """`survivor`: the entry that this one was merged into, a fact from another stream."""

    person_id: PersonId
    from_person_id: PersonId
    reason: Code
    survivor: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeEngagements:
    """Goes to the survivor of a merger."""

    person_id: PersonId
    engagements: Sequence[Engagement]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEngagements:
    """Goes to the survivor when the merger is undone."""

    person_id: PersonId
    to_person_id: PersonId
    engagement_ids: Sequence[Id]


MergerCommand = MergePersons | SplitPersons | TakeEngagements | ReturnEngagements


def decide(command: MergerCommand, state: Person) -> list[PersonEvent]:
    match command:
        case MergePersons():
            return _merge(command, state)
        case SplitPersons():
            return _split(command, state)
        case TakeEngagements():
            return _take(command, state)
        case ReturnEngagements():
            return _return(command, state)
        case _:
            assert_never(command)


def _merge(c: MergePersons, state: Person) -> list[PersonEvent]:
    if state.merged is not None and state.merged.into_person_id == c.into_person_id:
        return []
    check_stands(state, "/person_id")
    if c.into_person_id == c.person_id:
        raise Rejected("merged_into_itself", "Name the other entry: these two are the same.", field="/into_person_id")
    check_beside(c.survivor, state, "/into_person_id")
    if c.leads:
        raise Rejected(
            "leader_record_active",
            "This entry has an active leader record: merge the other entry into this one, or close the record first.",
            field="/person_id",
        )
    return [
        PersonsMerged(
            person_id=c.person_id,
            into_person_id=c.into_person_id,
            engagement_ids=tuple(key for key in state.engagements if key not in c.survivor.engagements),
            reason=c.reason,
        )
    ]


def _split(c: SplitPersons, state: Person) -> list[PersonEvent]:
    """What happened to its engagements in the survivor's stream is told again here."""
    if state.merged is None and state.split is not None and state.split.from_person_id == c.from_person_id:
        return []
    if state.known_as is None:
        check_stands(state, "/person_id")
    if state.merged is None or state.merged.into_person_id != c.from_person_id:
        raise Rejected(
            "not_merged",
            "This entry was not merged into that one: name the one that it was merged into.",
            field="/from_person_id",
        )
    check_stands(c.survivor, "/from_person_id")  # mergers are undone last first
    split = PersonsSplit(person_id=c.person_id, from_person_id=c.from_person_id, reason=c.reason)
    meanwhile = [
        fact
        for key in state.merged.engagement_ids
        if key in c.survivor.engagements  # it may have been voided there, as it may have been here
        for fact in _told_of(c.person_id, c.survivor.engagements[key])
        if key not in state.engagements or fact not in state.engagements[key].facts
    ]
    return [split, *meanwhile]


def _take(c: TakeEngagements, state: Person) -> list[PersonEvent]:
    check_stands(state, "/person_id")
    return [
        fact
        for one in c.engagements
        if one.started is not None and one.started.engagement_id not in state.engagements
        for fact in _told_of(c.person_id, one)
    ]


def _return(c: ReturnEngagements, state: Person) -> list[PersonEvent]:
    check_stands(state, "/person_id")
    return [
        EngagementMoved(person_id=c.person_id, engagement_id=key, to_person_id=c.to_person_id)
        for key in c.engagement_ids
        if key in state.engagements
    ]


def _told_of(person_id: PersonId, one: Engagement) -> list[EngagementEvent]:
    return [replace(fact, person_id=person_id) for fact in one.facts]


merger: Decider[MergerCommand, Person, PersonEvent] = Decider(Person(), decide, evolve)
