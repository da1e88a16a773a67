"""What is held about a person, as reporting's ledger has it of every service, with the texts that are theirs opened.

An event is about those whom the history's pages say it is about, under all entries of the register that are this
person. What auditors were shown of these events belongs to it as well; why they were is about whose text it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag

from deploy.databases import connected, pool, vault_of
from deploy.errors import Unmet
from services.reporting.composition import all_projections
from services.reporting.history.about import kind_of
from services.reporting.history.events import Found, by_ids
from services.reporting.read_models.reading import Reading, View
from services.reporting.reports import history
from services.reporting.seeing.scope import Scope, seen_by
from shared.clock import SystemClock
from shared.contracts import codec
from shared.contracts.bookkeeping import PersonalDataRevealed
from shared.problems import Problem
from shared.vault import Keys

Shut = Literal["erased", "key_lost", "unreadable"]
"""Why a text does not open: its key was destroyed, is not in the vault, or is not what this was sealed with."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event about the person.

    Attributes:
        people: the ids of all whom it is about.
        is_void: whether another event says that it does not count.
        texts: its personal texts, by their fields; `shut`: why each of the others does not open.
    """

    found: Found
    people: frozenset[str]
    is_void: bool
    texts: Mapping[str, str] = field(default_factory=dict)
    shut: Mapping[str, Shut] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held.

    Attributes:
        entries: the ids of the register's entries that are this person.
        others: the ids of everybody else.
        schools: their names, by URN.
        position: up to which event of each service's log.
    """

    trustuid: str
    entries: frozenset[str]
    others: frozenset[str]
    schools: Mapping[str, str]
    position: Mapping[str, int]
    at: datetime
    events: Sequence[Event]


async def trust_of(person_id: UUID) -> str:
    """The UID of the trust that has a person in its register.

    Raises:
        Unmet: nobody is known here under this id.
    """
    async with connected("reporting") as connection:
        found: str | None = await connection.fetchval(
            "select trustuid from ledger where stream = $1 and service = 'talent' limit 1", f"person-{person_id}"
        )
    if found is None:
        raise Unmet("Nobody is known here under this id.", "Ids are shown on the person's page, and by `baton events`.")
    return found


async def held(person_id: UUID, trustuid: str) -> Held:
    """What is held about a person at this moment.

    Raises:
        Unmet: reporting's tables are not there yet, or it is more than can be told at once.
    """
    async with pool("reporting") as connections, vault_of("reporting") as vault:
        reading = Reading(connections, SystemClock(), {one.name: one for one in all_projections})
        with seen_by(Scope(trustuid)):
            try:
                async with reading(("register", "people")) as view:
                    found = await _found(view, person_id)
            except Problem as problem:
                raise Unmet(problem.detail) from None
        keys = await vault.existing_keys({key for one in found.events for key in _subjects(one.found).values()})
    return replace(found, events=[opened(one, keys) for one in found.events])


def opened(event: Event, keys: Keys) -> Event:
    """An event with its personal texts, as far as the keys are there."""
    found, texts, shut = event.found, dict[str, str](), dict[str, Shut]()
    for name, subject in _subjects(found).items():
        key, token = keys.by_subject.get(subject), getattr(found.event, name)
        if subject in keys.erased:
            shut[name] = "erased"
        elif key is None or not key.sealed(token):
            shut[name] = "key_lost"
        else:
            try:
                texts[name] = key.open(token, codec.place(found.stream, str(found.id), name))
            except (InvalidTag, ValueError):
                shut[name] = "unreadable"
    return replace(event, texts=texts, shut=shut)


async def _found(view: View, person_id: UUID) -> Held:
    """The same with the texts still sealed."""
    same = await history.same_person(view.conn, str(person_id))
    entries = frozenset(await _entries(view.conn, same))
    rows = await history.rows(view.conn, at=view.at, school=None, about=same)
    found = await by_ids(view.conn, [UUID(row["event_id"]) for row in rows])
    people = {UUID(row["event_id"]): _people(row["about"][:-1]) for row in rows}
    voided = {UUID(row["event_id"]) for row in rows if row["voided_by_id"] is not None}
    events = [Event(found[id_], _whose(found[id_], found) or people[id_], id_ in voided) for id_ in people]
    everybody = {str(row["person_id"]) for row in await view.conn.fetch("select person_id from person")}
    everybody |= {one for event in events for one in event.people}
    schools = await view.conn.fetch("select urn, name from school where name is not null")
    return Held(
        trustuid=view.scope.trustuid or "",
        entries=entries,
        others=frozenset(everybody - entries),
        schools={row["urn"]: row["name"] for row in schools},
        position=view.position,
        at=view.at,
        events=events,
    )


async def _entries(conn: Any, same: str) -> list[str]:
    """The entry that stands for a person, and those that were merged into it."""
    rows = await conn.fetch(
        """with recursive same as (
               select $1::uuid as person_id
               union
               select p.person_id from person p join same s on p.merged_into = s.person_id
           ) select person_id from same""",
        same,
    )
    return [str(row["person_id"]) for row in rows]


def _people(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for name in names if kind_of(name) == "person")


def _whose(one: Found, found: Mapping[UUID, Found]) -> frozenset[str]:
    """Of a record that texts were shown: whose these are, where they are somebody's alone."""
    said = one.event
    if not isinstance(said, PersonalDataRevealed) or said.of not in found:
        return frozenset()
    shown = found[said.of]
    marks = codec.personal_fields(type(shown.event))
    subjects = {subject for name in said.fields if (subject := marks[name].subject)}
    return frozenset(str(getattr(shown.event, subject)) for subject in subjects) or _whose(shown, found)


def _subjects(found: Found) -> dict[str, str]:
    return codec.subjects(found.event, found.stream)
