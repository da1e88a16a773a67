"""People of one or more schools look into a question together, and share what they find out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, assert_never

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.practice import ResearchFindingShared, ResearchGroupFormed
from shared.contracts.vocabulary import Day, Id, PersonId, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def research_group_stream(group_id: Id) -> str:
    return f"research-group-{group_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGroup:
    group_id: Id
    trustuid: TrustUid
    question: Text
    member_ids: Annotated[tuple[PersonId, ...], MinLen(2), MaxLen(100)]
    urns: Annotated[tuple[Urn, ...], MinLen(1), MaxLen(100)]
    formed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFinding:
    group_id: Id
    finding_id: Id
    finding: Text
    shared_on: Day


GroupCommand = FormGroup | ShareFinding
GroupEvent = ResearchGroupFormed | ResearchFindingShared


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchGroup:
    formed: ResearchGroupFormed | None = None
    findings: Mapping[Id, ResearchFindingShared] = field(default_factory=dict)


def decide(asked: Dated[GroupCommand], state: ResearchGroup) -> list[GroupEvent]:
    match asked.command:
        case FormGroup():
            return _form(asked.command, state, asked.today)
        case ShareFinding():
            return _share(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _form(c: FormGroup, state: ResearchGroup, today: Day) -> list[GroupEvent]:
    formed = ResearchGroupFormed(
        group_id=c.group_id,
        trustuid=c.trustuid,
        question=c.question,
        member_ids=c.member_ids,
        urns=c.urns,
        formed_on=c.formed_on,
    )
    if state.formed == formed:
        return []
    if state.formed is not None:
        raise Rejected(
            "group_exists",
            "This group is formed with other details: give a new group an id of its own.",
            field="/group_id",
        )
    if len(set(c.member_ids)) < len(c.member_ids):
        raise Rejected("member_named_twice", "Name each member once.", field="/member_ids")
    if len(set(c.urns)) < len(c.urns):
        raise Rejected("school_named_twice", "Name each school once.", field="/urns")
    check_happened(c.formed_on, today, "/formed_on")
    return [formed]


def _share(c: ShareFinding, state: ResearchGroup, today: Day) -> list[GroupEvent]:
    if state.formed is None:
        raise Rejected("group_unknown", "There is no such group: check its id, or form it first.", field="/group_id")
    shared = ResearchFindingShared(
        group_id=c.group_id, finding_id=c.finding_id, finding=c.finding, shared_on=c.shared_on
    )
    known = state.findings.get(c.finding_id)
    if known == shared:
        return []
    if known is not None:
        raise Rejected(
            "finding_exists",
            "This finding is shared with other details: give another one an id of its own.",
            field="/finding_id",
        )
    check_happened(c.shared_on, today, "/shared_on")
    if c.shared_on < state.formed.formed_on:
        raise Rejected(
            "shared_before_formed", "Give the day on which the group was formed, or a later one.", field="/shared_on"
        )
    return [shared]


def evolve(state: ResearchGroup, event: GroupEvent) -> ResearchGroup:
    match event:
        case ResearchGroupFormed():
            return replace(state, formed=event)
        case ResearchFindingShared():
            return replace(state, findings={**state.findings, event.finding_id: event})
        case _:
            assert_never(event)


research_group: Decider[Dated[GroupCommand], ResearchGroup, GroupEvent] = Decider(ResearchGroup(), decide, evolve)
