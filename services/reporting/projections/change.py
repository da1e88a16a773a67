"""Change as reports need it: what is proposed and adopted where, who was consulted, and who understands decisions.

- change, change_school: one row a change, and one a change and school that it is at
- consultation: one row a consultation that was closed, numbered in the change's stream
- decision, decision_audience: one row a decision that was passed on, and one a school and role that it is for
- understanding: one row a decision, school and role: what the school said last
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, with_the
from shared.contracts.collaboration.change import (
    ChangeAdopted,
    ChangeDropped,
    ChangeProposed,
    ConsultationClosed,
    DecisionCascaded,
    DecisionUnderstood,
)
from shared.messaging import Delivered

change = Table(
    name="change",
    key={"change_id": "uuid"},
    columns={
        "trustuid": "text",
        "title": "text",
        "align": "text",
        "cost_pence": "integer",
        "days": "integer",
        "proposed_on": "date",
        "from_on": "date",
        "to_on": "date",
        "dropped_on": "date",
        "event_id": "uuid",
        "adopted_event_id": "uuid",
    },
    seen_by=with_the("change_school", "change_id"),
)
change_school = Table(
    name="change_school",
    key={"change_id": "uuid", "urn": "text"},
    columns={"trustuid": "text"},
    seen_by=of_school("urn"),
)
consultation = Table(
    name="consultation",
    key={"change_id": "uuid", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "groups": "text[]",
        "from_on": "date",
        "to_on": "date",
        "meets_standard": "boolean",  # null: there was no standard
        "missing_groups": "text[]",
        "days_short": "integer",
        "event_id": "uuid",
    },
    seen_by=with_the("change_school", "change_id"),
)
decision = Table(
    name="decision",
    key={"decision_id": "uuid"},
    columns={"trustuid": "text", "change_id": "uuid", "cascaded_on": "date", "event_id": "uuid"},
    seen_by=with_the("decision_audience", "decision_id"),
)
decision_audience = Table(
    name="decision_audience",
    key={"decision_id": "uuid", "urn": "text", "role": "text"},
    columns={"trustuid": "text"},
    seen_by=of_school("urn"),
)
understanding = Table(
    name="understanding",
    key={"decision_id": "uuid", "urn": "text", "role": "text"},
    columns={"trustuid": "text", "understood": "integer", "expected": "integer", "event_id": "uuid"},
    seen_by=of_school("urn"),
)


def _proposed(event: ChangeProposed, delivered: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "title", "align", "cost_pence", "days", "proposed_on")
    said = same(event, *columns)
    yield Patch("change", (event.change_id,), said | {"event_id": delivered.envelope.id})
    for urn in event.urns:
        yield Patch("change_school", (event.change_id, urn), {"trustuid": event.trustuid})


def _consulted(event: ConsultationClosed, delivered: Delivered) -> Iterator[Patch]:
    said = same(event, *(column for column in consultation.columns if column not in ("trustuid", "event_id")))
    envelope = delivered.envelope
    yield Patch("consultation", (event.change_id, envelope.version), said | {"event_id": envelope.id})


def _adopted(event: ChangeAdopted, delivered: Delivered) -> Iterator[Patch]:
    said = {"from_on": event.from_on, "to_on": event.to_on}
    yield Patch("change", (event.change_id,), said | {"adopted_event_id": delivered.envelope.id})


def _dropped(event: ChangeDropped, _: Delivered) -> Iterator[Patch]:
    yield Patch("change", (event.change_id,), {"dropped_on": event.dropped_on})


def _cascaded(event: DecisionCascaded, delivered: Delivered) -> Iterator[Patch]:
    said = same(event, "trustuid", "change_id", "cascaded_on")
    yield Patch("decision", (event.decision_id,), said | {"event_id": delivered.envelope.id})
    for urn in event.urns:
        for role in event.audience:
            yield Patch("decision_audience", (event.decision_id, urn, role), {"trustuid": event.trustuid})


def _understood(event: DecisionUnderstood, delivered: Delivered) -> Iterator[Patch]:
    said = {"understood": event.understood, "expected": event.expected, "event_id": delivered.envelope.id}
    yield Patch("understanding", (event.decision_id, event.urn, event.role), said)


projection = Projection(
    name="change",
    tables=(change, change_school, consultation, decision, decision_audience, understanding),
    on={
        ChangeProposed: _proposed,
        ConsultationClosed: _consulted,
        ChangeAdopted: _adopted,
        ChangeDropped: _dropped,
        DecisionCascaded: _cascaded,
        DecisionUnderstood: _understood,
    },
)
