"""Leaders and careers as reports need them. What is personal about them is not here.

- leader: one row a record; it counts while it is not `ended`, and somebody else began it or endorsed it since
- readiness: one row an assessment of what a leader is ready for
- career_stage: one row a look at the stage of somebody's career, numbered in the stream of it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_person
from shared.contracts.talent.careers import CareerStageAssessed
from shared.contracts.talent.leaders import (
    LeaderEndorsed,
    LeaderIdentified,
    LeaderInformed,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    ReadinessAssessed,
)
from shared.messaging import Delivered

leader = Table(
    name="leader",
    key={"leader_id": "uuid"},
    columns={
        "trustuid": "text",
        "by_self": "boolean",  # its own subject began it: then it needs an endorsement
        "endorsed": "boolean",
        "informed": "boolean",
        "ended": "boolean",
        "event_id": "uuid",
    },
    seen_by=of_person("leader_id"),
)
readiness = Table(
    name="readiness",
    key={"assessment_id": "uuid"},
    columns={
        "trustuid": "text",
        "leader_id": "uuid",
        "post_type": "text",
        "readiness": "text",
        "provisional": "boolean",
        "valid_until": "date",  # its last day
        "happened_at": "timestamptz",
        "logindex": "bigint",
        "event_id": "uuid",
    },
    seen_by=of_person("leader_id"),
)
career_stage = Table(
    name="career_stage",
    key={"person_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "stage": "text", "assessed_on": "date", "logindex": "bigint", "event_id": "uuid"},
    seen_by=of_person("person_id"),
)


def _identified(event: LeaderIdentified, delivered: Delivered) -> Iterator[Patch]:
    by_self = event.source == "self" or event.identified_by == event.person_id
    begun = {"by_self": by_self, "endorsed": False, "informed": by_self or event.informed_on is not None}
    yield _record(event.leader_id, delivered, begun | {"ended": False})


def _reopened(event: LeaderRecordReopened, delivered: Delivered) -> Iterator[Patch]:
    by_self = event.reopened_by == event.leader_id
    told = {"informed": True} if by_self else {}
    yield _record(event.leader_id, delivered, {"by_self": by_self, "endorsed": False, "ended": False} | told)


def _record(leader_id: UUID, delivered: Delivered, changes: Mapping[str, bool]) -> Patch:
    envelope = delivered.envelope
    return Patch("leader", (leader_id,), {**changes, "trustuid": envelope.trustuid, "event_id": envelope.id})


def _endorsed(event: LeaderEndorsed, _: Delivered) -> Iterator[Patch]:
    yield Patch("leader", (event.leader_id,), {"endorsed": True})


def _informed(event: LeaderInformed, _: Delivered) -> Iterator[Patch]:
    yield Patch("leader", (event.leader_id,), {"informed": True})


def _declined(event: LeaderNominationDeclined, _: Delivered) -> Iterator[Patch]:
    knows = {"informed": True} if event.declined_by == "person" else {}
    yield Patch("leader", (event.leader_id,), {"ended": True} | knows)


def _closed(event: LeaderRecordClosed, _: Delivered) -> Iterator[Patch]:
    yield Patch("leader", (event.leader_id,), {"ended": True})


def _assessed(event: ReadinessAssessed, delivered: Delivered) -> Iterator[Patch]:
    envelope = delivered.envelope
    told = same(event, "leader_id", "post_type", "readiness", "provisional")
    source = {
        "trustuid": envelope.trustuid,
        "happened_at": envelope.happened_at,
        "logindex": delivered.logindex,
        "event_id": envelope.id,
    }
    yield Patch("readiness", (event.assessment_id,), told | {"valid_until": event.valid_until} | source)


def _stage(event: CareerStageAssessed, delivered: Delivered) -> Iterator[Patch]:
    envelope = delivered.envelope
    changes = {
        "trustuid": envelope.trustuid,
        "stage": event.stage,
        "assessed_on": event.assessed_on,
        "logindex": delivered.logindex,
        "event_id": envelope.id,
    }
    yield Patch("career_stage", (event.person_id, envelope.version), changes)


projection = Projection(
    name="leaders",
    tables=(leader, readiness, career_stage),
    on={
        LeaderIdentified: _identified,
        LeaderRecordReopened: _reopened,
        LeaderEndorsed: _endorsed,
        LeaderInformed: _informed,
        LeaderNominationDeclined: _declined,
        LeaderRecordClosed: _closed,
        ReadinessAssessed: _assessed,
        CareerStageAssessed: _stage,
    },
)
