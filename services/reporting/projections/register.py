"""The register as reports need it: trusts, schools and when they were members, successor URNs, term dates.

- trust: one row a trust
- school: one row a trust and URN: what it is called and which URN it goes on under
- membership: one row a joining or a leaving, numbered in the school's stream; a report makes spells of them
- term: one row a half-term of an academic year, for a trust (`urn` is '') or one of its schools
- closures: one row an academic year: the closure days, as ISO dates with commas between them
- trajectory: one row a school: the latest judgement of where its performance is heading
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, shared, shared_where
from shared.contracts.talent.register import (
    HalfTermName,
    SchoolJoinedTrust,
    SchoolLeftTrust,
    SchoolTrajectoryAssessed,
    SchoolUrnSucceeded,
    TermDatesSet,
    TrustRegistered,
)
from shared.messaging import Delivered

trust = Table(
    name="trust",
    key={"trustuid": "text"},
    columns={"trust_ref": "text", "name": "text"},
    seen_by=shared,
)
school = Table(
    name="school",
    key={"trustuid": "text", "urn": "text"},
    columns={
        "name": "text",
        "phase": "text",
        "la": "text",
        "ukprn": "text",
        "easting": "integer",
        "northing": "integer",
        "successor_urn": "text",
        "succeeded_on": "date",
    },
    seen_by=of_school("urn"),
)
membership = Table(
    name="membership",
    key={"trustuid": "text", "urn": "text", "streamversion": "bigint"},
    columns={"joined_on": "date", "left_on": "date"},
    seen_by=of_school("urn"),
)
term = Table(
    name="term",
    key={"trustuid": "text", "urn": "text", "academic_year": "text", "half_term": "text"},
    columns={"starts_on": "date", "ends_on": "date"},
    seen_by=shared_where("urn = ''") | of_school("urn"),
)
closures = Table(
    name="closures",
    key={"trustuid": "text", "urn": "text", "academic_year": "text"},
    columns={"days": "text"},
    seen_by=shared_where("urn = ''") | of_school("urn"),
)
trajectory = Table(
    name="trajectory",
    key={"trustuid": "text", "urn": "text"},
    columns={"trajectory": "text", "assessed_on": "date", "happened_at": "timestamptz", "logindex": "bigint"},
    seen_by=of_school("urn"),
)


def _registered(event: TrustRegistered, _: Delivered) -> Iterator[Patch]:
    yield Patch("trust", (event.trustuid,), {"trust_ref": event.trust_ref, "name": event.name})


def _joined(event: SchoolJoinedTrust, delivered: Delivered) -> Iterator[Patch]:
    described = ("name", "phase", "la", "ukprn", "easting", "northing")
    changes = same(event, *described)
    yield Patch("school", (event.trustuid, event.urn), changes)
    key = (event.trustuid, event.urn, delivered.envelope.version)
    yield Patch("membership", key, {"joined_on": event.joined_on})


def _left(event: SchoolLeftTrust, delivered: Delivered) -> Iterator[Patch]:
    key = (event.trustuid, event.urn, delivered.envelope.version)
    yield Patch("membership", key, {"left_on": event.left_on})


def _succeeded(event: SchoolUrnSucceeded, _: Delivered) -> Iterator[Patch]:
    changes = {"successor_urn": event.to_urn, "succeeded_on": event.on}
    yield Patch("school", (event.trustuid, event.from_urn), changes)


def _terms(event: TermDatesSet, _: Delivered) -> Iterator[Patch]:
    year = (event.trustuid, event.urn or "", event.academic_year)
    given = {half_term.name: half_term for half_term in event.half_terms}
    for name in get_args(HalfTermName):  # one that the new dates leave out loses its days
        days = given.get(name)
        changes = {
            "starts_on": days.starts_on if days else None,
            "ends_on": days.ends_on if days else None,
        }
        yield Patch("term", (*year, name), changes)
    yield Patch("closures", year, {"days": ",".join(day.isoformat() for day in event.closures)})


def _assessed(event: SchoolTrajectoryAssessed, delivered: Delivered) -> Iterator[Patch]:
    judged = {"trajectory": event.trajectory, "assessed_on": event.assessed_on}
    told = {"happened_at": delivered.envelope.happened_at, "logindex": delivered.logindex}
    yield Patch("trajectory", (event.trustuid, event.urn), judged | told)


projection = Projection(
    name="register",
    tables=(trust, school, membership, term, closures, trajectory),
    on={
        TrustRegistered: _registered,
        SchoolJoinedTrust: _joined,
        SchoolLeftTrust: _left,
        SchoolUrnSucceeded: _succeeded,
        TermDatesSet: _terms,
        SchoolTrajectoryAssessed: _assessed,
    },
)
