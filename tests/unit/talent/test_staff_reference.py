"""A staff reference means one person."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.staff_reference import AssignStaffReference, staff_reference
from shared.contracts.talent.register import StaffReferenceAssigned, staff_stream
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, BEN = UUID(int=1), UUID(int=2)
ASSIGN = AssignStaffReference(person_id=ADA, trustuid="99001", source="mis", staff_ref="S-17")
ASSIGNED = StaffReferenceAssigned(person_id=ADA, trustuid="99001", source="mis", staff_ref="S-17")


def test_it_is_given_to_a_person() -> None:
    when = given(staff_reference)

    assert when(ASSIGN) == [ASSIGNED]


def test_giving_it_to_them_again_changes_nothing() -> None:
    when = given(staff_reference, ASSIGNED)

    assert when(ASSIGN) == []


def test_it_never_means_two_people() -> None:
    when = given(staff_reference, ASSIGNED)

    with refused("staff_reference_taken", "/staff_ref"):
        when(replace(ASSIGN, person_id=BEN))


def test_its_stream_is_its_own_in_each_trust_and_system() -> None:
    streams = {
        staff_stream(trust, source, ref)
        for trust in ("99001", "99002")
        for source in ("mis", "hr")
        for ref in ("S-17", "S/17", "mis/17")
    }

    assert len(streams) == 12
    assert staff_stream("99001", "mis", "S-17") == "staff-52162758-5aea-5ec6-9124-fdc9e9d9e923"


@over(st.lists(st.builds(replace, st.just(ASSIGN), person_id=st.sampled_from([ADA, BEN])), max_size=6))
def test_repeats_never_change_whose_it_is(sequence: list[AssignStaffReference]) -> None:
    once, taken = after(staff_reference, sequence)

    assert after(staff_reference, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(staff_reference, taken, once) == []
    assert all(command.person_id == once.person_id for command in taken)
