"""The package that a person is given: two files to read, by people and by machines, and a manifest that names both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from deploy.person.held import Held
from deploy.person.reading import page
from deploy.person.redacting import WHY, Given, OtherPeople, given

_KIND, _VERSION = "baton-subject-access", 1
EVENTS, READ_ME, MANIFEST = "events.jsonl", "read-me.html", "manifest.json"


@dataclass(frozen=True, slots=True)
class Package:
    """The files by their names, and what is recorded of them.

    Attributes:
        events, withheld: how many events are in it, and how many texts are not.
        lost: how many of those only because their key is lost.
        sha256: of the manifest, which has those of the other files: it stands for the whole package.
    """

    files: Mapping[str, bytes]
    events: int
    withheld: int
    lost: int

    @property
    def sha256(self) -> str:
        return sha256(self.files[MANIFEST]).hexdigest()


def package(held: Held, person_id: UUID, request_id: UUID, requested_on: date) -> Package:
    """What this person is given for this request."""
    others = OtherPeople(held.others)
    told = [given(event, held.entries, others) for event in held.events]
    reasons = [why for one in told for why in one.withheld.values()]
    withheld, lost = len(reasons), reasons.count("key_lost")
    files = {
        EVENTS: b"".join(_line(one) for one in told),
        READ_ME: page(held, told, others, requested_on).encode(),
    }
    manifest = {
        "kind": _KIND,
        "version": _VERSION,
        "person_id": person_id,
        "entries": sorted(held.entries),
        "trustuid": held.trustuid,
        "request_id": request_id,
        "requested_on": requested_on,
        "as_of": held.at,
        "position": dict(held.position),
        "events": len(told),
        "withheld": withheld,
        "reasons": WHY,
        "files": {name: sha256(content).hexdigest() for name, content in files.items()},
    }
    return Package({**files, MANIFEST: _json(manifest, indent=2) + b"\n"}, len(told), withheld, lost)


def _line(given: Given) -> bytes:
    envelope = given.event.found.envelope
    line = {
        "service": envelope.service,
        "logindex": given.event.found.delivered.logindex,
        "id": envelope.id,
        "type": envelope.type,
        "happened_at": envelope.happened_at,
        "recorded_at": envelope.time,
        "urn": envelope.urn,
        "is_void": given.event.is_void,
        "data": given.data,
        "withheld": given.withheld,
    }
    return _json(line) + b"\n"


def _json(content: Any, indent: int | None = None) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=indent, default=_plain).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)
