"""Deployments: a leader's days at another school, within terms, proposed and confirmed by people."""

from __future__ import annotations

from typing import Annotated, Literal

from shared.contracts.vocabulary import Count, Day, Id, Personal, PersonId, Rag, Text, Urn, event

DeploymentOutcome = Literal[Rag, "called_off"]


@event
class DeploymentTermsSet:
    """How many days in an academic year a leader can be elsewhere, as their school and they agreed."""

    person_id: PersonId
    days_a_year: Count
    from_on: Day
    to_on: Day | None = None


@event
class DeploymentProposed:
    """A leader could help at a school for some days; a person's or a machine's proposal, nothing more."""

    deployment_id: Id
    person_id: PersonId
    from_urn: Urn
    to_urn: Urn
    days: Count
    starts_on: Day
    ends_on: Day
    purpose: Text
    allocation_id: Id | None = None


@event
class LeaderDeployed:
    """The releasing head and the person confirmed a proposal.

    `above_full_time` only warns: with their engagements elsewhere, somebody then works more than full time.
    """

    deployment_id: Id
    person_id: PersonId
    from_urn: Urn
    to_urn: Urn
    days: Count
    starts_on: Day
    ends_on: Day
    confirmed_by_head: PersonId
    confirmed_by_head_on: Day
    confirmed_by_person_on: Day
    above_full_time: bool = False


@event
class DeploymentEnded:
    """A deployment ended. Its `outcome` says how it went, or that it was called off before it was confirmed or began.

    `days_given` says how many days there were, where it was not as many as confirmed: the rest can be given elsewhere.
    """

    deployment_id: Id
    person_id: PersonId
    ended_on: Day
    days_given: Count | None = None
    outcome: DeploymentOutcome
    impact: Annotated[Text, Personal()] | None = None


events = (DeploymentTermsSet, DeploymentProposed, LeaderDeployed)
events_v2 = (DeploymentEnded,)
