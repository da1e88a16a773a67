"""Coaching as reports need it: the pool, who wishes to be coached, the pairings and their sessions, who leads whom.

- coach: one row a membership of the pool
- coaching_request: one row a wish
- pairing: one row a pairing
- coaching_session: one row a session of a pairing, numbered in its stream
- line_manager: one row an assignment, numbered in the person's stream; the latest on a day counts
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person, of_school, with_the
from shared.contracts.collaboration.coaching import (
    CoachingEnded,
    CoachingPaired,
    CoachingRequested,
    CoachingRequestWithdrawn,
    CoachingSessionLogged,
    CoachPoolJoined,
    CoachPoolLeft,
)
from shared.contracts.talent.register import LineManagerAssigned
from shared.messaging import Delivered

coach = Table(
    name="coach",
    key={"membership_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "person_id": "uuid",
        "basis": "text",
        "kinds": "text[]",
        "specialism": "text",
        "places": "integer",
        "from_on": "date",
        "to_on": "date",
        "left_on": "date",
    },
    seen_by=of_school("urn"),
)
coaching_request = Table(
    name="coaching_request",
    key={"request_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "person_id": "uuid",
        "kind": "text",
        "specialism": "text",
        "from_on": "date",
        "to_on": "date",
        "withdrawn_on": "date",
    },
    seen_by=of_school("urn"),
)
pairing = Table(
    name="pairing",
    key={"pairing_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "coach_id": "uuid",
        "coachee_ids": "uuid[]",
        "kind": "text",
        "request_id": "uuid",
        "starts_on": "date",
        "ends_on": "date",
        "outcome": "text",
        "sessions": "integer",
        "minutes": "integer",
        "ended_on": "date",
        "event_id": "uuid",
        "ended_event_id": "uuid",
    },
    seen_by=of_school("urn") | of_person("coach_id"),
)
coaching_session = Table(
    name="coaching_session",
    key={"pairing_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "theme": "text", "minutes": "integer", "held_on": "date"},
    seen_by=with_the("pairing", "pairing_id"),
)
line_manager = Table(
    name="line_manager",
    key={"person_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "manager_id": "uuid", "from_on": "date"},
    seen_by=of_person("person_id"),
)


def _joined(event: CoachPoolJoined, _: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "urn", "person_id", "basis", "specialism", "places", "from_on", "to_on")
    yield Patch("coach", (event.membership_id,), same(event, *columns) | {"kinds": list(event.kinds)})


def _left(event: CoachPoolLeft, _: Delivered) -> Iterator[Patch]:
    yield Patch("coach", (event.membership_id,), {"left_on": event.left_on})


def _requested(event: CoachingRequested, _: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "urn", "person_id", "kind", "specialism", "from_on", "to_on")
    yield Patch("coaching_request", (event.request_id,), same(event, *columns))


def _withdrawn(event: CoachingRequestWithdrawn, _: Delivered) -> Iterator[Patch]:
    yield Patch("coaching_request", (event.request_id,), {"withdrawn_on": event.withdrawn_on})


def _paired(event: CoachingPaired, delivered: Delivered) -> Iterator[Patch]:
    columns = ("trustuid", "urn", "coach_id", "kind", "request_id", "starts_on", "ends_on")
    more = {"coachee_ids": [str(coachee) for coachee in event.coachee_ids], "event_id": delivered.envelope.id}
    yield Patch("pairing", (event.pairing_id,), same(event, *columns) | more)


def _met(event: CoachingSessionLogged, delivered: Delivered) -> Iterator[Patch]:
    key = (event.pairing_id, delivered.envelope.version)
    yield Patch("coaching_session", key, same(event, "theme", "minutes", "held_on"))


def _ended(event: CoachingEnded, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "outcome", "sessions", "minutes", "ended_on")
    yield Patch("pairing", (event.pairing_id,), changes | {"ended_event_id": delivered.envelope.id})


def _assigned(event: LineManagerAssigned, delivered: Delivered) -> Iterator[Patch]:
    key = (event.person_id, delivered.envelope.version)
    yield Patch("line_manager", key, {"manager_id": event.manager_id, "from_on": event.from_on})


projection = Projection(
    name="coaching",
    tables=(coach, coaching_request, pairing, coaching_session, line_manager),
    on={
        CoachPoolJoined: _joined,
        CoachPoolLeft: _left,
        CoachingRequested: _requested,
        CoachingRequestWithdrawn: _withdrawn,
        CoachingPaired: _paired,
        CoachingSessionLogged: _met,
        CoachingEnded: _ended,
        LineManagerAssigned: _assigned,
    },
)
