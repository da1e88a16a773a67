"""Deployment terms: how many days of an academic year somebody can be elsewhere, as their school and they agreed.

Terms hold from their day on until they end or others begin. Those of a day are put right by saying them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Le

from shared.contracts.talent.deployments import DeploymentProposed, DeploymentTermsSet
from shared.contracts.vocabulary import Count, Day, Id, PersonId
from shared.decider import Decider, Rejected


def deployment_terms_stream(person_id: Id) -> str:
    return f"deployment-terms-{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDeploymentTerms:
    """`to_on` is the last day."""

    person_id: PersonId
    days_a_year: Annotated[Count, Le(366)]
    from_on: Day
    to_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentTerms:
    by_first_day: Mapping[Day, DeploymentTermsSet] = field(default_factory=dict)


def check_terms_allow(proposed: DeploymentProposed, state: DeploymentTerms, *, taken: int) -> None:
    """`taken`: how many days of the academic year are given already. Both its first and its last day have terms."""
    first, last = _terms_on(proposed.starts_on, state), _terms_on(proposed.ends_on, state)
    if first is None:
        raise Rejected(
            "terms_missing",
            "Set the person's deployment terms for these days first: how many days a year they can be elsewhere.",
            field="/deployment_id",
        )
    if last is None:
        raise Rejected(
            "terms_end_before",
            "The person's deployment terms end before this does: set terms that go on, or propose it shorter.",
            field="/deployment_id",
        )
    if taken + proposed.days > min(first.days_a_year, last.days_a_year):
        raise Rejected(
            "terms_exceeded",
            "The person's terms leave fewer days of this academic year: propose fewer, or agree on other terms.",
            field="/deployment_id",
        )


def _terms_on(day: Day, state: DeploymentTerms) -> DeploymentTermsSet | None:
    begun = [from_on for from_on in state.by_first_day if from_on <= day]
    if not begun:
        return None
    latest = state.by_first_day[max(begun)]
    return latest if latest.to_on is None or day <= latest.to_on else None


def decide(c: SetDeploymentTerms, state: DeploymentTerms) -> list[DeploymentTermsSet]:
    if c.to_on is not None and c.to_on < c.from_on:
        raise Rejected(
            "terms_end_before_they_start", "Let the terms end on or after the day they start.", field="/to_on"
        )
    terms = DeploymentTermsSet(person_id=c.person_id, days_a_year=c.days_a_year, from_on=c.from_on, to_on=c.to_on)
    return [] if state.by_first_day.get(c.from_on) == terms else [terms]


def evolve(state: DeploymentTerms, event: DeploymentTermsSet) -> DeploymentTerms:
    return DeploymentTerms(by_first_day={**state.by_first_day, event.from_on: event})


deployment_terms: Decider[SetDeploymentTerms, DeploymentTerms, DeploymentTermsSet] = Decider(
    DeploymentTerms(), decide, evolve
)
