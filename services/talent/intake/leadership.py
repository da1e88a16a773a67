"""Claims about what leaders lead, have learnt from, and are ready for.

A school speaks for those who work there, and gives projects at itself; trust-wide ones are the trust's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.talent.domain.experience import RecordExperience, experience, experience_stream
from services.talent.domain.leader import Leader, is_active, leader, leader_stream
from services.talent.domain.person import person, person_stream
from services.talent.domain.project_leadership import (
    CompleteProject,
    GiveProject,
    ProjectLeadership,
    Scope,
    project_leadership,
    project_leadership_stream,
)
from services.talent.domain.readiness import (
    Assessors,
    AssessReadiness,
    readiness,
    readiness_stream,
    years_of_validity,
)
from services.talent.domain.school import is_member_on, school, school_stream
from services.talent.domain.terms import terms, terms_stream
from services.talent.intake.leaders import check_may_speak_of
from services.talent.intake.scope import is_of_trust
from shared.clock import today
from shared.contracts.talent import leaders as events
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, Rag, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLead:
    """`ProjectLeadershipGiven`: a leader leads a project, at these schools or, with none, trust-wide."""

    leader_id: PersonId
    project_id: Id
    project: Name
    scope_urns: Scope = ()
    given_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCompletion:
    """`ProjectLeadershipCompleted`: it ended with an outcome."""

    leader_id: PersonId
    project_id: Id
    outcome: Rag
    completed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """`ExperienceGained`: something that a leader did counts as experience."""

    leader_id: PersonId
    experience: events.Experience
    basis: Id
    gained_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessView:
    """`ReadinessAssessed`: what assessors think. Whether it is provisional, and its end, the service says itself."""

    leader_id: PersonId
    assessment_id: Id
    post_type: Code
    readiness: events.Readiness
    assessor_ids: Assessors
    assessed_on: Day


def give_project(c: ProjectLead, context: Context) -> Act:
    """Give a leader a project to lead."""
    stream, record, entry = _streams(c.project_id, c.leader_id)
    schools = {urn: school_stream(context.trustuid, urn) for urn in c.scope_urns}

    def decide(states: States) -> Decision:
        day = today(states.at)
        check_may_speak_of(states[entry], context, day, "/leader_id")
        _check_own_scope(c.scope_urns, context, "/scope_urns")
        command = GiveProject(
            leader_id=c.leader_id,
            project_id=c.project_id,
            project=c.project,
            scope_urns=c.scope_urns,
            given_on=c.given_on,
            leader=states[record],
            members=frozenset(urn for urn, at in schools.items() if is_member_on(day, states[at])),
            today=day,
        )
        return {stream: project_leadership.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: project_leadership, record: leader, entry: person}
    reads |= dict.fromkeys(schools.values(), school)
    return Act(on_day(c.given_on, context), reads, decide, writes=frozenset({stream}))


def complete_project(c: ProjectCompletion, context: Context) -> Act:
    """Complete a leader's project; it counts as experience while their record is active."""
    stream, record, entry = _streams(c.project_id, c.leader_id)
    banked = experience_stream(c.leader_id, c.project_id)

    def decide(states: States) -> Decision:
        day = today(states.at)
        check_may_speak_of(states[entry], context, day, "/leader_id")
        state: ProjectLeadership = states[stream]
        if state.given is not None:
            _check_own_scope(state.given.scope_urns, context, "/project_id")
        command = CompleteProject(
            leader_id=c.leader_id,
            project_id=c.project_id,
            outcome=c.outcome,
            completed_on=c.completed_on,
            today=day,
        )
        completed = project_leadership.decide(command, state)
        if not completed or states[banked].gained is not None or not is_active(states[record]):
            return {stream: completed}
        gain = Gain(leader_id=c.leader_id, experience="project", basis=c.project_id, gained_on=c.completed_on)
        return {stream: completed, banked: _bank(gain, states[record], states)}

    reads: dict[str, AnyDecider] = {stream: project_leadership, record: leader, entry: person, banked: experience}
    return Act(on_day(c.completed_on, context), reads, decide, writes=frozenset({stream, banked}))


def record_experience(c: Gain, context: Context) -> Act:
    """Count something that a leader did as experience."""
    stream, record = experience_stream(c.leader_id, c.basis), leader_stream(c.leader_id)
    entry = person_stream(c.leader_id)

    def decide(states: States) -> Decision:
        check_may_speak_of(states[entry], context, today(states.at), "/leader_id")
        return {stream: _bank(c, states[record], states)}

    reads: dict[str, AnyDecider] = {stream: experience, record: leader, entry: person}
    return Act(on_day(c.gained_on, context), reads, decide, writes=frozenset({stream}))


def assess_readiness(c: ReadinessView, context: Context) -> Act:
    """Say what a leader is ready for."""
    stream, record = readiness_stream(c.assessment_id), leader_stream(c.leader_id)
    entry, assessors = person_stream(c.leader_id), {a: person_stream(a) for a in c.assessor_ids}
    years = [terms_stream(context.trustuid, year) for year in years_of_validity(c.assessed_on)]

    def decide(states: States) -> Decision:
        day = today(states.at)
        check_may_speak_of(states[entry], context, day, "/leader_id")
        command = AssessReadiness(
            leader_id=c.leader_id,
            assessment_id=c.assessment_id,
            post_type=c.post_type,
            readiness=c.readiness,
            assessor_ids=c.assessor_ids,
            assessed_on=c.assessed_on,
            leader=states[record],
            person=states[entry],
            assessors={a: states[at] for a, at in assessors.items() if is_of_trust(states[at], context)},
            term_dates=tuple(states[year].current for year in years if states[year].current is not None),
            today=day,
        )
        return {stream: readiness.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: readiness, record: leader, entry: person}
    reads |= dict.fromkeys(assessors.values(), person) | dict.fromkeys(years, terms)
    return Act(on_day(c.assessed_on, context), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = (
    (events.ProjectLeadershipGiven, "/leaders/{leader_id}/projects", Admission(ProjectLead, give_project)),
    (
        events.ProjectLeadershipCompleted,
        "/leaders/{leader_id}/projects/{project_id}/complete",
        Admission(ProjectCompletion, complete_project),
    ),
    (events.ExperienceGained, "/leaders/{leader_id}/experience", Admission(Gain, record_experience)),
    (events.ReadinessAssessed, "/leaders/{leader_id}/readiness", Admission(ReadinessView, assess_readiness)),
)


def _streams(project_id: Id, leader_id: Id) -> tuple[str, str, str]:
    """The project's lead by this leader, the leader's record, and the person's entry in the register."""
    return project_leadership_stream(project_id, leader_id), leader_stream(leader_id), person_stream(leader_id)


def _check_own_scope(urns: Sequence[Urn], context: Context, field: str) -> None:
    """A school speaks of projects at its own sites."""
    if context.urns is None:
        return
    if not urns:
        raise Rejected("trust_only", "Name your school: only the trust has trust-wide projects.", field=field)
    if not context.urns.issuperset(urns):
        raise Rejected("not_your_school", "A school may say this about projects at itself only.", field=field)


def _bank(c: Gain, record: Leader, states: States) -> Sequence[events.ExperienceGained]:
    command = RecordExperience(
        leader_id=c.leader_id,
        experience=c.experience,
        basis=c.basis,
        gained_on=c.gained_on,
        leader=record,
        today=today(states.at),
    )
    return experience.decide(command, states[experience_stream(c.leader_id, c.basis)])
