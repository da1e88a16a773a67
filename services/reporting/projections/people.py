"""Who works where, as reports need it. No e-mail and no number of a person is here, and a name is a sealed token.

- person: one row an entry of the register; `merged_into` names the entry that stands for it, `stream` and `event_id`
  the place of the name, where it was last put right
- engagement: one row an engagement of an entry; `urn` is null at the trust itself
- engagement_term: one row a day from which an engagement has a role and a share of full time, or is paused or not,
  numbered in the entry's stream
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person, of_school, with_the
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementMoved,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
    PersonDetailsCorrected,
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
)
from shared.messaging import Delivered

person = Table(
    name="person",
    key={"person_id": "uuid"},
    columns={"trustuid": "text", "merged_into": "uuid", "name": "text", "stream": "text", "event_id": "uuid"},
    seen_by=of_person("person_id"),
)
engagement = Table(
    name="engagement",
    key={"person_id": "uuid", "engagement_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",
        "kind": "text",
        "started_on": "date",
        "ended_on": "date",  # its last day
        "moved": "boolean",  # to the entry that it belongs to now, where it is told again
        "event_id": "uuid",
    },
    seen_by=of_school("urn"),
)
engagement_term = Table(
    name="engagement_term",
    key={"person_id": "uuid", "engagement_id": "uuid", "streamversion": "bigint"},
    columns={
        "trustuid": "text",
        "from_on": "date",
        "role": "text",  # this and the next two are null where only `paused` changes
        "fte_hundredths": "integer",
        "acting": "boolean",
        "paused": "boolean",
        "event_id": "uuid",
    },
    seen_by=with_the("engagement", "engagement_id"),
)


def _registered(event: PersonRegistered, delivered: Delivered) -> Iterator[Patch]:
    place = {"stream": delivered.envelope.stream, "event_id": delivered.envelope.id}
    yield Patch("person", (event.person_id,), {"trustuid": event.trustuid, "name": event.name, **place})


def _corrected(event: PersonDetailsCorrected, delivered: Delivered) -> Iterator[Patch]:
    if event.name is not None:
        yield Patch("person", (event.person_id,), {"name": event.name, "event_id": delivered.envelope.id})


def _merged(event: PersonsMerged, _: Delivered) -> Iterator[Patch]:
    yield Patch("person", (event.person_id,), {"merged_into": event.into_person_id})


def _split(event: PersonsSplit, _: Delivered) -> Iterator[Patch]:
    yield Patch("person", (event.person_id,), {"merged_into": None})


def _started(event: EngagementStarted, delivered: Delivered) -> Iterator[Patch]:
    envelope = delivered.envelope
    told = same(event, "urn", "kind", "started_on")
    again = {"ended_on": None, "moved": False}
    changes = {"trustuid": envelope.trustuid, "event_id": envelope.id} | told | again
    yield Patch("engagement", (event.person_id, event.engagement_id), changes)
    works = same(event, "role", "fte_hundredths", "acting")
    yield _term(event, delivered, works | {"from_on": event.started_on, "paused": False})


def _changed(event: EngagementChanged, delivered: Delivered) -> Iterator[Patch]:
    works = same(event, "role", "fte_hundredths", "acting")
    yield _term(event, delivered, works | {"from_on": event.from_on})


def _paused(event: EngagementPaused | EngagementResumed, delivered: Delivered) -> Iterator[Patch]:
    yield _term(event, delivered, {"from_on": event.from_on, "paused": isinstance(event, EngagementPaused)})


def _ended(event: EngagementEnded, _: Delivered) -> Iterator[Patch]:
    yield Patch("engagement", (event.person_id, event.engagement_id), {"ended_on": event.ended_on})


def _moved(event: EngagementMoved, _: Delivered) -> Iterator[Patch]:
    yield Patch("engagement", (event.person_id, event.engagement_id), {"moved": True})


def _term(
    event: EngagementStarted | EngagementChanged | EngagementPaused | EngagementResumed,
    delivered: Delivered,
    changes: dict[str, object],
) -> Patch:
    envelope = delivered.envelope
    key = (event.person_id, event.engagement_id, envelope.version)
    return Patch("engagement_term", key, changes | {"event_id": envelope.id})


projection = Projection(
    name="people",
    tables=(person, engagement, engagement_term),
    on={
        PersonRegistered: _registered,
        PersonDetailsCorrected: _corrected,
        PersonsMerged: _merged,
        PersonsSplit: _split,
        EngagementStarted: _started,
        EngagementChanged: _changed,
        EngagementPaused: _paused,
        EngagementResumed: _paused,
        EngagementEnded: _ended,
        EngagementMoved: _moved,
    },
)
