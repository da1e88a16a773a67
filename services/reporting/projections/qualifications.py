"""Qualifications as reports need them: which are held, and what became of each enrolment.

The early headship coaching offer replaced the additional support offer: here both have its name. Pauses are not here,
and neither is why somebody paused.

- award: one row a person, course and day of the award, wherever it was gained
- enrolment: one row an enrolment, with its latest outcome
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from services.reporting.read_models.projection import Patch, Projection, Table
from services.reporting.seeing.policies import of_person
from shared.contracts.cpd.qualifications import (
    QualificationEnrolled,
    QualificationHeld,
    QualificationOutcomeRecorded,
    QualificationResumed,
    QualificationWithdrawn,
)
from shared.messaging import Delivered

award = Table(
    name="award",
    key={"person_id": "uuid", "course": "text", "awarded_on": "date"},
    columns={"trustuid": "text", "event_id": "uuid"},
    seen_by=of_person("person_id"),
)
enrolment = Table(
    name="enrolment",
    key={"person_id": "uuid", "course": "text", "enrolment_id": "uuid"},
    columns={
        "trustuid": "text",
        "withdrawn": "boolean",
        "outcome": "text",
        "event_id": "uuid",
    },
    seen_by=of_person("person_id"),
)
_renamed = {"npq-additional-support-offer": "npq-early-headship-coaching-offer"}


def _held(event: QualificationHeld, delivered: Delivered) -> Iterator[Patch]:
    key = (event.person_id, _renamed.get(event.course, event.course), event.awarded_on)
    yield Patch("award", key, {"event_id": delivered.envelope.id})


def _enrolled(event: QualificationEnrolled, delivered: Delivered) -> Iterator[Patch]:
    yield Patch("enrolment", _key(event), {"withdrawn": False, "event_id": delivered.envelope.id})


def _withdrawn(event: QualificationWithdrawn | QualificationResumed, _: Delivered) -> Iterator[Patch]:
    yield Patch("enrolment", _key(event), {"withdrawn": isinstance(event, QualificationWithdrawn)})


def _ended(event: QualificationOutcomeRecorded, _: Delivered) -> Iterator[Patch]:
    yield Patch("enrolment", _key(event), {"outcome": event.outcome})


def _key(
    event: QualificationEnrolled | QualificationWithdrawn | QualificationResumed | QualificationOutcomeRecorded,
) -> tuple[UUID, str, UUID]:
    return event.person_id, _renamed.get(event.course, event.course), event.enrolment_id


projection = Projection(
    name="qualifications",
    tables=(award, enrolment),
    on={
        QualificationHeld: _held,
        QualificationEnrolled: _enrolled,
        QualificationWithdrawn: _withdrawn,
        QualificationResumed: _withdrawn,
        QualificationOutcomeRecorded: _ended,
    },
)
