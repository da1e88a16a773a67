"""Project leadership: one leader's lead of one project, given once and completed once. A project may have several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from services.talent.domain.facts import check_happened
from services.talent.domain.leader import Leader, check_active
from shared.contracts.talent.leaders import ProjectLeadershipCompleted, ProjectLeadershipGiven
from shared.contracts.vocabulary import Day, Id, Len, Name, PersonId, Rag, Urn
from shared.decider import Decider, Rejected

Scope = Annotated[tuple[Urn, ...], Len(0, 200)]


def project_leadership_stream(project_id: Id, leader_id: Id) -> str:
    return f"projectleadership-{project_id}-{leader_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveProject:
    """`leader` is their record; `members`: those schools of the scope that are members of the trust now."""

    leader_id: PersonId
    project_id: Id
    project: Name
    scope_urns: Scope = ()
    given_on: Day
    leader: Leader
    members: frozenset[Urn]
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteProject:
    """Whoever has left meanwhile may still be said to have completed it."""

    leader_id: PersonId
    project_id: Id
    outcome: Rag
    completed_on: Day
    today: Day


ProjectCommand = GiveProject | CompleteProject
ProjectEvent = ProjectLeadershipGiven | ProjectLeadershipCompleted


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLeadership:
    given: ProjectLeadershipGiven | None = None
    completed: ProjectLeadershipCompleted | None = None


def decide(command: ProjectCommand, state: ProjectLeadership) -> list[ProjectEvent]:
    match command:
        case GiveProject():
            return _give(command, state)
        case CompleteProject():
            return _complete(command, state)
        case _:
            assert_never(command)


def _give(c: GiveProject, state: ProjectLeadership) -> list[ProjectEvent]:
    given = ProjectLeadershipGiven(
        leader_id=c.leader_id,
        project_id=c.project_id,
        project=c.project,
        scope_urns=tuple(sorted(set(c.scope_urns))),
        given_on=c.given_on,
    )
    if state.given == given:
        return []
    if state.given is not None:
        raise Rejected(
            "project_exists",
            "This leader has this project with other details: give another project an id of its own.",
            field="/project_id",
        )
    check_active(c.leader)
    for number, urn in enumerate(c.scope_urns):
        if urn not in c.members:
            raise Rejected(
                "school_not_member", "Name schools that are members of the trust now.", field=f"/scope_urns/{number}"
            )
    check_happened(c.given_on, c.today, field="/given_on")
    return [given]


def _complete(c: CompleteProject, state: ProjectLeadership) -> list[ProjectEvent]:
    if state.given is None:
        raise Rejected(
            "project_unknown",
            "This leader was given no such project: check its id, or record that first.",
            field="/project_id",
        )
    completed = ProjectLeadershipCompleted(
        leader_id=c.leader_id, project_id=c.project_id, outcome=c.outcome, completed_on=c.completed_on
    )
    if state.completed == completed:
        return []
    if state.completed is not None:
        raise Rejected(
            "project_already_completed",
            "This project was completed on another day or with another outcome: give a new one to go on.",
            field="/project_id",
        )
    if c.completed_on < state.given.given_on:
        raise Rejected(
            "project_completed_before_given",
            "Give a day on or after the one on which the leader was given the project.",
            field="/completed_on",
        )
    check_happened(c.completed_on, c.today, field="/completed_on")
    return [completed]


def evolve(state: ProjectLeadership, event: ProjectEvent) -> ProjectLeadership:
    match event:
        case ProjectLeadershipGiven():
            return replace(state, given=event)
        case ProjectLeadershipCompleted():
            return replace(state, completed=event)
        case _:
            assert_never(event)


project_leadership: Decider[ProjectCommand, ProjectLeadership, ProjectEvent] = Decider(
    ProjectLeadership(), decide, evolve
)
