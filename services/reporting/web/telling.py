"""Events in a person's words: as a line of a list, and what one says as a list of its own. Nothing here knows HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services.reporting.history import kinds
from services.reporting.history.about import kind_of
from services.reporting.history.events import Found, by_ids, cause_of, caused_by, corrections, is_voiding
from services.reporting.history.saying import Field, Value, ids_in, says
from services.reporting.read_models.reading import View
from services.reporting.web import words
from services.reporting.web.site import address
from services.reporting.wording import said

SEALED = "a text, kept sealed"
_in_a_line = 4


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and URNs are called.

    Attributes:
        schools: by trust and URN.
        events: the kinds of other events that are named.
        streams: those of the things that are named: an item, a post.
        texts: the personal texts of the event that may be read, by their fields.
    """

    schools: Mapping[tuple[str, str], str]
    events: Mapping[UUID, str] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An event in a list.

    Attributes:
        kind: what happened; its link leads to the event.
        about: the first of the schools and people that it names.
        says: the first things that it says.
        note: that it is void, or that another stands in its place.
        cause, effects: what caused it, and what it caused.
    """

    event: Found
    kind: Link
    about: tuple[Link, ...]
    says: str
    note: str
    cause: Link | None = None
    effects: tuple[Link, ...] = ()

    @property
    def happened_at(self) -> datetime:
        return self.event.envelope.happened_at

    @property
    def recorded_at(self) -> datetime:
        return self.event.envelope.time


@dataclass(frozen=True, slots=True)
class Shown:
    """A value: its text, where it leads, whether somebody wrote it, or it is sealed; of a part with fields, those."""

    text: str
    href: str | None = None
    written: bool = False
    sealed: bool = False
    parts: tuple[ShownField, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownField:
    name: str
    title: str
    meaning: str
    values: tuple[Shown, ...]


async def names_of(view: View) -> Names:
    """How schools are called. Needs the read model `register`."""
    rows = await view.conn.fetch("select trustuid, urn, name from school where name is not null")
    return Names({(row["trustuid"], row["urn"]): row["name"] for row in rows})


async def lines(view: View, events: Sequence[Found], names: Names) -> tuple[Line, ...]:
    """Events as lines, in the order given."""
    if not events:
        return ()
    put_right = await corrections(view.conn, [one.stream for one in events], view.then)
    causes = await by_ids(view.conn, [cause for one in events if (cause := cause_of(one))], view.then)
    effects: dict[UUID | None, list[Link]] = defaultdict(list)
    for effect in await caused_by(view.conn, [one.id for one in events], view.then):
        effects[cause_of(effect)].append(link(effect))
    return tuple(
        replace(
            line(one, names, put_right.get(one.id)),
            cause=link(causes[cause]) if (cause := cause_of(one)) and cause in causes else None,
            effects=tuple(effects[one.id]),
        )
        for one in events
    )


def line(event: Found, names: Names, correction: Found | None = None) -> Line:
    """An event as a line, without what caused it and what it caused.

    Args:
        correction: what says that it is void, or stands in its place.
    """
    note = "" if correction is None else "void" if is_voiding(correction) else "corrected since"
    about = tuple(_called(name, event.envelope.trustuid, names) for name in event.names[:_in_a_line])
    if more := event.names[_in_a_line:]:
        about = (*about, Link(f"and {len(more)} more"))
    return Line(event, link(event), about, _short(event), note)


def link(event: Found) -> Link:
    """An event's kind, leading to it."""
    return Link(kinds.kind(event.envelope.type), f"/events/{event.id}")


async def with_others(view: View, told: Iterable[Field], names: Names) -> Names:
    """With what the ids are called that some fields name: other events, and whatever else has a stream by its name."""
    ids = dict(ids_in(told))
    events = await by_ids(view.conn, list(ids), view.then)
    streams = [_stream(name, one) for one, name in ids.items()]
    found = await view.conn.fetch("select distinct stream from ledger where stream = any($1)", streams)
    return replace(
        names,
        events={one.id: kinds.kind(one.envelope.type) for one in events.values()},
        streams=frozenset(row["stream"] for row in found),
    )


def _stream(field_name: str, thing: UUID) -> str:
    return f"{field_name.removesuffix('_id').replace('_', '-')}-{thing}"


def shown(told: Iterable[Field], trustuid: str, names: Names) -> tuple[ShownField, ...]:
    """What an event says, as a person reads it."""
    return tuple(
        ShownField(
            one.name, one.title, one.meaning, tuple(_shown(value, one.name, trustuid, names) for value in one.values)
        )
        for one in told
    )


def _shown(value: Value, name: str, trustuid: str, names: Names) -> Shown:
    match value.sort:
        case "sealed":
            text = names.texts.get(name)
            return Shown(text, written=True) if text is not None else Shown(SEALED, sealed=True)
        case "person" | "school":
            called = _called(str(value.value), trustuid, names)
            return Shown(called.text, called.href)
        case _ if value.parts:
            return Shown("", parts=shown(value.parts, trustuid, names))
        case _ if isinstance(value.value, UUID) and value.value in names.events:
            return Shown(names.events[value.value], f"/events/{value.value}")
        case _ if isinstance(value.value, UUID) and (stream := _stream(name, value.value)) in names.streams:
            return Shown(str(value.value), address("/events", stream=stream))
        case _:
            return Shown(_said(value, name))


def _said(value: Value, name: str) -> str:
    """A plain value or a word, of the field of this name."""
    match value.value:
        case bool():
            return "yes" if value.value else "no"
        case int():
            return f"{value.value:,}"
        case datetime():
            return words.moment(value.value)
        case date():
            return words.day(value.value)
        case _:
            return said(value.value, name) if value.sort == "word" else str(value.value)


def _short(event: Found) -> str:
    """The first few things that it says, without ids, schools and people."""
    told = [one for one in says(event.event) if not one.name.endswith(("_id", "_ids", "trustuid"))]
    plain = [one for one in told if all(_is_short(value) for value in one.values)]
    return ", ".join(
        f"{one.title}: {' and '.join(_said(v, one.name) for v in one.values)}" for one in plain[:_in_a_line]
    )


def _is_short(value: Value) -> bool:
    return value.sort in ("plain", "word") and not value.parts and not isinstance(value.value, UUID)


def _called(name: str, trustuid: str, names: Names) -> Link:
    if kind_of(name) == "school":
        return Link(names.schools.get((trustuid, name), name), f"/schools/{name}/history")
    return Link(f"person {name[:8]}", f"/people/{name}/history")
