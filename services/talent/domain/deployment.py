"""A person's deployments of one academic year: proposed by anybody, confirmed by people, ended with what came of them.

A year's stand in one stream: so the days confirmed never exceed the terms, whoever confirms at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, assert_never

from annotated_types import Ge

from services.talent.domain.academic_year import academic_year_of
from services.talent.domain.deployment_terms import DeploymentTerms, check_terms_allow
from services.talent.domain.facts import check_happened
from services.talent.domain.person import Person
from services.talent.domain.release import above_full_time, check_works_there, may_release
from shared.contracts.talent.deployments import (
    DeploymentEnded,
    DeploymentOutcome,
    DeploymentProposed,
    LeaderDeployed,
)
from shared.contracts.vocabulary import AcademicYear, Count, Day, Id, PersonId, Text, Urn
from shared.decider import Decider, Rejected

DaysElsewhere = Annotated[Count, Ge(1)]


def deployments_stream(person_id: Id, academic_year: AcademicYear) -> str:
    return f"deployments-{person_id}-{academic_year.replace('/', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDeployment:
    """`person`: what the register says of the person."""

    deployment_id: Id
    person_id: PersonId
    from_urn: Urn
    to_urn: Urn
    days: DaysElsewhere
    starts_on: Day
    ends_on: Day
    purpose: Text
    allocation_id: Id | None = None
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDeployment:
    """`person`, `head`: what the register says of the two; `terms`: what their stream says."""

    deployment_id: Id
    confirmed_by_head: PersonId
    confirmed_by_head_on: Day
    confirmed_by_person_on: Day
    person: Person
    head: Person
    terms: DeploymentTerms
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDeployment:
    """`ended_on` is the last day; before the first day, it is called off. `days_given`: where not all were."""

    deployment_id: Id
    ended_on: Day
    days_given: Count | None = None
    outcome: DeploymentOutcome = "called_off"
    impact: Text | None = None
    today: Day


DeploymentCommand = ProposeDeployment | ConfirmDeployment | EndDeployment
DeploymentEvent = DeploymentProposed | LeaderDeployed | DeploymentEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    proposed: DeploymentProposed
    confirmed: LeaderDeployed | None = None
    ended: tuple[Day, Count | None, DeploymentOutcome] | None = None  # when, how many days were given, the outcome

    def begins_before(self, day: Day) -> bool:
        """Confirmed, and begun by the end of a day: whatever ends it then does not call it off."""
        return self.confirmed is not None and self.proposed.starts_on <= day

    @property
    def days(self) -> int:
        """How many of the year's days it takes."""
        if self.confirmed is None:
            return 0
        match self.ended:
            case (_, _, "called_off"):
                return 0
            case (_, int(given), _):
                return given
            case _:
                return self.proposed.days

    def goes_on_from(self, day: Day) -> bool:
        """Confirmed, and not ended before a day."""
        return self.confirmed is not None and (self.ended is None or day <= self.ended[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployments:
    by_id: Mapping[Id, Deployment] = field(default_factory=dict)


def decide(command: DeploymentCommand, state: Deployments) -> list[DeploymentEvent]:
    match command:
        case ProposeDeployment():
            return _propose(command, state)
        case ConfirmDeployment():
            return _confirm(command, state)
        case EndDeployment():
            return _end(command, state)
        case _:
            assert_never(command)


def _propose(c: ProposeDeployment, state: Deployments) -> list[DeploymentEvent]:
    proposed = DeploymentProposed(
        deployment_id=c.deployment_id,
        person_id=c.person_id,
        from_urn=c.from_urn,
        to_urn=c.to_urn,
        days=c.days,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
        purpose=c.purpose,
        allocation_id=c.allocation_id,
    )
    known = state.by_id.get(c.deployment_id)
    if known is not None and known.proposed == proposed:
        return []
    if known is not None:
        raise Rejected(
            "deployment_exists",
            "This deployment is proposed with other details: give another one an id of its own.",
            field="/deployment_id",
        )
    if c.to_urn == c.from_urn:
        raise Rejected("deployed_to_own_school", "Name another school than the releasing one.", field="/to_urn")
    _check_days(c)
    check_works_there(proposed, c.person, field="/from_urn")
    return [proposed]


def _check_days(c: ProposeDeployment) -> None:
    if c.ends_on < c.starts_on:
        raise Rejected(
            "deployment_ends_before_it_starts", "Let the deployment end on or after its first day.", field="/ends_on"
        )
    if academic_year_of(c.ends_on) != academic_year_of(c.starts_on):
        raise Rejected(
            "deployment_crosses_years",
            "Propose one deployment for each academic year: the days that people agreed to are counted by it.",
            field="/ends_on",
        )
    if c.days > (c.ends_on - c.starts_on).days + 1:
        raise Rejected(
            "too_many_days", "Give at most as many days as lie between the first and the last.", field="/days"
        )


def _confirm(c: ConfirmDeployment, state: Deployments) -> list[DeploymentEvent]:
    known = _require_proposed(c.deployment_id, state)
    if known.confirmed is not None:
        return _confirm_again(c, known.confirmed)
    if known.ended is not None:
        raise Rejected(
            "deployment_called_off",
            "This proposal was called off: propose the deployment again.",
            field="/deployment_id",
        )
    check_happened(c.confirmed_by_head_on, c.today, field="/confirmed_by_head_on")
    check_happened(c.confirmed_by_person_on, c.today, field="/confirmed_by_person_on")
    _check_released(c, known.proposed)
    check_works_there(known.proposed, c.person, field="/deployment_id")
    check_terms_allow(known.proposed, c.terms, taken=sum(deployment.days for deployment in state.by_id.values()))
    return [_deployed(c, known.proposed, state)]


def _confirm_again(c: ConfirmDeployment, confirmed: LeaderDeployed) -> list[DeploymentEvent]:
    if (c.confirmed_by_head, c.confirmed_by_head_on, c.confirmed_by_person_on) == (
        confirmed.confirmed_by_head,
        confirmed.confirmed_by_head_on,
        confirmed.confirmed_by_person_on,
    ):
        return []
    raise Rejected(
        "deployment_confirmed",
        "This deployment is confirmed by somebody else or of another day: end it if it should not be.",
        field="/deployment_id",
    )


def _check_released(c: ConfirmDeployment, proposed: DeploymentProposed) -> None:
    if c.confirmed_by_head == proposed.person_id:
        raise Rejected(
            "releases_self",
            "Let somebody else release a head: another head of the school, or who leads the trust.",
            field="/confirmed_by_head",
        )
    if not may_release(c.head, c.person, proposed.from_urn, c.confirmed_by_head_on):
        raise Rejected(
            "not_releasing_head",
            "Name who headed the releasing school on that day; for its head also who led the trust.",
            field="/confirmed_by_head",
        )


def _deployed(c: ConfirmDeployment, proposed: DeploymentProposed, state: Deployments) -> LeaderDeployed:
    others = [other.proposed for other in state.by_id.values() if other.goes_on_from(proposed.starts_on)]
    return LeaderDeployed(
        deployment_id=proposed.deployment_id,
        person_id=proposed.person_id,
        from_urn=proposed.from_urn,
        to_urn=proposed.to_urn,
        days=proposed.days,
        starts_on=proposed.starts_on,
        ends_on=proposed.ends_on,
        confirmed_by_head=c.confirmed_by_head,
        confirmed_by_head_on=c.confirmed_by_head_on,
        confirmed_by_person_on=c.confirmed_by_person_on,
        above_full_time=above_full_time(proposed, others, c.person),
    )


def _end(c: EndDeployment, state: Deployments) -> list[DeploymentEvent]:
    known = _require_proposed(c.deployment_id, state)
    ended = (c.ended_on, c.days_given, c.outcome)
    if known.ended == ended:  # the impact is personal and not in the state
        return []
    if known.ended is not None:
        raise Rejected(
            "deployment_already_ended",
            "This deployment ended on another day or otherwise: correct that record instead.",
            field="/deployment_id",
        )
    check_happened(c.ended_on, c.today, field="/ended_on")
    if known.begins_before(c.ended_on):
        _check_says_what_came_of_it(c, known.proposed)
    else:
        _check_says_nothing_of_it(c)
    return [
        DeploymentEnded(
            deployment_id=c.deployment_id,
            person_id=known.proposed.person_id,
            ended_on=c.ended_on,
            days_given=c.days_given,
            outcome=c.outcome,
            impact=c.impact,
        )
    ]


def _check_says_nothing_of_it(c: EndDeployment) -> None:
    has_outcome, has_impact, has_days = c.outcome != "called_off", c.impact is not None, c.days_given is not None
    for name, is_said in (("outcome", has_outcome), ("impact", has_impact), ("days_given", has_days)):
        if is_said:
            raise Rejected(
                "deployment_never_began",
                "Leave this out: what was called off before it was confirmed or began has nothing to report.",
                field=f"/{name}",
            )


def _check_says_what_came_of_it(c: EndDeployment, proposed: DeploymentProposed) -> None:
    for name, is_said in (("outcome", c.outcome != "called_off"), ("impact", c.impact is not None)):
        if not is_said:
            raise Rejected(
                "outcome_missing", "Say how it went, red, amber or green, and what it changed.", field=f"/{name}"
            )
    if c.days_given is not None and c.days_given > proposed.days:
        raise Rejected(
            "more_days_than_confirmed",
            "Give at most the days that were confirmed: those beyond are a deployment of their own.",
            field="/days_given",
        )


def _require_proposed(deployment_id: Id, state: Deployments) -> Deployment:
    known = state.by_id.get(deployment_id)
    if known is None:
        raise Rejected(
            "deployment_unknown",
            "This person has no such deployment in this academic year: check the id, the person and the year.",
            field="/deployment_id",
        )
    return known


def evolve(state: Deployments, event: DeploymentEvent) -> Deployments:
    match event:
        case DeploymentProposed():
            deployment = Deployment(proposed=event)
        case LeaderDeployed():
            deployment = replace(state.by_id[event.deployment_id], confirmed=event)
        case DeploymentEnded():
            ended = (event.ended_on, event.days_given, event.outcome)
            deployment = replace(state.by_id[event.deployment_id], ended=ended)
        case _:
            assert_never(event)
    return Deployments(by_id={**state.by_id, event.deployment_id: deployment})


deployments: Decider[DeploymentCommand, Deployments, DeploymentEvent] = Decider(Deployments(), decide, evolve)
