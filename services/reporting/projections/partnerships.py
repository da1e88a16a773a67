"""Collaborations, with each other and with partners outside, as reports need them.

- collaboration: one row a collaboration, closed when it is
- partner: one row a partner, in the order in which they were named; what it gives and receives in words
- five_test: one row a test that was assessed, as last assessed
- commitment: one row a change of practice
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import SOURCE, Patch, Projection, Table, same, source
from services.reporting.seeing.policies import of_school, with_the
from services.reporting.wording import said, so_much
from shared.contracts.collaboration.capacity import Amount
from shared.contracts.collaboration.partnerships import (
    CollaborationAgreed,
    CollaborationClosed,
    FiveTestsAssessed,
    PracticeChangeCommitted,
)
from shared.messaging import Delivered

collaboration = Table(
    name="collaboration",
    key={"collaboration_id": "uuid"},
    columns={
        "trustuid": "text",
        "title": "text",
        "purpose": "text",
        "starts_on": "date",
        "ends_on": "date",
        "opportunity_cost_days": "integer",
        "opportunity_cost_pence": "bigint",
        "closed_on": "date",
        "outcome": "text",
        "event_id": "uuid",
    },
    seen_by=with_the("partner", "collaboration_id"),
)
partner = Table(
    name="partner",
    key={"collaboration_id": "uuid", "place": "integer"},
    columns={
        "trustuid": "text",
        "kind": "text",
        "urn": "text",
        "name": "text",
        "gives": "text[]",
        "receives": "text[]",
    },
    seen_by=of_school("urn"),
)
five_test = Table(
    name="five_test",
    key={"collaboration_id": "uuid", "test": "text"},
    columns={"trustuid": "text", "score": "integer", "event_id": "uuid"},
    seen_by=with_the("partner", "collaboration_id"),
)
commitment = Table(
    name="commitment",
    key={"collaboration_id": "uuid", "commitment_id": "uuid"},
    columns={"trustuid": "text", "urn": "text", **SOURCE},
    seen_by=of_school("urn"),
)


def _agreed(event: CollaborationAgreed, delivered: Delivered) -> Iterator[Patch]:
    own = ("closed_on", "outcome", "event_id")
    changes = same(event, *(column for column in collaboration.columns if column not in own))
    yield Patch("collaboration", (event.collaboration_id,), changes | {"event_id": delivered.envelope.id})
    for place, one in enumerate(event.partners):
        changes = {"kind": one.kind, "urn": one.urn, "name": one.name}
        changes |= {"gives": [in_words(a) for a in one.gives], "receives": [in_words(a) for a in one.receives]}
        yield Patch("partner", (event.collaboration_id, place), changes)


def in_words(amount: Amount) -> str:
    """Such as "6 half-days of people"."""
    return f"{so_much(amount.quantity, amount.unit)} of {said(amount.dimension)}"


def _assessed(event: FiveTestsAssessed, delivered: Delivered) -> Iterator[Patch]:
    changes = {"score": event.score, "event_id": delivered.envelope.id}
    yield Patch("five_test", (event.collaboration_id, event.test), changes)


def _committed(event: PracticeChangeCommitted, delivered: Delivered) -> Iterator[Patch]:
    changes = {"urn": event.urn} | source(delivered)
    yield Patch("commitment", (event.collaboration_id, event.commitment_id), changes)


def _closed(event: CollaborationClosed, _: Delivered) -> Iterator[Patch]:
    changes = {"closed_on": event.closed_on, "outcome": event.outcome}
    yield Patch("collaboration", (event.collaboration_id,), changes)


projection = Projection(
    name="partnerships",
    tables=(collaboration, partner, five_test, commitment),
    on={
        CollaborationAgreed: _agreed,
        FiveTestsAssessed: _assessed,
        PracticeChangeCommitted: _committed,
        CollaborationClosed: _closed,
    },
)
