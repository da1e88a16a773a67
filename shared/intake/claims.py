"""What a claim is: a CloudEvent from outside that says something happened. Reading one never quotes it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from shared.clock import Clock
from shared.contracts import canonical
from shared.contracts.schemas import Plain
from shared.contracts.vocabulary import Contract, Upcaster, identifier, sealed_prefix, trust_uid_form, urn_form
from shared.decider import Rejected
from shared.eventstore import Act, Context, EventStore
from shared.identity import Deed
from shared.intake.keeping import Came
from shared.problems import pointer

largest_claim_bytes = 256 * 1024
longest_id = 200


class ClaimRefused(Rejected):
    """A claim that is refused before any rule is asked: unreadable, of a wrong shape, or not the sender's to make."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A readable claim.

    Attributes:
        urns: the schools that it speaks of, and the one that says so.
        happened_at: when it says it happened, if it does.
        data: its content, not yet checked against its type.
        came: as it came in; None of one that was kept and is brought back.
    """

    id: str
    source: str
    type: str
    trustuid: str | None
    urns: frozenset[str]
    happened_at: datetime | None
    correlation_id: str | None
    data: Mapping[str, Any]
    came: Came | None = field(default=None, compare=False, repr=False)

    @property
    def content(self) -> bytes:
        """The canonical bytes that its fingerprint is made of: what it says, without when it was sent."""
        return canonical.dumps({"type": self.type, "data": self.data})


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that is not as its type's shape wants it.

    Attributes:
        field: JSON pointer to it, in the data.
        kind: pydantic's name for what is wrong: https://docs.pydantic.dev/latest/errors/validation_errors/
    """

    field: str
    kind: str
    message: str


LookUp = Callable[[EventStore, Clock, Any, Context], Awaitable[Any]]


@dataclass(frozen=True)
class Admission:
    """How a type of claim is taken in.

    Attributes:
        shape: the dataclass that its data must have.
        to_act: the checked data and its context to the command.
        trust_only: whether only the trust's own people and systems may make it.
        deed: what somebody has to have the right to who makes it as a typed command.
        look_up: for what asks for more than its streams hold (this service's view of the register): reads it, and gives
            the data that `to_act` takes.
        upcast: of a type's earlier version: what its data is in the newest, of which everything else here speaks.
    """

    shape: type[Any]
    to_act: Callable[[Any, Context], Act]
    trust_only: bool = False
    deed: Deed = "command"
    look_up: LookUp | None = None
    upcast: Upcaster | None = None

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of its data; of an earlier version that of what it is read as."""
        schema = _adapter(self.shape).json_schema(schema_generator=Plain)
        return schema if self.upcast is None else {**schema, "deprecated": True}

    def newest(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data as the newest version of its type has it: not checked yet, nor changed where it is the newest."""
        return data if self.upcast is None else self.upcast(data)

    def check(self, data: Mapping[str, Any]) -> Any:
        """The data as a value of its shape.

        Raises:
            ClaimRefused: `invalid`, naming the first field that is wrong.
        """
        try:
            return self._read(data)
        except ValidationError as invalid:
            first = _faults(invalid)[0]
            raise ClaimRefused("invalid", first.message, field=first.field) from None

    def faults(self, data: Mapping[str, Any]) -> list[Fault]:
        """All that is wrong with the shape of data."""
        try:
            self._read(data)
        except ValidationError as invalid:
            return _faults(invalid)
        return []

    def _read(self, data: Mapping[str, Any]) -> Any:
        return _adapter(self.shape).validate_json(canonical.dumps(data), strict=True)  # "80" is no number


Admissions = Mapping[str, Admission]
Taken = tuple[type[Any], str, Admission]
"""The event that a claim says happened, the path of the same as a typed command, and how both are taken in."""


def by_type(contract: Contract, taken: Iterable[Taken]) -> Admissions:
    """How each type of claim is taken in, by its wire name; an earlier version is read as the newest one."""
    return {
        name: admission if name == contract.names[event] else replace(admission, upcast=partial(contract.upcast, name))
        for event, _, admission in taken
        for name in contract.versions(event)
    }


def read_claim(attributes: Mapping[str, Any], data: Any, came: Came | None = None) -> Claim:
    """A claim from CloudEvents attributes and data that is strict JSON already, and as it came.

    Raises:
        ClaimRefused: an attribute is missing or malformed.
    """
    if attributes.get("specversion") != "1.0":
        raise ClaimRefused("invalid", "Send a CloudEvent of version 1.0.", field="/specversion")
    for name in ("id", "source", "type"):
        if not isinstance(attributes.get(name), str) or not is_event_id(attributes[name]):
            raise ClaimRefused(
                "invalid", f"`{name}` is needed: letters, digits and . _ : @ / - , at most 200.", field=f"/{name}"
            )
    if not isinstance(data, dict):
        raise ClaimRefused("invalid", "`data` is needed, as a JSON object.", field="/data")
    refuse_reserved(data, "/data")
    return Claim(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        trustuid=_attributed_trust(attributes) or _trust(data.get("trustuid")),
        urns=spoken_of(data) | _speaking(attributes),
        happened_at=_happened_at(attributes),
        correlation_id=_correlation_id(attributes),
        data=data,
        came=came,
    )


def is_event_id(text: str) -> bool:
    """Whether an event's id, its source or its type may look like this."""
    return len(text) <= longest_id and identifier.fullmatch(text.lstrip("/")) is not None


def _happened_at(attributes: Mapping[str, Any]) -> datetime | None:
    given = attributes.get("happenedat")
    if given is None:
        return None
    try:
        when = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        when = None
    if when is None or when.tzinfo is None:
        raise ClaimRefused(
            "invalid", "`happenedat` is a time with its zone, such as 2026-11-16T16:10:00Z.", field="/happenedat"
        )
    return when.astimezone(UTC)


def _speaking(attributes: Mapping[str, Any]) -> frozenset[str]:
    """The school that speaks, where the attributes say so: for data that names none, by who serves several."""
    urn = attributes.get("urn")
    if urn is None:
        return frozenset()
    if not isinstance(urn, str) or not _urn.fullmatch(urn):
        raise ClaimRefused("invalid", "`urn` is a school's URN: six digits.", field="/urn")
    return frozenset({urn})


_urn = re.compile(urn_form)


def spoken_of(data: Mapping[str, Any]) -> frozenset[str]:
    """The schools that a claim's data names."""
    named = [data.get("urn"), *(data["urns"] if isinstance(data.get("urns"), list) else ())]
    return frozenset(urn for urn in named if isinstance(urn, str))


def _attributed_trust(attributes: Mapping[str, Any]) -> str | None:
    given = attributes.get("trustuid")
    if given is not None and _trust(given) is None:
        raise ClaimRefused("invalid", "`trustuid` is a trust's UID: four or five digits.", field="/trustuid")
    return _trust(given)


def _trust(given: Any) -> str | None:
    return given if isinstance(given, str) and _trustuid.fullmatch(given) else None


def _correlation_id(attributes: Mapping[str, Any]) -> str | None:
    """One of another form would stand in clear in headers and logs: it is not written down."""
    found = attributes.get("correlationid")
    return found if isinstance(found, str) and identifier.fullmatch(found) else None


def refuse_reserved(content: Any, place: str) -> None:
    """A text that looks like one of our sealed tokens would be taken for one."""
    found = _reserved(content)
    if found is not None:
        raise ClaimRefused(
            "reserved_text", f"A text may not begin with “{sealed_prefix}”.", field=place + field_at(found)
        )


def field_at(location: Sequence[str | int]) -> str:
    """The pointer to what is wrong, up to what is no name of a field: that may be anything, and is not repeated."""
    return pointer(list(takewhile(lambda part: isinstance(part, int) or _name.fullmatch(part), location)))


_name = re.compile(r"[a-z][a-z0-9_]{0,60}")
_trustuid = re.compile(trust_uid_form)


def _reserved(content: Any) -> tuple[str | int, ...] | None:
    """Where such a text stands."""
    if isinstance(content, str):
        return () if content.startswith(sealed_prefix) else None
    if isinstance(content, dict):
        parts: Iterable[tuple[str | int, Any]] = content.items()
    elif isinstance(content, list):
        parts = enumerate(content)
    else:
        return None
    for name, inner in parts:
        found = _reserved(inner)
        if found is not None:
            return (name, *found)
    return None


def _faults(invalid: ValidationError) -> list[Fault]:
    """Without what was sent: behind `, invalid` a part of it may be shown."""
    errors = invalid.errors(include_input=False, include_url=False)
    return [Fault(field_at(error["loc"]), error["type"], error["msg"].partition(", invalid")[0]) for error in errors]


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    if shape not in _adapters:
        _adapters[shape] = TypeAdapter(with_config(ConfigDict(extra="forbid"))(shape))
    return _adapters[shape]
