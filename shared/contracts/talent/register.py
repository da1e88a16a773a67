"""The register: trusts and their schools, term dates, people, and where they work."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import StringConstraints

from shared.contracts.vocabulary import (
    AcademicYear,
    Code,
    Count,
    Day,
    Id,
    Instant,
    Name,
    Personal,
    PersonId,
    Reference,
    Text,
    Trn,
    TrustRef,
    TrustUid,
    Ukprn,
    Urn,
    event,
)

HEADS: frozenset[Code] = frozenset(
    {"headteacher", "executive_headteacher", "head_of_school", "principal", "executive_principal"}
)
CHAIRS: frozenset[Code] = frozenset({"chair_of_governors", "chair_of_trustees", "co_chair_of_governors"})
"""A role is a code of the trust's own; these are the words that schools use for who leads one, and who governs it."""

Phase = Literal["nursery", "primary", "middle", "secondary", "all_through", "sixteen_plus", "special", "other"]
EngagementKind = Literal[
    "permanent", "fixed_term", "supply", "trainee", "contractor", "governor", "trustee", "volunteer"
]
CompaniesHouseNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{8}$")]
Trajectory = Literal["improving", "steady", "declining"]
Removable = Literal["email", "trn"]
HalfTermName = Literal["A1", "A2", "S1", "S2", "U1", "U2"]


def staff_stream(trustuid: str, source: str, staff_ref: str) -> str:
    """The stream of one staff reference: whoever refers to a person by it waits for this stream."""
    return f"staff-{uuid5(NAMESPACE_URL, f'uk.mat/staff/{trustuid}/{source}/{staff_ref}')}"


@event
class HalfTerm:
    """One half-term: first and last school day, both inside it."""

    name: HalfTermName
    starts_on: Day
    ends_on: Day


@event
class TermDatesSet:
    """The school year's half-terms and closure days, for a trust or, with `urn`, for one of its schools."""

    trustuid: TrustUid
    urn: Urn | None = None
    academic_year: AcademicYear
    half_terms: tuple[HalfTerm, ...]
    closures: tuple[Day, ...] = ()


@event
class TrustRegistered:
    """A trust entered the register."""

    trustuid: TrustUid
    trust_ref: TrustRef
    name: Name
    companies_house_number: CompaniesHouseNumber | None = None


@event
class SchoolJoinedTrust:
    """A school joined a trust. `la` is the local authority's name; easting and northing are in metres."""

    trustuid: TrustUid
    urn: Urn
    name: Name
    phase: Phase
    la: Name | None = None
    ukprn: Ukprn | None = None
    joined_on: Day
    easting: int | None = None
    northing: int | None = None


@event
class SchoolLeftTrust:
    """A school stopped being a member of a trust. `left_on` is its first day outside."""

    trustuid: TrustUid
    urn: Urn
    left_on: Day
    reason: Name | None = None


@event
class SchoolUrnSucceeded:
    """A school goes on under a new URN (conversion, merger): its history follows the link.

    Stands in the old URN's stream.
    """

    trustuid: TrustUid
    from_urn: Urn
    to_urn: Urn
    on: Day


@event
class PersonRegistered:
    """A person entered the register. `source` and `staff_ref` say how a school's own system knows them."""

    person_id: PersonId
    trustuid: TrustUid
    source: Code
    staff_ref: Reference
    name: Annotated[Name, Personal(subject="person_id")]
    email: Annotated[Name, Personal(subject="person_id")] | None = None
    trn: Annotated[Trn, Personal(subject="person_id")] | None = None


@event
class PersonDetailsCorrected:
    """What the register says of who somebody is was wrong or has changed: these details stand from now on.

    What is not given stays as it was; `removed` is known no more. What was recorded before stays in history.
    """

    person_id: PersonId
    correction_id: Id
    name: Annotated[Name, Personal(subject="person_id")] | None = None
    email: Annotated[Name, Personal(subject="person_id")] | None = None
    trn: Annotated[Trn, Personal(subject="person_id")] | None = None
    removed: tuple[Removable, ...] = ()


@event
class EngagementStarted:
    """A person started to work or serve at a school, or with no `urn` for the trust. `fte` in hundredths."""

    person_id: PersonId
    engagement_id: Id
    urn: Urn | None = None
    kind: EngagementKind
    role: Code
    fte_hundredths: Count
    acting: bool = False
    started_on: Day


@event
class EngagementEnded:
    """An engagement ended; `ended_on` is its last day."""

    person_id: PersonId
    engagement_id: Id
    ended_on: Day
    reason: Code | None = None


@event
class LineManagerAssigned:
    """From a day on a person has this line manager, until the next assignment."""

    person_id: PersonId
    manager_id: PersonId
    from_on: Day


@event
class StaffReferenceAssigned:
    """A system's staff number stands for this person: the one of their registration, or another system's.

    Its own stream makes sure that one reference never means two people. Where the person's entry is merged into
    another, the reference leads there with it; a split leads it back.
    """

    person_id: PersonId
    trustuid: TrustUid
    source: Code
    staff_ref: Reference


@event
class EngagementChanged:
    """From a day on an engagement has another role or share of full time, or is acting or no longer so."""

    person_id: PersonId
    engagement_id: Id
    urn: Urn | None = None
    role: Code
    fte_hundredths: Count
    acting: bool = False
    from_on: Day


@event
class EngagementPaused:
    """An engagement pauses from this day on. It says no reason, and never will; it leaves the denominators."""

    person_id: PersonId
    engagement_id: Id
    urn: Urn | None = None
    from_on: Day


@event
class EngagementResumed:
    """A paused engagement goes on from this day."""

    person_id: PersonId
    engagement_id: Id
    urn: Urn | None = None
    from_on: Day


@event
class PersonsMerged:
    """Two entries were one person: the survivor's stands, and this one's references and history lead to it.

    Stands in the stream of the entry that was merged away. The engagements named are told again in the survivor's.
    """

    person_id: PersonId
    into_person_id: PersonId
    engagement_ids: tuple[Id, ...] = ()
    reason: Code


@event
class PersonsSplit:
    """A merger was a mistake: this entry stands for itself again."""

    person_id: PersonId
    from_person_id: PersonId
    reason: Code


@event
class EngagementMoved:
    """An engagement is another entry's: it came with a merger and goes back with the split.

    Stands in the stream of the entry that it leaves.
    """

    person_id: PersonId
    engagement_id: Id
    to_person_id: PersonId


@event
class SchoolTrajectoryAssessed:
    """Where a school's performance is heading, as somebody judged it on a day, and on what basis."""

    trustuid: TrustUid
    urn: Urn
    trajectory: Trajectory
    basis: Text
    assessed_by: PersonId
    assessed_on: Day


@event
class TrustInductionPlanned:
    """Everybody who is new to the trust comes together, at a time and a place."""

    induction_id: Id
    trustuid: TrustUid
    title: Name
    starts_at: Instant
    ends_at: Instant
    where: Name
    places: Count | None = None


events = (
    TermDatesSet,
    TrustRegistered,
    SchoolJoinedTrust,
    SchoolLeftTrust,
    SchoolUrnSucceeded,
    SchoolTrajectoryAssessed,
    PersonRegistered,
    PersonDetailsCorrected,
    StaffReferenceAssigned,
    PersonsMerged,
    PersonsSplit,
    EngagementStarted,
    EngagementChanged,
    EngagementPaused,
    EngagementResumed,
    EngagementEnded,
    EngagementMoved,
    LineManagerAssigned,
    TrustInductionPlanned,
)
