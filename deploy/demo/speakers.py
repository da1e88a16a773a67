"""Who speaks in the demo: the trust's office and each school's system, and how what they say is put down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from deploy.demo.plan import ACCEPTED, Expected, Saying, Speaker, SpeakerRole
from deploy.demo.trust import BY_URN, JOINT, SCHOOLS, Door, School

TRUST = Speaker("northmoor-office", "trust_leader", "/northmoor/office")


def speaker(urn: str) -> Speaker:
    """Who speaks for a school; the two with one head have one system."""
    return _SPEAKERS[urn]


def trust_says(id: str, event: str, data: Mapping[str, Any], *, service: str = "collaboration") -> Saying:
    """Something that the trust's people say as a typed command."""
    return Saying(id=id, speaker=TRUST, door="command", service=service, event=event, data=data)


def trust_publishes(
    id: str, event: str, data: Mapping[str, Any], *also: str, service: str = "talent", becomes: str = ""
) -> Saying:
    """Something that the trust's own system sends in a batch with others."""
    return Saying(
        id=id, speaker=TRUST, door="batch", service=service, event=event, data=data, also=also, becomes=becomes
    )


def trust_reports(id: str, event: str, data: Mapping[str, Any], *also: str) -> Saying:
    """Something that the trust's own system sends to collaboration, in a batch with others."""
    return trust_publishes(id, event, data, *also, service="collaboration")


def at(text: str) -> datetime:
    """A time in the half term, which lies in winter."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def school_says(
    urn: str,
    id: str,
    event: str,
    data: Mapping[str, Any],
    *,
    happened_at: datetime | None = None,
    expects: Expected = ACCEPTED,
    service: str = "collaboration",
    door: Door | None = None,
) -> Saying:
    """Something that a school's system says, through the door that it uses."""
    return Saying(
        id=id,
        speaker=speaker(urn),
        door=door or BY_URN[urn].door,
        service=service,
        event=event,
        data=data,
        happened_at=happened_at,
        expects=expects,
    )


def _speaker(school: School) -> Speaker:
    role: SpeakerRole = "school_leader" if school.door == "command" else "school_system"
    urns = JOINT if school.urn in JOINT else (school.urn,)
    return Speaker(f"system-{'-'.join(urns)}", role, school.source, urns)


_SPEAKERS = {school.urn: _speaker(school) for school in SCHOOLS}
