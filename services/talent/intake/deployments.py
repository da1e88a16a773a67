"""Claims about deployments: terms, and help that is proposed, confirmed and ended.

A school proposes and confirms for those who work there; how it went, either of the two schools may say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.talent.domain.academic_year import academic_year_of
from services.talent.domain.deployment import (
    ConfirmDeployment,
    DaysElsewhere,
    Deployments,
    EndDeployment,
    ProposeDeployment,
    deployments,
    deployments_stream,
)
from services.talent.domain.deployment_terms import SetDeploymentTerms, deployment_terms, deployment_terms_stream
from services.talent.domain.person import person, person_stream
from services.talent.intake.about import about, check_may_speak_of
from services.talent.intake.scope import check_of_trust
from shared.clock import today
from shared.contracts.talent import deployments as events
from shared.contracts.talent.deployments import DeploymentOutcome, DeploymentProposed
from shared.contracts.vocabulary import AcademicYear, Count, Day, Id, PersonId, Text, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`DeploymentProposed`: somebody could help at another school, for some days of one academic year."""

    deployment_id: Id
    person_id: PersonId
    from_urn: Urn
    to_urn: Urn
    days: DaysElsewhere
    starts_on: Day
    ends_on: Day
    purpose: Text
    allocation_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """`LeaderDeployed`: the releasing head and the person say yes to a proposal of this academic year."""

    deployment_id: Id
    person_id: PersonId
    academic_year: AcademicYear
    confirmed_by_head: PersonId
    confirmed_by_head_on: Day
    confirmed_by_person_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """`DeploymentEnded`: a deployment of this academic year is over, or, where no outcome is said, is called off."""

    deployment_id: Id
    person_id: PersonId
    academic_year: AcademicYear
    ended_on: Day
    days_given: Count | None = None
    outcome: DeploymentOutcome | None = None
    impact: Text | None = None


def set_terms(c: SetDeploymentTerms, context: Context) -> Act:
    """Say how many days of an academic year somebody can be elsewhere."""
    stream = deployment_terms_stream(c.person_id)
    return about(c.person_id, context, stream, deployment_terms, lambda _: c)


def propose_deployment(c: Proposal, context: Context) -> Act:
    """Propose that somebody helps at another school; nothing is decided by it."""
    if context.urns is not None and c.from_urn not in context.urns:
        raise Rejected(
            "not_your_school", "Propose those of your own school: others are asked by the trust.", field="/from_urn"
        )

    def command(states: States) -> ProposeDeployment:
        return ProposeDeployment(
            deployment_id=c.deployment_id,
            person_id=c.person_id,
            from_urn=c.from_urn,
            to_urn=c.to_urn,
            days=c.days,
            starts_on=c.starts_on,
            ends_on=c.ends_on,
            purpose=c.purpose,
            allocation_id=c.allocation_id,
            person=states[person_stream(c.person_id)],
        )

    stream = deployments_stream(c.person_id, academic_year_of(c.starts_on))
    return about(c.person_id, context, stream, deployments, command)


def confirm_deployment(c: Confirmation, context: Context) -> Act:
    """Confirm a deployment: its person and the releasing head agree to it."""
    stream, terms = deployments_stream(c.person_id, c.academic_year), deployment_terms_stream(c.person_id)
    entry, head = person_stream(c.person_id), person_stream(c.confirmed_by_head)

    def decide(states: States) -> Decision:
        check_may_speak_of(states[entry], context, today(states.at))
        check_of_trust(states[head], context, "/confirmed_by_head")
        proposed = _proposed(c.deployment_id, states[stream])
        if proposed is not None:
            _check_own(context, proposed.from_urn)
        command = ConfirmDeployment(
            deployment_id=c.deployment_id,
            confirmed_by_head=c.confirmed_by_head,
            confirmed_by_head_on=c.confirmed_by_head_on,
            confirmed_by_person_on=c.confirmed_by_person_on,
            person=states[entry],
            head=states[head],
            terms=states[terms],
            today=today(states.at),
        )
        return {stream: deployments.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: deployments, terms: deployment_terms, entry: person, head: person}
    confirmed_on = max(c.confirmed_by_head_on, c.confirmed_by_person_on)
    return Act(on_day(confirmed_on, context), reads, decide, writes=frozenset({stream}))


def end_deployment(c: Ending, context: Context) -> Act:
    """End a deployment with what it changed, or call it off."""
    stream, entry = deployments_stream(c.person_id, c.academic_year), person_stream(c.person_id)

    def decide(states: States) -> Decision:
        check_of_trust(states[entry], context)
        proposed = _proposed(c.deployment_id, states[stream])
        if proposed is not None:
            _check_own(context, proposed.from_urn, proposed.to_urn)
        command = EndDeployment(
            deployment_id=c.deployment_id,
            ended_on=c.ended_on,
            days_given=c.days_given,
            outcome=c.outcome or "called_off",
            impact=c.impact,
            today=today(states.at),
        )
        return {stream: deployments.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: deployments, entry: person}
    return Act(on_day(c.ended_on, context), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = (
    (events.DeploymentTermsSet, "/persons/{person_id}/deployment-terms", Admission(SetDeploymentTerms, set_terms)),
    (events.DeploymentProposed, "/deployments", Admission(Proposal, propose_deployment)),
    (events.LeaderDeployed, "/deployments/{deployment_id}/confirm", Admission(Confirmation, confirm_deployment)),
    (events.DeploymentEnded, "/deployments/{deployment_id}/end", Admission(Ending, end_deployment)),
)


def _proposed(deployment_id: Id, state: Deployments) -> DeploymentProposed | None:
    known = state.by_id.get(deployment_id)
    return None if known is None else known.proposed


def _check_own(context: Context, *urns: Urn) -> None:
    if context.urns is not None and context.urns.isdisjoint(urns):
        raise Rejected(
            "not_your_school", "Let the school do this that this deployment is from or to.", field="/deployment_id"
        )
