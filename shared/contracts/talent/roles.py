"""System leadership roles: who is designated, which schools are National Support Schools, what areas declare."""

from __future__ import annotations

from shared.contracts.vocabulary import Code, Count, Day, Id, Name, PersonId, Text, TrustUid, Urn, event


@event
class RoleDesignated:
    """A person or a school (one of both) holds a role of a scheme from a day on, awarded by somebody.

    `to_on` is its last day, where that is known. An id names it among its holder's. `scheme` is `nle`, `lle`, `sle`,
    `nlg`, `nss`, `tsa`, `teaching_school_hub`, or a code of the trust's own. What was imported from long ago is
    `historic`: it is taken as it is, and what is odd about it is a warning only.
    """

    designation_id: Id
    trustuid: TrustUid
    person_id: PersonId | None = None
    urn: Urn | None = None
    scheme: Code
    specialism: Name | None = None
    awarding_body: Name
    from_on: Day
    to_on: Day | None = None
    historic: bool = False
    warnings: tuple[Code, ...] = ()


@event
class RoleDesignationWithdrawn:
    """A designation ended; `withdrawn_on` is its first day without."""

    designation_id: Id
    person_id: PersonId | None = None
    urn: Urn | None = None
    scheme: Code
    withdrawn_on: Day
    reason: Code | None = None


@event
class NationalSupportSchoolRecognised:
    """A school is a National Support School because a National Leader of Education heads it.

    Where two of them head a school together, each is recorded: it is one as long as any of these has not ended.
    """

    trustuid: TrustUid
    urn: Urn
    designation_id: Id
    person_id: PersonId
    from_on: Day


@event
class NationalSupportSchoolEnded:
    """A National Leader of Education does not head a school any more, or is none; `ended_on` is the first such day."""

    trustuid: TrustUid
    urn: Urn
    designation_id: Id
    person_id: PersonId
    ended_on: Day


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


events = (
    RoleDesignated,
    RoleDesignationWithdrawn,
    NationalSupportSchoolRecognised,
    NationalSupportSchoolEnded,
    RoleCountDeclared,
)
