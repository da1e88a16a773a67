"""Capacity as reports need it: what is offered, what became of it, and what is asked for.

- capacity_offer: one row an offer
- capacity_change: one row an allocation, a draw, a release or a withdrawal, numbered in the offer's stream; what is
  left of an offer is added up by a report
- capacity_request: one row a request, as it was made or confirmed
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.reporting.read_models.projection import SOURCE, Patch, Projection, Table, same, source
from services.reporting.seeing.policies import of_school, shared_where, with_the
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
        **SOURCE,
    },
    seen_by=shared_where("giver_urn is null") | of_school("giver_urn") | with_the("capacity_change", "offer_id"),
)
capacity_change = Table(
    name="capacity_change",
    key={"offer_id": "uuid", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "kind": "text",  # allocated | drawn | released | withdrawn
        "allocation_id": "uuid",  # null: of the offer itself
        "request_id": "uuid",
        "giver_urn": "text",  # as of the offer
        "taker_urn": "text",
        "quantity": "integer",
        "from_on": "date",
        "to_on": "date",  # null: to the end of what it is taken from
        "plan_id": "uuid",
        **SOURCE,
    },
    seen_by=of_school("giver_urn", "taker_urn"),
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
        **SOURCE,
    },
    seen_by=of_school("taker_urn"),
)
_needed = ("dimension", "quantity", "unit", "from_on", "to_on", "specialism", "priority", "plan_id")


def _offered(event: CapacityOffered, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, *(column for column in capacity_offer.columns if column not in SOURCE))
    yield Patch("capacity_offer", (event.offer_id,), changes | source(delivered))


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
    same = {"kind": kind, "giver_urn": event.giver_urn, "quantity": event.quantity, **source(delivered)}
    return Patch("capacity_change", (event.offer_id, delivered.envelope.version), changes | same)


def _requested(event: CapacityRequested, delivered: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "taker_urn", *_needed, "drafted", "basis")
    changes = same(event, *columns) | source(delivered)
    drafted_again = {"withdrawn_on": None, "reason": None}
    yield Patch("capacity_request", (event.request_id,), changes | drafted_again)


def _confirmed(event: CapacityRequestConfirmed, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, *_needed) | {"confirmed": True}
    yield Patch("capacity_request", (event.request_id,), changes | source(delivered))


def _request_withdrawn(event: CapacityRequestWithdrawn, delivered: Delivered) -> Iterator[Patch]:
    changes = {"withdrawn_on": event.withdrawn_on, "reason": event.reason}
    yield Patch("capacity_request", (event.request_id,), changes | source(delivered))


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
