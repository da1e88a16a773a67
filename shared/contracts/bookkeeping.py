"""What every service says of its own records: one is void, a reaction was refused, texts were shown, or erased.

Each service has a class of its own of each, in its own `bookkeeping`: a class has one wire name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Protocol, TypeVar

from annotated_types import Ge, Len

from shared.contracts.vocabulary import Code, Count, Id, Name, Personal, PersonId, Text, event


@event
class RecordVoided:
    """A record of the same stream does not count: it was wrong. Both stay in history; reports leave both out.

    `event_type` and `version` are those of the record `event_id`.
    """

    event_id: Id
    event_type: Name
    version: Annotated[int, Ge(1)]
    reason: Annotated[Text, Personal()]


class Told(Protocol):
    """An event of some stream, and its number there."""

    @property
    def event(self) -> Any: ...

    @property
    def version(self) -> int: ...


T = TypeVar("T", bound=Told)


def is_voiding(type_name: str) -> bool:
    """Whether a wire name is that of a service's `RecordVoided`."""
    return ".RecordVoided.v" in type_name


def standing(told: Iterable[T]) -> list[T]:
    """What stands of one stream: without the records that were voided. That they were stays, for who counts it."""
    events = list(told)
    voided = {one.event.version for one in events if isinstance(one.event, RecordVoided)}
    return [one for one in events if one.version not in voided]


@event
class ReactionRefused:
    """A fact was to cause something here, and a rule said no: `code`. Somebody may want to see to it.

    `target` is the stream that it was meant for.
    """

    reaction: Code
    fact_id: Id
    fact_type: Name
    target: Name
    code: Code
    message: Text


@event
class PersonErased:
    """This service holds nothing about a person that could be read: the receipt of an erasure.

    `keys` were destroyed: of the person's texts, and of the streams that are about nobody else. `cleared` other records
    were emptied or removed: kept and parked claims, answers' fingerprints, what schools were told.
    """

    person_id: PersonId
    erasure_id: Id
    keys: Count
    cleared: Count


@event
class PersonalDataRevealed:
    """Texts of an event of this service were shown to somebody who does not see them without giving a reason.

    Who it was is the envelope's `actor`. `of` is the event, `fields` are those whose texts were shown.
    """

    of: Id
    fields: Annotated[tuple[Name, ...], Len(1, 20)]
    reason: Annotated[Text, Personal()]
