"""What the stories of what is put right begin with."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, Service, Trust
from tests.support.writer import TRUST


async def wrong(trust: Trust, service: Service, stream: str, kind: str) -> dict[str, Any]:
    """The fields of a voiding of a stream's last record of a kind."""
    event_id: Any = await trust.writers[service].place.fetchval(
        "select id from event where stream = $1 and type = $2 order by version desc limit 1",
        stream,
        f"uk.mat.{service}.{kind}.v1",
    )
    return {"stream": stream, "event_id": str(event_id), "reason": "It was put down for the wrong school."}


async def voids(trust: Trust, service: Service, stream: str, kind: str, *, school: str | None = None) -> None:
    """A stream's last record of a kind does not count any more."""
    await trust.does(service, "/records/void", await wrong(trust, service, stream, kind), school=school)


def registration(**more: Any) -> dict[str, Any]:
    """The fields of a registration of somebody."""
    return {
        "person_id": str(uuid4()),
        "trustuid": TRUST,
        "source": "mis",
        "staff_ref": f"V{uuid4().hex[:12]}",
        "name": "Una Voided",
        **more,
    }


def engagement(**more: Any) -> dict[str, Any]:
    """The fields of an engagement."""
    return {
        "engagement_id": str(uuid4()),
        "urn": HERE,
        "kind": "permanent",
        "role": "teacher",
        "fte_hundredths": 100,
        "started_on": "2020-09-01",
        **more,
    }
