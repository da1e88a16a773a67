"""What happens in talent: the register of trusts, schools, people. Add fields, never rename or remove one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.contracts.vocabulary import (
    AcademicYear,
    Code,
    Contract,
    Count,
    Day,
    Id,
    Name,
    Personal,
    Reference,
    Text,
    Trn,
    TrustRef,
    TrustUid,
    Ukprn,
    Urn,
    event,
)

Phase = Literal["nursery", "primary", "middle", "secondary", "all_through", "sixteen_plus", "special", "other"]
EngagementKind = Literal[
    "permanent", "fixed_term", "supply", "trainee", "contractor", "governor", "trustee", "volunteer"
]
CompaniesHouseNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{8}$")]
HalfTermName = Literal["A1", "A2", "S1", "S2", "U1", "U2"]


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

    person_id: Id
    trustuid: TrustUid
    source: Code
    staff_ref: Reference
    name: Annotated[Name, Personal(subject="person_id")]
    email: Annotated[Name, Personal(subject="person_id")] | None = None
    trn: Annotated[Trn, Personal(subject="person_id")] | None = None


@event
class EngagementStarted:
    """A person started to work or serve at a school, or with no `urn` for the trust. `fte` in hundredths."""

    person_id: Id
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

    person_id: Id
    engagement_id: Id
    ended_on: Day
    reason: Code | None = None


@event
class LineManagerAssigned:
    """From a day on a person has this line manager, until the next assignment."""

    person_id: Id
    manager_id: Id
    from_on: Day


@event
class RoleCountDeclared:
    """How many system leaders of a scheme an area says it has.

    No count means not known, and says why: it is not zero.
    """

    trustuid: TrustUid
    area: Name
    scheme: Name
    role: Name
    count: Count | None = None
    not_known_reason: Text | None = None
    schools_sponsored: Count | None = None
    as_at: Day


contract = Contract(
    "talent",
    v1=[
        TermDatesSet,
        TrustRegistered,
        SchoolJoinedTrust,
        SchoolLeftTrust,
        SchoolUrnSucceeded,
        PersonRegistered,
        EngagementStarted,
        EngagementEnded,
        LineManagerAssigned,
        RoleCountDeclared,
    ],
)
