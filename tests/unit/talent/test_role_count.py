"""How many system leaders an area says it has: a count, or why it is not known."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.role_count import DeclareRoleCount, role_count, role_count_stream
from shared.contracts.talent.roles import RoleCountDeclared
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, twice_each

AS_AT = date(2015, 3, 1)
DECLARE = DeclareRoleCount(
    trustuid="99001",
    area="Leicestershire",
    scheme="MAT",
    role="Multi-Academy Trust",
    count=9,
    schools_sponsored=33,
    as_at=AS_AT,
)
DECLARED = RoleCountDeclared(
    trustuid="99001",
    area="Leicestershire",
    scheme="MAT",
    role="Multi-Academy Trust",
    count=9,
    schools_sponsored=33,
    as_at=AS_AT,
)


def test_a_count_is_declared() -> None:
    when = given(role_count)

    assert when(DECLARE) == [DECLARED]


def test_no_count_is_not_zero_and_says_why() -> None:
    when = given(role_count)

    assert when(replace(DECLARE, count=None, not_known_reason="no central data")) == [
        replace(DECLARED, count=None, not_known_reason="no central data")
    ]
    assert when(replace(DECLARE, count=0)) == [replace(DECLARED, count=0)]


@pytest.mark.parametrize(
    "command", [replace(DECLARE, count=None), replace(DECLARE, not_known_reason="no central data")]
)
def test_it_is_a_count_or_a_reason(command: DeclareRoleCount) -> None:
    when = given(role_count)

    with pytest.raises(Rejected) as refusal:
        when(command)

    assert (refusal.value.code, refusal.value.field) == ("count_or_reason", "/count")


@pytest.mark.parametrize("again", [DECLARE, replace(DECLARE, as_at=date(2016, 3, 1))])
def test_declaring_the_same_again_changes_nothing(again: DeclareRoleCount) -> None:
    when = given(role_count, DECLARED)

    assert when(again) == []


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (replace(DECLARE, count=10), replace(DECLARED, count=10)),
        (replace(DECLARE, schools_sponsored=34), replace(DECLARED, schools_sponsored=34)),
        (replace(DECLARE, role="Trust"), replace(DECLARED, role="Trust")),
    ],
)
def test_a_change_is_declared(command: DeclareRoleCount, event: RoleCountDeclared) -> None:
    when = given(role_count, DECLARED)

    assert when(command) == [event]


@pytest.mark.parametrize(
    ("area", "scheme", "stream"),
    [
        ("Leicestershire", "SLE", "rolecount-99001-leicestershire-sle"),
        (" Stoke-on-Trent ", "Teaching School Hub", "rolecount-99001-stoke_on_trent-teaching_school_hub"),
        ("Ynys Môn", "NLE", "rolecount-99001-ynys_mon-nle"),
    ],
)
def test_its_stream_is_named_by_trust_area_and_scheme(area: str, scheme: str, stream: str) -> None:
    assert role_count_stream("99001", area, scheme) == stream


def test_two_areas_never_share_a_stream_by_where_the_hyphen_falls() -> None:
    assert role_count_stream("99001", "a-b", "c") != role_count_stream("99001", "a", "b-c")


@over(
    st.lists(
        st.builds(
            replace,
            st.just(DECLARE),
            count=st.none() | st.integers(0, 2),
            not_known_reason=st.none() | st.just("no central data"),
        )
    )
)
def test_repeats_never_change_where_it_ends(commands: list[DeclareRoleCount]) -> None:
    once, taken = after(role_count, commands)

    assert after(role_count, twice_each(commands)) == (once, twice_each(taken))
