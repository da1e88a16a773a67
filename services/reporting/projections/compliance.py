"""Required training as reports need it: what is required of whom, and who completed what.

- requirement: one row a version of what a trust requires of a training, numbered in the training's stream
- completion: one row a person, training and day of completion, as last recorded
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person, shared
from shared.contracts.cpd.compliance import StatutoryRequirementSet, StatutoryTrainingCompleted
from shared.messaging import Delivered

requirement = Table(
    name="requirement",
    key={"trustuid": "text", "training": "text", "streamversion": "bigint"},
    columns={
        "title": "text",
        "basis": "text",
        "roles": "text[]",  # none: everybody
        "minimum_per_site": "integer",
        "recurrence_months": "integer",
        "grace_days": "integer",
        "effective_from": "date",
        "event_id": "uuid",
    },
    seen_by=shared,
)
completion = Table(
    name="completion",
    key={"person_id": "uuid", "training": "text", "completed_on": "date"},
    columns={
        "trustuid": "text",
        "expires_on": "date",  # the last day that it counts; null where `dated_by` is nobody_yet, or once is enough
        "dated_by": "text",
        "event_id": "uuid",
    },
    seen_by=of_person("person_id"),
)


def _required(event: StatutoryRequirementSet, delivered: Delivered) -> Iterator[Patch]:
    columns = ("title", "basis", "minimum_per_site", "recurrence_months", "grace_days", "effective_from")
    changes = same(event, *columns)
    changes |= {"roles": list(event.roles), "event_id": delivered.envelope.id}
    yield Patch("requirement", (event.trustuid, event.training, delivered.envelope.version), changes)


def _completed(event: StatutoryTrainingCompleted, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "trustuid", "expires_on", "dated_by")
    key = (event.person_id, event.training, event.completed_on)
    yield Patch("completion", key, changes | {"event_id": delivered.envelope.id})


projection = Projection(
    name="compliance",
    tables=(requirement, completion),
    on={StatutoryRequirementSet: _required, StatutoryTrainingCompleted: _completed},
)
