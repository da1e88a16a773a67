"""How many system leaders of each scheme an area declared: one row a stream of them, the last stands."""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table
from services.reporting.seeing.policies import shared
from shared.contracts.talent.roles import RoleCountDeclared
from shared.messaging import Delivered

role_count = Table(
    name="role_count",
    # The stream, and not area and scheme: "Leicestershire" and "leicestershire" are one stream.
    key={"stream": "text"},
    columns={
        "trustuid": "text",
        "area": "text",
        "scheme": "text",
        "role": "text",
        "count": "integer",
        "not_known_reason": "text",
        "schools_sponsored": "integer",
        "as_at": "date",
        "event_id": "uuid",
    },
    seen_by=shared,
)


def _declared(event: RoleCountDeclared, delivered: Delivered) -> Iterator[Patch]:
    changes = {
        "trustuid": event.trustuid,
        "area": event.area,
        "scheme": event.scheme,
        "role": event.role,
        "count": event.count,
        "not_known_reason": event.not_known_reason,
        "schools_sponsored": event.schools_sponsored,
        "as_at": event.as_at,
        "event_id": delivered.envelope.id,
    }
    yield Patch("role_count", (delivered.envelope.stream,), changes)


projection = Projection(name="roles", tables=(role_count,), on={RoleCountDeclared: _declared})
