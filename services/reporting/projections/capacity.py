"""Capacity as reports need it: what is offered, what became of it, and what is asked for.

- capacity_offer: one row an offer
- capacity_change: one row an allocation, a draw, a release or a withdrawal, numbered in the offer's stream; what is
  left of an offer is added up by a report
- capacity_request: one row a request, as it was made or confirmed
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.reporting.projection import Patch, Projection, Table
from shared.contracts.collaboration.capacity import (
    CapacityAllocated,
    CapacityDrawn,
    CapacityOffered,
    CapacityOfferWithdrawn,
    CapacityReleased,
    CapacityRequestConfirmed,
    CapacityRequested,
    CapacityRequestWithdrawn,
)
from shared.messaging import Delivered

capacity_offer = Table(
    name="capacity_offer",
    key={"offer_id": "uuid"},
    columns={
        "trustuid": "text",
        "giver_urn": "text",  # null: the trust, or with a name the supplier outside
        "outside": "text",
        "dimension": "text",
        "quantity": "integer",
        "unit": "text",
        "from_on": "date",
        "to_on": "date",
        "specialism": "text",
        "person_id": "uuid",
        "event_id": "uuid",
    },
)
capacity_change = Table(
    name="capacity_change",
    key={"offer_id": "uuid", "streamversion": "bigint"},
    columns={
        "kind": "text",  # allocated | drawn | released | withdrawn
        "allocation_id": "uuid",  # null: of the offer itself
        "request_id": "uuid",
        "taker_urn": "text",
        "quantity": "integer",
        "from_on": "date",
        "to_on": "date",  # null: to the end of what it is taken from
        "plan_id": "uuid",
        "event_id": "uuid",
    },
)
capacity_request = Table(
    name="capacity_request",
    key={"request_id": "uuid"},
    columns={
        "trustuid": "text",
        "taker_urn": "text",
        "dimension": "text",
        "quantity": "integer",  # this and the next three are not in a draft
        "unit": "text",
        "from_on": "date",
        "to_on": "date",
        "specialism": "text",
        "priority": "text",
        "plan_id": "uuid",
        "drafted": "boolean",
        "confirmed": "boolean",
        "basis": "uuid",
        "withdrawn_on": "date",
        "reason": "text",
        "event_id": "uuid",
    },
)
_needed = ("dimension", "quantity", "unit", "from_on", "to_on", "specialism", "priority", "plan_id")


def _offered(event: CapacityOffered, delivered: Delivered) -> Iterator[Patch]:
    columns = [column for column in capacity_offer.columns if column != "event_id"]
    changes = {column: getattr(event, column) for column in columns} | {"event_id": delivered.envelope.id}
    yield Patch("capacity_offer", (event.offer_id,), changes)


def _allocated(event: CapacityAllocated, delivered: Delivered) -> Iterator[Patch]:
    given = {"request_id": event.request_id, "plan_id": event.plan_id, "from_on": event.from_on, "to_on": event.to_on}
    yield _change("allocated", event, delivered, given | _taker(event))


def _drawn(event: CapacityDrawn, delivered: Delivered) -> Iterator[Patch]:
    yield _change("drawn", event, delivered, {"from_on": event.from_on, "to_on": event.to_on} | _taker(event))


def _released(event: CapacityReleased, delivered: Delivered) -> Iterator[Patch]:
    yield _change("released", event, delivered, {"from_on": event.released_on} | _taker(event))


def _withdrawn(event: CapacityOfferWithdrawn, delivered: Delivered) -> Iterator[Patch]:
    yield _change("withdrawn", event, delivered, {"from_on": event.withdrawn_on})


def _taker(event: CapacityAllocated | CapacityDrawn | CapacityReleased) -> dict[str, Any]:
    return {"allocation_id": event.allocation_id, "taker_urn": event.taker_urn}


def _change(
    kind: str,
    event: CapacityAllocated | CapacityDrawn | CapacityReleased | CapacityOfferWithdrawn,
    delivered: Delivered,
    changes: dict[str, Any],
) -> Patch:
    envelope = delivered.envelope
    same = {"kind": kind, "quantity": event.quantity, "event_id": envelope.id}
    return Patch("capacity_change", (event.offer_id, envelope.version), changes | same)


def _requested(event: CapacityRequested, delivered: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "taker_urn", *_needed, "drafted", "basis")
    changes = {column: getattr(event, column) for column in columns} | {"event_id": delivered.envelope.id}
    drafted_again = {"withdrawn_on": None, "reason": None}
    yield Patch("capacity_request", (event.request_id,), changes | drafted_again)


def _confirmed(event: CapacityRequestConfirmed, delivered: Delivered) -> Iterator[Patch]:
    changes = {column: getattr(event, column) for column in _needed}
    yield Patch(
        "capacity_request", (event.request_id,), changes | {"confirmed": True, "event_id": delivered.envelope.id}
    )


def _request_withdrawn(event: CapacityRequestWithdrawn, delivered: Delivered) -> Iterator[Patch]:
    changes = {"withdrawn_on": event.withdrawn_on, "reason": event.reason, "event_id": delivered.envelope.id}
    yield Patch("capacity_request", (event.request_id,), changes)


projection = Projection(
    name="capacity",
    tables=(capacity_offer, capacity_change, capacity_request),
    on={
        CapacityOffered: _offered,
        CapacityAllocated: _allocated,
        CapacityDrawn: _drawn,
        CapacityReleased: _released,
        CapacityOfferWithdrawn: _withdrawn,
        CapacityRequested: _requested,
        CapacityRequestConfirmed: _confirmed,
        CapacityRequestWithdrawn: _request_withdrawn,
    },
)
