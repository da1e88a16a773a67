"""Sealed texts of an event are shown to somebody who gives a reason. It is recorded first, by the event's own service.

There is no claim of it: whoever is shown something asks for it themselves, at the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Len

from shared.clock import Clock
from shared.contracts import codec
from shared.contracts.bookkeeping import PersonalDataRevealed
from shared.contracts.vocabulary import Id, Name, Text
from shared.decider import Rejected, whatever_stood
from shared.eventstore import Act, Context, EventStore
from shared.intake.claims import Admission


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """`PersonalDataRevealed`: these fields of an event of this service, and why somebody has to see them."""

    event_id: Id
    fields: Annotated[tuple[Name, ...], Len(1, 20)]
    reason: Text


@dataclass(frozen=True, slots=True)
class Shown:
    """What is asked for, and for whom it is sealed: once they are erased, nothing can be shown."""

    asked: Reveal
    sealed_for: frozenset[str]


def commands(revealed: type[PersonalDataRevealed]) -> dict[str, Admission]:
    """A service's command, by its path.

    Args:
        revealed: the service's own class of the event.
    """

    def reveal_texts(c: Shown, context: Context) -> Act:
        """Record that sealed texts of an event are shown to you, and why: whoever shows them asks this first."""
        asked = c.asked
        event = revealed(of=asked.event_id, fields=tuple(dict.fromkeys(asked.fields)), reason=asked.reason)
        stream = reveals_stream(str(asked.event_id))
        return Act(context, {stream: whatever_stood}, lambda _: {stream: [event]}, about=c.sealed_for)

    return {"/reveals": Admission(Reveal, reveal_texts, deed="reveal", look_up=look_up)}


def reveals_stream(of: str) -> str:
    """Where it stands to whom an event's texts were shown."""
    return f"reveals-{of}"


async def look_up(store: EventStore, _: Clock, asked: Reveal, context: Context) -> Shown:
    """What is asked for, if there are such texts.

    Raises:
        Rejected: there is no such event of the trust (`event_unknown`), or it has no such text (`text_unknown`).
    """
    found = await store.event(asked.event_id)
    if found is None or not found.is_of(context.trustuid):
        raise Rejected("event_unknown", "This service has no such event: check its id.", field="/event_id")
    sealed = codec.subjects(found.event(), found.envelope.stream)
    if not sealed.keys() >= set(asked.fields):
        raise Rejected("text_unknown", "The event has no sealed text in one of these fields.", field="/fields")
    return Shown(asked, frozenset(sealed[name] for name in asked.fields))
