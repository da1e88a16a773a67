"""One-to-ones as reports need them: for whom one was planned, and when it was held. Nothing of what was said is here.

- one_to_one: one row a one-to-one
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person
from shared.contracts.collaboration.one_to_ones import OneToOneHeld, OneToOneScheduled
from shared.messaging import Delivered

one_to_one = Table(
    name="one_to_one",
    key={"one_to_one_id": "uuid"},
    columns={
        "trustuid": "text",
        "leader_id": "uuid",
        "planned_on": "date",
        "planned_event_id": "uuid",
        "held_on": "date",
        "held_event_id": "uuid",
    },
    seen_by=of_person("leader_id"),
)


def _scheduled(event: OneToOneScheduled, delivered: Delivered) -> Iterator[Patch]:
    said = same(event, "trustuid", "leader_id", "planned_on")
    yield Patch("one_to_one", (event.one_to_one_id,), said | {"planned_event_id": delivered.envelope.id})


def _held(event: OneToOneHeld, delivered: Delivered) -> Iterator[Patch]:
    changes = {"held_on": event.held_on, "held_event_id": delivered.envelope.id}
    yield Patch("one_to_one", (event.one_to_one_id,), changes)


projection = Projection(
    name="one_to_ones", tables=(one_to_one,), on={OneToOneScheduled: _scheduled, OneToOneHeld: _held}
)
