"""What happened to a person, a post, a review, a school? One row an event, in the order in which they happened.

`about` asks for one of them: a person by their id, a school by its URN, a post, a review or whatever else has a stream
by the name of that. An event is about the people and schools that it names; where its kind has no field for a person,
or none for a school, about those of the first event of its stream. That sealed texts were shown to somebody is about
whomever the event is about whose texts they are. What was voided stays, and says so.

- service, logindex: the event's name for ever: whose log, and where in it
- event_id, kind: its id, and what happened in words
- happened_at, recorded_at: when it happened; when it was recorded, which may be much later
- says: its fields as they were recorded; "sealed" stands for a personal text
- about: ids of people, followed by those of the entries of the register that stand for them; URNs; the stream's name
- urn, school: the school that it was recorded for, and its name where the register knows it
- stream, version: the stream that it stands in, and its place there
- actor: who asked for it, by a pseudonymous id, or the reaction that did
- cause_id: the event that caused it; null where somebody asked for it
- effect_ids: the events that it caused, in the order of their recording
- voided_by_id, corrected_by_id: the event that says that this one is void, or that stands in its place; null without
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting.history.about import Kind, kind_of, unnamed
from services.reporting.history.events import Found, caused_by, corrections, is_voiding, names
from services.reporting.history.kinds import kind
from services.reporting.history.saying import masked
from services.reporting.known import Known
from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns
from shared.contracts.bookkeeping import PersonalDataRevealed
from shared.problems import Problem

title = "Everything about one"
about = "Every event about one person, post, review or school, in order, with its cause and its effects."
area: Area = "history"
key: tuple[str, ...] = ("event_id",)
needs: tuple[str, ...] = ("register", "people")
wants: tuple[str, ...] = ("about", "then")

most = 20_000
"""So many events are told at once."""

Merged = Mapping[str, str]
"""Entries of the register, each with the one that it was merged into."""


async def rows(
    conn: Connection,
    *,
    at: datetime,  # noqa: ARG001  every report takes it: an event is judged by nobody
    school: str | None,
    about: str | None = None,
    then: Known | None = None,
) -> list[dict[str, Any]]:
    """All there is, unless somebody asks for less.

    Raises:
        Problem: there are too many events (`history_too_long`).
    """
    merged = {str(row["person_id"]): str(row["merged_into"]) for row in await conn.fetch(_merged)}
    schools = await urns(conn, school)
    told = await _told(conn, _subject(about, schools, merged), then)
    others = await _others(conn, [one.event for one in told], then)
    of = {one.event.id: one for one in told}
    rows = [_row(one, others, _about(_seen(one, of), merged)) for one in told]
    return [row for row in rows if schools is None or not set(schools).isdisjoint(row["about"])]


async def same_person(conn: Connection, person_id: str) -> str:
    """The entry of the register that stands for a person."""
    merged = {str(row["person_id"]): str(row["merged_into"]) for row in await conn.fetch(_merged)}
    return list(_standing(person_id, merged))[-1]


_merged = "select person_id, merged_into from person where merged_into is not null order by person_id"


class _Told(NamedTuple):
    """An event, and the people and schools of its stream's first."""

    event: Found
    first: tuple[str, ...]


class _Others(NamedTuple):
    """What else there is to say of some events: their effects, what puts them right, and how schools are called."""

    effects: Mapping[str, Sequence[str]]
    corrections: Mapping[UUID, Found]
    schools: Mapping[tuple[str, str | None], str]


class _Subject(NamedTuple):
    """Whose events are wanted: those of a person or of schools, by these names, or of a stream; else all there are."""

    kind: Kind | None = None
    names: list[str] | None = None
    stream: str | None = None


def _subject(about: str | None, schools: Sequence[str] | None, merged: Merged) -> _Subject:
    if about is None:
        return _Subject("school", list(schools)) if schools else _Subject()
    if about.isdigit():
        return _Subject("school", [about])
    if _is_id(about):
        return _Subject("person", [about, *(entry for entry in merged if about in _standing(entry, merged))])
    return _Subject(stream=about)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


async def _told(conn: Connection, subject: _Subject, then: Known | None) -> list[_Told]:
    types = list(unnamed(subject.kind)) if subject.kind else []
    indexes = (list(then.indexes), list(then.indexes.values())) if then else (None, None)
    found = await fetch(conn, "history", subject.names, types, subject.stream, *indexes, most + 1)
    if len(found) > most:
        raise Problem(
            400,
            "history_too_long",
            f"These are more than {most:,} events. Ask for one school (`school`), or for one person, post, review or"
            " whatever else it is about (`about`).",
        )
    return [_Told(Found.of(row), names(row["first_about"], row["first_urn"])) for row in found]


async def _others(conn: Connection, events: Sequence[Found], then: Known | None) -> _Others:
    effects: dict[str, list[str]] = defaultdict(list)
    for effect in await caused_by(conn, [one.id for one in events], then):
        effects[str(effect.envelope.causation_id)].append(str(effect.id))
    put_right = await corrections(conn, [one.stream for one in events], then)
    schools = await conn.fetch("select trustuid, urn, name from school where name is not null")
    return _Others(effects, put_right, {(row["trustuid"], row["urn"]): row["name"] for row in schools})


def _row(told: _Told, others: _Others, about: Iterable[str]) -> dict[str, Any]:
    event, envelope = told.event, told.event.envelope
    correction = others.corrections.get(event.id)
    void = correction is not None and is_voiding(correction)
    return {
        "service": event.service,
        "logindex": event.delivered.logindex,
        "event_id": str(event.id),
        "kind": kind(envelope.type),
        "happened_at": envelope.happened_at,
        "recorded_at": envelope.time,
        "says": masked(event.event),
        "about": [*sorted(about), event.stream],
        "urn": envelope.urn,
        "school": others.schools.get((envelope.trustuid, envelope.urn)),
        "stream": event.stream,
        "version": event.version,
        "actor": envelope.actor,
        "cause_id": envelope.causation_id,
        "effect_ids": others.effects.get(str(event.id), []),
        "voided_by_id": str(correction.id) if correction and void else None,
        "corrected_by_id": str(correction.id) if correction and not void else None,
    }


def _seen(told: _Told, of: Mapping[UUID, _Told]) -> _Told:
    """The event whose texts were shown, where it says that they were."""
    said = told.event.event
    return _seen(of[said.of], of) if isinstance(said, PersonalDataRevealed) and said.of in of else told


def _about(told: _Told, merged: Merged) -> set[str]:
    """Its people and schools, and where its type has no field for any, those of the stream's first event."""
    type_name = told.event.envelope.type
    inherited = [name for name in told.first if type_name in unnamed(kind_of(name))]
    return {name for one in (*told.event.names, *inherited) for name in _standing(one, merged)}


def _standing(entry: str, merged: Merged) -> Iterable[str]:
    """An entry, and those that stand for it one after the other."""
    found = [entry]
    while (entry := merged.get(entry, "")) and entry not in found:
        found.append(entry)
    return found
