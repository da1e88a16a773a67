"""What comes of training, as reports need it: who books and comes, what they say of it, and what it changed.

- booking: one row a session and person, as it stands: booked, waiting or cancelled
- attendance: one row a session and person, as last recorded
- evaluation: one row a session, person and level
- impact: one row a measure of a programme at a school, before and after
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person, of_school, shared_where
from shared.contracts.cpd.programmes import (
    AttendanceRecorded,
    BookingCancelled,
    CpdEvaluated,
    ImpactEvidenced,
    PlaceBooked,
    PlaceWaitlisted,
)
from shared.messaging import Delivered

booking = Table(
    name="booking",
    key={"session_id": "uuid", "person_id": "uuid"},
    columns={"trustuid": "text", "urn": "text", "state": "text", "event_id": "uuid"},
    seen_by=of_school("urn") | of_person("person_id"),
)
attendance = Table(
    name="attendance",
    key={"session_id": "uuid", "person_id": "uuid"},
    columns={"trustuid": "text", "urn": "text", "attendance": "text", "event_id": "uuid"},
    seen_by=of_school("urn") | of_person("person_id"),
)
evaluation = Table(
    name="evaluation",
    key={"session_id": "uuid", "person_id": "uuid", "level": "integer"},
    columns={"trustuid": "text", "score": "integer", "evaluated_on": "date", "event_id": "uuid"},
    seen_by=of_person("person_id"),
)
impact = Table(
    name="impact",
    key={"impact_id": "uuid"},
    columns={
        "programme_id": "uuid",
        "trustuid": "text",
        "urn": "text",
        "level": "integer",
        "measure": "text",
        "baseline_thousandths": "integer",
        "follow_up_thousandths": "integer",
        "disadvantaged_baseline_thousandths": "integer",  # this and the next: both or neither
        "disadvantaged_follow_up_thousandths": "integer",
        "evidenced_on": "date",
        "event_id": "uuid",
    },
    seen_by=shared_where("urn is null") | of_school("urn"),
)
_states = {PlaceBooked: "booked", PlaceWaitlisted: "waiting", BookingCancelled: "cancelled"}


def _booked(event: PlaceBooked | PlaceWaitlisted | BookingCancelled, delivered: Delivered) -> Iterator[Patch]:
    changes = {"urn": event.urn, "state": _states[type(event)], "event_id": delivered.envelope.id}
    yield Patch("booking", (event.session_id, event.person_id), changes)


def _attended(event: AttendanceRecorded, delivered: Delivered) -> Iterator[Patch]:
    changes = {"urn": event.urn, "attendance": event.attendance, "event_id": delivered.envelope.id}
    yield Patch("attendance", (event.session_id, event.person_id), changes)


def _evaluated(event: CpdEvaluated, delivered: Delivered) -> Iterator[Patch]:
    changes = {"score": event.score, "evaluated_on": event.evaluated_on, "event_id": delivered.envelope.id}
    yield Patch("evaluation", (event.session_id, event.person_id, event.level), changes)


def _evidenced(event: ImpactEvidenced, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, *(column for column in impact.columns if column != "event_id"))
    yield Patch("impact", (event.impact_id,), changes | {"event_id": delivered.envelope.id})


projection = Projection(
    name="cpd",
    tables=(booking, attendance, evaluation, impact),
    on={
        PlaceBooked: _booked,
        PlaceWaitlisted: _booked,
        BookingCancelled: _booked,
        AttendanceRecorded: _attended,
        CpdEvaluated: _evaluated,
        ImpactEvidenced: _evidenced,
    },
)
