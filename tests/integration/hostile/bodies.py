"""A good claim of every type that schools' systems and the trust may send, and the places in it where it can be spoilt.

What the demo's people say is what the services accept: of each type the fullest thing that they say. The few types that
the demo has no use for are written here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from importlib import import_module
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.demo.half_term import half_term
from shared.contracts import codec
from shared.intake import Admissions
from tests.integration.stories.conftest import HERE, THERE, Service
from tests.support.writer import TRUST, claim

SERVICES: tuple[Service, ...] = ("talent", "cpd", "collaboration")
Path = tuple[str | int, ...]
Claim = dict[str, Any]
_id = str(uuid5(NAMESPACE_URL, "hostile"))
_UNSAID: Mapping[str, Mapping[str, Any]] = {
    "uk.mat.collaboration.FocusAreaClosed.v1": {"focus_id": _id, "closed_on": "2026-11-02", "reason": "met"},
    "uk.mat.talent.PersonDetailsCorrected.v1": {
        "person_id": _id,
        "correction_id": _id,
        "name": "Ada Marker-Northcote",
        "email": "ada@northmoor.example",
        "trn": "1234567",
    },
    "uk.mat.talent.RoleCountDeclared.v1": {
        "trustuid": TRUST,
        "area": "Northmoor",
        "scheme": "NLE",
        "role": "National Leader of Education",
        "count": 2,
        "schools_sponsored": 1,
        "as_at": "2026-09-01",
    },
    "uk.mat.talent.SchoolLeftTrust.v1": {"trustuid": TRUST, "urn": HERE, "left_on": "2026-09-01", "reason": "closed"},
    "uk.mat.talent.SchoolUrnSucceeded.v1": {
        "trustuid": TRUST,
        "from_urn": "900098",
        "to_urn": "900099",
        "on": "2026-09-01",
    },
}


def admissions(service: Service) -> Admissions:
    """How each type of claim is taken in."""
    found: Admissions = import_module(f"services.{service}.intake").admissions
    return found


@cache
def _said() -> Mapping[str, Mapping[str, Any]]:
    fullest: dict[str, Mapping[str, Any]] = dict(_UNSAID)
    for saying in half_term(1).taken():
        for name in codec.contracts[saying.service].versions(codec.event_class(saying.type)):
            if len(json.dumps(saying.data)) > len(json.dumps(fullest.get(name, {}))):
                fullest[name] = saying.data
    return fullest


def good(service: Service, *, urn: str = HERE) -> list[Claim]:
    """A claim of each of a service's types, of one school where it names one."""
    return [_claim(service, type_name, urn) for type_name in admissions(service)]


def _claim(service: Service, type_name: str, urn: str) -> Claim:
    data = deepcopy(dict(_said()[type_name]))
    if "urn" in data:
        data["urn"] = urn
    if "urns" in data:  # a moderation is of two schools at least
        least = admissions(service)[type_name].json_schema()["properties"]["urns"].get("minItems", 1)
        data["urns"] = [urn, THERE][:least]
    return claim(type_name.split(".")[3], data, service=service) | {"type": type_name}


def places(content: Any, at: Path = ()) -> Iterator[Path]:
    """Where the texts, numbers, dates and truths of a claim's data stand."""
    if isinstance(content, dict):
        for name, inner in content.items():
            yield from places(inner, (*at, name))
    elif isinstance(content, list):
        for number, inner in enumerate(content):
            yield from places(inner, (*at, number))
    else:
        yield at


def at_place(content: Any, at: Path) -> Any:
    """What stands at a place."""
    for step in at:
        content = content[step]
    return content


def changed(content: Any, at: Path, value: Any) -> Any:
    """The content with something else at a place."""
    if not at:
        return value
    step, *rest = at
    copy: Any = dict(content) if isinstance(content, dict) else list(content)
    copy[step] = changed(copy[step], tuple(rest), value)
    return copy


_MARK = "here, and nowhere else"


def spoilt(sent: Claim, at: Path, raw: bytes) -> bytes:
    """The claim's bytes, with these in a value's place."""
    marked = {**sent, "data": changed(sent["data"], at, _MARK)}
    return json.dumps(marked).encode().replace(json.dumps(_MARK).encode(), raw)
