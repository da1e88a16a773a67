"""What an event's page says: the event, what it came from and what came of it, and what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.reporting.history import kinds
from services.reporting.history.browsing import Wanted, browse
from services.reporting.history.causes import causes_and_effects
from services.reporting.history.events import Found, corrections, in_stream
from services.reporting.history.saying import says
from services.reporting.read_models.reading import View
from services.reporting.seeing.rights import can
from services.reporting.seeing.texts import Sealed, Texts
from services.reporting.signing_in.sessions import Person
from services.reporting.web.pictures.causes import Causes, causes
from services.reporting.web.site import address
from services.reporting.web.telling import (
    Line,
    ShownField,
    line,
    lines,
    names_of,
    shown,
    with_others,
)
from shared.contracts import codec
from shared.intake.revealing import reveals_stream

needs: tuple[str, ...] = ("register",)

AROUND = 25
"""So many events before and after it are listed of its stream, and so many of its request in all."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """An event.

    Attributes:
        meaning: what it says that such a thing happened.
        correction: the event that says that this one is void, or that stands in its place.
        causes: a picture of what led to it and what followed; None where it stands alone. `chain`: the same as lines.
        stream: of its stream those around it, this one among them; `previous` and `following` are next to it.
        together: what else was set off by the same request.
        reveals: to whom its sealed texts were shown.
        revealing: whether who looks may have them shown, for a reason.
        before, after: the first page as the trust knew itself just before and just after this was recorded.
    """

    line: Line
    meaning: str
    fields: tuple[ShownField, ...]
    correction: Line | None
    causes: Causes | None
    chain: tuple[Line, ...]
    stream: tuple[Line, ...]
    together: tuple[Line, ...]
    reveals: tuple[Line, ...]
    revealing: bool
    before: str | None
    after: str

    @property
    def event(self) -> Found:
        return self.line.event

    @property
    def previous(self) -> Line | None:
        return self._at(self.event.version - 1)

    @property
    def following(self) -> Line | None:
        return self._at(self.event.version + 1)

    def _at(self, version: int) -> Line | None:
        return next((one for one in self.stream if one.event.version == version), None)


async def event_page(view: View, event: Found, texts: Texts | None, person: Person | None) -> EventPage:
    """An event's page. Needs the read model `register`."""
    conn, then, envelope = view.conn, view.then, event.envelope
    told = says(event.event)
    names = await with_others(view, told, await names_of(view))
    stream = await in_stream(conn, event.service, event.stream, then)
    put_right = await corrections(conn, [event.stream], then)
    correction = put_right.get(event.id)
    nodes = await causes_and_effects(conn, event, then)
    [own] = await lines(view, [event], names)
    service, logindex = event.service, event.delivered.logindex
    return EventPage(
        line=own,
        meaning=kinds.meaning(type(event.event)),
        fields=shown(told, envelope.trustuid, replace(names, texts=await _opened(event, texts, person))),
        correction=line(correction, names) if correction else None,
        causes=causes(event, nodes) if len(nodes) > 1 else None,
        chain=await lines(view, [node.event for node in nodes], names) if len(nodes) > 1 else (),
        stream=tuple(line(one, names, put_right.get(one.id)) for one in _around(stream, event.version)),
        together=await lines(view, await _together(view, event), names),
        reveals=await lines(view, await in_stream(conn, service, reveals_stream(str(event.id)), then), names),
        revealing=view.as_of is None and may_reveal(event, person),
        before=address("/", as_of=f"event:{service}:{logindex - 1}") if logindex else None,
        after=address("/", as_of=f"event:{service}:{logindex}"),
    )


def _around(stream: Sequence[Found], version: int) -> Sequence[Found]:
    return [one for one in stream if abs(one.version - version) <= AROUND]


async def _together(view: View, event: Found) -> Sequence[Found]:
    wanted = Wanted(correlation=event.envelope.correlation_id, trustuid=event.envelope.trustuid)
    found = await browse(view.conn, wanted, before=None, most=AROUND + 1, then=view.then)
    return [one for one in found.events if one.id != event.id][:AROUND]


def may_reveal(event: Found, person: Person | None) -> bool:
    """Whether somebody may be shown its texts for a reason. Who reads texts anyway is not asked for any."""
    trustuid, urn = event.envelope.trustuid, event.envelope.urn
    reads = can(person, "read_texts", trustuid=trustuid, urn=urn)
    return not reads and can(person, "reveal", trustuid=trustuid, urn=urn)


def sealed_in(event: Found) -> dict[str, Sealed]:
    """Its sealed texts, by their fields."""
    said, envelope = event.event, event.envelope
    return {
        name: Sealed(
            token,
            event.stream,
            event.id,
            name,
            envelope.trustuid,
            envelope.urn,
            getattr(said, personal.subject) if personal.subject else None,
        )
        for name, personal in codec.personal_fields(type(said)).items()
        if (token := getattr(said, name)) is not None
    }


async def _opened(event: Found, texts: Texts | None, person: Person | None) -> dict[str, str]:
    """The texts that this person may read, and what was erased says so.

    What is sealed for somebody as its subject stays so on these pages.
    """
    if texts is None:
        return {}
    sealed = sealed_in(event)
    erased = await texts.erased(sealed.values())
    opened = await texts.open(person, [one for one in sealed.values() if one.person_id is None and one not in erased])
    told = {**opened, **erased}
    return {name: told[one] for name, one in sealed.items() if one in told}
