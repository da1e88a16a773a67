"""A staff reference: the number by which a school's own system knows somebody. It means one person, for good."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.talent.register import StaffReferenceAssigned
from shared.contracts.vocabulary import Code, PersonId, Reference, TrustUid
from shared.decider import Decider, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignStaffReference:
    person_id: PersonId
    trustuid: TrustUid
    source: Code
    staff_ref: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReference:
    person_id: PersonId | None = None


def decide(c: AssignStaffReference, state: StaffReference) -> list[StaffReferenceAssigned]:
    if state.person_id == c.person_id:
        return []
    if state.person_id is not None:
        raise Rejected(
            "staff_reference_taken",
            "Another person has this staff reference: use their entry, or merge the two if they are one person.",
            field="/staff_ref",
        )
    return [StaffReferenceAssigned(person_id=c.person_id, trustuid=c.trustuid, source=c.source, staff_ref=c.staff_ref)]


def evolve(_state: StaffReference, event: StaffReferenceAssigned) -> StaffReference:
    return StaffReference(person_id=event.person_id)


staff_reference: Decider[AssignStaffReference, StaffReference, StaffReferenceAssigned] = Decider(
    StaffReference(), decide, evolve
)
