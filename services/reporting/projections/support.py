"""Daily requests as reports need them. What was asked is a sealed token; `stream` and `event_id` are its place.

- support_request: one row a request, closed when it is
- support_answer: one row an answer, numbered in the request's stream
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, with_the
from shared.contracts.collaboration.support import SupportRequestAnswered, SupportRequestClosed, SupportRequested
from shared.messaging import Delivered

support_request = Table(
    name="support_request",
    key={"request_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "kind": "text",
        "request": "text",
        "opened_at": "timestamptz",
        "closed_at": "timestamptz",
        "stream": "text",
        "event_id": "uuid",
    },
    seen_by=of_school("urn"),
)
support_answer = Table(
    name="support_answer",
    key={"request_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "answered_at": "timestamptz", "event_id": "uuid"},
    seen_by=with_the("support_request", "request_id"),
)


def _requested(event: SupportRequested, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "trustuid", "urn", "kind", "request", "opened_at")
    place = {"stream": delivered.envelope.stream, "event_id": delivered.envelope.id}
    yield Patch("support_request", (event.request_id,), changes | place)


def _answered(event: SupportRequestAnswered, delivered: Delivered) -> Iterator[Patch]:
    changes = {"answered_at": event.answered_at, "event_id": delivered.envelope.id}
    yield Patch("support_answer", (event.request_id, delivered.envelope.version), changes)


def _closed(event: SupportRequestClosed, _: Delivered) -> Iterator[Patch]:
    yield Patch("support_request", (event.request_id,), {"closed_at": event.closed_at})


projection = Projection(
    name="support",
    tables=(support_request, support_answer),
    on={SupportRequested: _requested, SupportRequestAnswered: _answered, SupportRequestClosed: _closed},
)
