"""Priorities as reports need them: what was proposed for a cycle, who would take what first, and what was agreed.

- priority: one row a proposal
- ballot: one row a cycle and voter, as they voted last; `ranking` is in their order
- agreed_priority: one row a place that the trust gave to a proposal
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, shared
from shared.contracts.collaboration.planning import PriorityAgreed, PriorityProposed, PriorityVoted
from shared.messaging import Delivered

priority = Table(
    name="priority",
    key={"priority_id": "uuid"},
    columns={
        "trustuid": "text",
        "cycle": "text",
        "urn": "text",  # null: the trust
        "title": "text",
        "role_level": "text",
        "event_id": "uuid",
    },
    seen_by=shared,
)
ballot = Table(
    name="ballot",
    key={"trustuid": "text", "cycle": "text", "person_id": "uuid"},
    columns={
        "urn": "text",  # null: somebody of the trust itself
        "role_level": "text",
        "ranking": "uuid[]",
        "happened_at": "timestamptz",
        "logindex": "bigint",
        "event_id": "uuid",
    },
    seen_by=of_school("urn"),
)
agreed_priority = Table(
    name="agreed_priority",
    key={"trustuid": "text", "cycle": "text", "priority_id": "uuid"},
    columns={"rank": "integer", "event_id": "uuid"},
    seen_by=shared,
)


def _proposed(event: PriorityProposed, delivered: Delivered) -> Iterator[Patch]:
    said = same(event, "trustuid", "cycle", "urn", "title", "role_level")
    yield Patch("priority", (event.priority_id,), said | {"event_id": delivered.envelope.id})


def _voted(event: PriorityVoted, delivered: Delivered) -> Iterator[Patch]:
    changes = {
        "urn": event.urn,
        "role_level": event.role_level,
        "ranking": event.ranking,
        "happened_at": delivered.envelope.happened_at,
        "logindex": delivered.logindex,
        "event_id": delivered.envelope.id,
    }
    yield Patch("ballot", (event.trustuid, event.cycle, event.person_id), changes)


def _agreed(event: PriorityAgreed, delivered: Delivered) -> Iterator[Patch]:
    changes = {"rank": event.rank, "event_id": delivered.envelope.id}
    yield Patch("agreed_priority", (event.trustuid, event.cycle, event.priority_id), changes)


projection = Projection(
    name="priorities",
    tables=(priority, ballot, agreed_priority),
    on={PriorityProposed: _proposed, PriorityVoted: _voted, PriorityAgreed: _agreed},
)
