"""The calendar as reports need it: programmes, their sessions, and every change to one.

- programme: one row a programme
- session: one row a session, as it was scheduled
- session_change: one row the scheduling, a move or the cancellation, numbered in the session's stream; a report counts
  them, and finds the times and the place in the last one that has any. That one of them is void is a change, too: who
  has the session in a calendar of their own has to hear of it
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, shared, shared_where, with_the
from shared.contracts.codec import type_names_of
from shared.contracts.cpd.bookkeeping import RecordVoided
from shared.contracts.cpd.programmes import (
    ProgrammePublished,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
)
from shared.messaging import Delivered

programme = Table(
    name="programme",
    key={"programme_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "title": "text",
        "kind": "text",
        "audience_stages": "text[]",
        "audience_roles": "text[]",
        "cost_pence": "integer",  # of a place
        "published_at": "timestamptz",
    },
    seen_by=shared,
)
session = Table(
    name="session",
    key={"session_id": "uuid"},
    columns={
        "programme_id": "uuid",
        "trustuid": "text",
        "scope": "text",
        "urn": "text",
        "places": "integer",
        "how_to_join": "text",
        "scheduled_at": "timestamptz",
    },
    seen_by=shared_where("urn is null or scope = 'trust'") | of_school("urn"),
)
session_change = Table(
    name="session_change",
    key={"session_id": "uuid", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "starts_at": "timestamptz",  # these three are not in a cancellation
        "ends_at": "timestamptz",
        "where": "text",
        "cancelled": "boolean",
        "voids": "boolean",
        "reason": "text",
        "changed_at": "timestamptz",
        "event_id": "uuid",
    },
    seen_by=with_the("session", "session_id"),
)


def _published(event: ProgrammePublished, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "trustuid", "urn", "title", "kind", "cost_pence")
    changes |= {"audience_stages": list(event.audience_stages), "audience_roles": list(event.audience_roles)}
    changes |= {"published_at": delivered.envelope.time}
    yield Patch("programme", (event.programme_id,), changes)


def _scheduled(event: SessionScheduled, delivered: Delivered) -> Iterator[Patch]:
    columns = ("programme_id", "trustuid", "scope", "urn", "places", "how_to_join")
    changes = same(event, *columns) | {"scheduled_at": delivered.envelope.time}
    yield Patch("session", (event.session_id,), changes)
    yield _change(event, delivered, _times(event))


def _moved(event: SessionRescheduled, delivered: Delivered) -> Iterator[Patch]:
    yield _change(event, delivered, {**_times(event), "reason": event.reason})


def _cancelled(event: SessionCancelled, delivered: Delivered) -> Iterator[Patch]:
    yield _change(event, delivered, {"cancelled": True, "reason": event.reason})


def _voided(event: RecordVoided, delivered: Delivered) -> Iterator[Patch]:
    if event.event_type in _changing:
        session_id = UUID(delivered.envelope.stream.removeprefix("session-"))
        source = {"changed_at": delivered.envelope.time, "event_id": delivered.envelope.id}
        yield Patch("session_change", (session_id, delivered.envelope.version), {"voids": True, **source})


def _times(event: SessionScheduled | SessionRescheduled) -> dict[str, Any]:
    return {"starts_at": event.starts_at, "ends_at": event.ends_at, "where": event.where, "cancelled": False}


def _change(
    event: SessionScheduled | SessionRescheduled | SessionCancelled, delivered: Delivered, changes: dict[str, Any]
) -> Patch:
    envelope = delivered.envelope
    source = {"changed_at": envelope.time, "event_id": envelope.id}
    return Patch("session_change", (event.session_id, envelope.version), changes | source)


_changing = {*type_names_of(SessionScheduled, SessionRescheduled, SessionCancelled)}
projection = Projection(
    name="calendar",
    tables=(programme, session, session_change),
    on={
        ProgrammePublished: _published,
        SessionScheduled: _scheduled,
        SessionRescheduled: _moved,
        SessionCancelled: _cancelled,
        RecordVoided: _voided,
    },
)
