"""The bank of leaders, beside their records and the pool of coaches: who is designated, what people did that counts.

- bank_designation: one row a designation of a person
- bank_deployment: one row a deployment of a person to another school, confirmed, and ended when it is
- bank_entry: one row a thing that somebody did; `source` is what says so, and what it is done in (`basis`) has one of
  each source
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person, of_school
from shared.contracts.collaboration.reviews import ReviewCompleted
from shared.contracts.talent.deployments import DeploymentEnded, LeaderDeployed
from shared.contracts.talent.leaders import ExperienceGained, ProjectLeadershipCompleted
from shared.contracts.talent.roles import RoleDesignated, RoleDesignationWithdrawn
from shared.messaging import Delivered

bank_designation = Table(
    name="bank_designation",
    key={"person_id": "uuid", "designation_id": "uuid"},
    columns={"trustuid": "text", "scheme": "text", "from_on": "date", "to_on": "date", "withdrawn_on": "date"},
    seen_by=of_person("person_id"),
)
bank_deployment = Table(
    name="bank_deployment",
    key={"person_id": "uuid", "deployment_id": "uuid"},
    columns={
        "trustuid": "text",
        "from_urn": "text",
        "to_urn": "text",
        "days": "integer",
        "starts_on": "date",
        "ended_on": "date",  # its last day
        "outcome": "text",  # red | amber | green | called_off
        "days_given": "integer",  # null: all of them
        "ended_event_id": "uuid",
    },
    seen_by=of_school("from_urn", "to_urn"),
)
bank_entry = Table(
    name="bank_entry",
    key={"person_id": "uuid", "basis": "uuid", "source": "text"},  # project | review | experience
    columns={"trustuid": "text", "kind": "text", "gained_on": "date", "event_id": "uuid"},
    seen_by=of_person("person_id"),
)


def _designated(event: RoleDesignated, _: Delivered) -> Iterator[Patch]:
    if event.person_id is not None:
        changes = same(event, "trustuid", "scheme", "from_on", "to_on")
        yield Patch("bank_designation", (event.person_id, event.designation_id), changes)


def _withdrawn(event: RoleDesignationWithdrawn, _: Delivered) -> Iterator[Patch]:
    if event.person_id is not None:
        changes = {"withdrawn_on": event.withdrawn_on}
        yield Patch("bank_designation", (event.person_id, event.designation_id), changes)


def _deployed(event: LeaderDeployed, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "from_urn", "to_urn", "days", "starts_on") | {"trustuid": delivered.envelope.trustuid}
    yield Patch("bank_deployment", (event.person_id, event.deployment_id), changes)


def _came_back(event: DeploymentEnded, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "ended_on", "outcome", "days_given") | {"ended_event_id": delivered.envelope.id}
    yield Patch("bank_deployment", (event.person_id, event.deployment_id), changes)


def _project(event: ProjectLeadershipCompleted, delivered: Delivered) -> Iterator[Patch]:
    yield _entry(delivered, event.leader_id, event.project_id, "project", "project", event.completed_on)


def _review(event: ReviewCompleted, delivered: Delivered) -> Iterator[Patch]:
    for reviewer_id in event.reviewer_ids:
        yield _entry(delivered, reviewer_id, event.review_id, "review", "review", event.completed_on)


def _experience(event: ExperienceGained, delivered: Delivered) -> Iterator[Patch]:
    yield _entry(delivered, event.leader_id, event.basis, "experience", event.experience, event.gained_on)


def _entry(delivered: Delivered, person_id: UUID, basis: UUID, source: str, kind: str, gained_on: date) -> Patch:
    told = {"trustuid": delivered.envelope.trustuid, "event_id": delivered.envelope.id}
    return Patch("bank_entry", (person_id, basis, source), told | {"kind": kind, "gained_on": gained_on})


projection = Projection(
    name="network",
    tables=(bank_designation, bank_deployment, bank_entry),
    on={
        RoleDesignated: _designated,
        RoleDesignationWithdrawn: _withdrawn,
        LeaderDeployed: _deployed,
        DeploymentEnded: _came_back,
        ProjectLeadershipCompleted: _project,
        ReviewCompleted: _review,
        ExperienceGained: _experience,
    },
)
