"""The words that every service's events are made of: identifiers, amounts, and the marker of personal data.

The identifiers' forms are those of Get Information About Schools (URN, group UID, trust reference, UKPRN) and of the
Teaching Regulation Agency (teacher reference number).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform
from uuid import UUID

from annotated_types import Ge, Le, Len, Lt, MaxLen, MinLen, Timezone
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core.core_schema import CoreSchema, no_info_wrap_validator_function

_T = TypeVar("_T")

sealed_prefix = "sealed:"
"""How the token begins that stands for a personal text in a record. No text from outside may begin like this."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(cls: type[_T]) -> type[_T]:
    """Declare an event, or a value inside one: frozen, slotted, by keyword only."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""The content of a record, as JSON, to the content that it has in the next version. Pure; the record stays as it is."""


class Contract:
    """All event types that one service publishes, by their wire names: `uk.mat.<service>.<ClassName>.v<major>`.

    The code knows each event as its newest class. What was published under an earlier version is read as that, too, by
    the upcasters; the earlier class stays for its schema alone (docs/adr/0050).

    Args:
        upcasters: by the class of an earlier version, how its content becomes that of the next.
        versions: the classes of `v1`, `v2` and so on; those of one event have one name, and stand in different modules.

    Attributes:
        shapes: by wire name, the class that says how its records look.
        types: by wire name, the class that its records are read as: the newest of its name.
        names: by newest class, the wire name that new events get.
    """

    def __init__(
        self, service: str, *, upcasters: Mapping[type[Any], Upcaster] | None = None, **versions: Sequence[type[Any]]
    ) -> None:
        self.service = service
        self.shapes: dict[str, type[Any]] = {
            f"uk.mat.{service}.{cls.__name__}.{version}": cls
            for version, classes in versions.items()
            for cls in classes
        }
        newest = {cls.__name__: cls for cls in self.shapes.values()}
        self.types: dict[str, type[Any]] = {name: newest[cls.__name__] for name, cls in self.shapes.items()}
        self.names: dict[type[Any], str] = {cls: name for name, cls in self.shapes.items() if self.types[name] is cls}
        self._steps = {
            name: [(upcasters or {})[self.shapes[earlier]] for earlier in self._before(name)] for name in self.shapes
        }

    def versions(self, cls: type[Any]) -> list[str]:
        """The wire names of everything that is read as this class, the oldest first."""
        return [name for name, newest in self.types.items() if newest is cls]

    def newest(self, event: str) -> str:
        """The wire name that an event of this name has now; of one in no contract, what its first would be."""
        names = [name for cls, name in self.names.items() if cls.__name__ == event]
        return names[0] if names else f"uk.mat.{self.service}.{event}.v1"

    def upcast(self, type_name: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was published under any version, as the newest one says it."""
        for step in self._steps[type_name]:
            content = step(content)
        return content

    def _before(self, type_name: str) -> list[str]:
        """This version and those between it and the newest, without that."""
        names = self.versions(self.types[type_name])
        return names[names.index(type_name) : -1]


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a text that never stands in clear in a stored event: the codec encrypts it.

    `subject` names the field of the same event that holds the data subject's id. None means a text without a single
    subject (a comment, a response): it has a key of its own stream.
    """

    subject: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A clear text keeps the field's limits; the sealed token that stands for one in a record does not have to."""
        return no_info_wrap_validator_function(_clear_or_sealed, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What may be sent and what is stored differ: `validation` describes the first, `serialization` the second."""
        clear = handler(core)
        mark = {"x-personal": {"subject": self.subject}}
        if handler.mode == "validation":
            return {**clear, **mark}
        return {"type": "string", "pattern": f"^{sealed_prefix}", **mark}


def _clear_or_sealed(text: Any, clear: Callable[[Any], Any]) -> Any:
    return text if isinstance(text, str) and text.startswith(sealed_prefix) else clear(text)


class ByStaffReference:
    """Marks a person's id. In a claim a `StaffReference` may stand in its place; in an event the id always stands.

    The doors put the id in place of the reference before a claim is read: `shared/intake/people.py`.
    """

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What may be sent and what is stored differ: `validation` describes the first, `serialization` the second."""
        person_id = handler(core)
        if handler.mode == "serialization":
            return {**person_id, "x-data-subject": True}
        return {"anyOf": [person_id, _staff_reference]}


identifier = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,199}")
"""How an id of somebody else's may look: an event's, a command's, a correlation's."""

urn_form = r"[1-9][0-9]{5}"
trust_uid_form = r"[1-9][0-9]{3,4}"

# Identifiers. Ours are UUIDs (version 7 where we make them); a URN or a UID is a string that looks like a number. A
# reference names a person or a role by a number or a code, and has no room for a name.
Id = UUID
PersonId = Annotated[UUID, ByStaffReference()]
Urn = Annotated[str, StringConstraints(pattern=f"^{urn_form}$")]
Ukprn = Annotated[str, StringConstraints(pattern=r"^1[0-9]{7}$")]
TrustUid = Annotated[str, StringConstraints(pattern=f"^{trust_uid_form}$")]
TrustRef = Annotated[str, StringConstraints(pattern=r"^TR[0-9]{5}$")]
Trn = Annotated[str, StringConstraints(pattern=r"^0{0,6}[1-9][0-9]*$", min_length=7, max_length=7)]
AcademicYear = Annotated[str, StringConstraints(pattern=r"^20[0-9][0-9]/[0-9][0-9]$")]
Cycle = Annotated[str, StringConstraints(pattern=r"^20[0-9][0-9]/[0-9][0-9]-[A-Za-z0-9][A-Za-z0-9.-]{0,30}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,60}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]

_first_year, _end_year = 1900, 2200

_staff_reference: JsonSchemaValue = {
    "type": "object",
    "title": "StaffReference",
    "description": "A person as a school's own system knows them.",
    "properties": {
        "source": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_-]{0,60}$"},
        "staff_ref": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,60}$"},
    },
    "required": ["source", "staff_ref"],
    "additionalProperties": False,
}

# Texts, amounts and times. A time is aware; a day is a day in Europe/London. Neither stands at an end of the calendar,
# where counting a year on, or going over to another zone, would leave it.
Name = Annotated[str, MinLen(1), MaxLen(300)]
Text = Annotated[str, MinLen(1), MaxLen(4000)]
Count = Annotated[int, Ge(0), Le(1_000_000_000)]
Instant = Annotated[
    datetime, Timezone(...), Ge(datetime(_first_year, 1, 1, tzinfo=UTC)), Lt(datetime(_end_year, 1, 1, tzinfo=UTC))
]
Day = Annotated[date, Ge(date(_first_year, 1, 1)), Lt(date(_end_year, 1, 1))]

# Several services speak of these.
Rag = Literal["red", "amber", "green"]
Answer = Literal["red", "amber", "green", "not_applicable"]
Dimension = Literal["people", "time", "intellectual", "financial", "collaboration"]

__all__ = [
    "AcademicYear",
    "Answer",
    "Code",
    "Contract",
    "Count",
    "Cycle",
    "Day",
    "Dimension",
    "Id",
    "Instant",
    "Len",
    "Name",
    "PersonId",
    "Personal",
    "Rag",
    "Reference",
    "Text",
    "Trn",
    "TrustRef",
    "TrustUid",
    "Ukprn",
    "Upcaster",
    "Urn",
    "event",
    "identifier",
]
